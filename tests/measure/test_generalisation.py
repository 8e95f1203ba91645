"""Gaps of training and test examples against differences of the single measures."""

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxuim.measure import (
    error,
    generalisation_gap,
    generalisation_gap_nll,
    negative_log_likelihood,
)

N, P, K = 30, 50, 4
seeds = st.integers(0, 2**32 - 1)
gap = jax.jit(generalisation_gap)
gap_nll = jax.jit(generalisation_gap_nll)
err, nll = jax.jit(error), jax.jit(negative_log_likelihood)
Five = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def draw(seed: int) -> Five:
    rng = np.random.default_rng(seed)
    pool, test = rng.standard_normal((P, K), np.float32), rng.standard_normal((N, K), np.float32)
    used = rng.permutation(np.arange(P) % 2 == 0)
    return pool, rng.integers(0, K, P), used, test, rng.integers(0, K, N)


@given(seeds)
def test_gaps_are_differences_over_the_used_examples(seed: int) -> None:
    pool, shown, used, test, labels = draw(seed)
    expected = float(err(test, labels)) - float(err(pool[used], shown[used]))
    assert gap(pool, shown, used, test, labels) == pytest.approx(expected, abs=1e-6)
    expected = float(nll(test, labels)) - float(nll(pool[used], shown[used]))
    assert gap_nll(pool, shown, used, test, labels) == pytest.approx(expected, abs=1e-5)


def test_pure_memorisation_has_the_largest_gap() -> None:
    labels = np.arange(P) % K
    right = np.eye(K, dtype=np.float32)[labels]
    wrong = np.eye(K, dtype=np.float32)[(labels + 1) % K]
    assert gap(right, labels, np.ones(P, bool), wrong, labels) == 1.0
    assert gap(right, labels, np.ones(P, bool), right, labels) == 0.0


@given(seeds)
def test_examples_that_were_not_used_do_not_count(seed: int) -> None:
    pool, shown, used, test, labels = draw(seed)
    other = np.where(used[:, None], pool, np.nan).astype(np.float32)
    for measure in (gap, gap_nll):
        found = measure(other, shown, used, test, labels)
        assert found == measure(pool, shown, used, test, labels)


def test_what_cannot_be_compared_is_refused() -> None:
    pool, shown, used, test, labels = draw(0)
    with pytest.raises(ValueError, match="pool_used marks 0 of 50 examples; at least one"):
        generalisation_gap(pool, shown, 0 * used, test, labels)
    with pytest.raises(ValueError, match=r"pool_used has shape \(49,\)"):
        generalisation_gap(pool, shown, used[1:], test, labels)
    with pytest.raises(ValueError, match=r"pool_logits has shape \(50, 4\); .* with K = 3"):
        generalisation_gap(pool, shown, used, test[:, :3], labels % 3)
    assert np.isnan(gap(pool, shown, 0 * used, test, labels))
