"""Simulated points, ascents and deletions: noise left out, since what is compared is free of it."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from theory.study.claim import Array

POINTS = 128  # fresh points that share one draw of the other points
ASCENDING = 16  # points of one data set that are ascended, each by itself
CHUNK = 128  # data sets in memory
Counts = NDArray[np.int64]


def alignments(
    rng: np.random.Generator, count: int, spectrum: Array, n: int, ridge: float
) -> Array:
    """Return the mean cos^2 between x and A^-1 x over fresh points x, shape (count,).

    A = X'X + n ridge is drawn ``count`` times.
    """
    root, d = np.sqrt(spectrum), len(spectrum)
    found = np.empty(count)
    for own in range(count):
        rows = rng.standard_normal((n, d)) * root
        x = root[:, None] * rng.standard_normal((d, POINTS))
        moved = np.linalg.solve(rows.T @ rows + n * ridge * np.eye(d), x)
        cross, squares = np.sum(x * moved, axis=0), np.sum(x * x, axis=0)
        found[own] = np.mean(cross**2 / (squares * np.sum(moved**2, axis=0)))
    return found


def ascents(
    rng: np.random.Generator,
    count: int,
    steps: Array,
    *,
    d: int,
    n: int,
    ridge: float,
    step: float,
) -> Array:
    """Return the mean log of ascended over left-out residual, shape (count, steps).

    The points are standard Gaussian; both residuals are multiples of the point's own residual, so
    that no labels are needed. It crosses 0 where ascent has forgotten as much as retraining.
    """
    found = np.empty((count, len(steps)))
    for chosen in _chunks(count):
        own = chosen.stop - chosen.start
        others = rng.standard_normal((own, n - 1, d))
        a = others.transpose(0, 2, 1) @ others + n * ridge * np.eye(d)
        x = rng.standard_normal((own, d, ASCENDING))
        against_others = np.sum(x * np.linalg.solve(a, x), axis=1)
        growth = np.log1p(step * np.sum(x * x, axis=1))
        left_out = np.log1p(against_others).mean(axis=1)
        found[chosen] = growth.mean(axis=1)[:, None] * steps - left_out[:, None]
    return found


def _chunks(count: int) -> Iterator[slice]:
    for start in range(0, count, CHUNK):
        yield slice(start, min(start + CHUNK, count))


def deletions(rng: np.random.Generator, count: int, *, d: int, n: int, deleted: Counts) -> Array:
    """Return tr((X'X)^-1), the risk per unit of noise, shape (count, levels).

    Gaussian X has the singular values of a bidiagonal matrix with diagonal chi_m, ..., chi_(m-d+1),
    m = n - k, and chi_(d-1), ..., chi_1 above it (Golub-Kahan steps on X); the squared norm of
    its inverse is a sum over columns. Sample counts share draws: a chi-square for more samples adds
    an independent one. So 11 levels cost some 400 draws instead of refits.

    Args:
        rng: generator.
        count: data sets.
        d: dimension.
        n: samples before deletion.
        deleted: increasing numbers of deleted points, shape (levels,).

    Source: Dumitriu and Edelman 2002 for the bidiagonal matrix.
    """
    least = n - int(deleted[-1])
    diagonal = rng.chisquare(least - np.arange(d), size=(count, d))
    above = rng.chisquare(np.arange(d - 1, 0, -1), size=(count, d - 1))
    risks = np.empty((count, len(deleted)))
    for level in range(len(deleted) - 1, -1, -1):
        if level < len(deleted) - 1:
            diagonal += rng.chisquare(deleted[level + 1] - deleted[level], size=(count, d))
        row = np.ones(count)
        risks[:, level] = row / diagonal[:, 0]
        for j in range(1, d):
            row = 1.0 + above[:, j - 1] / diagonal[:, j - 1] * row
            risks[:, level] += row / diagonal[:, j]
    return risks
