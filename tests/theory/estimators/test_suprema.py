"""Tails and critical values of sup-F: a simulated process, limits, gradients."""

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from theory.estimators import kink_tail, kink_value, mean_break_tail, mean_break_value
from theory.estimators.draws import largest_statistics
from theory.estimators.suprema_study import quantile

break_tail, bound = jax.jit(mean_break_tail), jax.jit(kink_tail)
VALUES, TRIMS = st.floats(1.0, 25.0), st.floats(0.01, 0.4)


def largest(rng: np.random.Generator, count: int, trim: float, steps: int) -> np.ndarray:
    """Draw the largest square of an Ornstein-Uhlenbeck process, also between its steps."""
    width = np.log((1 - trim) / trim) / steps
    keep, spread = np.exp(-width), np.sqrt(-np.expm1(-2 * width))
    state = rng.standard_normal(count)
    best = np.abs(state)
    for _ in range(steps):
        after = keep * state + spread * rng.standard_normal(count)
        for sign in (1.0, -1.0):
            reach = -2.0 * spread**2 * np.log(rng.random(count))
            top = 0.5 * (sign * (state + after) + np.sqrt((after - state) ** 2 + reach))
            best = np.maximum(best, top)
        state = after
    return best**2


def test_tail_is_that_of_a_diffusion() -> None:
    draws = largest(np.random.default_rng(0), 40_000, 0.15, 60)
    for value in (3.0, 7.3, 8.85):
        share = float(np.mean(draws > value))
        error = np.sqrt(share * (1 - share) / len(draws))
        assert abs(share - float(break_tail(value, 0.15))) < 4.5 * error + 0.004 * share


@settings(max_examples=25, deadline=None)
@given(VALUES, TRIMS)
def test_searching_everywhere_costs_more_than_one_place(value: float, trim: float) -> None:
    single = stats.chi2.sf(value, 1)
    assert float(break_tail(value, trim)) > single - 1e-12
    assert float(bound(value, trim)) > single
    assert float(break_tail(value, trim)) > float(break_tail(value * 1.1, trim))
    assert float(break_tail(value, trim)) > float(break_tail(value, trim + 0.04))


def test_without_a_search_it_is_a_chi_square() -> None:
    one = stats.chi2.sf(3.84, 1)
    gaps = [float(break_tail(3.84, trim)) - one for trim in (0.35, 0.42, 0.48)]
    assert gaps[0] > gaps[1] > gaps[2] > 0
    assert float(bound(3.84, 0.5 - 1e-12)) == pytest.approx(stats.chi2.sf(3.84, 1), rel=1e-9)


def test_a_kink_needs_less_than_a_mean_break() -> None:
    for level in (0.1, 0.05, 0.01):
        assert kink_value(level, 0.15) < mean_break_value(level, 0.15)
        assert mean_break_value(level, 0.15, 400.0) < mean_break_value(level, 0.15)


def test_critical_values_at_few_levels() -> None:
    breaks, kinks = largest_statistics(np.random.default_rng(0), 100, 0.2, 20_000)
    found, error = quantile(breaks, 0.05)
    assert abs(found - mean_break_value(0.05, 0.2, 100.0)) < 4.5 * error + 0.02 * found
    found, error = quantile(kinks, 0.05)
    assert kink_value(0.05, 0.2, 100.0) > found - 4.5 * error
    assert found + 4.5 * error > 0.9 * kink_value(0.05, 0.2, 100.0)


def test_largest_statistics_ignore_units() -> None:
    class Scaled:
        """A generator of normal numbers of another size, around another mean."""

        def __init__(self) -> None:
            self.rng = np.random.default_rng(3)

        def standard_normal(self, shape: tuple[int, int]) -> np.ndarray:
            return 5.0 + 7.0 * self.rng.standard_normal(shape)

    plain = largest_statistics(np.random.default_rng(3), 50, 0.15, 20)
    scaled = largest_statistics(Scaled(), 50, 0.15, 20)  # type: ignore[arg-type]
    np.testing.assert_allclose(plain, scaled, rtol=1e-8)


def test_gradients_equal_finite_differences() -> None:
    for tail in (break_tail, bound):
        slope = jax.jit(jax.grad(tail, argnums=(0, 1)))
        for at in ((4.0, 0.1), (9.0, 0.2)):
            h = 1e-5
            first = (tail(at[0] + h, at[1]) - tail(at[0] - h, at[1])) / (2 * h)
            second = (tail(at[0], at[1] + h) - tail(at[0], at[1] - h)) / (2 * h)
            np.testing.assert_allclose(slope(*at), (first, second), rtol=1e-5)
