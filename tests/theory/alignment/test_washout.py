"""Wash-out and privacy against enumeration, simulation of the data, and limits."""

from math import comb

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from theory.alignment import (
    argmax_tip,
    attack_advantage,
    harmful_from,
    posterior_bias,
    posterior_error,
    privacy_dominates_below,
    private_mean_error,
    right_on_top,
)
from theory.alignment import simulation as sim

STRENGTH = st.floats(1.0, 500.0)
MOST = 50


@settings(max_examples=30, deadline=None)
@given(STRENGTH, st.floats(0.01, 0.5), st.floats(0.01, 0.25), st.floats(1.0, 1e4))
def test_bias_fades_and_squared_error_adds_up(n0: float, b: float, v: float, n: float) -> None:
    assert float(posterior_bias(0.0, n0, b)) == pytest.approx(b)
    bias = float(posterior_bias(n, n0, b))
    assert bias < float(posterior_bias(0.5 * n, n0, b))
    shrunk = n / (n + n0)
    expected = bias**2 + shrunk**2 * v / n
    assert float(posterior_error(n, n0, b, v)) == pytest.approx(expected, rel=1e-10)


@settings(max_examples=30, deadline=None)
@given(STRENGTH, st.floats(0.05, 0.5), st.floats(0.01, 0.25))
def test_harm_begins_at_its_tip_or_never(n0: float, b: float, v: float) -> None:
    tip = float(harmful_from(n0, b, v))
    if np.isinf(tip):
        n = np.geomspace(0.1, 1e6, 30)
        assert np.all(np.asarray(posterior_error(n, n0, b, v)) <= v / n * (1 + 1e-12))
    else:
        for n, worse in ((0.9 * tip, False), (1.1 * tip, True)):
            assert (float(posterior_error(n, n0, b, v)) > v / n) == worse


@settings(max_examples=15, deadline=None)
@given(st.integers(1, 9), st.floats(-3.0, 5.0))
def test_right_on_top_equals_enumeration(n: int, lead: float) -> None:
    assume(lead == round(lead) or abs(lead - round(lead)) > 1e-3)
    right, wrong = 0.45, 0.25
    expected = 0.0
    for up in range(n + 1):
        for down in range(n + 1 - up):
            ways = comb(n, up) * comb(n - up, down)
            chance = ways * right**up * wrong**down * (1 - right - wrong) ** (n - up - down)
            expected += chance * (up - down > lead) + 0.5 * chance * (up - down == lead)
    assert float(right_on_top(n, lead, right, wrong, MOST)) == pytest.approx(expected, abs=1e-12)


def test_ties_at_a_whole_lead_are_shared() -> None:
    assert float(right_on_top(1, 1.0, 0.45, 0.25, MOST)) == pytest.approx(0.225)
    # A lead of 100 (0.6 - 0.2), which rounding leaves a little below 40.
    lead = 100.0 * (0.6 - 0.2)
    found = right_on_top(50, lead, 0.7, 0.1, MOST)
    assert float(found) == pytest.approx(float(right_on_top(50, 40.0, 0.7, 0.1, MOST)))


def test_tip_is_the_median_with_many_observations() -> None:
    for n0, tolerance in ((8.0, 0.07), (24.0, 0.04)):
        tip = round(float(argmax_tip(n0, 0.5, 0.25)))
        found = float(right_on_top(tip, n0 * 0.5, 0.5, 0.25, MOST))
        assert found == pytest.approx(0.5, abs=tolerance)


def test_shares_on_top_have_the_exact_mean() -> None:
    case = (10.0, np.array([0.2, 0.6, 0.2]), np.array([0.45, 0.25, 0.30]))
    levels = np.array([10, 20, 35])
    found = sim.top_shares(np.random.default_rng(0), levels, case, (300, 20))
    expected = [float(right_on_top(n, 4.0, 0.45, 0.25, MOST)) for n in levels]
    error = found.std(axis=0) / np.sqrt(300)
    assert np.all(np.abs(found.mean(axis=0) - expected) < 4.5 * error)


@settings(max_examples=25, deadline=None)
@given(st.floats(0.0, 6.0), st.floats(0.01, 1.0))
def test_advantage_grows_and_is_a_share(mu: float, step: float) -> None:
    assert 0.0 <= float(attack_advantage(mu)) < float(attack_advantage(mu + step)) < 1.0


def test_private_mean_from_clipped_data() -> None:
    n, d, clip, mu, count = 40, 3, 8.0, 2.0, 4000
    rng = np.random.default_rng(0)
    x = rng.standard_normal((count, n, d))
    x *= np.minimum(1.0, clip / np.linalg.norm(x, axis=2, keepdims=True))
    noise = 2 * clip / (n * mu) * rng.standard_normal((count, d))
    errors = np.sum((x.mean(axis=1) + noise) ** 2, axis=1)
    expected = float(private_mean_error(n, d, 1.0, clip, mu))
    assert abs(errors.mean() - expected) < 4.5 * errors.std() / np.sqrt(count)
    shortcut = sim.private_errors(rng, n, d, (1.0, clip, mu), count)
    assert abs(shortcut.mean() - expected) < 4.5 * shortcut.std() / np.sqrt(count)


@settings(max_examples=25, deadline=None)
@given(st.floats(0.1, 4.0), st.floats(1.0, 20.0), st.floats(0.1, 5.0))
def test_privacy_doubles_the_error_at_its_tip(v: float, clip: float, mu: float) -> None:
    n = privacy_dominates_below(v, clip, mu)
    assert float(private_mean_error(n, 1.0, v, clip, mu)) == pytest.approx(2 * v / float(n))


def test_gradients_equal_finite_differences() -> None:
    @jax.jit
    def all_of_them(x: jax.Array) -> jax.Array:
        return jnp.stack([
            posterior_bias(50.0, 100.0 * x, 0.3), posterior_error(50.0, 100.0 * x, 0.3, 0.2),
            harmful_from(100.0 * x, 0.3, 0.2), attack_advantage(x),
            private_mean_error(100.0, 3.0, x, 5.0, 1.0), argmax_tip(x, 0.4, 0.2),
        ])  # fmt: skip

    slopes, h = jax.jit(jax.jacfwd(all_of_them)), 1e-6
    for x in (0.5, 2.0):
        expected = (all_of_them(x + h) - all_of_them(x - h)) / (2 * h)
        np.testing.assert_allclose(slopes(x), expected, rtol=1e-6, atol=1e-10)
