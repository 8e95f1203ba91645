"""Noise along x: found where it changes, not where it does not, jumps left alone."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from jaxuim.laws.tips.spread import trend_weights
from jaxuim.laws.tips.tipping import tipping_points

X = np.linspace(0.0, 1.0, 60)


def test_equal_noise_seldom_looks_like_a_trend():
    rng = np.random.default_rng(0)
    for mean in (X, X**2, 1.0 * (X > 0.6)):
        found = [trend_weights(X, mean + 0.1 * rng.standard_normal(60)) for _ in range(400)]
        assert np.mean([weights is not None for weights in found]) < 0.06


def test_a_trend_is_found_and_weights_undo_it():
    rng = np.random.default_rng(1)
    size = 0.02 * np.exp(3.0 * X)
    found = [trend_weights(X, X + size * rng.standard_normal(60)) for _ in range(100)]
    usable = [weights for weights in found if weights is not None]
    assert len(usable) > 75
    left = np.mean([np.polyfit(X, np.log(weights * size), 1)[0] for weights in usable])
    assert abs(left) < 1.2  # of 3: the cut at both ends shortens the trend


@given(st.sampled_from([1e-6, 3.0, 1e8]), st.floats(-5, 5))
def test_units_of_y_do_not_matter(scale, shift):
    y = X + np.exp(3.0 * X) * np.random.default_rng(2).standard_normal(60)
    weights = trend_weights(X, y)
    assert np.allclose(weights, trend_weights(X, scale * (y + shift)))


def test_little_or_exact_data_have_no_trend():
    assert trend_weights(X[:10], np.exp(X[:10])) is None
    assert trend_weights(X, 2.0 * X) is None


def test_size_under_noise_that_grows_twentyfold():
    rng = np.random.default_rng(3)
    y = 0.2 + 0.6 * X + 0.02 * np.exp(3.0 * X) * rng.standard_normal((300, 60))
    alarms = np.mean([point.detected for point in tipping_points(X, y)])
    assert alarms < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 300)
