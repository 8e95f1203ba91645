"""Threshold crossings: location, coverage, false alarms, pairing, wrong input."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxuim.laws.tips.crossings import crossing

LEVELS = np.linspace(0.0, 1.0, 11)
X, G = np.tile(LEVELS, 8), np.repeat(np.arange(8), 11)


def seeds_data(rng, mean):
    offset = 0.05 * rng.standard_normal((8, 1))
    return (mean + offset + 0.05 * rng.standard_normal((8, 11))).ravel()


@settings(max_examples=15)
@given(st.floats(0.05, 0.95), st.sampled_from([-2.0, 0.5]), st.floats(-3, 3))
def test_exact_lines_cross_where_they_cross(t, slope, threshold):
    for options in ({"groups": G}, {}):
        found = crossing(X, threshold + slope * (X - t), threshold, **options)
        assert found.kind == "crossing"
        assert found.location == pytest.approx(t, abs=1e-6)
        assert found.interval[0] <= found.location <= found.interval[1]
        assert found.slope_after == pytest.approx(slope, rel=1e-6)


@pytest.mark.parametrize("grouped", [True, False])
def test_coverage(grouped):
    rng, hits = np.random.default_rng(0), []
    for _ in range(250):
        t = rng.uniform(0.3, 0.7)
        if grouped:
            found = crossing(X, seeds_data(rng, LEVELS - t), groups=G)
        else:
            x = np.linspace(0, 1, 30)
            found = crossing(x, np.sin(2 * (x - t)) + 0.1 * rng.standard_normal(30))
        if found.detected:
            hits.append(found.interval[0] <= t <= found.interval[1])
    assert len(hits) > 200
    assert 0.95 - 4 * np.sqrt(0.05 * 0.95 / len(hits)) < np.mean(hits) < 1.0


@pytest.mark.parametrize("mean", [0.0, 0.1])
def test_a_mean_that_never_crosses(mean):
    """At the threshold everywhere, or above it: at most 5 % of false alarms."""
    rng = np.random.default_rng(1)
    found = [crossing(X, seeds_data(rng, mean + 0 * LEVELS), groups=G) for _ in range(200)]
    assert np.mean([p.detected for p in found]) < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 200)
    assert found[0].reason.startswith("that it never crosses is not rejected")


def test_pairing_removes_what_seeds_share():
    rng = np.random.default_rng(2)
    own = np.repeat(rng.standard_normal(8), 11)
    y = own + X - 0.5 + 0.02 * rng.standard_normal(88)
    assert not crossing(X, y, 0.0, groups=G).detected
    paired = crossing(X, y, own, groups=G)
    assert paired.location == pytest.approx(0.5, abs=0.05)


def test_an_uncertain_threshold_widens_the_interval():
    y = seeds_data(np.random.default_rng(3), LEVELS - 0.5)
    sharp, dull = (crossing(X, y, groups=G, threshold_err=e) for e in (0.0, 0.05))
    assert np.ptp(dull.interval) > 1.2 * np.ptp(sharp.interval)
    assert dull.location == sharp.location


def test_affine_maps():
    y = seeds_data(np.random.default_rng(4), LEVELS - 0.5)
    base, moved = crossing(X, y, groups=G), crossing(10 * X + 2, 3 * y + 1, 1.0, groups=G)
    assert moved.location == pytest.approx(10 * base.location + 2)
    assert moved.interval == pytest.approx([10 * e + 2 for e in base.interval])
    assert moved.p_value == pytest.approx(base.p_value)
    turned = crossing(-X, -y, groups=G)
    assert turned.location == pytest.approx(-base.location)


def test_wrong_and_missing_input():
    with pytest.raises(ValueError, match="a crossing needs 3"):
        crossing([0, 1], [0, 1], groups=[0, 0])
    with pytest.raises(ValueError, match="a crossing needs 6"):
        crossing([0, 1, 2], [0, 1, 2])
    with pytest.raises(ValueError, match="threshold_err is -1"):
        crossing(X, X, threshold_err=-1)
    with pytest.raises(ValueError, match="at least 2 groups"):
        crossing(X, X, groups=np.zeros(88))
    missing = crossing(X, np.where(X < 0.15, X, np.nan), groups=G)
    assert (missing.kind, missing.detected, missing.dropped) == ("none", False, 72)
    assert np.isfinite(crossing(X, 0 * X, groups=G).p_value)
