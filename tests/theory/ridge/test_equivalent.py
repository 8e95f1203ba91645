"""The deterministic equivalent of ridge regression: properties, limits, brute force, gradients."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.ridge import (
    equivalent,
    excess_risk,
    least_squares_risk,
    mean_weights,
    prior_ridge,
    quadratic_error,
    shortest_risk,
    tuned_ridge,
)

D = 30
SOLVE = jax.jit(equivalent)
RISK = jax.jit(excess_risk)
RISKS = jax.jit(jax.vmap(excess_risk, in_axes=(None, None, None, 0, None)))
GRADIENT = jax.jit(jax.grad(excess_risk, argnums=(0, 1, 2, 3, 4)))
QUADRATIC, TUNED = jax.jit(quadratic_error), jax.jit(tuned_ridge)
FEW = settings(max_examples=20, deadline=None)
SEEDS, COUNTS = st.integers(0, 10_000), st.floats(3.0, 150.0)
RIDGES, NOISES = st.floats(-4, 1).map(lambda e: 10.0**e), st.floats(0.0, 3.0)


def problem(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.lognormal(0.0, rng.uniform(0.1, 2.0), D), rng.standard_normal(D)


@FEW
@given(SEEDS, COUNTS, RIDGES, NOISES)
def test_affine_and_rising_in_noise(seed: int, n: float, ridge: float, noise: float) -> None:
    l, beta = problem(seed)
    clean, one = float(RISK(l, beta, n, ridge, 0.0)), float(RISK(l, beta, n, ridge, 1.0))
    assert one >= clean >= 0.0
    expected = clean + noise * (one - clean)
    assert float(RISK(l, beta, n, ridge, noise)) == pytest.approx(expected, rel=1e-9)


@FEW
@given(SEEDS, COUNTS, RIDGES, NOISES, st.floats(0.1, 10.0))
def test_units_cancel(seed: int, n: float, ridge: float, noise: float, unit: float) -> None:
    l, beta = problem(seed)
    scaled = float(RISK(unit * l, beta / np.sqrt(unit), n, unit * ridge, noise))
    assert scaled == pytest.approx(float(RISK(l, beta, n, ridge, noise)), rel=1e-8)


@FEW
@given(SEEDS, COUNTS, RIDGES, st.floats(1.05, 5.0))
def test_variance_falls_with_ridge(seed: int, n: float, ridge: float, factor: float) -> None:
    l, beta = problem(seed)
    little, much = SOLVE(l, beta, n, ridge, 1.0), SOLVE(l, beta, n, factor * ridge, 1.0)
    assert float(much.variance) < float(little.variance)
    assert 0.0 <= float(much.gamma) < float(little.gamma) < 1.0


@FEW
@given(SEEDS, COUNTS, RIDGES, NOISES)
def test_parts_add_up(seed: int, n: float, ridge: float, noise: float) -> None:
    l, beta = problem(seed)
    found = SOLVE(l, beta, n, ridge, noise)
    assert float(found.excess) == pytest.approx(float(found.bias + found.variance), rel=1e-12)
    assert float(found.test) == pytest.approx(float(found.excess) + noise, rel=1e-12)
    share = (ridge / float(found.kappa)) ** 2
    assert float(found.train) == pytest.approx(share * float(found.test), rel=1e-9)
    general = float(QUADRATIC(l, beta, n, ridge, noise, l))
    assert general == pytest.approx(float(found.excess), rel=1e-8)


def test_quadratic_error_of_a_full_matrix_is_linear_in_it() -> None:
    l, beta = problem(1)
    rng = np.random.default_rng(2)
    root = rng.standard_normal((D, D))
    full, plain = root @ root.T, np.diag(rng.uniform(0.1, 1.0, D))
    parts = [float(QUADRATIC(l, beta, 20.0, 0.1, 0.3, w)) for w in (full, plain)]
    both = float(QUADRATIC(l, beta, 20.0, 0.1, 0.3, full + 2 * plain))
    assert both == pytest.approx(parts[0] + 2 * parts[1], rel=1e-10)
    assert parts[1] == pytest.approx(
        float(QUADRATIC(l, beta, 20.0, 0.1, 0.3, np.diag(plain))), rel=1e-12
    )


def test_limits() -> None:
    l, beta = problem(3)
    energy = float(np.sum(l * beta**2))
    assert float(RISK(l, beta, 50.0, 1e9, 1.0)) == pytest.approx(energy, rel=1e-6)
    assert float(RISK(l, beta, 1e9, 1e-9, 1.0)) == pytest.approx(0.0, abs=1e-6)
    np.testing.assert_allclose(mean_weights(l, beta, 1e9, 1e-12), beta, rtol=1e-6)
    assert float(RISK(l, beta, 90.0, 0.0, 1.0)) == pytest.approx(D / (90 - D), rel=1e-10)
    assert np.isinf(float(RISK(l, beta, float(D), 0.0, 1.0)))
    train = float(SOLVE(l, beta, 90.0, 0.0, 2.0).train)
    assert train == pytest.approx(2.0 * (1 - D / 90), rel=1e-12)


@pytest.mark.parametrize("n", [250.0, 500.0])
def test_isotropic_cases_approach_the_exact_ones(n: float) -> None:
    d = 400
    l, beta = np.ones(d), np.full(d, d**-0.5)
    exact = least_squares_risk(d, n, 0.7) if n > d else shortest_risk(d, n, 1.0, 0.7)
    assert float(excess_risk(l, beta, n, 0.0, 0.7)) == pytest.approx(float(exact), rel=1.2e-2)


def test_exact_cases_at_the_edge() -> None:
    assert np.isinf(float(least_squares_risk(10, 11, 1.0)))
    assert np.isinf(float(shortest_risk(10, 9, 1.0, 1.0)))
    assert float(shortest_risk(10, 0, 2.0, 1.0)) == 2.0


def test_against_plain_ridge_regression() -> None:
    rng = np.random.default_rng(0)
    d, n, ridge, noise = 120, 80, 0.05, 0.4
    l, beta = np.arange(1.0, d + 1) ** -1.2, rng.standard_normal(d)
    risks = []
    for _ in range(200):
        x = rng.standard_normal((n, d)) * np.sqrt(l)
        y = x @ beta + np.sqrt(noise) * rng.standard_normal(n)
        w = np.linalg.solve(x.T @ x / n + ridge * np.eye(d), x.T @ y / n)
        risks.append(np.sum(l * (w - beta) ** 2))
    found = SOLVE(l, beta, float(n), ridge, noise)
    error = np.std(risks, ddof=1) / np.sqrt(len(risks))
    allowance = float(found.excess / found.df1)
    assert abs(np.mean(risks) - float(found.excess)) < 4 * error + allowance


def test_mean_weights_against_simulation() -> None:
    rng = np.random.default_rng(1)
    d, n, ridge = 60, 90, 0.1
    l, beta = np.arange(1.0, d + 1) ** -1.0, np.ones(d)
    fits = []
    for _ in range(300):
        x = rng.standard_normal((n, d)) * np.sqrt(l)
        fits.append(np.linalg.solve(x.T @ x / n + ridge * np.eye(d), x.T @ (x @ beta) / n))
    error = np.std(fits, axis=0, ddof=1) / np.sqrt(len(fits))
    gap = np.abs(np.mean(fits, axis=0) - np.asarray(mean_weights(l, beta, float(n), ridge)))
    assert np.all(gap < 5 * error + 0.03)


@FEW
@given(SEEDS, st.floats(5.0, 150.0), st.floats(0.05, 2.0), st.floats(0.2, 3.0))
def test_best_ridge_of_a_prior(seed: int, n: float, noise: float, variance: float) -> None:
    l, _ = problem(seed)
    best = float(prior_ridge(noise, n, variance))
    risk = lambda ridge: float(RISK(l, np.full(D, np.sqrt(variance)), n, ridge, noise))
    least = risk(best)
    assert least <= risk(1.05 * best) and least <= risk(best / 1.05)


@FEW
@given(SEEDS, st.sampled_from([10.0, 60.0]), st.floats(0.05, 2.0))
def test_tuned_ridge_is_a_minimum(seed: int, n: float, noise: float) -> None:
    l, beta = problem(seed)
    ridge, least = TUNED(l, beta, n, noise)
    places = np.geomspace(1e-5, 1e3, 200)
    around = RISKS(l, beta, n, places, noise)
    assert float(least) <= float(around.min()) * (1 + 1e-9)
    assert float(RISK(l, beta, n, ridge, noise)) == pytest.approx(float(least), rel=1e-6)


@pytest.mark.parametrize("n", [12.0, 80.0])
def test_gradients_against_differences(n: float) -> None:
    l, beta = problem(4)
    theta = (jnp.asarray(l), jnp.asarray(beta), n, 0.1, 0.3)
    grads = GRADIENT(*theta)
    rng = np.random.default_rng(0)
    for place, grad in enumerate(grads):
        move = rng.standard_normal(np.shape(theta[place]))
        ends = []
        for sign in (1.0, -1.0):
            moved = [*theta]
            moved[place] = theta[place] + sign * 1e-6 * move
            ends.append(float(RISK(*moved)))
        assert float(jnp.sum(grad * move)) == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=1e-5)


def test_gradient_of_the_tuned_risk() -> None:
    l, beta = problem(5)
    least = jax.jit(lambda noise: tuned_ridge(l, beta, 40.0, noise)[1])
    difference = (float(least(0.5 + 1e-5)) - float(least(0.5 - 1e-5))) / 2e-5
    assert float(jax.jit(jax.grad(least))(0.5)) == pytest.approx(difference, rel=1e-5)
