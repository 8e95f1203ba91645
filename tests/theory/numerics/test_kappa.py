"""Effective ridge: its equation, limits, precision, derivatives, Newton's monotone fall."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from theory.numerics.kappa import df1, df2, effective_ridge, inherited_share

SOLVE = jax.jit(effective_ridge)
SIZES = st.sampled_from([12, 60])
SEEDS = st.integers(0, 10_000)
RIDGES = st.floats(-4, 2).map(lambda e: 10.0**e)
FEW = settings(max_examples=40, deadline=None)


def spectrum_of(seed: int, d: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.sort(rng.lognormal(0.0, rng.uniform(0.05, 3.0), d))[::-1].copy()


@FEW
@given(SEEDS, SIZES, st.floats(2.0, 300.0), RIDGES)
def test_solves_its_equation_within_bounds(seed: int, d: int, n: float, ridge: float) -> None:
    l = spectrum_of(seed, d)
    kappa = float(SOLVE(l, n, ridge))
    assert kappa * (1.0 - float(df1(l, kappa)) / n) == pytest.approx(ridge, rel=1e-8, abs=1e-12)
    assert ridge * (1 - 1e-12) <= kappa <= (ridge + l.sum() / n) * (1 + 1e-12)
    assert 0.0 <= float(inherited_share(l, n, kappa)) < 1.0


@FEW
@given(SEEDS, SIZES, st.floats(2.0, 300.0), RIDGES)
def test_agrees_with_bracketing(seed: int, d: int, n: float, ridge: float) -> None:
    l = spectrum_of(seed, d)
    gap = lambda k: k * (1.0 - np.sum(l / (l + k)) / n) - ridge
    root = brentq(gap, ridge, ridge + l.sum() / n + 1e-9, xtol=1e-15, rtol=1e-13, maxiter=500)
    assert float(SOLVE(l, n, ridge)) == pytest.approx(root, rel=1e-7)


@FEW
@given(SEEDS, SIZES, st.floats(2.0, 100.0), RIDGES, st.floats(1.01, 3.0))
def test_rises_with_ridge_falls_with_samples_scales(
    seed: int, d: int, n: float, ridge: float, factor: float
) -> None:
    l = spectrum_of(seed, d)
    kappa = float(SOLVE(l, n, ridge))
    assert float(SOLVE(l, n, factor * ridge)) > kappa
    assert float(SOLVE(l, factor * n, ridge)) < kappa
    assert float(SOLVE(factor * l, n, factor * ridge)) == pytest.approx(factor * kappa, rel=1e-9)


@FEW
@given(SEEDS, SIZES, st.floats(0.1, 0.95))
def test_without_ridge_and_with_few_samples_freedom_equals_samples(
    seed: int, d: int, share: float
) -> None:
    l = spectrum_of(seed, d)
    kappa = SOLVE(l, share * d, 0.0)
    assert float(df1(l, kappa)) == pytest.approx(share * d, rel=1e-8)


@pytest.mark.parametrize("n", [12.0, 12.5, 40.0])
def test_without_ridge_and_with_enough_samples_it_vanishes(n: float) -> None:
    l = spectrum_of(0, 12)
    assert float(SOLVE(l, n, 0.0)) == 0.0
    assert float(inherited_share(l, n, 0.0)) == pytest.approx(12 / n)


@pytest.mark.parametrize("wide", [True, False])
def test_precision(wide: bool) -> None:
    worst = 0.0
    for seed in range(30):
        l, n, ridge = spectrum_of(seed, 60), 5.0 + 4 * seed, 10.0 ** (-4 + seed / 6)
        gap = lambda k, l=l, n=n, ridge=ridge: k * (1.0 - np.sum(l / (l + k)) / n) - ridge
        root = brentq(gap, ridge, ridge + l.sum() / n + 1e-9, xtol=1e-15, rtol=1e-13)
        with jax.enable_x64(wide):
            dtype = np.float64 if wide else np.float32
            found = SOLVE(l.astype(dtype), dtype(n), dtype(ridge))
            assert found.dtype == dtype
        worst = max(worst, abs(float(found) / root - 1.0))
    assert worst < (1e-12 if wide else 1e-5)


@FEW
@given(SEEDS, SIZES, st.floats(2.0, 100.0), RIDGES)
def test_newton_falls_and_takes_at_most_eleven_steps(
    seed: int, d: int, n: float, ridge: float
) -> None:
    l = spectrum_of(seed, d)
    root = float(SOLVE(l, n, ridge))
    kappa = ridge + l.sum() / n
    steps = 0
    while kappa > root * (1 + 1e-10) and steps < 50:
        slope = 1.0 - np.sum((l / (l + kappa)) ** 2) / n
        after = kappa - (kappa * (1.0 - np.sum(l / (l + kappa)) / n) - ridge) / slope
        assert after <= kappa * (1 + 1e-12)
        kappa, steps = after, steps + 1
    assert steps <= 11


def test_the_balance_is_convex() -> None:
    l, n = spectrum_of(3, 60), 20.0
    balance = lambda k: k * (1.0 - df1(l, k) / n)
    bends = jax.vmap(jax.grad(jax.grad(balance)))(jnp.geomspace(1e-4, 1e4, 60))
    assert float(bends.min()) >= 0.0


@FEW
@given(SEEDS, st.floats(2.0, 100.0), RIDGES)
def test_derivatives(seed: int, n: float, ridge: float) -> None:
    l = spectrum_of(seed, 12)
    grads = jax.grad(effective_ridge, argnums=(0, 1, 2))(l, n, ridge)
    kappa = SOLVE(l, n, ridge)
    assert float(grads[2]) == pytest.approx(1.0 / (1.0 - float(df2(l, kappa)) / n), rel=1e-9)
    for move, expected in ((0, float(grads[1])), (1, float(grads[0] @ l))):
        h = 1e-6
        ends = [
            float(SOLVE(l * (1 + s * h) if move else l, n if move else n * (1 + s * h), ridge))
            for s in (1, -1)
        ]
        difference = (ends[0] - ends[1]) / (2 * h)
        scale = expected if move else expected * n
        assert difference == pytest.approx(scale, rel=1e-4, abs=1e-6 * float(kappa))


def test_derivatives_without_ridge() -> None:
    l = spectrum_of(1, 12)
    slope = jax.grad(effective_ridge, argnums=2)
    step = float(SOLVE(l, 30.0, 1e-9)) / 1e-9
    assert float(slope(l, 30.0, 0.0)) == pytest.approx(step, rel=1e-6)
    assert float(slope(l, 30.0, 0.0)) == pytest.approx(1.0 / (1.0 - 12 / 30))
    few = (float(SOLVE(l, 6.0, 1e-8)) - float(SOLVE(l, 6.0, 0.0))) / 1e-8
    assert float(slope(l, 6.0, 0.0)) == pytest.approx(few, rel=1e-4)


def test_second_derivative() -> None:
    l, h = spectrum_of(2, 12), 1e-5
    first = jax.grad(effective_ridge, argnums=2)
    second = jax.grad(first, argnums=2)(l, 9.0, 0.1)
    difference = (first(l, 9.0, 0.1 + h) - first(l, 9.0, 0.1 - h)) / (2 * h)
    assert float(second) == pytest.approx(float(difference), rel=1e-5)


def test_grids_are_single_calls() -> None:
    l = spectrum_of(5, 60)
    n, ridge = jnp.array([5.0, 30.0, 60.0, 200.0, 200.0]), jnp.array([0.0, 0.0, 0.0, 0.0, 0.3])
    together = jax.jit(jax.vmap(effective_ridge, in_axes=(None, 0, 0)))(l, n, ridge)
    alone = [float(SOLVE(l, a, b)) for a, b in zip(n, ridge, strict=True)]
    np.testing.assert_allclose(np.asarray(together), alone, rtol=1e-12)


def test_samples_may_be_traced_without_compiling_again() -> None:
    count = 0

    @jax.jit
    def solve(n: jax.Array) -> jax.Array:
        nonlocal count
        count += 1
        return effective_ridge(jnp.ones(10), n, 0.1)

    assert float(solve(5.0)) > float(solve(50.0))
    assert count == 1


def test_isotropic_closed_form() -> None:
    # kappa^2 + kappa (1 - ridge - d/n) - ridge = 0 on a spectrum of ones.
    d, n, ridge = 60, 45.0, 0.2
    b = 1.0 - ridge - d / n
    root = (-b + np.sqrt(b * b + 4 * ridge)) / 2
    assert float(SOLVE(np.ones(d), n, ridge)) == pytest.approx(root, rel=1e-12)
