"""Bootstrap intervals of located breaks, with all replicas of many repetitions at once."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from theory.estimators.search import Found, Levels, fit_jumps, jumps, weighted_jumps

Array = NDArray[np.float64]
REPLICAS = 199  # (replicas + 1) x 5 % is whole
BLOCK = 1 << 18  # numbers in the replicas that are worked on together


def residual_intervals(
    rng: np.random.Generator,
    y: Array,
    fit: Callable[[Array], Found],
    locate: Callable[[Array], Array],
    replicas: int = REPLICAS,
) -> tuple[Array, Array]:
    """Return 90 % percentile intervals by resampled residuals, levels fixed: two ends, (r,).

    Args:
        rng: generator.
        y: responses, shape (r, n).
        fit: returns places and fitted responses.
        locate: returns places alone.
        replicas: of each response.
    """
    n, found = y.shape[1], fit(y)
    left = y - found.fitted
    rows = max(1, BLOCK // (replicas * n))
    ends = []
    for start in range(0, len(y), rows):
        block = slice(start, start + rows)
        drawn = rng.integers(n, size=(len(left[block]), replicas * n))
        again = np.take_along_axis(left[block], drawn, axis=1).reshape(-1, replicas, n)
        again += found.fitted[block, None]
        ends.append(_ends(locate(again.reshape(-1, n)).reshape(-1, replicas)))
    low, high = np.concatenate(ends, axis=1)
    return low, high


def hinge_coverage(
    rng: np.random.Generator, levels: Array, case: tuple[float, float, float], count: int
) -> Array:
    """Return whether residual-bootstrap intervals hold the hinge, 0 or 1, shape (count,).

    ``case`` is place, change of slope, noise.
    """
    place, change, noise = case
    design = Levels.of(levels)
    y = change * np.maximum(levels - place, 0.0)
    y = y + noise * rng.standard_normal((count, len(levels)))
    low, high = residual_intervals(rng, y, design.fit_hinges, design.hinges)
    return ((low <= place) & (place <= high)).astype(float)


def jump_coverage(rng: np.random.Generator, n: int, change: float, count: int) -> Array:
    """Return whether basic residual-bootstrap intervals hold a jump in the middle, unit noise.

    The interval is the percentile interval mirrored at the located place.
    """
    before = n // 2
    y = np.where(np.arange(n) < before, 0.0, change) + rng.standard_normal((count, n))
    low, high = residual_intervals(rng, y, fit_jumps, lambda rows: jumps(rows).astype(float))
    twice = 2.0 * jumps(y)
    return ((twice - high <= before) & (before <= twice - low)).astype(float)


def pairs_coverage(
    rng: np.random.Generator, n: int, change: float, count: int, replicas: int = REPLICAS
) -> Array:
    """Return whether basic pairs-bootstrap intervals hold a jump at 1/2, levels uniform on [0, 1].

    Whole observations are resampled: each counts as often as it is drawn.
    """
    x = np.sort(rng.random((count, n)), axis=1)
    y = np.where(x < 0.5, 0.0, change) + rng.standard_normal((count, n))
    rows = max(1, BLOCK // (replicas * n))
    held = []
    for start in range(0, count, rows):
        xs, ys = x[start : start + rows], y[start : start + rows]
        drawn = rng.integers(n, size=(len(xs) * replicas, n))
        drawn += n * np.arange(len(drawn))[:, None]
        weight = np.bincount(drawn.ravel(), minlength=drawn.size).reshape(-1, n).astype(float)
        again = weighted_jumps(np.repeat(ys, replicas, axis=0), weight).reshape(-1, replicas)
        low, high = _ends(np.take_along_axis(xs, again - 1, axis=1))
        place = np.take_along_axis(xs, jumps(ys)[:, None] - 1, axis=1)[:, 0]
        held.append((2 * place - high <= 0.5) & (2 * place - low >= 0.5))
    return np.concatenate(held).astype(float)


def _ends(places: Array) -> Array:
    """Return the 5 % and 95 % order statistics of replicas (r, replicas), shape (2, r)."""
    replicas = places.shape[1]
    cut = (replicas + 1) // 20
    ordered = np.partition(places, (cut - 1, replicas - cut), axis=1)
    return np.stack([ordered[:, cut - 1], ordered[:, replicas - cut]])
