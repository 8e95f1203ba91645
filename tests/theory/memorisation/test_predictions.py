"""Tests of the predictions of memorisation: limits, monotony, optimality and brute force."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, special

from theory.memorisation import (
    advantage,
    copies_needed,
    expected_exposure,
    half_copies,
    mean_separation,
    memorised,
    memorised_share,
    power,
    residual_advantage,
    residual_threshold,
    typical_leverage,
)

quick = settings(max_examples=20, deadline=None)
needed, separated, half_of = (jax.jit(f) for f in (copies_needed, mean_separation, half_copies))
attack, curve = jax.jit(residual_advantage), jax.jit(power)
leverages = st.floats(1e-3, 1e3)
copies = st.integers(1, 1000)


@quick
@given(leverages, copies)
def test_share_lies_between_and_grows(leverage: float, m: int) -> None:
    share = float(memorised(leverage, m))
    assert 0.0 < share < 1.0
    assert float(memorised(leverage, m + 1)) > share
    assert float(memorised(2.0 * leverage, m)) > share
    assert float(memorised(leverage, 1.0 / leverage)) == pytest.approx(0.5)


@quick
@given(st.floats(1e-3, 1.0), st.integers(20, 2000))
def test_half_copies_are_where_half_is_memorised(ridge: float, n: int) -> None:
    spectrum = np.arange(1.0, 31.0) ** -1.0
    half = float(half_of(spectrum, n, ridge))
    assert float(memorised_share(spectrum, n, ridge, half)) == pytest.approx(0.5, rel=1e-9)
    assert float(half_of(spectrum, n, 2 * ridge)) > half


def test_without_ridge_leverage_is_that_of_least_squares() -> None:
    assert float(typical_leverage(jnp.ones(30), 120, 0.0)) == pytest.approx(1 / 3, rel=1e-9)


@quick
@given(st.floats(1e-8, 50.0), st.floats(0.01, 5.0))
def test_threshold_is_the_best(pull: float, other: float) -> None:
    best = float(attack(pull))
    assert 0.0 < best < 1.0
    assert best >= float(attack(pull, other)) - 1e-12
    assert float(attack(1.01 * pull)) > best


@quick
@given(st.floats(1e-6, 5e-6))
def test_threshold_is_continuous_where_its_branches_meet(pull: float) -> None:
    assert float(residual_threshold(pull)) == pytest.approx(1.0 - 0.5 * pull, abs=1e-5)


@quick
@given(st.floats(0.0, 6.0))
def test_advantage_is_the_best_point_of_the_curve(separation: float) -> None:
    false = np.linspace(1e-4, 1 - 1e-4, 4001)
    best = np.max(np.asarray(curve(separation, false)) - false)
    assert float(advantage(separation)) == pytest.approx(best, abs=1e-3)


@quick
@given(
    st.floats(0.05, 0.9),
    st.sampled_from([5, 80, 400]),
    st.integers(100, 10_000),
    st.floats(0.0, 0.1),
)
def test_copies_needed_inverts_advantage(wanted: float, d: int, n: int, release: float) -> None:
    m = float(needed(wanted, d, n, release))
    ones = jnp.ones(d)
    separation = separated(ones, ones, n, m, release)
    assert float(advantage(separation)) == pytest.approx(wanted, rel=1e-9)
    assert float(separated(ones, ones, n, m, release + 0.01)) < float(separation)


def test_separation_is_the_best_linear_score() -> None:
    rng = np.random.default_rng(0)
    spectrum, z = np.array([2.0, 1.0, 0.3]), np.array([1.0, -2.0, 0.5])
    spread = np.diag(spectrum / 50 + 0.02)
    best = float(mean_separation(z, spectrum, 50, 3, 0.02))
    for _ in range(50):
        w = rng.standard_normal(3)
        assert 3 / 50 * (w @ z) / np.sqrt(w @ spread @ w) <= best + 1e-12
    w = np.linalg.solve(spread, z)
    assert 3 / 50 * (w @ z) / np.sqrt(w @ spread @ w) == pytest.approx(best, rel=1e-12)


@pytest.mark.parametrize("shift", [-1.0, 0.0, 2.5])
def test_exposure_is_its_integral_and_saturates(shift: float) -> None:
    def inner(s: float) -> float:
        weight = np.exp(-0.5 * (s - shift) ** 2) / np.sqrt(2 * np.pi)
        return float(-weight * np.log2(special.ndtr(-s) + 1 / 512))

    known = integrate.quad(inner, shift - 9, shift + 9, epsabs=1e-11)[0]
    assert float(expected_exposure(shift, 512.0)) == pytest.approx(known, rel=1e-7)
    assert float(expected_exposure(20.0, 512.0)) == pytest.approx(9.0, abs=1e-6)
    assert float(expected_exposure(shift + 0.5, 512.0)) > known


@pytest.mark.parametrize(
    ("law", "at"),
    [
        (lambda h: memorised(h, 3), 0.4),
        (residual_advantage, 0.7),
        (residual_threshold, 1e-7),
        (advantage, 1.1),
        (lambda r: memorised_share(jnp.arange(1.0, 9.0) ** -1.0, 40.0, r, 2.0), 0.1),
        (lambda s: expected_exposure(s, 1024.0), 1.0),
    ],
)
def test_gradients(law, at: float) -> None:  # type: ignore[no-untyped-def]
    step = min(1e-5, 0.1 * at)
    slope = float(law(at + step) - law(at - step)) / (2 * step)
    assert float(jax.grad(law)(at)) == pytest.approx(slope, rel=1e-4)
