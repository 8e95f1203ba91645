"""Least squares for breaks against regressions at every place; bootstraps and symmetries."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.estimators.bootstrap_study import plain_hinge
from theory.estimators.bootstraps import pairs_coverage, residual_intervals
from theory.estimators.draws import even
from theory.estimators.search import Levels, fit_jumps, jump_gains, jumps, weighted_jumps

SEEDS = st.integers(0, 10_000)


def response(rng: np.random.Generator, x: np.ndarray, rows: int = 4) -> np.ndarray:
    return 2.0 * np.maximum(x - 0.4, 0.0) + 0.2 * rng.standard_normal((rows, len(x)))


@settings(max_examples=15, deadline=None)
@given(SEEDS, st.sampled_from([8, 25]))
def test_hinge_is_the_best_of_all_regressions(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    x = np.sort(rng.random(n))
    y = response(rng, x)
    found = Levels.of(x).fit_hinges(y)
    for row, place, fitted in zip(y, *found, strict=True):
        expected, other = plain_hinge(x, row)
        left = float(np.sum((row - fitted) ** 2))
        assert left == pytest.approx(float(np.sum((row - other) ** 2)), rel=1e-7)
        assert place == pytest.approx(expected, abs=1e-6)
        for t in np.linspace(x[1], x[-3], 60):
            hinge = np.stack([np.ones(n), x, np.maximum(x - t, 0.0)], axis=1)
            fit = hinge @ np.linalg.lstsq(hinge, row, rcond=None)[0]
            assert np.sum((row - fit) ** 2) >= left - 1e-9


@settings(max_examples=15, deadline=None)
@given(SEEDS, st.floats(-20.0, 20.0), st.floats(0.1, 30.0), st.floats(-3.0, 3.0))
def test_hinge_moves_with_the_levels_and_ignores_lines(
    seed: int, shift: float, scale: float, slope: float
) -> None:
    rng, x = np.random.default_rng(seed), even(30)
    y = response(rng, x)
    place = Levels.of(x).hinges(y)
    moved = Levels.of(shift + scale * x).hinges(-3.0 * y + slope * x + shift)
    np.testing.assert_allclose(moved, shift + scale * place, atol=1e-6 * (scale + abs(shift)))


def test_hinge_without_noise_is_exact_between_levels() -> None:
    x = even(20)
    y = 1.0 - 2.0 * x + 3.0 * np.maximum(x - 0.4321, 0.0)
    found = Levels.of(x).fit_hinges(y[None])
    assert found.place[0] == pytest.approx(0.4321, abs=1e-9)
    np.testing.assert_allclose(found.fitted[0], y, atol=1e-9)


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_jump_is_the_best_split(seed: int) -> None:
    y = np.random.default_rng(seed).standard_normal((3, 12))
    left = [
        [np.sum((r[:k] - r[:k].mean()) ** 2) + np.sum((r[k:] - r[k:].mean()) ** 2) for k in
         range(2, 11)]
        for r in y
    ]  # fmt: skip
    np.testing.assert_array_equal(jumps(y), 2 + np.argmin(left, axis=1))
    total = np.sum((y - y.mean(axis=1, keepdims=True)) ** 2, axis=1)
    np.testing.assert_allclose(total[:, None] - jump_gains(y)[:, 1:-1], left, atol=1e-10)
    np.testing.assert_allclose(np.sum((y - fit_jumps(y).fitted) ** 2, axis=1), np.min(left, axis=1))


@settings(max_examples=15, deadline=None)
@given(SEEDS)
def test_weights_count_repeated_observations(seed: int) -> None:
    rng = np.random.default_rng(seed)
    y = np.where(np.arange(12) < 5, 0.0, 2.0) + rng.standard_normal(12)
    weight = rng.multinomial(12, np.full(12, 1 / 12))
    place = int(weighted_jumps(y[None], weight[None].astype(float))[0])
    long = np.repeat(y, weight)
    before = int(jumps(long[None])[0])
    gains = jump_gains(long[None])[0]
    cut = int(weight[:place].sum())
    # Between equal observations the plain search may cut; resampling may not.
    allowed = [k for k in np.cumsum(weight) if 2 <= k <= 10]
    assert gains[cut - 1] == pytest.approx(max(gains[k - 1] for k in allowed))
    assert gains[before - 1] >= gains[cut - 1] - 1e-9


def test_residual_interval_without_noise_is_a_point() -> None:
    x = even(20)
    y = np.maximum(x - 0.4, 0.0)[None]
    design = Levels.of(x)
    rng = np.random.default_rng(0)
    low, high = residual_intervals(rng, y, design.fit_hinges, design.hinges, 19)
    assert low[0] == pytest.approx(0.4, abs=1e-6)
    assert high[0] == pytest.approx(0.4, abs=1e-6)


def test_pairs_bootstrap_does_not_cover_a_jump() -> None:
    held = pairs_coverage(np.random.default_rng(0), 200, 1.0, 400, 99)
    assert held.mean() + 4.5 * held.std() / np.sqrt(400) < 0.9


def test_levels_must_increase() -> None:
    with pytest.raises(ValueError, match="increase"):
        Levels.of([0.0, 1.0, 1.0, 2.0, 3.0, 4.0])
