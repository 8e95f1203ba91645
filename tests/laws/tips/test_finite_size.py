"""Finite-size scaling: exact collapse, the majority vote's exponent, coverage, wrong input."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from jaxuim.laws.tips.finite_size import collapse

X, M = (g.ravel() for g in np.meshgrid(np.linspace(0.6, 1.0, 17), [50, 100, 200, 400, 800]))


@settings(max_examples=10)
@given(st.floats(0.7, 0.9), st.floats(0.2, 1.2), st.sampled_from([-1.0, 0.5]))
def test_an_exact_collapse_is_recovered(critical, exponent, slope):
    y = special.expit(slope * 10 * (X - critical) * (M / 200) ** exponent + 0.3)
    found = collapse(X, y, M, degree=1)
    assert found.critical == pytest.approx(critical, abs=1e-3)
    assert found.exponent == pytest.approx(exponent, abs=1e-2)
    assert found.interval[0] <= found.critical <= found.interval[1]
    assert found.spread < 1e-2


def test_majority_votes_give_one_half_and_intervals_cover():
    """Errors Q((x_c - x) sqrt(2 m)) with counting noise: nu = 2."""
    rng, place, power = np.random.default_rng(0), [], []
    for _ in range(40):
        rate = 0.5 * special.erfc((0.85 - X) * np.sqrt(M))
        found = collapse(X, rng.binomial(4000, rate) / 4000, M)
        place.append(found.interval[0] <= 0.85 <= found.interval[1])
        power.append(found.exponent_interval[0] <= 0.5 <= found.exponent_interval[1])
    assert found.critical == pytest.approx(0.85, abs=0.005)
    assert found.exponent == pytest.approx(0.5, abs=0.05)
    assert min(np.mean(place), np.mean(power)) > 0.95 - 3.5 * np.sqrt(0.05 * 0.95 / 40)


def test_units_and_order_do_not_matter():
    rng = np.random.default_rng(1)
    y = special.expit(8 * (X - 0.8) * M**0.3) * 0.9 + 0.05 + 0.005 * rng.standard_normal(len(X))
    base = collapse(X, y, M)
    moved = collapse(100 * X - 3, y, 1e3 * M)
    assert moved.critical == pytest.approx(100 * base.critical - 3, abs=0.05)
    assert moved.exponent == pytest.approx(base.exponent, abs=1e-3)
    order = rng.permutation(len(X))
    mixed = collapse(X[order], y[order], M[order])
    assert mixed.critical == pytest.approx(base.critical)
    linear = collapse(X, 7 * y - 2, M, scale="linear")
    assert linear.critical == pytest.approx(base.critical, abs=0.02)


def test_rates_of_zero_and_one_do_not_rule():
    y = special.expit(3 * (X - 0.8) * M**0.5)
    found = collapse(X, np.round(y, 2), M)
    assert found.used < found.n
    assert found.critical == pytest.approx(0.8, abs=0.01)


def test_too_little_is_a_reason_and_wrong_input_an_error():
    one = collapse(X, 0 * X + 0.5, 0 * M + 3)
    assert one.critical is None and one.reason == "fewer than 2 sizes with usable rows"
    assert json.loads(json.dumps(one.card, allow_nan=False))["spread"] is None
    assert collapse(X, 0 * X + 0.5, M).reason == "x or y does not vary"
    assert collapse(X, np.full(85, np.nan), M).reason
    for options, message in (
        ({"y": X + 1}, "outside"),
        ({"sizes": -M}, "sizes contains"),
        ({"degree": 0}, "degree is 0"),
        ({"scale": "log"}, "scale is 'log'"),
        ({"y_err": 0 * X}, "y_err must hold"),
    ):
        given_ = {"x": X, "y": 0.5 * X, "sizes": M, **options}
        with pytest.raises(ValueError, match=message):
            collapse(**given_)
