"""Brier score against scikit-learn, its parts against a loop, temperatures against a search."""

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import minimize_scalar
from scipy.special import log_softmax, softmax
from sklearn.metrics import brier_score_loss

from jaxuim.measure import (
    brier_parts,
    brier_reliability,
    brier_resolution,
    brier_score,
    fit_temperature,
)

N, K = 60, 4
seeds = st.integers(0, 2**32 - 1)
score = jax.jit(brier_score)
parts = jax.jit(brier_parts, static_argnames="bins")
temperature = jax.jit(fit_temperature)


def draw(seed: int, scale: float = 2.0) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return scale * rng.standard_normal((N, K), np.float32), rng.integers(0, K, N)


def by_loop(p: np.ndarray, event: np.ndarray, bins: int) -> np.ndarray:
    """Terms of one class: reliability, resolution, uncertainty, variance, covariance within."""
    base, total = event.mean(), np.zeros(5)
    total[2] = base * (1 - base)
    for b in range(bins):
        inside = (p > b / bins) & (p <= (b + 1) / bins)
        if inside.any():
            q, o, w = p[inside].mean(), event[inside].mean(), inside.mean()
            within = p[inside].var(), ((p[inside] - q) * (event[inside] - o)).mean()
            total += w * np.array([(q - o) ** 2, (o - base) ** 2, 0, *within])
    return total


@given(seeds, st.floats(0.01, 5.0))
def test_the_score_of_two_classes_is_twice_that_of_scikit_learn(seed: int, scale: float) -> None:
    logits, labels = draw(seed, scale)
    logits, labels = logits[:, :2], labels % 2
    expected = 2 * brier_score_loss(labels, softmax(logits.astype(float), axis=1)[:, 1])
    assert score(logits, labels) == pytest.approx(expected, abs=1e-6)


@given(seeds, st.floats(0.01, 5.0), st.sampled_from([1, 15]))
def test_parts_equal_the_loop_and_sum_to_the_score(seed: int, scale: float, bins: int) -> None:
    logits, labels = draw(seed, scale)
    p = softmax(logits.astype(float), axis=1)
    expected = sum(by_loop(p[:, k], labels == k, bins) for k in range(K))
    found = parts(logits, labels, bins=bins)
    assert np.allclose(found[1:], expected, atol=3e-6)
    assert found.score == pytest.approx(float(score(logits, labels)), abs=3e-6)
    whole = found.reliability - found.resolution + found.uncertainty
    whole += found.within_variance - 2 * found.within_covariance
    assert found.score == pytest.approx(float(whole), abs=5e-6)


def test_murphys_three_terms_are_exact_where_forecasts_of_a_bin_are_equal() -> None:
    p = np.repeat([[0.9, 0.1], [0.3, 0.7]], 10, axis=0)
    labels = np.concatenate([[0] * 8 + [1] * 2, [0] * 3 + [1] * 7])
    found = parts(np.log(p).astype(np.float32), labels)
    assert found.within_variance == pytest.approx(0.0, abs=1e-6)
    assert found.within_covariance == pytest.approx(0.0, abs=1e-6)
    assert found.reliability == pytest.approx(2 * (0.5 * 0.1**2), abs=1e-6)  # 0.9 against 0.8
    assert found.resolution == pytest.approx(2 * 0.25**2, abs=1e-6)  # 0.8 and 0.3 about 0.55
    assert found.uncertainty == pytest.approx(2 * 0.55 * 0.45, abs=1e-6)


def test_single_parts_are_those_of_the_whole() -> None:
    logits, labels = draw(0)
    found = brier_parts(logits, labels, bins=5)
    assert brier_reliability(logits, labels, bins=5) == found.reliability
    assert brier_resolution(logits, labels, bins=5) == found.resolution


@given(seeds, st.floats(0.05, 20.0))
def test_the_temperature_minimises_the_likelihood(seed: int, scale: float) -> None:
    logits, _ = draw(seed)
    rng = np.random.default_rng(seed)
    noise = rng.gumbel(size=logits.shape)
    labels = (logits + noise).argmax(1)  # drawn from softmax(logits): T near 1 before scaling
    logits = (scale * logits).astype(np.float32)
    loss = lambda log_t: -log_softmax(logits / np.exp(log_t), axis=1)[range(N), labels].mean()
    middle = np.log(scale)
    best = minimize_scalar(loss, bounds=(middle - 3, middle + 3), method="bounded")
    found = temperature(logits, labels)
    assert found.nll_after == pytest.approx(best.fun, rel=1e-5, abs=1e-6)
    assert found.nll_before == pytest.approx(loss(0.0), rel=1e-5)
    assert found.nll_after <= found.nll_before + 1e-6


def test_the_temperature_scales_with_the_logits() -> None:
    rng = np.random.default_rng(0)
    logits = 2 * rng.standard_normal((5000, K))
    labels = (logits + rng.gumbel(size=logits.shape)).argmax(1)
    found = [float(temperature(np.float32(s * logits), labels).temperature) for s in (1, 3)]
    assert found[0] == pytest.approx(1.0, abs=5 * 0.02)  # curvature: s.e. 0.02 at 5000 examples
    assert found[1] == pytest.approx(3 * found[0], rel=1e-4)


def test_without_a_minimum_the_search_ends_at_a_limit() -> None:
    logits = np.array([[0, 1], [0, 1]], np.float32)
    certain = temperature(logits, np.array([1, 1]))  # the colder the better, down to rounding
    assert certain.temperature < 0.1 and certain.nll_after == pytest.approx(0.0, abs=1e-6)
    highest = temperature(logits, np.array([0, 0])).temperature
    assert highest == pytest.approx(np.exp(12), rel=1e-3)


@pytest.mark.parametrize("scale", [1e-30, 1e-5, 1e4, 1e30])
def test_the_temperature_is_free_of_scale(scale: float) -> None:
    logits, labels = draw(0)
    base, found = temperature(logits, labels), temperature(np.float32(scale) * logits, labels)
    assert found.temperature / scale == pytest.approx(float(base.temperature), rel=1e-3)
    assert found.nll_after == pytest.approx(float(base.nll_after), rel=1e-5)
