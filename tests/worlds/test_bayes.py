"""The Bayes error: closed forms, limits, Monte Carlo."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import ndtr

from jaxuim.worlds.bayes import bayes_error

signals = st.floats(0.0, 8.0)


@given(signals, signals)
def test_two_classes_have_the_textbook_error(a: float, b: float) -> None:
    half_distance = np.sqrt(2 * (a**2 + b**2)) / 2
    assert bayes_error(a, b, 2, 1) == pytest.approx(ndtr(-half_distance), abs=1e-9)


@given(signals)
def test_one_superclass_of_two_has_the_textbook_error(b: float) -> None:
    assert bayes_error(3.0, b, 1, 2) == pytest.approx(ndtr(-b / np.sqrt(2)), abs=1e-9)


@given(signals, st.integers(1, 6), st.integers(1, 6))
def test_limits_join_continuously(a: float, s: int, j: int) -> None:
    assert bayes_error(a, 0.0, s, j) == pytest.approx(bayes_error(a, 1e-9, s, j), abs=1e-7)
    assert bayes_error(0.0, a, s, j) == pytest.approx(bayes_error(1e-9, a, s, j), abs=1e-7)
    assert bayes_error(0.0, a, s, j) == pytest.approx(bayes_error(0.0, a, 1, s * j), abs=1e-7)


@given(signals, signals, st.integers(1, 6), st.integers(1, 6))
def test_error_lies_between_none_and_chance(a: float, b: float, s: int, j: int) -> None:
    error = bayes_error(a, b, s, j)
    assert 0.0 <= error <= 1 - 1 / (s * j) + 1e-9
    assert bayes_error(a, b + 0.5, s, j) <= error + 1e-9
    assert bayes_error(1e6, 1e6, s, j) == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize(
    ("a", "b", "s", "j"),
    [(2, 2, 4, 2), (0.5, 2, 3, 3), (2, 0.5, 3, 3), (1, 0, 3, 2), (0, 1.5, 2, 4), (0, 0, 2, 3)],
)
def test_monte_carlo_of_the_nearest_mean(a: float, b: float, s: int, j: int) -> None:
    n, rng = 200_000, np.random.default_rng(4)
    means = np.zeros((s, j, s + s * j))
    for k in range(s):
        for m in range(j):
            means[k, m, k], means[k, m, s + k * j + m] = a, b
    means = means.reshape(s * j, -1)
    y = rng.integers(0, s * j, n)
    x = means[y] + rng.standard_normal((n, means.shape[1]))
    distance = (means**2).sum(1) - 2 * x @ means.T
    wrong = np.mean(distance.argmin(1) != y)
    p = bayes_error(a, b, s, j)
    assert abs(wrong - p) < 5 * np.sqrt(p * (1 - p) / n)


@pytest.mark.parametrize("bad", [(-1.0, 1.0, 2, 2), (np.nan, 1.0, 2, 2), (1.0, 1.0, 0, 2)])
def test_nonsense_is_refused(bad: tuple[float, float, int, int]) -> None:
    with pytest.raises(ValueError, match="finite and at least 0 and class counts at least 1"):
        bayes_error(*bad)
