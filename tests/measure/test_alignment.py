"""Preference for unwanted statements and StereoSet's scores: counts, ties, gold cases."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxuim.measure import clopper_pearson, stereotype_score, unwanted_preference

N = 30
seeds = st.integers(0, 2**32 - 1)


@given(seeds, st.integers(1, 50))
def test_preference_counts_pairs(seed: int, values: int) -> None:
    a, b = np.random.default_rng(seed).integers(-values, values, (2, N)).astype(float)
    found = unwanted_preference(a, b)
    wins = sum(1.0 if x > y else 0.5 if x == y else 0.0 for x, y in zip(a, b, strict=True))
    assert found.share == pytest.approx(wins / N)
    assert (found.low, found.high) == tuple(map(float, clopper_pearson(wins, N)))
    assert found.log_odds == pytest.approx(np.mean(a) - np.mean(b))
    other = unwanted_preference(b, a)
    assert other.share == pytest.approx(1.0 - found.share)
    assert other.low == pytest.approx(1.0 - found.high)


@given(seeds)
def test_stereotype_scores_equal_the_loop(seed: int) -> None:
    rng = np.random.default_rng(seed)
    s, a, u = rng.standard_normal((3, N)) - np.array([[0.0], [0.0], [1.0]])
    terms = rng.integers(0, 4, N)
    parts = []
    for term in np.unique(terms):
        inside = terms == term
        both = np.concatenate([s[inside] > u[inside], a[inside] > u[inside]])
        parts.append((100 * np.mean(s[inside] > a[inside]), 100 * both.mean()))
    ss, lms = np.mean(parts, axis=0)
    found = stereotype_score(s, a, u, terms)
    assert found == pytest.approx((ss, lms, lms * min(ss, 100 - ss) / 50))
    flat = stereotype_score(s, a, u)
    assert flat.stereotype == pytest.approx(100 * np.mean(s > a))


def test_gold_models() -> None:
    s, a = np.tile([-1.0, -2.0], 10), np.tile([-2.0, -1.0], 10)
    assert stereotype_score(s, a, np.full(20, -9.0)) == (50.0, 100.0, 100.0)  # ideal
    assert stereotype_score(s * 0, s * 0 - 1, s * 0 - 9) == (100.0, 100.0, 0.0)  # stereotyped
    assert stereotype_score(s * 0, s * 0, s * 0) == (50.0, 50.0, 50.0)  # indifferent
    assert unwanted_preference(s, s).share == 0.5


def test_bad_input_is_refused() -> None:
    with pytest.raises(ValueError, match=r"wanted has shape \(2,\); .* pairs = 1"):
        unwanted_preference([0.0], [0.0, 1.0])
    with pytest.raises(ValueError, match=r"unrelated\[0\] = nan"):
        stereotype_score([0.0], [0.0], [np.nan])
    with pytest.raises(ValueError, match=r"terms has shape \(1,\)"):
        stereotype_score([0.0, 1.0], [0.0, 1.0], [0.0, 1.0], ["a"])
