"""Laws of located hinges and jumps: other computations, symmetries, gradients."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate

from theory.estimators import (
    argmax_cdf,
    argmax_quantile,
    hinge_sd,
    hinge_sd_design,
    hinge_sd_refined,
    jump_interval,
    jump_sd,
)
from theory.estimators.draws import even, located_hinges, located_jumps
from theory.estimators.location_study import _passage_tail

cdf, quantile = jax.jit(argmax_cdf), jax.jit(argmax_quantile)
slope, interval = jax.jit(jax.grad(argmax_cdf)), jax.jit(jump_interval)
limit_sd, refined_sd = jax.jit(hinge_sd), jax.jit(hinge_sd_refined)
design_sd = jax.jit(hinge_sd_design)
PLACES, CHANGES, NOISES = st.floats(0.15, 0.85), st.floats(0.2, 5.0), st.floats(0.01, 1.0)


@settings(max_examples=8, deadline=None)
@given(PLACES, CHANGES, NOISES)
def test_closed_form_is_the_inverse_information(place: float, change: float, noise: float) -> None:
    found = float(design_sd(even(2000), place, change, noise))
    assert float(limit_sd(place, change, noise, 2000.0)) == pytest.approx(found, rel=4e-3)


@settings(max_examples=20, deadline=None)
@given(PLACES, CHANGES, NOISES, st.floats(-50.0, 50.0), st.floats(0.01, 100.0))
def test_units_of_levels_and_response(
    place: float, change: float, noise: float, shift: float, scale: float
) -> None:
    one = float(design_sd(even(40), place, change, noise))
    moved = design_sd(shift + scale * even(40), shift + scale * place, change / scale, noise)
    assert float(moved) == pytest.approx(scale * one, rel=1e-5)
    assert float(design_sd(even(40), place, 3.0 * change, 3.0 * noise)) == pytest.approx(one)
    assert float(design_sd(even(40), place, -change, noise)) == pytest.approx(one)


@settings(max_examples=20, deadline=None)
@given(PLACES, CHANGES, NOISES)
def test_finite_size_term_vanishes_with_levels(place: float, change: float, noise: float) -> None:
    for n in (1e3, 1e9):
        case = (place, change, noise, n)
        assert float(refined_sd(*case)) > float(limit_sd(*case))
    assert float(refined_sd(place, change, noise, 1e14)) == pytest.approx(
        float(limit_sd(place, change, noise, 1e14)), rel=1e-3
    )
    mirrored = refined_sd(1.0 - place, change, noise, 100.0)
    assert float(mirrored) == pytest.approx(
        float(refined_sd(place, change, noise, 100.0)), rel=1e-9
    )


def test_finite_size_term_is_seen_off_centre() -> None:
    case = (0.25, 1.0, 0.1)
    found = located_hinges(np.random.default_rng(0), even(500), case, 3000)
    squares = (found - 0.25) ** 2
    error = squares.std() / np.sqrt(len(squares))
    limit, refined = (float(law(*case, 500.0)) ** 2 for law in (limit_sd, refined_sd))
    assert abs(squares.mean() - refined) < 4.5 * error + 0.05 * refined
    assert squares.mean() - limit > 5 * error


@settings(max_examples=20, deadline=None)
@given(st.floats(0.01, 40.0))
def test_limit_law_equals_first_passages(x: float) -> None:
    upper = _passage_tail(x)
    assert 1.0 - float(cdf(x)) == pytest.approx(upper, abs=1e-9)
    assert float(cdf(-x)) == pytest.approx(upper, abs=1e-9)


def test_limit_law_far_out_and_at_zero() -> None:
    assert float(cdf(0.0)) == 0.5
    assert float(cdf(5000.0)) == 1.0
    assert float(cdf(-5000.0)) == pytest.approx(0.0, abs=1e-12)
    assert float(slope(0.0)) == pytest.approx(0.5, abs=1e-6)


def test_moments_of_the_limit_law() -> None:
    mean = 2.0 * integrate.quad(lambda x: 1.0 - float(cdf(x)), 0.0, 400.0, limit=200)[0]
    assert mean == pytest.approx(3.0, rel=1e-6)


@settings(max_examples=20, deadline=None)
@given(st.floats(0.001, 0.999))
def test_quantile_inverts_the_law(probability: float) -> None:
    assert float(cdf(quantile(probability))) == pytest.approx(probability, abs=1e-9)
    assert float(quantile(1.0 - probability)) == pytest.approx(
        -float(quantile(probability)), abs=1e-6
    )


def test_interval_holds_a_small_jump() -> None:
    missed = located_jumps(np.random.default_rng(0), 1000, 0.5, 1000)
    low, high = interval(missed, 0.5, 1.0, 0.9)
    share = float(np.mean((low <= 0) & (high >= 0)))
    assert abs(share - 0.9) < 4.5 * np.sqrt(0.09 / 1000) + 0.015
    assert missed.std() / 1000 == pytest.approx(float(jump_sd(0.5, 1.0, 1000.0)), rel=0.25)


def test_gradients_equal_finite_differences() -> None:
    @jax.jit
    def all_of_them(x: jax.Array) -> jax.Array:
        return jnp.stack([
            hinge_sd(x, 2.0, 0.3, 100.0), hinge_sd_refined(x, 2.0, 0.3, 100.0),
            hinge_sd(0.3, x, 0.3, 100.0), argmax_cdf(10.0 * x), argmax_cdf(-3.0 * x),
            jump_sd(x, 1.0, 50.0),
        ])  # fmt: skip

    slopes, h = jax.jit(jax.jacfwd(all_of_them)), 1e-6
    for x in (0.21, 0.6):
        expected = (all_of_them(x + h) - all_of_them(x - h)) / (2 * h)
        np.testing.assert_allclose(slopes(x), expected, rtol=1e-5)
