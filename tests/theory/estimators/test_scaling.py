"""Compute-optimal allocation, what data identify, and Fisher's sd against refits."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import least_squares

from theory.estimators import (
    Constants,
    chinchilla_loss,
    fisher_sd,
    frontier_exponent,
    identified,
    optimal_parameters,
    saturating,
)
from theory.estimators.refits import refitted
from theory.estimators.scaling_study import LAW, loss, runs

EXPONENTS, FACTORS = st.floats(0.1, 1.0), st.floats(10.0, 5000.0)
best = jax.jit(optimal_parameters)
seen, sd = jax.jit(identified, static_argnums=0), jax.jit(fisher_sd, static_argnums=0)
RNG = np.random.default_rng


@settings(max_examples=25, deadline=None)
@given(FACTORS, FACTORS, EXPONENTS, EXPONENTS, st.floats(17.0, 25.0))
def test_allocation_has_the_least_loss(
    a: float, b: float, alpha: float, beta: float, power: float
) -> None:
    law, compute = Constants(1.7, a, b, alpha, beta), 10.0**power
    n = float(best(compute, law))
    tokens = compute / (6.0 * n)
    assert alpha * a * n**-alpha == pytest.approx(beta * b * tokens**-beta, rel=1e-8)
    excess = a * n**-alpha + b * tokens**-beta
    for factor in (0.8, 1.25):
        other = a * (factor * n) ** -alpha + b * (tokens / factor) ** -beta
        assert other > excess
    assert float(best(10.0 * compute, law)) > n


@settings(max_examples=10, deadline=None)
@given(EXPONENTS, EXPONENTS)
def test_frontier_shows_three_constants_and_one_exponent(alpha: float, beta: float) -> None:
    law = Constants(1.7, 400.0, 2000.0, alpha, beta)
    compute = np.geomspace(1e18, 1e22, 25)
    n = np.asarray(best(compute, law))
    frontier = np.stack([n, compute / (6.0 * n)], axis=1)
    excess = np.asarray(chinchilla_loss(jnp.array(law), n, frontier[:, 1])) - law.E
    slope = np.polyfit(np.log(compute), np.log(excess), 1)[0]
    assert slope == pytest.approx(-float(frontier_exponent(law)), rel=1e-6)
    values = np.asarray(seen(loss, np.array(law), frontier))
    assert values[3] < 1e-10 * values[0]


def test_runs_around_the_frontier_show_all_five() -> None:
    constants = np.array(LAW)
    values = [np.asarray(seen(loss, constants, runs(s))) for s in (0.1, 0.3, 1.0)]
    conditions = [v[0] / v[-1] for v in values]
    assert conditions[0] > conditions[1] > conditions[2]
    assert conditions[0] < 1e8


def test_refits_equal_a_library_fit() -> None:
    constants, x = np.array([0.2, 3.0, 0.5]), np.geomspace(100, 1e5, 25)
    found = refitted(RNG(0), constants, x[:, None], 0.004, 1)[0]
    y = np.asarray(saturating(constants, x)) + 0.004 * RNG(0).standard_normal((1, 25))[0]
    other = least_squares(
        lambda c: c[0] + c[1] * x ** -c[2] - y, constants, x_scale=constants, xtol=1e-14
    )
    np.testing.assert_allclose(found, other.x, rtol=1e-6)


@settings(max_examples=5, deadline=None)
@given(st.floats(0.3, 0.8), st.integers(0, 1000))
def test_fisher_sd_is_that_of_refits(alpha: float, seed: int) -> None:
    constants, x = np.array([0.2, 3.0, alpha]), np.geomspace(100, 1e5, 25)
    predicted = np.asarray(sd(saturating, constants, x, 0.001))
    found = refitted(RNG(seed), constants, x[:, None], 0.001, 1000).std(axis=0)
    np.testing.assert_allclose(found, predicted, rtol=4.5 / np.sqrt(2000) + 0.01)


def test_fisher_sd_is_proportional_to_noise_and_falls_with_data() -> None:
    constants, x = np.array([0.2, 3.0, 0.5]), np.geomspace(100, 1e5, 25)
    one = np.asarray(sd(saturating, constants, x, 0.01))
    np.testing.assert_allclose(sd(saturating, constants, x, 0.03), 3 * one, rtol=1e-9)
    np.testing.assert_allclose(sd(saturating, constants, np.tile(x, 4), 0.01), one / 2, rtol=1e-7)


def test_gradients_equal_finite_differences() -> None:
    def all_of_them(alpha: jax.Array) -> jax.Array:
        law = Constants(1.7, 400.0, 2000.0, alpha, 0.4)
        constants, x = jnp.array([0.2, 3.0, alpha]), jnp.geomspace(100.0, 1e5, 25)
        return jnp.stack([
            jnp.log(optimal_parameters(1e20, law)), frontier_exponent(law),
            chinchilla_loss(jnp.array([1.7, 400.0, 2000.0, alpha, 0.4]), 1e9, 2e10),
            fisher_sd(saturating, constants, x, 0.01)[2],
        ])  # fmt: skip

    values, slopes, h = jax.jit(all_of_them), jax.jit(jax.jacfwd(all_of_them)), 1e-6
    for alpha in (0.3, 0.6):
        expected = (values(alpha + h) - values(alpha - h)) / (2 * h)
        np.testing.assert_allclose(slopes(alpha), expected, rtol=1e-5)
