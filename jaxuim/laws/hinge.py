"""The profile of a hinge over its breakpoints, per group, and the intervals read off it."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from jaxuim.laws.checks import Sample

Array = NDArray[np.float64]

TRIM = 0.1  # share of the range of x left out at either end
GRID = 201


class Profile(NamedTuple):
    """Least squares of y on a line per group plus a common hinge at every breakpoint of a grid.

    With h_g(t) the weighted hinge column of group g after its own weighted line is projected out:
    ``score`` = h_g(t)'y_g, ``size`` = |h_g(t)|^2, both (groups, grid); ``direction`` holds the
    h_g(t) stacked, (n, grid). The estimated change of slope is sum score / sum size, the sum of
    squares falls from ``rss`` by (sum score)^2 / sum size. Without groups there is one group.
    """

    grid: Array
    direction: Array
    score: Array
    size: Array
    rss: float
    labels: NDArray[np.int64]


def breakpoints(x: Array) -> Array:
    """Return the knots and an even grid between them, inside the trimmed range of x.

    >>> breakpoints(np.linspace(0.0, 1.0, 11))[[0, -1]].round(6).tolist()
    [0.1, 0.9]
    """
    distinct = np.unique(x)
    low, high = distinct[0], distinct[-1]
    margin = TRIM * (high - low)
    start, stop = max(low + margin, distinct[1]), min(high - margin, distinct[-2])
    if start >= stop:
        start, stop = distinct[1], distinct[-2]
    knots = distinct[(distinct >= start) & (distinct <= stop)]
    if len(knots) > 2 * GRID:
        knots = knots[:: len(knots) // GRID]
    even = np.linspace(start, stop, GRID)
    gap = np.min(np.abs(even[:, None] - knots), axis=1)
    return np.sort(np.concatenate([knots, even[gap > 1e-3 * (even[1] - even[0])]]))


class Lines:
    """The weighted lines of all groups, as a basis to project out."""

    def __init__(self, data: Sample, labels: NDArray[np.int64]) -> None:
        self.x, self.weight = data.x, data.weight
        self.rows = [np.flatnonzero(labels == g) for g in range(int(labels.max()) + 1)]
        self.bases = [_basis(data.x[rows], data.weight[rows]) for rows in self.rows]

    def without(self, target: Array) -> Array:
        """Return columns (n, k) without the groups' lines, 0 where only rounding is left."""
        result = np.zeros_like(target)
        for rows, basis in zip(self.rows, self.bases, strict=True):
            if basis is None:
                continue
            part = target[rows]
            left = part - basis @ (basis.T @ part)
            left -= basis @ (basis.T @ left)
            before = np.einsum("ij,ij->j", part, part)
            kept = np.einsum("ij,ij->j", left, left) > 1e-24 * before
            result[rows] = left * kept
        return result

    def hinges(self, grid: Array) -> Array:
        """Return the weighted hinge columns at every breakpoint without the lines, (n, grid)."""
        return self.without(np.maximum(self.x[:, None] - grid, 0.0) * self.weight[:, None])

    def response(self, y: Array) -> Array:
        """Return the weighted response without the lines, (n,)."""
        return self.without((self.weight * y)[:, None])[:, 0]


def _basis(x: Array, weight: Array) -> Array | None:
    """Return orthonormal columns that span the weighted line, None below 3 distinct x."""
    if len(np.unique(x)) < 3:
        return None
    middle = (x - x.mean()) / (x.max() - x.min())
    basis, _ = np.linalg.qr(weight[:, None] * np.stack([np.ones_like(x), middle], axis=1))
    return np.asarray(basis)


def _by_group(values: Array, labels: NDArray[np.int64]) -> Array:
    """Sum rows within groups: (n, ...) to (groups, ...)."""
    total = np.zeros((int(labels.max()) + 1, *values.shape[1:]))
    np.add.at(total, labels, values)
    return total


def profile(data: Sample) -> Profile:
    """Compute the profile of the hinge over its grid of breakpoints."""
    labels = np.zeros(len(data.x), dtype=np.int64) if data.groups is None else data.groups
    grid = breakpoints(data.x)
    lines = Lines(data, labels)
    direction, y = lines.hinges(grid), lines.response(data.y)
    score = _by_group(direction * y[:, None], labels)
    size = _by_group(direction**2, labels)
    return Profile(grid, direction, score, size, float(y @ y), labels)


def gain(model: Profile) -> Array:
    """Return by how much the sum of squares falls at every breakpoint, shape (grid,)."""
    size = model.size.sum(axis=0)
    return model.score.sum(axis=0) ** 2 / np.where(size > 0, size, np.inf)


def largest_f(best_gain: float, rss: float, n: int) -> float:
    """Return F = gain / ((rss - gain) / (n - 3)); infinite for a perfect hinge, 0 for a line."""
    if best_gain <= 0:
        return 0.0
    left = rss - best_gain
    return float(best_gain / left * (n - 3)) if left > 1e-20 * rss else float("inf")


def concentration(total: Array, squares: Array) -> Array:
    """Return (sum s)^2 / sum s^2, which grows with the t statistic of the s; 0 for 0/0."""
    return total**2 / np.where(squares > 0, squares, np.inf)


def refine(data: Sample, model: Profile) -> float:
    """Return the breakpoint of least squares, between grid points as well, by repeated zooming."""
    gains = gain(model)
    grid, best = model.grid, int(np.argmax(gains))
    lines = Lines(data, model.labels)
    y = lines.response(data.y)
    for _ in range(9):
        low, high = grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)]
        sides = np.linspace(low, grid[best], 9), np.linspace(grid[best], high, 9)
        grid = np.unique(np.concatenate(sides))
        direction = lines.hinges(grid)
        size = np.sum(direction**2, axis=0)
        gains = (direction.T @ y) ** 2 / np.where(size > 0, size, np.inf)
        best = int(np.argmax(gains))
    return float(grid[best])


def accepted(
    model: Profile, rss: Array, allowed: float, location: float, data: Sample
) -> tuple[float, float]:
    """Return the hull of all breakpoints whose sum of squares is at most ``allowed``."""
    inside = np.flatnonzero(rss <= allowed)
    if len(inside) == 0:
        return widened(model, location, location, data)
    ends = [location, location]
    for side, (first, step) in enumerate(((inside[0], -1), (inside[-1], 1))):
        place, beyond = model.grid[first], first + step
        if 0 <= beyond < len(rss):
            share = (allowed - rss[first]) / (rss[beyond] - rss[first])
            place += share * (model.grid[beyond] - place)
        ends[side] = float(place)
    return widened(model, min(ends[0], location), max(ends[1], location), data)


def widened(model: Profile, low: float, high: float, data: Sample) -> tuple[float, float]:
    """Open an interval that reaches the end of the searched range to the end of the data.

    The search cannot tell such breakpoints from those beyond.
    """
    if low <= model.grid[0]:
        low = float(data.x.min())
    if high >= model.grid[-1]:
        high = float(data.x.max())
    return low, high


def slopes(data: Sample, location: float) -> tuple[float, float]:
    """Return the slope before and after the hinge of all rows pooled."""
    hinge = np.maximum(data.x - location, 0.0)
    design = np.stack([np.ones_like(hinge), data.x - data.x.mean(), hinge], axis=1)
    found = np.linalg.lstsq(design * data.weight[:, None], data.y * data.weight, rcond=None)[0]
    return float(found[1]), float(found[1] + found[2])
