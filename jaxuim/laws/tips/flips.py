"""The test of 'no tipping point' for replicated seeds: the signs of whole seeds are flipped.

Errors within a seed may be correlated and of unequal size along x, and every seed has its own
polynomial. Seeds are independent.
"""

import numpy as np
from numpy.typing import NDArray

from jaxuim.laws.checks import Sample
from jaxuim.laws.tips.designs import unit
from jaxuim.laws.tips.points import Method
from jaxuim.laws.tips.shapes import Shape, chosen, location_edges, polynomial, scale_edges

Array = NDArray[np.float64]

FLIPS_NEED_GROUPS = 8
REPLICAS = 999
RARE = 0.03  # prior below which a shape is not looked for
T_CELLS, S_CELLS = 24, 3


def informative(data: Sample, degree: int) -> NDArray[np.int64]:
    """Return the groups that cover enough levels to show more than a polynomial."""
    if data.groups is None:
        return np.array([], dtype=np.int64)
    pairs = np.unique(np.stack([data.groups.astype(np.float64), data.x]), axis=1)[0]
    return np.flatnonzero(np.bincount(pairs.astype(np.int64)) >= degree + 2)


def flip_test(data: Sample, kind: str, degree: int, seed: int) -> tuple[float, float, Method]:
    """Return largest |t|, p-value and method of the test against polynomials, one for each seed.

    Every shape, location and scale is a contrast; a seed's score is its contrast of what its own
    polynomial leaves. The scores of all seeds change sign together under the null. The statistic is
    the log of the average of (1 + t^2/(G - 1))^(G/2) over the contrasts.
    """
    x, labels = unit(data.x), np.asarray(data.groups)
    used = informative(data, degree)
    levels, place = np.unique(x, return_inverse=True)
    columns, share = contrasts(levels, kind)
    weight = data.weight / data.weight.max()
    if len(used) >= FLIPS_NEED_GROUPS:
        weight = weight / _level_noise(data, weight, x, place, degree)
    rows = [np.flatnonzero(labels == g) for g in used]
    bases = [polynomial(x[r], degree, np.diag(weight[r])) for r in rows]
    score = np.empty((len(used), columns.shape[1]))
    for i, (r, basis) in enumerate(zip(rows, bases, strict=True)):
        left = _left((weight[r] * data.y[r])[None], basis)
        score[i] = (left * weight[r]) @ columns[place[r]]
    score[np.abs(score) < 1e-12 * np.abs(data.y).max()] = 0.0
    observed, largest = _evidence(score.sum(axis=0)[None], np.sum(score**2, axis=0), share, score)
    rng = np.random.default_rng(seed)
    method: Method
    if len(used) >= FLIPS_NEED_GROUPS:
        method = "sign_flip"
        signs = rng.choice([-1.0, 1.0], size=(REPLICAS, len(used)))
        null, _ = _evidence(signs @ score, np.sum(score**2, axis=0), share, score)
    else:
        method = "simulated_t"
        total = np.zeros((REPLICAS, columns.shape[1]))
        squares = np.zeros_like(total)
        for r, basis in zip(rows, bases, strict=True):
            left = _left(rng.standard_normal((REPLICAS, len(r))), basis)
            drawn = (left * weight[r]) @ columns[place[r]]
            total += drawn
            squares += drawn**2
        null, _ = _evidence(total, squares, share, score)
    p = (1 + np.sum(null >= observed[0] - 1e-9)) / (1 + REPLICAS)
    return float(largest[0]), float(p), method


def contrasts(levels: Array, kind: str) -> tuple[Array, Array]:
    """Return the first column of every shape on a coarse grid, (levels, k), and its share (k,)."""
    columns, share = [], []
    for shape in chosen(kind):
        if shape.prior < RARE:
            continue
        t, s = _grid(shape, levels)
        columns.append(shape.columns(levels - t[:, None], s[:, None])[0].T)
        share.append(np.full(len(t), shape.prior / len(t)))
    return np.concatenate(columns, axis=1), np.concatenate(share)


def _grid(shape: Shape, levels: Array) -> tuple[Array, Array]:
    t, s = location_edges(shape, levels, T_CELLS), scale_edges(shape, levels, S_CELLS)
    middles = (t[1:] + t[:-1]) / 2, np.exp((s[1:] + s[:-1]) / 2)
    places, scales = np.meshgrid(*middles, indexing="ij")
    return places.ravel(), scales.ravel()


def _left(rows: Array, basis: Array) -> Array:
    """Return rows (k, n) without the polynomial."""
    for _ in range(2):
        rows = rows - (rows @ basis) @ basis.T
    return rows


def _evidence(total: Array, squares: Array, share: Array, score: Array) -> tuple[Array, Array]:
    """Return the log of the average likelihood ratio and the largest |t| of each row of totals."""
    groups = len(score)
    part = np.minimum(total**2 / np.where(squares > 0, squares, np.inf) / groups, 1.0)
    left = np.maximum(1 - part, 1e-12)
    logs = -0.5 * groups * np.log(left)
    top = logs.max(axis=1, keepdims=True)
    best = part.max(axis=1)
    largest = np.sqrt((groups - 1) * best / np.maximum(1 - best, 1e-12))
    return top[:, 0] + np.log(np.exp(logs - top) @ share), largest


def _level_noise(
    data: Sample, weight: Array, x: Array, place: NDArray[np.int64], degree: int
) -> Array:
    """Return the size of the errors at each row's level, which flips of seeds do not change."""
    squares = np.zeros_like(x)
    for g in np.unique(np.asarray(data.groups)):
        r = np.flatnonzero(data.groups == g)
        squares[r] = (
            _left((weight[r] * data.y[r])[None], polynomial(x[r], degree, np.eye(len(r))))[0] ** 2
        )
    counts = np.bincount(place)
    level = (np.bincount(place, squares) + 4 * squares.mean()) / (counts + 4)
    exact = level.min() <= 1e-24 * float(np.max(data.y**2))
    return np.ones_like(x) if exact else np.sqrt(level[place])
