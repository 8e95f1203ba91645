"""Exact intervals against the binomial distribution itself."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from jaxuim.measure import clopper_pearson


@given(st.integers(1, 200), st.integers(0, 200), st.floats(0.5, 0.999))
def test_the_ends_leave_half_of_the_rest_on_each_side(
    trials: int, hits: int, confidence: float
) -> None:
    hits = min(hits, trials)
    low, high = clopper_pearson(hits, trials, confidence)
    tail = (1.0 - confidence) / 2.0
    assert low <= hits / trials <= high
    if hits > 0:
        assert stats.binom.sf(hits - 1, trials, low) == pytest.approx(tail, rel=1e-6)
    if hits < trials:
        assert stats.binom.cdf(hits, trials, high) == pytest.approx(tail, rel=1e-6)


def test_arrays_go_through_at_once_and_ends_are_exact() -> None:
    low, high = clopper_pearson([0, 5, 10], 10)
    assert low[0] == 0.0 and high[2] == 1.0 and low[1] == pytest.approx(1.0 - high[1])
    assert np.all(np.diff(low) > 0) and np.all(np.diff(high) > 0)


@pytest.mark.parametrize(("hits", "trials"), [(-1, 5), (6, 5), (0, 0)])
def test_impossible_counts_are_refused(hits: int, trials: int) -> None:
    with pytest.raises(ValueError, match=f"{hits} hits of {trials} trials"):
        clopper_pearson(hits, trials)
    with pytest.raises(ValueError, match="confidence = 1; allowed is"):
        clopper_pearson(1, 2, confidence=1)
