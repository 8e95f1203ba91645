"""The law behind forecasts: its special cases, its limits, its scale-free prior."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxuim.laws.forecasts.falling import NAMES, broken_prior, law, tailed_prior

T = np.linspace(-4.0, 2.0, 9)
SHARE = st.floats(-2.0, 2.0)


def parameters(**given):
    values = {
        "floor": -np.inf,
        "size": 0.0,
        "first": 0.0,
        "second": 0.0,
        "place": 0.0,
        "sharp": -1.0,
        "drift": 0.0,
        "level": 0.0,
    }
    assert set(given) <= set(values)
    return np.array([(values | given)[name] for name in NAMES])


@given(SHARE, SHARE, SHARE)
def test_without_break_and_drift_it_is_the_saturating_power_law(floor, size, slope):
    value = law(np, parameters(floor=floor, size=size, first=slope), T, 0.0)
    assert value == pytest.approx(np.log(np.exp(floor) + np.exp(size - slope * T)), abs=1e-12)


def test_slopes_on_both_sides_of_the_break():
    u = parameters(floor=-300.0, first=0.2, second=0.3, place=-1.0, sharp=-4.0)
    slopes = np.diff(law(np, u, T, 0.0)) / np.diff(T)
    assert slopes[0] == pytest.approx(-0.2, abs=1e-6)
    assert slopes[-1] == pytest.approx(-0.5, abs=1e-6)


def test_far_ahead_the_floor_falls_with_the_drift():
    u = parameters(floor=-0.5, size=-1.0, first=0.4, drift=0.05)
    far = law(np, u, np.array([100.0, 110.0]), 0.0)
    assert np.diff(far) == pytest.approx(-0.5, abs=1e-6)


@given(SHARE)
def test_linear_law_passes_its_level_now(level):
    u = parameters(floor=-0.5, size=-1.0, first=0.4, second=0.3, place=-1.0, level=level)
    assert law(np, u, np.zeros(1), 1.0) == pytest.approx(level, abs=1e-12)


def test_prior_of_a_curve_raised_to_a_power_is_in_proportion():
    one, two = tailed_prior(0.5, 4.0), tailed_prior(1.0, 4.0)
    place = {name: i for i, name in enumerate((*NAMES, "log sigma"))}
    assert two.mean[place["drift"]] == pytest.approx(2.0 * one.mean[place["drift"]])
    for name in ("size", "log sigma"):
        assert two.mean[place[name]] - one.mean[place[name]] == pytest.approx(np.log(2.0))
    assert np.all(one.sd > 0) and np.all(broken_prior(4.0).sd > 0)
