"""Random features: symmetry, limits to ridge regression and least squares, gradients."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from theory.random_features import (
    feature_ridge,
    feature_risk,
    projected_least_squares,
    relu_covariance,
    relu_kernel,
)
from theory.random_features.activations import CONSTANT, LINEAR, QUADRATIC, REST
from theory.ridge import equivalent

D = 40
FEW = settings(max_examples=15, deadline=None)
RISK, SOLVE, RIDGE = jax.jit(feature_risk), jax.jit(feature_ridge), jax.jit(equivalent)
GRADIENT = jax.jit(jax.grad(lambda *a: feature_risk(*a).excess, argnums=tuple(range(8))))
SEEDS, COUNTS = st.integers(0, 10_000), st.floats(3.0, 150.0)
RIDGES, TAILS = st.floats(-5, 1).map(lambda e: 10.0**e), st.sampled_from([0.0, 0.3, 2.0])


def problem(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.lognormal(0.0, rng.uniform(0.1, 2.0), D), rng.uniform(0.0, 1.0, D)


@FEW
@given(SEEDS, COUNTS, COUNTS, RIDGES, TAILS)
def test_solves_its_equation_and_is_symmetric(
    seed: int, n: float, p: float, ridge: float, tail: float
) -> None:
    l, _ = problem(seed)
    kappa = float(SOLVE(l, n, p, ridge, tail))
    z = float(np.sum(l / (l + kappa)) + tail / kappa)
    assert z < min(n, p) * (1 + 1e-12)
    assert kappa * (1 - z / n) * (1 - z / p) == pytest.approx(ridge, rel=1e-6, abs=1e-9 * kappa)
    assert float(SOLVE(l, p, n, ridge, tail)) == pytest.approx(kappa, rel=1e-12)


@FEW
@given(SEEDS, COUNTS, COUNTS, RIDGES, TAILS, st.floats(0.0, 2.0))
def test_risk_is_positive_and_affine_in_noise(
    seed: int, n: float, p: float, ridge: float, tail: float, noise: float
) -> None:
    l, v = problem(seed)
    clean = RISK(l, v, n, p, ridge, 0.0, tail)
    noisy = RISK(l, v, n, p, ridge, noise, tail)
    assert float(clean.excess) >= 0.0
    assert float(clean.amplification) >= -1e-12
    expected = float(clean.excess) + noise * float(clean.amplification)
    assert float(noisy.excess) == pytest.approx(expected, rel=1e-8, abs=1e-12)


@FEW
@given(SEEDS, COUNTS, RIDGES, st.floats(0.0, 2.0))
def test_many_features_are_ridge_regression(
    seed: int, n: float, ridge: float, noise: float
) -> None:
    l, v = problem(seed)
    wide = RISK(l, v, n, 1e11, ridge, noise)
    plain = RIDGE(l, np.sqrt(v / l), n, ridge, noise)
    assert float(wide.kappa) == pytest.approx(float(plain.kappa), rel=1e-7)
    assert float(wide.excess) == pytest.approx(float(plain.excess), rel=1e-6)


@FEW
@given(SEEDS, COUNTS, COUNTS, RIDGES, TAILS, st.floats(0.0, 1.0))
def test_missed_power_acts_as_noise_that_counts(
    seed: int, n: float, p: float, ridge: float, tail: float, missed: float
) -> None:
    l, v = problem(seed)
    both = float(RISK(l, v, n, p, ridge, 0.4, tail, missed).excess)
    noise = float(RISK(l, v, n, p, ridge, 0.4 + missed, tail).excess)
    assert both == pytest.approx(noise + missed, rel=1e-9)


def test_many_features_without_ridge_match_too() -> None:
    l, v = problem(0)
    for n in (15.0, 90.0):
        wide = RISK(l, v, n, 1e11, 0.0, 0.5)
        plain = RIDGE(l, np.sqrt(v / l), n, 0.0, 0.5)
        assert float(wide.excess) == pytest.approx(float(plain.excess), rel=1e-6)


@pytest.mark.parametrize(("n", "p"), [(30.0, 12.0), (39.0, 38.0), (200.0, 25.0)])
def test_few_features_without_ridge_are_least_squares(n: float, p: float) -> None:
    l, v = problem(1)
    found = RISK(l, v, n, p, 0.0, 1.0)
    assert float(found.z) == pytest.approx(p, rel=1e-9)
    assert float(found.amplification) == pytest.approx(p / (n - p), rel=1e-7)


def test_enough_features_and_samples_recover_the_target() -> None:
    l, v = problem(2)
    found = RISK(l, v, 100.0, 70.0, 0.0, 1.0)
    assert float(found.kappa) == 0.0
    assert float(found.excess) == pytest.approx(D / (100 - D), rel=1e-12)
    infinite = RISK(l, v, 1e10, 20.0, 1e-8, 1.0)
    assert float(infinite.amplification) == pytest.approx(0.0, abs=1e-8)
    assert float(infinite.excess) > 0.1  # what 20 features cannot express stays


def test_noise_is_amplified_most_at_equal_numbers() -> None:
    l = np.arange(1.0, 301.0) ** -1.4
    widths = jnp.arange(60.0, 240.0, 2.0)
    at = jax.vmap(lambda p: feature_risk(l, 0 * l, 120.0, p, 1e-8, 1.0).amplification)
    found = np.asarray(jax.jit(at)(widths))
    assert float(widths[found.argmax()]) == 120.0
    assert found.max() > 20 * found[0]


def test_amplification_approaches_the_exact_one() -> None:
    assert float(projected_least_squares(6000, 3000)) == pytest.approx(1.0, rel=1e-3)


@pytest.mark.parametrize(("n", "p", "tail"), [(20.0, 33.0, 0.1), (90.0, 60.0, 0.5)])
def test_gradients_against_differences(n: float, p: float, tail: float) -> None:
    l, v = problem(3)
    theta = (jnp.asarray(l), jnp.asarray(v), n, p, 0.05, 0.3, tail, 0.1)
    risk = lambda *a: float(RISK(*a).excess)
    grads = GRADIENT(*theta)
    rng = np.random.default_rng(0)
    for place, grad in enumerate(grads):
        move = rng.uniform(0.5, 1.0, np.shape(theta[place]))
        h = 1e-6
        ends = []
        for sign in (1.0, -1.0):
            moved = [*theta]
            moved[place] = theta[place] + sign * h * move
            ends.append(risk(*moved))
        expected = (ends[0] - ends[1]) / (2 * h)
        assert float(jnp.sum(grad * move)) == pytest.approx(expected, rel=2e-5, abs=1e-8)


def test_gradient_without_ridge() -> None:
    l, v = problem(4)
    risk = lambda p: float(RISK(l, v, 30.0, p, 0.0, 0.3, 0.0, 0.0).excess)
    difference = (risk(12.0 + 1e-5) - risk(12.0 - 1e-5)) / 2e-5
    grad = GRADIENT(jnp.asarray(l), jnp.asarray(v), 30.0, 12.0, 0.0, 0.3, 0.0, 0.0)[3]
    assert float(grad) == pytest.approx(difference, rel=1e-5)


def test_moments_of_the_rectifier() -> None:
    # Even powers on a half line: a Gauss-Hermite rule is slow there, so integrate densely.
    g = np.linspace(0.0, 12.0, 40_001)
    weight = np.exp(-0.5 * g**2) / np.sqrt(2 * np.pi)
    mean = lambda f: float(np.trapezoid(f * weight, g))
    assert mean(g) == pytest.approx(CONSTANT, rel=1e-7)
    assert mean(g**2) == pytest.approx(LINEAR, rel=1e-8)
    assert mean(g**2) - CONSTANT**2 - LINEAR**2 == pytest.approx(REST, rel=1e-8)
    assert mean(g * (g**2 - 1)) / np.sqrt(2) == pytest.approx(QUADRATIC, rel=1e-8)
    kernel = relu_kernel(7)
    assert float(kernel.spectrum.sum() + kernel.tail) == pytest.approx(0.5 - CONSTANT**2)


@pytest.mark.parametrize("cosine", [-1.0, -0.4, 0.0, 0.3, 0.9, 1.0])
def test_covariance_of_rectified_normals(cosine: float) -> None:
    # Given g, the other normal has mean cosine * g: its rectified mean is closed.
    g = np.linspace(0.0, 10.0, 20_001)
    spread = max(np.sqrt(1 - cosine**2), 1e-9)
    inner = cosine * g * norm.cdf(cosine * g / spread) + spread * norm.pdf(cosine * g / spread)
    expected = float(np.trapezoid(g * inner * norm.pdf(g), g)) - CONSTANT**2
    assert float(relu_covariance(cosine)) == pytest.approx(expected, abs=1e-6)


def test_covariance_begins_with_the_linear_and_quadratic_part() -> None:
    c = 0.02
    expected = LINEAR**2 * c + QUADRATIC**2 * c**2
    assert float(relu_covariance(c)) == pytest.approx(expected, rel=1e-6)
