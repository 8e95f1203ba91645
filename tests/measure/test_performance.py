"""Error and negative log-likelihood against closed forms and scikit-learn."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import (
    accuracy_score,
    balanced_accuracy_score,
    log_loss,
    top_k_accuracy_score,
)

from jaxuim.measure import balanced_error, error, negative_log_likelihood, top_k_error
from jaxuim.measure.performance import hits

N, K = 40, 5
seeds = st.integers(0, 2**32 - 1)
nll = jax.jit(negative_log_likelihood)
err = jax.jit(error)
top = jax.jit(top_k_error, static_argnames="k")
balanced = jax.jit(balanced_error)


def draw(seed: int, scale: float = 2.0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    logits = scale * rng.standard_normal((N, K), np.float32)
    return logits, rng.integers(0, K, N).astype(np.int32)


@given(seeds, st.floats(0.01, 4.0))  # log_loss clips tiny probabilities
def test_both_agree_with_scikit_learn(seed: int, scale: float) -> None:
    logits, labels = draw(seed, scale)
    assert err(logits, labels) == pytest.approx(1 - accuracy_score(labels, logits.argmax(1)))
    p = np.exp(logits.astype(float) - logits.max(1, keepdims=True))
    expected = log_loss(labels, p / p.sum(1, keepdims=True), labels=range(K))
    assert nll(logits, labels) == pytest.approx(expected, rel=2e-5, abs=1e-6)


@given(seeds, st.floats(-1e4, 1e4, width=32))
def test_a_constant_added_to_an_example_changes_nothing(seed: int, constant: float) -> None:
    logits, labels = draw(seed)
    logits = np.round(logits * 8) / 8  # so that adding the constant rounds nothing
    moved = logits + np.float32(np.round(constant))
    assert err(moved, labels) == err(logits, labels)
    assert nll(moved, labels) == pytest.approx(float(nll(logits, labels)), abs=1e-4)


def test_ties_count_by_chance() -> None:
    logits = np.array([[1, 1, 0], [0, 1, 0], [2, 2, 2], [3, 0, 3]], np.float32)
    labels = np.array([0, 0, 1, 2])
    assert np.allclose(hits(logits, labels), [1 / 2, 0, 1 / 3, 1 / 2])
    assert err(logits, labels) == pytest.approx(1 - (1 / 2 + 1 / 3 + 1 / 2) / 4)


def test_large_logits_neither_overflow_nor_lose_the_answer() -> None:
    logits = np.array([[0.0, 1e6], [1e6, 0.0]], np.float32)
    assert nll(logits, np.array([1, 0])) == 0.0
    assert nll(logits, np.array([0, 0])) == pytest.approx(5e5)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_one_bad_logit_makes_the_number_nan(bad: float) -> None:
    logits, labels = draw(0)
    logits[3, (labels[3] + 1) % K] = bad
    assert jnp.isnan(err(logits, labels)) and jnp.isnan(nll(logits, labels))


@given(seeds, st.integers(1, K))
def test_top_k_agrees_with_scikit_learn(seed: int, k: int) -> None:
    logits, labels = draw(seed)
    expected = 1 - top_k_accuracy_score(labels, logits, k=k, labels=range(K)) if k < K else 0.0
    assert top(logits, labels, k=k) == pytest.approx(expected, abs=1e-6)
    if k == 1:
        assert top(logits, labels, k=1) == pytest.approx(float(err(logits, labels)), abs=1e-6)


def test_top_k_counts_ties_by_chance() -> None:
    logits = np.array([[2, 1, 1, 1, 0]], np.float32)
    # label 1 is in the top 2 with chance 1/3, label 0 always, label 4 never
    found = [float(top(logits, np.array([label]), k=2)) for label in (1, 0, 4)]
    assert found == pytest.approx([2 / 3, 0.0, 1.0])
    assert top(np.zeros((1, K), np.float32), np.array([3]), k=2) == pytest.approx(1 - 2 / K)
    with pytest.raises(ValueError, match="k = 0 must be at least 1"):
        top_k_error(logits, [1], k=0)


@given(seeds, st.integers(2, K))
def test_balanced_error_agrees_with_scikit_learn(seed: int, classes_seen: int) -> None:
    logits, labels = draw(seed)
    labels = np.arange(N) % classes_seen  # the other classes never occur
    logits[:, classes_seen:] -= 100  # scikit-learn warns where they are predicted
    expected = 1 - balanced_accuracy_score(labels, logits.argmax(1))
    assert balanced(logits, labels) == pytest.approx(expected, abs=1e-6)


def test_balanced_error_weighs_a_rare_class_like_a_common_one() -> None:
    logits = np.tile(np.float32([1, 0, 0]), (100, 1))
    labels = np.array([0] * 99 + [1])
    assert err(logits, labels) == pytest.approx(0.01)
    assert balanced(logits, labels) == pytest.approx(0.5)


def test_a_perfect_classifier_has_error_zero_exactly() -> None:
    for n in (3, 30, 49):
        logits, labels = np.eye(K, dtype=np.float32)[np.arange(n) % K], np.arange(n) % K
        for measure in (err, balanced, top):
            assert measure(logits, labels) == 0.0


def test_a_traced_label_that_is_no_class_gives_nan() -> None:
    logits = np.zeros((2, K), np.float32)
    for measure in (err, nll, top, balanced):
        assert np.isnan(measure(logits, np.array([0, K])))
