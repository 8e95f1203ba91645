"""Error and negative log-likelihood against closed forms and scikit-learn."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score, log_loss

from jaxuim.measure import error, negative_log_likelihood
from jaxuim.measure.performance import hits

N, K = 40, 5
seeds = st.integers(0, 2**32 - 1)
nll = jax.jit(negative_log_likelihood)
err = jax.jit(error)


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


def test_no_example_and_a_foreign_label_give_nan() -> None:
    empty = np.zeros((0, K), np.float32), np.zeros(0, np.int32)
    assert np.isnan(error(*empty)) and np.isnan(negative_log_likelihood(*empty))
    assert np.isnan(error(np.zeros((1, K), np.float32), np.array([K])))
