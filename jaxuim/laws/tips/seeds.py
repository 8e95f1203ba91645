"""The mean curve of replicated seeds with the law of its errors, for the likelihood of shapes.

Errors within a seed may be correlated and of unequal size along x, and every seed has its own
offset. Seeds are independent.
"""

import numpy as np
from numpy.typing import NDArray

from jaxuim.laws.checks import Sample
from jaxuim.laws.tips.designs import LARGEST, Curve, Design, independent, unit

Array = NDArray[np.float64]

FILLED = 0.6  # share of the seeds x levels table above which missing cells are filled in
KNOTS = 12
EXACT = 1e-13  # of the range of y: below, seeds agree exactly


def mean_curve(data: Sample) -> tuple[Design, Curve]:
    """Return the mean over seeds with the law of its errors, or rows without the seeds' offsets.

    The covariance of a seed's errors has an inverse-Wishart prior worth as many seeds as there are
    levels: a line for each seed plus independent errors of each level's size. It is integrated
    out, so that the likelihood of the mean is that of a multivariate t.
    """
    table, places = _table(data)
    if table is None:
        return _offsets_removed(data)
    seeds, levels = table.shape
    counts = np.sum(np.isfinite(table), axis=0)
    table = _filled(table)
    rest = table - table.mean(axis=0)
    lines = np.stack([np.ones(levels), unit(places) - unit(places).mean()])
    own_lines = np.linalg.lstsq(lines.T, rest.T, rcond=None)[0].T @ lines
    size = np.sum((rest - own_lines) ** 2, axis=0) / (seeds - 1) * levels / (levels - 2)
    size = ((seeds - 1) * size + 3 * size.mean()) / (seeds + 2)
    target = np.diag(size) + own_lines.T @ own_lines / (seeds - 1)
    scatter = rest.T @ rest + levels * target
    thin = np.sqrt(seeds / counts)
    scatter *= thin[:, None] * thin
    scale = np.maximum(np.sqrt(scatter.diagonal()), EXACT * max(float(np.ptp(table)), EXACT))
    values, vectors = np.linalg.eigh(scatter / scale[:, None] / scale)
    values = np.maximum(values, 1e-10 * max(float(values.max()), EXACT))
    whiten = (vectors * np.sqrt(seeds / values)) @ vectors.T / scale
    mean = table.mean(axis=0)
    power = (seeds + 2 * levels + 1 - LARGEST) / 2
    design = Design(unit(places), whiten, len(data.x))
    return design, Curve(whiten @ (mean - mean.mean()), 1.0, power)


def _table(data: Sample) -> tuple[Array | None, Array]:
    """Return y by seed and level, NaN where missing, or None where seeds hardly share levels."""
    levels, place = np.unique(data.x, return_inverse=True)
    labels = np.asarray(data.groups)
    shape = (int(labels.max()) + 1, len(levels))
    total, count = np.zeros(shape), np.zeros(shape)
    np.add.at(total, (labels, place), data.y)
    np.add.at(count, (labels, place), 1.0)
    filled = np.mean(count > 0)
    if filled < FILLED or np.sum(count > 0, axis=0).min() < 2:
        return None, levels
    return np.where(count > 0, total / np.maximum(count, 1.0), np.nan), levels


def _filled(table: Array) -> Array:
    """Fill missing cells with level mean plus the seed's offset, until they agree."""
    missing = ~np.isfinite(table)
    table = np.where(missing, np.nanmean(table, axis=0), table)
    for _ in range(20 if missing.any() else 0):
        fitted = table.mean(axis=0) + table.mean(axis=1, keepdims=True) - table.mean()
        table = np.where(missing, fitted, table)
    return table


def _offsets_removed(data: Sample) -> tuple[Design, Curve]:
    """Return rows minus their seed's offset from a smooth curve; correlation lowers the power.

    The power of the likelihood is divided by the design effect: how much larger the seeds' summed
    contrasts vary than independent rows would.
    """
    x, labels = unit(data.x), np.asarray(data.groups)
    counts = np.bincount(labels)[:, None]
    knots = np.quantile(x, np.linspace(0, 1, KNOTS)[1:-1])
    smooth = np.concatenate([x[:, None], np.maximum(x[:, None] - knots, 0.0)], axis=1)
    inner = smooth - _sums(smooth, labels)[labels] / counts[labels]
    middle = _sums(data.y[:, None], labels) / counts
    found = np.linalg.lstsq(inner, data.y - middle[labels, 0], rcond=None)[0]
    residual = data.y - smooth @ found
    residual -= (_sums(residual[:, None], labels) / counts)[labels, 0]
    scores = inner * residual[:, None]
    together = np.sum(_sums(scores, labels) ** 2, axis=0)
    effect = max(1.0, float(together.sum() / max(np.sum(scores**2), 1e-300)))
    offset = data.y - smooth @ found - residual
    design, curve = independent(data._replace(y=data.y - offset))
    return design, curve._replace(power=curve.power / effect)


def _sums(values: Array, labels: NDArray[np.int64]) -> Array:
    total = np.zeros((int(labels.max()) + 1, values.shape[1]))
    np.add.at(total, labels, values)
    return total
