"""Skewness, kurtosis and logit entropy against scipy, with invariances and dead dimensions."""

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from jaxuim.measure import feature_kurtosis, feature_skewness, logit_entropy

N, D = 40, 5
seeds = st.integers(0, 2**32 - 1)
skewness, kurtosis = jax.jit(feature_skewness), jax.jit(feature_kurtosis)
entropy = jax.jit(logit_entropy)


def draw(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).gamma(2.0, size=(N, D)).astype(np.float32)


@given(seeds)
def test_moments_are_the_means_of_scipys(seed: int) -> None:
    x = draw(seed)
    assert skewness(x) == pytest.approx(stats.skew(x.astype(float)).mean(), abs=1e-4)
    assert kurtosis(x) == pytest.approx(stats.kurtosis(x.astype(float)).mean(), abs=1e-3)


@given(seeds, st.integers(-40, 40), st.floats(-20.0, 20.0))
def test_scale_and_shift_do_not_matter_and_a_mirror_turns_the_skew(
    seed: int, exponent: int, shift: float
) -> None:
    x = draw(seed)
    moved = ((x + np.float32(shift)) * 2.0**exponent).astype(np.float32)
    assert skewness(moved) == pytest.approx(float(skewness(x)), abs=1e-3)
    assert kurtosis(moved) == pytest.approx(float(kurtosis(x)), abs=5e-3)
    assert skewness(-x) == pytest.approx(-float(skewness(x)), abs=1e-5)
    assert kurtosis(x) >= -2.0


def test_dead_dimensions_are_left_out() -> None:
    x = draw(0)
    dead = np.concatenate([x, np.full((N, 3), 0.1, np.float32)], axis=1)
    assert feature_kurtosis(dead) == pytest.approx(float(kurtosis(x)), rel=1e-5)
    assert np.isnan(feature_skewness(np.ones((4, 2)))) and np.isnan(feature_kurtosis([[1.0]]))


@given(seeds, st.floats(0.01, 50.0))
def test_entropy_is_scipys(seed: int, scale: float) -> None:
    logits = scale * np.random.default_rng(seed).standard_normal((N, D)).astype(np.float32)
    p = np.exp(logits.astype(float) - logits.max(1, keepdims=True))
    expected = stats.entropy(p, axis=1).mean()
    assert entropy(logits) == pytest.approx(expected, abs=1e-5)


def test_entropy_at_its_ends() -> None:
    assert entropy(np.zeros((N, D), np.float32)) == pytest.approx(np.log(D))
    assert entropy(1e6 * np.eye(D, dtype=np.float32)) == 0.0
    with pytest.raises(ValueError, match=r"logits\[0, 0\] = nan"):
        logit_entropy([[np.nan, 0.0]])
