"""Simulated responses with a break, and where least squares locates it."""

import numpy as np
from numpy.typing import NDArray

from theory.estimators.search import Levels, jump_gains, jumps

Array = NDArray[np.float64]
BLOCK = 1 << 17


def even(n: int) -> Array:
    """Return n levels, the middles of n equal parts of [0, 1].

    >>> even(2).tolist()
    [0.25, 0.75]
    """
    return np.asarray((np.arange(n) + 0.5) / n)


def located_hinges(
    rng: np.random.Generator, levels: Array, case: tuple[float, float, float], count: int
) -> Array:
    """Return where least squares puts a hinge, (count,); ``case``: place, change, noise."""
    place, change, noise = case
    design, n = Levels.of(levels), len(levels)
    clean, found = change * np.maximum(levels - place, 0.0), []
    for rows in _blocks(count, n):
        found.append(design.hinges(clean + noise * rng.standard_normal((rows, n))))
    return np.concatenate(found)


def located_jumps(rng: np.random.Generator, n: int, change: float, count: int) -> Array:
    """Return by how many of n levels least squares misses a jump in the middle, unit noise."""
    clean, found = np.where(np.arange(n) < n // 2, 0.0, change), []
    for rows in _blocks(count, n):
        found.append(jumps(clean + rng.standard_normal((rows, n))) - n // 2)
    return np.concatenate(found).astype(float)


def largest_statistics(
    rng: np.random.Generator, n: int, trim: float, count: int
) -> tuple[Array, Array]:
    """Return sup-F for a mean break and for a kink where there is neither, both (count,)."""
    design, first = Levels.of(even(n)), int(np.ceil(trim * n))
    inner = slice(first - 1, n - first)
    breaks, kinks = [], []
    for rows in _blocks(count, n):
        y = rng.standard_normal((rows, n))
        y -= y.mean(axis=1, keepdims=True)
        gain, left = jump_gains(y)[:, inner].max(axis=1), design.residuals(y)
        breaks.append(gain * (n - 2) / (np.sum(y**2, axis=1) - gain))
        gain = design.kink_gains(left)[:, inner.start : inner.stop - 1].max(axis=1)
        kinks.append(gain * (n - 3) / (np.sum(left**2, axis=1) - gain))
    return np.concatenate(breaks), np.concatenate(kinks)


def _blocks(count: int, n: int) -> list[int]:
    """Return numbers of rows that add up to ``count`` and keep a block in the cache."""
    rows = max(1, BLOCK // n)
    return [min(rows, count - start) for start in range(0, count, rows)]
