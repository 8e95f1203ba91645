"""Widths of forecast intervals: quantiles, growth with the horizon, seeds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from jaxuim.laws.checks import sample
from jaxuim.laws.forecasts.calibration import (
    FREEDOM,
    SCALE,
    between_seeds,
    new_noise,
    quantile,
    spread,
)
from jaxuim.laws.forecasts.curves import standard

X = np.geomspace(10.0, 5000.0, 12)
Y = 0.2 + 3.0 * X**-0.5
NO_SEEDS = (0.0, 0.0, 1)


def curve(x=X, y=Y, groups=None):
    data = sample(x, y, None, groups)
    return data, standard(data, known=False)


@given(st.floats(0.01, 0.99))
def test_quantile_inverts_the_calibrated_distribution(confidence):
    reached = 2.0 * stats.t(FREEDOM).cdf(quantile(confidence) / SCALE) - 1.0
    assert reached == pytest.approx(confidence, abs=1e-9)


def test_spread_grows_on_both_sides_of_the_data():
    _, found = curve()
    horizon = np.array([-2.0, -1.0, 0.0, 1.0, 2.0, 8.0])
    inside = spread(found, np.array([-1.0, 0.0]), 0.0, 0.0, NO_SEEDS)
    assert inside[0] == inside[1]
    width = spread(found, horizon - (horizon < 0) * found.span, 0.0, 0.0, NO_SEEDS)
    assert np.all(np.diff(width[:3]) < 0)
    assert np.all(np.diff(width[2:]) > 0)


@pytest.mark.parametrize("part", ["model", "noise", "seeds"])
def test_every_part_widens(part):
    _, found = curve()
    plain = {"model": np.zeros(1), "noise": 0.01, "seeds": NO_SEEDS}
    more = {"model": np.full(1, 0.1), "noise": 0.1, "seeds": (0.1, 0.0, 3)}
    wide = spread(found, np.ones(1), **(plain | {part: more[part]}))
    assert wide[0] > spread(found, np.ones(1), **plain)[0]


def test_seed_levels_and_slopes_are_recovered():
    rng = np.random.default_rng(0)
    seeds = 200
    x, groups = np.tile(X, seeds), np.repeat(np.arange(seeds), len(X))
    clean = np.log(0.2 + 3.0 * x**-0.5)
    centred = np.log(x) - np.log(X).mean()
    lift = rng.normal(0.0, 0.1, seeds)[groups] + rng.normal(0.0, 0.03, seeds)[groups] * centred
    data, found = curve(x, np.exp(clean + lift + 0.05 * rng.standard_normal(len(x))), groups)
    fitted = np.log(0.2 + 3.0 * data.x[found.order] ** -0.5) - found.level
    level, slope, number = between_seeds(data, found, fitted)
    assert number == seeds
    # four standard errors of a standard deviation from 200 seeds
    assert level == pytest.approx(0.1, rel=4 / (2 * seeds) ** 0.5)
    assert slope == pytest.approx(0.03, rel=6 / (2 * seeds) ** 0.5)


def test_equal_seeds_have_no_spread():
    data, found = curve(np.tile(X, 3), np.tile(Y, 3), np.repeat([0, 1, 2], len(X)))
    level, slope, _ = between_seeds(data, found, found.raw_z)
    assert (level, slope) == (0.0, 0.0)


def test_noise_of_averaged_rows_is_that_of_single_rows():
    x = np.geomspace(10.0, 1e5, 2000)
    noise = 0.1 * np.random.default_rng(1).standard_normal(len(x))
    _, found = curve(x, x**-0.3 * np.exp(noise))
    assert new_noise(found, 0.01) == pytest.approx(0.1, rel=0.1)
