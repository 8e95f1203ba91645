"""Joint inheritance laws: cell means, holdouts, forecasts of a width that no fit has seen."""

import json

import numpy as np
import pytest

from jaxuim.laws import inheritance_forecast
from jaxuim.laws.checks import sample
from jaxuim.laws.forecasts.cells import gather, resampled
from jaxuim.laws.forecasts.trials import candidates, holdouts

GRID = np.array(
    [
        (b, n, w)
        for b in (0.0, 0.25, 0.5, 0.75)
        for n in (64.0, 256.0, 1024.0)
        for w in (8.0, 16.0, 32.0, 64.0)
    ]
)
NEW = np.array([(b, n, 256.0) for b in (0.0, 0.5) for n in (64.0, 1024.0)])


def truth(x):
    return 0.1 + (x[:, 1] * (1 - x[:, 0]) ** 2 + 5.0) ** -0.5 + 0.8 / x[:, 2]


def replicated(seeds, noise, rng):
    """Every seed has an offset of its own beside independent errors."""
    x = np.tile(GRID, (seeds, 1))
    error = noise * rng.standard_normal(len(x))
    offset = 0.5 * noise * np.repeat(rng.standard_normal(seeds), len(GRID))
    return x, truth(x) + error + offset, np.repeat(np.arange(seeds), len(GRID))


def test_cells_are_means_over_seeds_and_count_them():
    x, y, groups = replicated(3, 0.1, np.random.default_rng(0))
    y[5] = np.nan
    cells = gather(sample(x, y, None, groups, ("b", "n", "w")))
    place = np.flatnonzero(np.all(cells.x == GRID[5], axis=1))[0]
    assert cells.seeds[place] == 2
    assert cells.mean[place] == pytest.approx(np.mean([y[5 + 48], y[5 + 96]]))
    assert cells.noise == pytest.approx(0.1 * np.sqrt(1.25), rel=0.2)


def test_resampled_means_spread_like_means_of_seeds():
    x, y, groups = replicated(16, 0.1, np.random.default_rng(1))
    cells = gather(sample(x, y, None, groups, ("b", "n", "w")))
    mean, seeds = resampled(cells, 4000, np.random.default_rng(2))
    assert np.all(seeds == 16)
    spread = np.std(cells.table, axis=0) / np.sqrt(16)
    assert np.std(mean, axis=0) == pytest.approx(spread, rel=0.1)
    assert np.mean(mean, axis=0) == pytest.approx(cells.mean, abs=6 * spread.max() / np.sqrt(4000))


def test_what_is_left_out():
    kinds = [h.kind for h in holdouts(GRID)]
    assert kinds == ["width", "samples"] + ["cell"] * 12
    width, samples = holdouts(GRID)[:2]
    assert set(GRID[width.rows, 2]) == {64.0}
    assert set(GRID[samples.rows, 1]) == {1024.0}
    assert sum(h.rows for h in holdouts(GRID)[2:]).tolist() == [1] * len(GRID)


def test_two_widths_allow_products_only():
    assert len(candidates(GRID)) == 6
    two = candidates(GRID[GRID[:, 2] < 20])
    assert ["B" in form.names for form in two] == [False] * 3
    with pytest.raises(ValueError, match="needs 2 or more"):
        candidates(GRID[GRID[:, 2] < 10])


def test_noiseless_data_of_one_reading_is_forecast_exactly_by_it():
    found = inheritance_forecast(GRID, truth(GRID), NEW)
    assert max(found.weights, key=found.weights.get) == "inheritance_samples (sum)"
    assert found.weights["inheritance_samples (sum)"] > 0.99
    assert found.best.params["bstar"] == pytest.approx(1.0, rel=1e-3)
    assert found.mean == pytest.approx(truth(NEW), abs=2e-3)
    assert sum(found.weights.values()) == pytest.approx(1.0)
    json.dumps(found.card, allow_nan=False)


@pytest.mark.slow
def test_intervals_cover_the_truth_of_a_larger_width():
    """Nominal 90 % for the mean of as many new seeds; two standard errors below is refused."""
    rng, inside, total = np.random.default_rng(3), 0, 0
    for i in range(8):
        x, y, groups = replicated(8, 0.02, rng)
        found = inheritance_forecast(x, y, NEW, groups=groups, seed=i)
        measured = truth(NEW) + 0.02 * np.sqrt(1.25 / 8) * rng.standard_normal(len(NEW))
        inside += int(np.sum((found.lower <= measured) & (measured <= found.upper)))
        total += len(NEW)
        assert np.all(found.upper - found.lower < 0.3)
    # cells of one repetition move together, so a repetition counts as one draw
    assert inside / total > 0.9 - 2 * np.sqrt(0.09 / 8)


def test_rows_may_come_in_any_order_and_seeds_under_any_name():
    x, y, groups = replicated(4, 0.02, np.random.default_rng(4))
    order = np.random.default_rng(5).permutation(len(y))
    first = inheritance_forecast(x, y, NEW, groups=groups)
    other = inheritance_forecast(x[order], y[order], NEW, groups=groups[order])
    assert other.mean == pytest.approx(first.mean, rel=1e-6)
    assert other.upper == pytest.approx(first.upper, rel=1e-4)


def test_bad_input():
    with pytest.raises(ValueError, match=r"columns level, samples, width"):
        inheritance_forecast(GRID[:, :2], truth(GRID), NEW)
    with pytest.raises(ValueError, match="positive samples"):
        inheritance_forecast(GRID, truth(GRID), [(0.1, 0.0, 64.0)])
    with pytest.raises(ValueError, match="parameters but only"):
        inheritance_forecast(GRID[:5], truth(GRID)[:5], NEW)


def test_adaptations_must_be_those_of_the_data():
    both = np.concatenate([np.column_stack([GRID, np.full(len(GRID), a)]) for a in (0.0, 1.0)])
    new = [(0.0, 64.0, 128.0, 2.0)]
    with pytest.raises(ValueError, match="adaptations are"):
        inheritance_forecast(both, np.tile(truth(GRID), 2), new)


def test_a_constant_response_is_not_called_converged():
    assert inheritance_forecast(GRID, np.full(len(GRID), 0.5), NEW).status == "not_converged"
