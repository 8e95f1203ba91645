"""Several tipping points: how many, where, and none too many."""

import numpy as np
import pytest

from jaxuim.laws.tips.segments import breakpoints

X = np.linspace(0.0, 1.0, 61)


def steps(x):
    return (x > 0.305) + 1.0 * (x > 0.705)


def test_two_steps_are_found_in_order():
    rng, right = np.random.default_rng(0), 0
    for _ in range(15):
        found = breakpoints(X, steps(X) + 0.05 * rng.standard_normal(61))
        places = [p.location for p in found]
        assert places == sorted(places)
        right += len(places) == 2 and np.allclose(places, [0.305, 0.705], atol=0.02)
    assert right >= 12


def test_no_point_and_one_point_are_not_multiplied():
    rng, counts = np.random.default_rng(1), []
    for mean, expected in ((X**2, 0), (1.0 * (X > 0.505), 1)):
        for _ in range(30):
            found = breakpoints(X, mean + 0.1 * rng.standard_normal(61))
            counts.append(len(found) - expected)
    assert min(counts) == 0
    assert np.mean(np.array(counts) > 0) < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 60)


def test_most_bounds_the_number_and_is_checked():
    y = steps(X) + 0.02 * np.random.default_rng(2).standard_normal(61)
    assert len(breakpoints(X, y, most=1)) == 1
    with pytest.raises(ValueError, match="most is 0"):
        breakpoints(X, y, most=0)
    with pytest.raises(ValueError, match="x has 3 distinct values"):
        breakpoints(X[:3], y[:3])


def test_seeds():
    rng = np.random.default_rng(3)
    levels = np.linspace(0, 1, 25)
    y = steps(levels) + rng.standard_normal((10, 1)) + 0.05 * rng.standard_normal((10, 25))
    found = breakpoints(np.tile(levels, 10), y.ravel(), groups=np.repeat(range(10), 25))
    assert [p.location for p in found] == pytest.approx([0.31, 0.71], abs=0.04)
    assert all(p.clusters == 10 for p in found)


def test_missing_values():
    assert breakpoints(X, np.full(61, np.nan)) == ()
