"""Cells of a sweep: replicated rows averaged over seeds, and averages over resampled seeds."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from jaxuim.laws.checks import Sample

Array = NDArray[np.float64]


class Cells(NamedTuple):
    """Means over seeds at each distinct x.

    ``x`` is (cells, k); ``mean`` and ``seeds`` (how many have a value) are (cells,); ``table`` is
    (seeds, cells), NaN where a seed has no value there; ``noise`` is the pooled standard deviation
    between seeds within a cell, NaN where no cell has two.
    """

    x: Array
    mean: Array
    seeds: Array
    table: Array
    noise: float


def gather(data: Sample) -> Cells:
    """Average the rows of a sample over its groups; rows without groups are one group.

    >>> x, y = np.array([[0.0], [0.0], [1.0]]), np.array([1.0, 3.0, 5.0])
    >>> cells = gather(Sample(x, y, np.ones(3), np.array([0, 1, 0]), 0))
    >>> cells.mean.tolist(), cells.seeds.tolist(), round(cells.noise, 3)
    ([2.0, 5.0], [2.0, 1.0], 1.414)
    """
    x, place = np.unique(data.x, axis=0, return_inverse=True)
    place = place.reshape(-1)
    groups = np.zeros(len(data.y), dtype=np.int64) if data.groups is None else data.groups
    shape = (int(groups.max()) + 1, len(x))
    total, rows = np.zeros(shape), np.zeros(shape)
    np.add.at(total, (groups, place), data.y)
    np.add.at(rows, (groups, place), 1.0)
    table = np.where(rows > 0, total / np.maximum(rows, 1.0), np.nan)
    count = np.sum(rows > 0, axis=0).astype(np.float64)
    mean = np.nansum(table, axis=0) / count
    spare = float(np.sum(count - 1))
    square = float(np.nansum((table - mean) ** 2))
    return Cells(x, mean, count, table, float(np.sqrt(square / spare)) if spare > 0 else np.nan)


def resampled(cells: Cells, replicas: int, rng: np.random.Generator) -> tuple[Array, Array]:
    """Return means and counts, both (replicas, cells), over seeds drawn with replacement.

    A cell that no drawn seed has gets count 0 and its own mean.
    """
    seeds = len(cells.table)
    drawn = rng.multinomial(seeds, np.full(seeds, 1.0 / seeds), size=replicas).astype(np.float64)
    there = np.isfinite(cells.table)
    count = drawn @ there
    total = drawn @ np.where(there, cells.table, 0.0)
    return np.where(count > 0, total / np.maximum(count, 1.0), cells.mean), count
