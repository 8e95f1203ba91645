"""Hinge tipping points: exact location, invariances, size of the test, coverage, 'none'."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxuim.laws import tipping_point

X = np.linspace(0.0, 1.0, 41)
LEVELS = np.linspace(0.0, 1.0, 11)


def kink(x, t, before=0.0, change=1.0):
    return 0.2 + before * x + change * np.maximum(x - t, 0.0)


def seeds_data(rng, mean, seeds, noise):
    """Curves of several seeds, each with its own line: x, y, groups."""
    line = 0.1 * rng.standard_normal((2, seeds, 1))
    y = mean + line[0] + line[1] * LEVELS + noise(rng, (seeds, len(LEVELS)))
    return np.tile(LEVELS, seeds), y.ravel(), np.repeat(np.arange(seeds), len(LEVELS))


def flat_noise(rng, shape):
    return 0.05 * rng.standard_normal(shape)


def unequal_noise(rng, shape):
    return 0.05 * rng.standard_normal(shape) * (0.2 + 3.0 * LEVELS**2)


def walking_noise(rng, shape):
    return np.cumsum(0.03 * rng.standard_normal(shape), axis=1)


@given(
    st.floats(0.15, 0.85), st.floats(-2.0, 2.0), st.floats(0.25, 3.0), st.sampled_from([-1.0, 1.0])
)
def test_a_noiseless_hinge_is_found_exactly(t, before, change, sign):
    found = tipping_point(X, kink(X, t, before, sign * change))
    assert found.detected
    assert found.kind == "hinge"
    assert found.location == pytest.approx(t, abs=1e-6)
    assert found.slope_before == pytest.approx(before, abs=1e-4)
    assert found.slope_after == pytest.approx(before + sign * change, abs=1e-4)
    assert found.interval[0] <= found.location <= found.interval[1]
    assert found.interval[1] - found.interval[0] < 0.05


@given(st.floats(-3.0, 3.0), st.floats(-3.0, 3.0))
def test_a_line_is_never_a_tipping_point(a, b):
    found = tipping_point(X, a + b * X)
    assert (found.detected, found.location, found.interval, found.kind) == (
        False,
        None,
        None,
        "none",
    )
    grouped = tipping_point(np.tile(X, 8), np.tile(a + b * X, 8), groups=np.repeat(range(8), 41))
    assert not grouped.detected


@pytest.mark.parametrize("grouped", [False, True])
def test_affine_maps_of_x_carry_the_location_along(grouped):
    rng = np.random.default_rng(0)
    x, y, groups = seeds_data(rng, kink(LEVELS, 0.55), 9, flat_noise)
    groups = groups if grouped else None
    base = tipping_point(x, y, groups=groups)
    moved = tipping_point(300.0 * x - 7.0, y, groups=groups)
    turned = tipping_point(-x, y, groups=groups)
    assert base.detected
    assert moved.location == pytest.approx(300.0 * base.location - 7.0, abs=1e-3)
    assert moved.interval == pytest.approx([300.0 * e - 7.0 for e in base.interval], abs=1e-3)
    assert moved.p_value == base.p_value
    assert turned.location == pytest.approx(-base.location, abs=1e-6)
    assert turned.slope_before == pytest.approx(-base.slope_after, abs=1e-5)


@pytest.mark.parametrize("grouped", [False, True])
@given(st.sampled_from([-4.0, -0.01, 3.0]), st.floats(-5.0, 5.0), st.floats(-5.0, 5.0))
def test_scaling_y_and_adding_a_line_change_nothing(grouped, c, a, b):
    x, y, groups = seeds_data(np.random.default_rng(1), kink(LEVELS, 0.55), 9, flat_noise)
    groups = groups if grouped else None
    base = tipping_point(x, y, groups=groups)
    changed = tipping_point(x, c * y + a + b * x, groups=groups)
    assert changed.location == pytest.approx(base.location, abs=1e-5)
    assert changed.interval == pytest.approx(base.interval, abs=1e-6)
    assert changed.p_value == pytest.approx(base.p_value)
    assert changed.statistic == pytest.approx(base.statistic, rel=1e-5)


@pytest.mark.parametrize("grouped", [False, True])
def test_order_of_rows_and_names_of_groups_do_not_matter(grouped):
    rng = np.random.default_rng(2)
    x, y, groups = seeds_data(rng, kink(LEVELS, 0.55), 9, flat_noise)
    order = rng.permutation(len(x))
    base = tipping_point(x, y, groups=groups if grouped else None)
    mixed = tipping_point(
        x[order], y[order], groups=[f"s{g}" for g in groups[order]] if grouped else None
    )
    assert mixed.location == pytest.approx(base.location, abs=1e-6)
    assert mixed.statistic == pytest.approx(base.statistic)
    assert mixed.interval == pytest.approx(base.interval, abs=0.01)
    assert mixed.p_value == pytest.approx(base.p_value, abs=0.01)


class TestNull:
    """How often a tipping point is seen where there is none."""

    @pytest.mark.parametrize("slope", [0.0, 0.6])
    def test_size_for_independent_errors(self, slope):
        replicas, rng = 500, np.random.default_rng(3)
        x = np.linspace(0.0, 1.0, 24)
        y = 0.3 + slope * x + 0.05 * rng.standard_normal((replicas, len(x)))
        alarms = np.mean([tipping_point(x, row).detected for row in y])
        assert abs(alarms - 0.05) < 3.5 * np.sqrt(0.05 * 0.95 / replicas)

    @pytest.mark.parametrize("noise", [flat_noise, unequal_noise, walking_noise])
    @pytest.mark.parametrize("seeds", [5, 10])
    def test_size_for_seeds_with_correlated_or_unequal_errors(self, noise, seeds):
        replicas, rng = 150, np.random.default_rng(4)
        alarms = 0
        for _ in range(replicas):
            x, y, groups = seeds_data(rng, 0.2 + 0.3 * LEVELS, seeds, noise)
            alarms += tipping_point(x, y, groups=groups).detected
        assert alarms / replicas < 0.05 + 3 * np.sqrt(0.05 * 0.95 / replicas)

    def test_ignoring_the_seeds_would_raise_false_alarms(self):
        """The same walking errors, taken as independent, are rejected far too often."""
        replicas, rng, alarms = 60, np.random.default_rng(5), 0
        for _ in range(replicas):
            x, y, _ = seeds_data(rng, 0.2 + 0.3 * LEVELS, 1, lambda r, s: 0.2 * walking_noise(r, s))
            alarms += tipping_point(np.tile(x, 2), np.tile(y, 2)).detected
        assert alarms / replicas > 0.2


class TestInterval:
    """The interval covers the location where the hinge is the truth."""

    def test_independent_errors(self):
        replicas, rng, hits, found = 250, np.random.default_rng(6), 0, 0
        x = np.linspace(0.0, 1.0, 40)
        for _ in range(replicas):
            t = rng.uniform(0.3, 0.7)
            result = tipping_point(x, kink(x, t) + 0.05 * rng.standard_normal(40), confidence=0.9)
            found += result.detected
            hits += result.detected and result.interval[0] <= t <= result.interval[1]
        assert found > 0.95 * replicas
        assert abs(hits / found - 0.9) < 4 * np.sqrt(0.9 * 0.1 / found)

    @pytest.mark.parametrize("noise", [flat_noise, unequal_noise])
    def test_seeds(self, noise):
        replicas, rng, hits, found = 150, np.random.default_rng(7), 0, 0
        for _ in range(replicas):
            x, y, groups = seeds_data(rng, kink(LEVELS, 0.56), 12, noise)
            result = tipping_point(x, y, groups=groups, confidence=0.9)
            found += result.detected
            hits += result.detected and result.interval[0] <= 0.56 <= result.interval[1]
        assert found > 0.9 * replicas
        assert hits / found > 0.9 - 3.5 * np.sqrt(0.9 * 0.1 / found)
        assert hits < found

    def test_a_location_at_the_edge_has_an_interval_up_to_the_end_of_the_data(self):
        y = kink(X, 0.97, change=10.0) + 0.01 * np.random.default_rng(8).standard_normal(41)
        found = tipping_point(X, y)
        assert found.detected
        assert found.interval[1] == 1.0


def test_an_error_curve_that_is_flat_then_rises_sharply():
    """16 seeds, 11 noise levels, a rise around 6/7 whose noise is largest where it is steep."""
    rng = np.random.default_rng(9)
    rise = 1 / (1 + np.exp(-(LEVELS - 6 / 7) / 0.05))
    y = 0.05 + 0.9 * rise + 0.1 * rng.standard_normal((16, 11)) * np.sqrt(rise * (1 - rise) + 1e-3)
    y[3, 4] = np.nan
    found = tipping_point(np.tile(LEVELS, 16), y.ravel(), groups=np.repeat(range(16), 11))
    assert (found.method, found.clusters, found.n, found.dropped) == ("sign_flip", 16, 175, 1)
    assert found.detected
    assert 0.6 < found.location < 0.85
    assert found.slope_after > 10 * abs(found.slope_before)


def test_y_err_weights_rows():
    rng = np.random.default_rng(10)
    errors = np.where(np.arange(41) % 2 == 0, 0.01, 5.0)
    y = kink(X, 0.6) + errors * rng.standard_normal(41)
    assert not tipping_point(X, y).detected
    found = tipping_point(X, y, y_err=errors)
    assert found.location == pytest.approx(0.6, abs=0.05)


def test_same_seed_same_answer_and_the_card_is_json():
    rng = np.random.default_rng(11)
    y = kink(X, 0.6) + 0.05 * rng.standard_normal(41)
    first, again = tipping_point(X, y), tipping_point(X, y)
    assert first == again
    card = json.loads(json.dumps(first.card, allow_nan=False))
    assert card["location"] == first.location
    assert card["interval"] == list(first.interval)
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

    def test_groups_that_see_one_level_each_are_refused(self):
        with pytest.raises(ValueError, match="at least 2 groups must cover 3"):
            tipping_point(LEVELS, LEVELS, groups=np.arange(11))

    def test_lengths_and_confidence(self):
        with pytest.raises(ValueError, match="groups has shape"):
            tipping_point(X, X, groups=[1, 2])
        with pytest.raises(ValueError, match="confidence is 95"):
            tipping_point(X, X, confidence=95)
