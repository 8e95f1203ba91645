"""Accuracy lines against scipy, coverage of their intervals, corruption errors by hand."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from jaxuim.measure import (
    accuracy_line,
    effective_robustness,
    mean_corruption_error,
    relative_corruption_error,
)
from jaxuim.measure.robustness import transformed

seeds = st.integers(0, 2**32 - 1)


def models(seed: int, m: int = 20, noise: float = 0.05) -> tuple[np.ndarray, np.ndarray]:
    """Accuracies whose probits lie about the line -0.5 + 0.8 x."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(0.0, 2.0, m)
    return stats.norm.cdf(x), stats.norm.cdf(-0.5 + 0.8 * x + noise * rng.standard_normal(m))


@given(seeds, st.sampled_from(["probit", "logit", "linear"]))
def test_the_line_is_that_of_scipy(seed: int, scale: Any) -> None:
    source, target = models(seed)
    change = {"probit": stats.norm.ppf, "logit": lambda p: np.log(p / (1 - p)), "linear": np.array}
    expected = stats.linregress(change[scale](source), change[scale](target))
    line = accuracy_line(source, target, scale=scale)
    assert (line.slope, line.intercept) == pytest.approx((expected.slope, expected.intercept))
    assert line.r_squared == pytest.approx(expected.rvalue**2)
    half = stats.t.ppf(0.975, 18) * np.array([expected.stderr, expected.intercept_stderr])
    found = [np.diff(pair)[0] / 2 for pair in (line.slope_interval, line.intercept_interval)]
    assert found == pytest.approx(half)


@given(seeds)
def test_models_on_the_line_have_no_effective_robustness(seed: int) -> None:
    source, target = models(seed, noise=0.0)
    line = accuracy_line(source, target)
    assert (line.slope, line.intercept) == pytest.approx((0.8, -0.5))
    found = effective_robustness(line, source, target)
    assert np.allclose(found.value, 0.0) and np.allclose(found.upper - found.lower, 0.0, atol=1e-6)
    raised = effective_robustness(line, source, target + 0.05)
    assert np.allclose(raised.value, 0.05)


def test_intervals_hold_the_true_line_as_often_as_they_say() -> None:
    repeats, at = 400, 0.9
    truth = stats.norm.cdf(-0.5 + 0.8 * stats.norm.ppf(at))
    inside = 0
    for seed in range(repeats):
        line = accuracy_line(*models(seed, m=8, noise=0.2), confidence=0.9)
        found = effective_robustness(line, at, truth)
        inside += int(found.lower <= 0.0 <= found.upper)
    error = np.sqrt(0.9 * 0.1 / repeats)
    assert inside / repeats == pytest.approx(0.9, abs=5 * error)


def test_clustered_models_widen_the_interval() -> None:
    rng = np.random.default_rng(0)
    recipe = np.repeat(np.arange(12), 10)  # ten seeds of each recipe, all off by the same
    x = rng.uniform(0.0, 2.0, 12)[recipe] + 0.01 * rng.standard_normal(120)
    y = -0.5 + 0.8 * x + 0.3 * rng.standard_normal(12)[recipe]
    source, target = stats.norm.cdf(x), stats.norm.cdf(y)
    apart = accuracy_line(source, target)
    together = accuracy_line(source, target, clusters=recipe)
    assert together.slope == pytest.approx(apart.slope, rel=0.01)
    assert (together.models, together.points) == (120, 12)
    assert np.diff(together.slope_interval) > 1.5 * np.diff(apart.slope_interval)
    lower, upper = (np.asarray(together.predict(0.8)[i]) for i in (1, 2))
    assert lower < together.predict(0.8).value < upper
    names = np.array([f"recipe {i:02}" for i in recipe])
    assert accuracy_line(source, target, clusters=names) == together
    x, y = (values.reshape(12, 10).mean(axis=1) for values in (x, y))
    assert together.slope == pytest.approx(stats.linregress(x, y).slope)


@pytest.mark.parametrize("count", [3, 5])
def test_few_clusters_hold_the_true_slope_as_often_as_they_say(count: int) -> None:
    repeats, recipe = 400, np.repeat(np.arange(count), 4)
    inside = 0
    for seed in range(repeats):
        rng = np.random.default_rng(seed)
        x = rng.uniform(0.0, 2.0, count)[recipe] + 0.01 * rng.standard_normal(len(recipe))
        y = 0.8 * x + 0.2 * rng.standard_normal(count)[recipe]
        line = accuracy_line(stats.norm.cdf(x), stats.norm.cdf(y), clusters=recipe)
        inside += int(line.slope_interval[0] <= 0.8 <= line.slope_interval[1])
    assert inside / repeats == pytest.approx(0.95, abs=4 * np.sqrt(0.95 * 0.05 / repeats))


def test_accuracies_that_hardly_differ_make_a_line() -> None:
    source = np.array([0.9000001, 0.9000002, 0.9000003])
    line = accuracy_line(source, [0.5, 0.55, 0.6], scale="linear")
    assert line.slope == pytest.approx(5e5, rel=1e-6)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"source": [0.5, 0.6]}, r"source has shape \(2,\) and target \(3,\)"),
        ({"source": [0.5, 0.6, 1.0]}, "source = 1 has no probit"),
        ({"target": [0.5, 0.6, 1.2]}, r"target = 1.2 must lie in \[0, 1\]"),
        ({"source": [0.5, 0.5, 0.5]}, "all 3 points have the same source accuracy"),
        ({"scale": "log"}, "scale = 'log'; allowed are 'probit', 'logit', 'linear'"),
        ({"clusters": [1, 1, 2]}, "clusters names 2 of them; a line needs at least 3"),
        ({"clusters": [1, 2]}, r"clusters has shape \(2,\); allowed is \(3,\)"),
        ({"confidence": 1.0}, "confidence = 1.0 must lie strictly between 0 and 1"),
    ],
)
def test_what_makes_no_line_is_refused(changes: dict[str, Any], words: str) -> None:
    settings: dict[str, Any] = {"source": [0.5, 0.6, 0.7], "target": [0.3, 0.4, 0.5]}
    with pytest.raises(ValueError, match=words):
        accuracy_line(**(settings | changes))


def test_two_models_make_no_line_and_linear_takes_the_ends() -> None:
    with pytest.raises(ValueError, match="a line needs at least 3 models, not 2"):
        accuracy_line([0.5, 0.6], [0.3, 0.4])
    assert transformed("source", [0.0, 1.0], "linear").tolist() == [0.0, 1.0]
    line = accuracy_line([0.5, 0.6, 0.7], [0.3, 0.4, 0.5])
    with pytest.raises(ValueError, match=r"source has shape \(2,\) and target \(\)"):
        effective_robustness(line, [0.5, 0.6], 0.4)


@given(st.lists(st.floats(0.01, 0.99), min_size=6, max_size=6), st.floats(0.1, 1.0))
def test_corruption_errors_are_relative_to_the_baseline(errors: list[float], factor: float) -> None:
    base = np.array(errors).reshape(2, 3)
    same = mean_corruption_error(base, base)
    assert same.mean == pytest.approx(1.0) and same.each == pytest.approx([1.0, 1.0])
    assert mean_corruption_error(factor * base, base).mean == pytest.approx(factor)
    clean = 0.5 * base.min()
    lost = relative_corruption_error(clean + factor * (base - clean), clean, base, clean)
    assert lost.each == pytest.approx([factor, factor])


def test_every_corruption_counts_equally() -> None:
    base = np.array([[0.8, 0.8], [0.1, 0.1]])
    errors = np.array([[0.4, 0.8], [0.1, 0.3]])
    found = mean_corruption_error(errors, base)
    assert found.each == pytest.approx([0.75, 2.0]) and found.mean == pytest.approx(1.375)


def test_a_baseline_that_loses_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="must be above 0 for every corruption"):
        mean_corruption_error([[0.1]], [[0.0]])
    with pytest.raises(ValueError, match=r"baseline's loss .* must be above 0"):
        relative_corruption_error([[0.3]], 0.1, [[0.2]], 0.2)
    with pytest.raises(ValueError, match=r"errors has shape \(1,\) and baseline \(1, 1\)"):
        mean_corruption_error([0.3], [[0.2]])
