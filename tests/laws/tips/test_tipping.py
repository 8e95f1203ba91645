"""Tipping points: exact locations, invariances, kinds, 'none', wrong input."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxuim.laws.tips.tipping import tipping_point, tipping_points

X = np.linspace(0.0, 1.0, 41)
LEVELS = np.linspace(0.0, 1.0, 11)


def kink(x, t, before=0.0, change=1.0):
    return 0.2 + before * x + change * np.maximum(x - t, 0.0)


def sigmoid(x, t, width=0.05, rise=0.8):
    return 0.1 + rise / (1 + np.exp(-(x - t) / width))


def same(found, expected):
    """Compare all numbers and words of two tipping points."""
    one, other = found.card, expected.card
    assert one.keys() == other.keys()
    for name, value in one.items():
        close = value if isinstance(value, str) else pytest.approx(value, nan_ok=True)
        assert other[name] == close, name


def noisy(mean, seed=0, size=0.03):
    return mean + size * np.random.default_rng(seed).standard_normal(mean.shape)


@settings(max_examples=15)
@given(
    st.floats(0.15, 0.85), st.floats(-2.0, 2.0), st.floats(0.25, 3.0), st.sampled_from([-1.0, 1.0])
)
def test_a_nearly_noiseless_kink_is_found_almost_exactly(t, before, change, sign):
    """A jump between two lines inside one gap of the levels may fit as well."""
    noise = 1e-4
    found = tipping_point(X, noisy(kink(X, t, before, sign * change), size=noise))
    error = noise / change * np.sqrt(4 / (t * (1 - t)) / len(X))
    assert found.detected
    assert found.location == pytest.approx(t, abs=0.5 / 40 if found.kind == "jump" else 5 * error)
    if found.kind == "kink":
        assert found.slope_before == pytest.approx(before, abs=5e-3)
        assert found.slope_after == pytest.approx(before + sign * change, abs=5e-3)
    assert found.interval[0] <= found.location <= found.interval[1]


def test_kinks_are_called_kinks():
    places = np.random.default_rng(0).uniform(0.25, 0.75, 100)
    curves = np.stack([noisy(kink(X, t), i, 1e-3) for i, t in enumerate(places)])
    assert [point.kind for point in tipping_points(X, curves)].count("kink") >= 95


@settings(max_examples=10)
@given(st.floats(0.25, 0.75), st.floats(0.03, 0.1), st.sampled_from([-5.0, -0.1, 2.0]))
def test_a_noiseless_sigmoid_gives_back_its_middle_and_width(t, width, rise):
    found = tipping_point(X, sigmoid(X, t, width, rise))
    assert found.kind == "sigmoid"
    assert found.location == pytest.approx(t, abs=1e-4)
    assert found.width == pytest.approx(width, rel=1e-2)
    assert found.width_interval[0] <= found.width <= found.width_interval[1]


@pytest.mark.parametrize(("low", "high"), [(0.1, 0.9), (3.0, -2.0)])
def test_a_noiseless_jump_lies_between_two_levels(low, high):
    found = tipping_point(X, np.where(X > 0.51, high, low), kind="jump")
    assert found.kind == "jump"
    assert 0.5 <= found.interval[0] <= found.location <= found.interval[1] <= 0.525
    auto = tipping_point(X, np.where(X > 0.51, high, low))
    assert 0.5 <= auto.location <= 0.525


@settings(max_examples=20)
@given(st.floats(-3.0, 3.0), st.floats(-3.0, 3.0), st.floats(-3.0, 3.0))
def test_a_polynomial_of_degree_two_is_never_a_tipping_point(a, b, c):
    found = tipping_point(X, a + b * X + c * X**2)
    assert not found.detected
    assert (found.location, found.interval, found.kind) == (None, None, "none")
    assert found.reason == "a polynomial of degree 2 is not rejected at 0.05"


def test_a_bend_is_a_tipping_point_only_against_straight_lines():
    y = noisy(X**2)
    assert not tipping_point(X, y).detected
    assert tipping_point(X, y, null_degree=1).detected


CURVES = {
    "kink": kink(X, 0.55, -0.4, 2.0),
    "sigmoid": sigmoid(X, 0.55),
    "jump": 0.3 + 0.5 * (X > 0.55),
}


@pytest.mark.parametrize("name", CURVES)
def test_affine_maps_of_x_carry_everything_along(name):
    y = noisy(CURVES[name])
    base, moved = tipping_point(X, y), tipping_point(300.0 * X - 7.0, y)
    turned = tipping_point(-X, y)
    assert base.detected and moved.p_value == base.p_value and moved.kind == base.kind
    assert moved.location == pytest.approx(300.0 * base.location - 7.0, abs=1e-3)
    assert moved.interval == pytest.approx([300.0 * e - 7.0 for e in base.interval], abs=1e-3)
    assert turned.location == pytest.approx(-base.location, abs=1e-6)
    assert turned.interval == pytest.approx([-e for e in base.interval[::-1]], abs=1e-6)
    if base.width is not None:
        assert moved.width == pytest.approx(300.0 * base.width, rel=1e-6)


@pytest.mark.parametrize("name", CURVES)
@settings(max_examples=10)
@given(st.sampled_from([-4.0, -0.01, 3.0]), st.floats(-5.0, 5.0))
def test_scaling_and_shifting_y_change_nothing(name, c, a):
    y = noisy(CURVES[name])
    base, changed = tipping_point(X, y), tipping_point(X, c * y + a)
    assert changed.location == pytest.approx(base.location, abs=1e-6)
    assert changed.interval == pytest.approx(base.interval, abs=1e-6)
    assert changed.statistic == pytest.approx(base.statistic, rel=1e-6)


def test_order_of_rows_does_not_matter():
    y, order = noisy(CURVES["kink"]), np.random.default_rng(2).permutation(41)
    base, mixed = tipping_point(X, y), tipping_point(X[order], y[order])
    same(mixed, base)


def test_many_curves_at_once_are_as_alone():
    rng = np.random.default_rng(3)
    y = np.stack([noisy(curve, seed) for seed, curve in enumerate([*CURVES.values(), X, X**2])])
    y[1, 4] = np.nan
    errors = rng.uniform(0.02, 0.04, y.shape)
    for y_err in (None, errors):
        together = tipping_points(X, y, y_err=y_err)
        for i, point in enumerate(together):
            alone = tipping_point(X, y[i], y_err=None if y_err is None else y_err[i])
            same(point, alone)
    assert together[1].dropped == 1
    own_x = tipping_points(np.stack([X, 2 * X]), np.stack([y[0], y[0]]))
    assert own_x[1].location == pytest.approx(2 * own_x[0].location)


def test_repeated_rows_count_as_more_evidence():
    """Means of levels with their pure error are all that the rows say."""
    y = np.stack([noisy(kink(X, 0.6), seed, 0.1) for seed in range(9)])
    one, nine = tipping_point(X, y[0]), tipping_point(np.tile(X, 9), y.ravel())
    assert not one.detected
    assert nine.detected
    assert nine.location == pytest.approx(0.6, abs=0.08)


@pytest.mark.parametrize("kind", ["kink", "jump", "sigmoid"])
def test_a_kind_may_be_asked_for(kind):
    found = tipping_point(X, noisy(sigmoid(X, 0.55)), kind=kind)
    assert (found.kind, found.detected) == (kind, True)
    assert set(found.weights) == {kind}
    assert (found.width is None) == (kind != "sigmoid")
    assert found.location == pytest.approx(0.55, abs=0.15)


def test_weights_of_kinds_sum_to_one_and_name_the_kind():
    found = tipping_point(X, noisy(sigmoid(X, 0.55)))
    assert sum(found.weights.values()) == pytest.approx(1.0)
    assert found.weights["sigmoid"] == max(found.weights.values())
    assert found.kind == "sigmoid"
    assert found.shape in ("logistic", "logistic on a line")


def test_y_err_weights_rows():
    rng = np.random.default_rng(10)
    errors = np.where(np.arange(41) % 2 == 0, 0.01, 5.0)
    y = kink(X, 0.6) + errors * rng.standard_normal(41)
    assert not tipping_point(X, y).detected
    found = tipping_point(X, y, y_err=errors)
    assert found.location == pytest.approx(0.6, abs=0.05)
    same(tipping_point(X, y, y_err=7.0 * errors), found)


def test_a_location_at_the_edge_has_an_interval_up_to_the_end_of_the_data():
    found = tipping_point(X, noisy(kink(X, 0.93, change=10.0), 8, 0.01))
    assert found.detected
    assert found.interval[1] == 1.0


@settings(max_examples=25)
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=9, max_size=9))
def test_any_finite_input_gives_numbers_or_a_reason(values):
    found = tipping_point(np.arange(9.0), values)
    assert 0 < found.p_value <= 1
    assert found.reason or np.all(np.isfinite([found.location, *found.interval]))


@pytest.mark.parametrize("x", [[0, 1e-300, 2e-300, 3e-300, 1], [-1e308, -1e307, 0, 1e307, 1e308]])
def test_extreme_x_gives_numbers_or_a_reason(x):
    found = tipping_point(x, [0.0, 1.0, 0.0, 5.0, 2.0])
    assert found.reason or np.isfinite(found.location)


def test_same_seed_same_answer_and_the_card_is_json():
    y = noisy(kink(X, 0.6))
    first = tipping_point(X, y)
    card = json.loads(json.dumps(first.card, allow_nan=False))
    assert card == json.loads(json.dumps(tipping_point(X, y).card))
    assert (card["location"], card["interval"]) == (first.location, list(first.interval))
    none = json.loads(json.dumps(tipping_point(X, X).card, allow_nan=False))
    assert (none["location"], none["detected"], none["kind"]) == (None, False, "none")


class TestTooLittle:
    """Wrong input is refused, missing values are a finding of none."""

    @pytest.mark.parametrize("groups", [None, np.repeat(range(2), 11)])
    def test_missing_values(self, groups):
        y = np.full(22, np.nan)
        y[:3] = 1.0
        found = tipping_point(np.tile(LEVELS, 2), y, groups=groups)
        assert (found.detected, found.location, found.n, found.dropped) == (False, None, 3, 19)
        assert np.isnan(found.p_value)
        assert found.reason

    def test_constant_y(self):
        found = tipping_point(X, np.full(41, 0.1))
        assert (found.detected, found.p_value) == (False, 1.0)

    def test_four_levels_are_refused(self):
        with pytest.raises(ValueError, match="x has 4 distinct values"):
            tipping_point(np.tile(LEVELS[:4], 5), np.arange(20.0))

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            ({"groups": [1, 2]}, "groups has shape"),
            ({"confidence": 95}, "confidence is 95"),
            ({"kind": "hinge"}, "kind is 'hinge'"),
            ({"null_degree": 3}, "null_degree is 3"),
        ],
    )
    def test_options(self, options, message):
        with pytest.raises(ValueError, match=message):
            tipping_point(X, X, **options)

    def test_tables(self):
        with pytest.raises(ValueError, match="y has shape"):
            tipping_points(X, X)
        with pytest.raises(ValueError, match="an array has 3 rows but y has 2"):
            tipping_points(np.ones((3, 41)), np.ones((2, 41)))
