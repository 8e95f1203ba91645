"""How near each example lies to the boundary of its class, by distances from class means."""

import numpy as np


def boundary(
    x: np.ndarray, y: np.ndarray, classes: int, pool: int | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Return the rank f32[n] in [0, 1) by margin, the nearest first, and the nearest other class.

    The margin of example i is ``min_(k != y_i) |x_i - m_k|^2 - |x_i - m_(y_i)|^2`` with m_k the
    mean of class k: positive where its own mean is the nearest. Means are those of the first
    ``pool`` examples (all if None), and so are the ranks of those, which makes them uniform by
    construction; a further example has the rank that it would take among them.

    Source: derived here; a stand-in for the posterior-based noise of Xia et al. 2020.

    >>> rank, other = boundary(np.array([[0.0], [0.9], [2.0]]), np.array([0, 0, 1]), 2)
    >>> np.argsort(rank).tolist(), other.tolist()
    ([1, 2, 0], [1, 1, 0])
    """
    x = x.astype(np.float64)
    size = len(y) if pool is None else pool
    means = np.stack([x[:size][y[:size] == k].mean(axis=0) for k in range(classes)])
    distance = ((x**2).sum(1)[:, None] - 2 * x @ means.T) + (means**2).sum(1)[None]
    own = distance[np.arange(len(y)), y]
    distance[np.arange(len(y)), y] = np.inf
    other = distance.argmin(axis=1).astype(np.int32)
    margin = distance.min(axis=1) - own
    order = np.argsort(margin[:size], kind="stable")
    rank = np.empty(len(y), np.float32)
    rank[order] = np.arange(size) / size
    later = np.searchsorted(margin[order], margin[size:])
    rank[size:] = np.minimum(later, size - 1) / size
    return rank, other
