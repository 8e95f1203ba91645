"""Features in float64 far from the origin: measures that centre lose nothing to the offset."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import stats

from jaxuim.measure import (
    alpha_req,
    cka_to_clean,
    debiased_cka,
    feature_kurtosis,
    feature_skewness,
    linear_cka,
    nc1,
    nc2,
    nc3,
    participation_ratio,
)
from jaxuim.measure.features import shifted_features

RNG = np.random.default_rng(0)
LABELS = np.arange(60) % 3
X = RNG.gamma(2.0, size=(60, 6)) @ RNG.standard_normal((6, 6)) + np.eye(3, 6)[LABELS]
Y = X[:, :4] + RNG.standard_normal((60, 4))
MEASURES: list[Callable[[np.ndarray], Any]] = [
    alpha_req,
    feature_kurtosis,
    feature_skewness,
    participation_ratio,
    lambda x: linear_cka(x, Y),
    lambda x: debiased_cka(Y, x),
    lambda x: cka_to_clean(x, x[::-1]),
    lambda x: nc1(x, LABELS),
    lambda x: nc2(x, LABELS),
    lambda x: nc3(x, LABELS, np.eye(3, 6)),
]


@pytest.mark.parametrize("measure", MEASURES)
def test_an_offset_changes_nothing(measure: Callable[[np.ndarray], Any]) -> None:
    near = np.asarray(measure(X))
    assert np.isfinite(near).all()
    for offset in (1e6, 1e8):
        assert np.allclose(measure(X + offset), near, rtol=1e-3, atol=1e-5)


def test_moments_far_away_are_scipys() -> None:
    assert feature_skewness(X + 1e8) == pytest.approx(stats.skew(X).mean(), abs=1e-4)
    assert feature_kurtosis(X + 1e8) == pytest.approx(stats.kurtosis(X).mean(), abs=1e-3)


def test_a_dead_dimension_stays_dead_and_large_numbers_do_not_overflow() -> None:
    dead = np.full((1000, 2), [0.1, 1e8 / 3])
    assert not np.any(shifted_features(dead))
    far = np.array([[1e308, 0.0], [1e308, 1.0], [1e308, 2.0]])
    assert shifted_features(far).tolist() == [[0.0, -1.0], [0.0, 0.0], [0.0, 1.0]]
    with pytest.raises(ValueError, match=r"features\[0, 0\] = .* is beyond float32"):
        shifted_features([[1e300], [-1e300]])
    with pytest.raises(ValueError, match=r"features\[1, 0\] = nan; every value must be finite"):
        shifted_features([[1e300], [np.nan]])


def test_the_callers_array_is_left_alone() -> None:
    x = X + 1e6
    before = x.copy()
    feature_skewness(x)
    assert np.array_equal(x, before)
