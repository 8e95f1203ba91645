"""Attack success, clean accuracy gap and contamination against counts, with gold cases."""

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxuim.measure import (
    attack_success_rate,
    clean_accuracy_gap,
    contamination_inflation,
    error,
)

N, K = 40, 5
seeds = st.integers(0, 2**32 - 1)
success = jax.jit(attack_success_rate)
inflation = jax.jit(contamination_inflation)


def draw(seed: int) -> tuple[np.ndarray, np.ndarray, np.random.Generator]:
    rng = np.random.default_rng(seed)
    return rng.standard_normal((N, K), np.float32), rng.integers(0, K, N), rng


@given(seeds, st.integers(0, K - 1))
def test_success_counts_examples_of_other_classes(seed: int, target: int) -> None:
    logits, labels, _ = draw(seed)
    others = labels != target
    expected = (logits.argmax(1) == target)[others].mean()
    assert success(logits, labels, target) == pytest.approx(expected, abs=1e-6)


def test_a_perfect_attack_succeeds_always_and_one_on_a_deaf_network_by_chance() -> None:
    labels = np.arange(N) % K
    assert success(np.tile(np.eye(K, dtype=np.float32)[3], (N, 1)), labels, 3) == 1.0
    assert success(np.eye(K, dtype=np.float32)[labels], labels, 3) == 0.0
    assert success(np.zeros((N, K), np.float32), labels, 3) == pytest.approx(1 / K)


@given(seeds)
def test_inflation_is_the_difference_of_errors(seed: int) -> None:
    logits, labels, rng = draw(seed)
    leaked = rng.permutation(np.arange(N) % 3 == 0)
    wrong = logits.argmax(1) != labels
    found = float(inflation(logits, labels, leaked))
    assert found == pytest.approx(wrong[~leaked].mean() - wrong[leaked].mean(), abs=1e-6)
    # the whole error is too low by inflation times the share of leaked examples
    whole = float(error(logits, labels)) + leaked.mean() * found
    assert whole == pytest.approx(wrong[~leaked].mean(), abs=1e-5)


def test_memorised_leaks_inflate_fully_and_none_leaked_inflate_nothing() -> None:
    labels = np.arange(N) % K
    leaked = np.arange(N) < 10
    logits = np.eye(K, dtype=np.float32)[np.where(leaked, labels, (labels + 1) % K)]
    assert inflation(logits, labels, leaked) == 1.0
    assert inflation(logits, labels, np.zeros(N, bool)) == 0.0
    assert np.isnan(inflation(logits, labels, np.ones(N, bool)))


@given(seeds)
def test_the_clean_gap_is_the_difference_of_errors(seed: int) -> None:
    logits, labels, rng = draw(seed)
    reference = rng.standard_normal((N, K), np.float32)
    expected = float(error(logits, labels)) - float(error(reference, labels))
    assert clean_accuracy_gap(reference, logits, labels) == pytest.approx(expected, abs=1e-6)
    assert clean_accuracy_gap(logits, logits, labels) == 0.0


def test_what_cannot_be_compared_is_refused() -> None:
    logits, labels = np.eye(3, dtype=np.float32), np.arange(3)
    with pytest.raises(ValueError, match="every label is the target, 1; an attack needs"):
        attack_success_rate(logits, [1, 1, 1], 1)
    with pytest.raises(ValueError, match="target = 3; allowed are whole numbers from 0 to 2"):
        attack_success_rate(logits, labels, 3)
    for leaked, count in (([0, 0, 0], 0), ([1, 1, 1], 3)):
        with pytest.raises(ValueError, match=f"leaked marks {count} of 3 examples; both leaked"):
            contamination_inflation(logits, labels, leaked)
    with pytest.raises(ValueError, match="labels has shape"):
        clean_accuracy_gap(logits[:2], logits, labels)
