"""Tipping points of replicated seeds: coverage, invariances, missing cells, ragged designs."""

import numpy as np
import pytest

from jaxuim.laws.tips.tipping import tipping_point, tipping_points

LEVELS = np.linspace(0.0, 1.0, 11)
X16, G16 = np.tile(LEVELS, 16), np.repeat(np.arange(16), 11)


def curves(rng, mean, seeds, sigma=0.04):
    offset = 0.1 * rng.standard_normal((seeds, 1))
    walk = np.cumsum(0.5 * sigma * rng.standard_normal((seeds, 11)), axis=1)
    return mean + offset + walk + sigma * rng.standard_normal((seeds, 11))


@pytest.mark.parametrize("kind", ["kink", "sigmoid"])
def test_intervals_cover_with_offsets_and_walks(kind):
    rng, truth = np.random.default_rng(0), np.random.default_rng(1).uniform(0.3, 0.7, 50)
    means = {
        "kink": lambda t: 2.0 * np.maximum(LEVELS - t, 0),
        "sigmoid": lambda t: 0.8 / (1 + np.exp(-(LEVELS - t) / 0.06)),
    }
    y = np.stack([curves(rng, means[kind](t), 16).ravel() for t in truth])
    points = tipping_points(X16, y, groups=G16)
    hits = [
        p.interval[0] <= t <= p.interval[1]
        for p, t in zip(points, truth, strict=True)
        if p.detected
    ]
    assert len(hits) > 44
    assert np.mean(hits) > 0.93 - 3.5 * np.sqrt(0.93 * 0.07 / 50)
    assert np.mean([np.ptp(p.interval) for p in points if p.detected]) < 0.3


def test_an_error_curve_that_is_flat_then_rises_sharply():
    """16 seeds, 11 noise levels, a rise around 6/7 whose noise is largest where it is steep."""
    rng = np.random.default_rng(9)
    rise = 1 / (1 + np.exp(-(LEVELS - 6 / 7) / 0.05))
    y = 0.05 + 0.9 * rise + 0.1 * rng.standard_normal((16, 11)) * np.sqrt(rise * (1 - rise) + 1e-3)
    y[3, 4] = np.nan
    found = tipping_point(X16, y.ravel(), groups=G16)
    assert (found.method, found.clusters, found.n, found.dropped) == ("sign_flip", 16, 175, 1)
    assert found.detected
    assert 0.65 < found.location < 0.9


def test_units_and_order_do_not_matter():
    rng = np.random.default_rng(2)
    y = curves(rng, np.maximum(LEVELS - 0.55, 0) * 2, 16).ravel()
    base = tipping_point(X16, y, groups=G16)
    moved = tipping_point(300 * X16 - 7, 5 * y + 3, groups=G16)
    assert base.detected
    assert moved.location == pytest.approx(300 * base.location - 7, abs=1e-3)
    assert moved.interval == pytest.approx([300 * e - 7 for e in base.interval], abs=1e-3)
    assert moved.p_value == base.p_value
    order = rng.permutation(176)
    mixed = tipping_point(X16[order], y[order], groups=[f"s{g:02d}" for g in G16[order]])
    assert mixed.location == pytest.approx(base.location, abs=1e-6)
    assert mixed.p_value == pytest.approx(base.p_value)


def test_offsets_of_seeds_change_nothing():
    rng = np.random.default_rng(3)
    mean = np.where(LEVELS > 0.45, 1.0, 0.0)
    y = mean + 0.05 * rng.standard_normal((16, 11))
    base = tipping_point(X16, y.ravel(), groups=G16)
    moved = tipping_point(X16, (y + 3.0 * rng.standard_normal((16, 1))).ravel(), groups=G16)
    assert moved.location == pytest.approx(base.location, abs=0.05)
    assert moved.p_value == pytest.approx(base.p_value)


def test_missing_cells_and_own_levels():
    """A fifth of the cells missing, and seeds that share no level at all."""
    rng = np.random.default_rng(4)
    y = curves(rng, 2 * np.maximum(LEVELS - 0.5, 0), 16).ravel()
    y[rng.choice(176, 35, replace=False)] = np.nan
    thinned = tipping_point(X16, y, groups=G16)
    assert thinned.detected
    assert thinned.location == pytest.approx(0.5, abs=0.12)
    x = rng.uniform(0, 1, 176)
    offset = np.repeat(rng.standard_normal(16), 11)
    ragged = tipping_point(
        x, 2 * np.maximum(x - 0.5, 0) + offset + 0.03 * rng.standard_normal(176), groups=G16
    )
    assert ragged.detected
    assert ragged.location == pytest.approx(0.5, abs=0.08)
    assert ragged.interval[0] <= 0.5 <= ragged.interval[1]


@pytest.mark.parametrize("value", [0.0, 7.0])
def test_constant_or_exact_curves(value):
    found = tipping_point(X16, np.full(176, value), groups=G16)
    assert (found.detected, found.p_value) == (False, 1.0)
    bent = tipping_point(X16, value + X16**2, groups=G16)
    assert not bent.detected
    exact = tipping_point(X16, value + np.maximum(X16 - 0.5, 0), groups=G16)
    assert exact.detected
    assert np.all(np.isfinite([exact.location, *exact.interval]))


def test_groups_that_see_one_level_each_are_refused():
    with pytest.raises(ValueError, match="at least 2 groups must cover 4"):
        tipping_point(LEVELS, LEVELS, groups=np.arange(11))
