"""Exact least squares for one hinge or one jump, for many responses on the same levels at once.

Everything comes from running sums, O(n) for each response, and the hinge may lie between levels.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
BLOCK = 1 << 17  # numbers worked on together, so that they stay in the cache
LEAST = 2  # levels on either side of a break


class Found(NamedTuple):
    """Place of the break and the fitted response, shapes (r,) and (r, n)."""

    place: Array
    fitted: Array


@dataclass(frozen=True)
class Levels:
    """Increasing levels x, shape (n,), with what least squares needs of them.

    ``g00``, ``g01`` and ``g11``, shape (n - 1,), are the products of 1[x > x_j] and
    x 1[x > x_j] without the part that a line explains; x is counted from its mean.
    """

    x: Array
    mean: float
    line: Array
    g00: Array
    g01: Array
    g11: Array

    @staticmethod
    def of(levels: ArrayLike) -> "Levels":
        """Prepare levels.

        Raises:
            ValueError: they are fewer than 6 or do not increase.
        """
        x = np.asarray(levels, dtype=np.float64)
        if len(x) < 3 * LEAST or np.any(np.diff(x) <= 0):
            raise ValueError("levels must be 6 or more and increase")
        mean = float(x.mean())
        away = x - mean
        line = np.stack([np.full_like(x, len(x) ** -0.5), away / np.linalg.norm(away)])
        steps = np.stack([_after(q) for q in line])
        ramps = np.stack([_after(q * away) for q in line])
        return Levels(
            away, mean, line,
            _after(np.ones_like(x)) - np.sum(steps**2, axis=0),
            _after(away) - np.sum(steps * ramps, axis=0),
            _after(away**2) - np.sum(ramps**2, axis=0),
        )  # fmt: skip

    def residuals(self, y: Array) -> Array:
        """Return responses (r, n) without their line."""
        return np.asarray(y - (y @ self.line.T) @ self.line)

    def kink_gains(self, left: Array) -> Array:
        """Return the fall in the sum of squares by a hinge at x_1, ..., x_{n-3}, (r, n - 3)."""
        s0, s1 = self._sums(left)
        inner = slice(1, -1)
        knot = self.x[1:-2]
        norm = knot**2 * self.g00[inner] - 2 * knot * self.g01[inner] + self.g11[inner]
        return np.asarray((s1[:, inner] - knot * s0[:, inner]) ** 2 / norm)

    def hinges(self, y: Array) -> Array:
        """Return where the best hinge of each response (r, n) is, shape (r,)."""
        rows = max(1, BLOCK // y.shape[1])
        blocks = [self._hinges(y[i : i + rows]) for i in range(0, len(y), rows)]
        return np.concatenate(blocks)

    def _hinges(self, y: Array) -> Array:
        left = self.residuals(y)
        knots = self.kink_gains(left)
        s0, s1 = (s[:, 1:-1] for s in self._sums(left))
        g00, g01, g11 = (g[1:-1] for g in (self.g00, self.g01, self.g11))
        scale = 1.0 / (g00 * g11 - g01**2)
        c0 = s0 * (g11 * scale) - s1 * (g01 * scale)
        c1 = s1 * (g00 * scale) - s0 * (g01 * scale)
        # Two free lines meet at -c0 / c1; where that is between their levels, it is a hinge.
        between = -c0 / np.where(c1 == 0, 1e-300, c1)
        inside = (between > self.x[1:-2]) & (between < self.x[2:-1])
        free = np.where(inside, c0 * s0 + c1 * s1, -np.inf)
        at_knot, at_free = knots.argmax(axis=1), free.argmax(axis=1)
        rows = np.arange(len(y))
        better = free[rows, at_free] > knots[rows, at_knot]
        place = np.where(better, between[rows, at_free], self.x[1 + at_knot])
        return np.asarray(place + self.mean)

    def fit_hinges(self, y: Array) -> Found:
        """Return places and fitted responses of the best hinges."""
        place = self.hinges(y)
        ramp = self.residuals(np.maximum(self.x + self.mean - place[:, None], 0.0))
        left = self.residuals(y)
        slope = np.sum(ramp * left, axis=1) / np.sum(ramp**2, axis=1)
        return Found(place, y - left + slope[:, None] * ramp)

    def _sums(self, left: Array) -> tuple[Array, Array]:
        """Return the sums of r and x r beyond x_j; those of residuals over all levels are 0."""
        s0 = np.cumsum(left, axis=1)[:, :-1]
        s1 = np.cumsum(left * self.x, axis=1)[:, :-1]
        return -s0, -s1


def jump_gains(y: Array) -> Array:
    """Return the fall in the sum of squares by a jump after 1, ..., n - 1 levels, (r, n - 1)."""
    n = y.shape[1]
    sums = np.cumsum(y - y.mean(axis=1, keepdims=True), axis=1)[:, :-1]
    k = np.arange(1, n)
    return np.asarray(sums**2 * (n / (k * (n - k))))


def jumps(y: Array) -> NDArray[np.int64]:
    """Return how many levels lie before the best jump of each response (r, n), shape (r,)."""
    rows = max(1, BLOCK // y.shape[1])
    blocks = [_jumps(y[i : i + rows]) for i in range(0, len(y), rows)]
    return np.concatenate(blocks)


def _jumps(y: Array) -> NDArray[np.int64]:
    return np.asarray(jump_gains(y)[:, LEAST - 1 : -(LEAST - 1)].argmax(axis=1) + LEAST)


def fit_jumps(y: Array) -> Found:
    """Return levels before the best jumps, as numbers, and fitted responses."""
    place, n = jumps(y), y.shape[1]
    before = np.arange(n) < place[:, None]
    total, first = y.sum(axis=1), np.where(before, y, 0.0).sum(axis=1)
    low, high = first / place, (total - first) / (n - place)
    return Found(place.astype(float), np.where(before, low[:, None], high[:, None]))


def weighted_jumps(y: Array, weight: Array) -> NDArray[np.int64]:
    """Return the best jumps of responses (r, n) that count ``weight`` times, shape (r,).

    A jump is placed after the last response before it that counts.
    """
    count = np.cumsum(weight, axis=1)
    sums, total = np.cumsum(weight * y, axis=1), count[:, -1:]
    gain = (sums - count * (sums[:, -1:] / total)) ** 2
    allowed = (count >= LEAST) & (count <= total - LEAST) & (weight > 0)
    gain = np.where(allowed, gain / np.where(allowed, count * (total - count), 1.0), -1.0)
    return np.asarray(gain.argmax(axis=1) + 1)


def _after(values: Array) -> Array:
    """Return the sums of what comes after j, for j = 0, ..., n - 2."""
    return np.asarray(values.sum() - np.cumsum(values)[:-1])
