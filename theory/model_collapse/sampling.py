"""Wishart matrices of any number of samples, drawn through their triangular roots in NumPy.

Batches of small matrices are LAPACK's and BLAS's work; compiling the draws would take longer.
"""

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
NUMBERS = 720_000  # in the matrices that are computed together, so that they stay in the cache


def wishart_roots(rng: np.random.Generator, count: int, d: int, n: ArrayLike) -> Array:
    """Return L, shape (count, d, d), with L L' distributed as X'X, X (n, d) standard normal.

    Bartlett's factor, which for n < d is a trapezium: columns from n on are zero.

    Args:
        rng: generator.
        count: how many.
        d: input dimension.
        n: samples, scalar or shape (count,).

    Source: Bartlett 1933.

    >>> root = wishart_roots(np.random.default_rng(0), 5, 4, 2)
    >>> (np.diagonal(root, axis1=1, axis2=2) > 0).sum(axis=1).tolist()
    [2, 2, 2, 2, 2]
    """
    rows, columns = np.tril_indices(d, -1)
    roots = np.zeros((count, d, d))
    roots[:, rows, columns] = rng.standard_normal((count, len(rows)))
    freedom = np.broadcast_to(np.asarray(n)[..., None] - np.arange(d), (count, d))
    place = np.arange(d)
    roots[:, place, place] = np.sqrt(2.0 * rng.standard_gamma(np.maximum(freedom, 0) / 2.0))
    if np.any(freedom <= 0):
        roots *= (freedom > 0)[:, None, :]
    return roots


def gram(roots: Array) -> Array:
    """Return L L' of each root."""
    return roots @ roots.swapaxes(-1, -2)


def times(matrices: Array, vectors: Array) -> Array:
    """Return the product of each matrix and vector, shapes (count, d, d) and (count, d)."""
    return (matrices @ vectors[..., None])[..., 0]


def solved(matrices: Array, vectors: Array) -> Array:
    """Return A^-1 v for each matrix and vector."""
    return np.asarray(np.linalg.solve(matrices, vectors[..., None])[..., 0], dtype=np.float64)


def batches(repetitions: int, size: int) -> Iterator[int]:
    """Yield sizes of batches that sum to ``repetitions``.

    >>> list(batches(450, 200))
    [200, 200, 50]
    """
    for start in range(0, repetitions, size):
        yield min(size, repetitions - start)


def stacked(many: Callable[[int], Array], repetitions: int, d: int) -> Array:
    """Return ``many(count)`` of all batches along the first axis; matrices are (d, d)."""
    size = max(1, NUMBERS // d**2)
    return np.concatenate([many(count) for count in batches(repetitions, size)])
