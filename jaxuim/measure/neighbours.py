"""Distances to nearest neighbours, in blocks of bounded memory."""

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import distance

Array = NDArray[np.float64]
ENTRIES = 2**23  # of one block of distances, 64 MiB


def nearest_distances(points: Array, centres: Array, k: int) -> Array:
    """Return f64[n, k], the Euclidean distances of each point to its k nearest centres, ascending.

    Differences are squared directly, so that a copy is at distance 0 exactly.

    >>> nearest_distances(np.array([[0.0]]), np.array([[5.0], [1.0], [2.0]]), 2)
    array([[1., 2.]])
    """
    rows = max(ENTRIES // len(centres), 1)
    blocks = [points[start : start + rows] for start in range(0, len(points), rows)]
    return np.concatenate([_smallest(distance.cdist(block, centres), k) for block in blocks])


def share_within(points: Array, centres: Array, radius: Array) -> float:
    """Return the share of points that lie in at least one ball, f64[n] radii about the centres.

    >>> share_within(np.array([[0.0], [9.0]]), np.array([[1.0]]), np.array([1.0]))
    0.5
    """
    rows = max(ENTRIES // len(centres), 1)
    blocks = [points[start : start + rows] for start in range(0, len(points), rows)]
    inside = [(distance.cdist(block, centres) <= radius).any(axis=1) for block in blocks]
    return float(np.concatenate(inside).mean())


def _smallest(distances: Array, k: int) -> Array:
    return np.sort(np.partition(distances, k - 1, axis=1)[:, :k], axis=1)
