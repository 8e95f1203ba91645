"""Exponents, floor and crossover on power-law spectra."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from theory.ridge import (
    crossover_limit,
    crossover_samples,
    equivalent,
    learning_rate_exponent,
    noise_exponent,
    tempered_floor,
)

CROSS, SOLVE = jax.jit(crossover_samples), jax.jit(equivalent)


def law(d: int, a: float, b: float) -> tuple[np.ndarray, np.ndarray]:
    i = np.arange(1.0, d + 1)
    return i**-a, i ** ((a - b) / 2)


@settings(max_examples=50, deadline=None)
@given(st.floats(1.05, 4.0), st.floats(1.05, 12.0))
def test_rates(a: float, b: float) -> None:
    nu = float(learning_rate_exponent(a, b))
    assert 0 < nu <= 2 * a and nu <= b - 1
    assert 0 < float(noise_exponent(a, b)) < 1
    assert float(noise_exponent(a, b)) == pytest.approx(nu / (1 + nu))
    assert float(learning_rate_exponent(a, 2 * a + 5)) == pytest.approx(2 * a)


@settings(max_examples=10, deadline=None)
@given(st.floats(1.3, 3.0), st.floats(1.3, 4.0), st.floats(0.01, 0.3))
def test_crossover_balances_both_parts(a: float, b: float, noise: float) -> None:
    spectrum, beta = law(400, a, b)
    found = SOLVE(spectrum, beta, CROSS(spectrum, beta, noise), 0.0, noise)
    assert float(found.bias) == pytest.approx(float(found.variance), rel=1e-6)


def test_crossover_against_a_root_in_samples() -> None:
    spectrum, beta = law(400, 2.0, 2.0)

    def gap(n: float) -> float:
        found = SOLVE(spectrum, beta, n, 0.0, 0.05)
        return float(found.bias - found.variance)

    root = brentq(gap, 3.0, 200.0)
    assert float(CROSS(spectrum, beta, 0.05)) == pytest.approx(root, rel=1e-7)


def test_crossover_limit_and_its_power() -> None:
    spectrum, beta = law(20_000, 2.0, 2.5)
    roots = [float(CROSS(spectrum, beta, s)) for s in (0.02, 0.08)]
    limits = [float(crossover_limit(2.0, 2.5, s)) for s in (0.02, 0.08)]
    np.testing.assert_allclose(roots, limits, rtol=0.03)
    assert limits[0] / limits[1] == pytest.approx(4.0 ** (1 / 1.5), rel=1e-9)


def test_more_noise_takes_over_earlier_and_smoothly() -> None:
    spectrum, beta = law(400, 2.0, 2.0)
    _, in_beta, grad = jax.jit(jax.grad(crossover_samples, argnums=(0, 1, 2)))(spectrum, beta, 0.05)
    ends = [float(CROSS(spectrum, beta, 0.05 + s * 1e-6)) for s in (1, -1)]
    assert float(grad) < 0
    assert float(grad) == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=1e-5)
    ends = [float(CROSS(spectrum, beta * (1 + s * 1e-6), 0.05)) for s in (1, -1)]
    assert float(in_beta @ beta) == pytest.approx((ends[0] - ends[1]) / 2e-6, rel=1e-5)


@pytest.mark.parametrize("a", [2.0, 2.5, 3.0])
def test_interpolation_is_tempered(a: float) -> None:
    spectrum = jnp.arange(1.0, 20_001.0) ** -a
    found = SOLVE(spectrum, jnp.zeros(20_000), 150.0, 0.0, 0.7)
    # Finite n and a spectrum that ends: some per cent.
    assert float(found.excess) == pytest.approx(float(tempered_floor(a, 0.7)), rel=0.05)
