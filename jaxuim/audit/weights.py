"""Sampling weights that take a bias out of a data set without dropping anything."""

import numpy as np
from numpy.typing import ArrayLike

from jaxuim.audit.checks import Array, Codes, label_codes


def class_weights(y: ArrayLike) -> Array:
    """Return weights under which every class is equally frequent: n / (K n_class), mean 1.

    Args:
        y: labels 0 .. K-1, [n]; every class occurs.

    Raises:
        ValueError: y cannot be used.

    >>> class_weights([0, 0, 0, 1]).round(3).tolist()
    [0.667, 0.667, 0.667, 2.0]
    """
    labels, classes = label_codes("y", y)
    return np.asarray(len(labels) / (classes * np.bincount(labels))[labels])


def group_weights(groups: ArrayLike, y: ArrayLike) -> Array:
    """Return weights under which groups are equally frequent and independent of the label.

    w is proportional to P(y) / P(g, y) within a group, and every group weighs 1/G in all: it
    has the label frequencies of the whole as far as its labels go. Mean 1.

    Args:
        groups: 0 .. G-1, [n]; every group occurs.
        y: labels 0 .. K-1, [n]; every class occurs.

    Raises:
        ValueError: groups or y cannot be used.

    Source: Kamiran and Calders 2012, with equal groups.

    >>> group_weights([0, 0, 0, 1], [0, 0, 1, 1]).round(3).tolist()
    [0.5, 0.5, 1.0, 2.0]
    """
    g, count = label_codes("groups", groups)
    labels, classes = label_codes("y", y)
    if len(g) != len(labels):
        raise ValueError(f"groups has {len(g)} values but y {len(labels)}; they must be equal")
    cells = np.bincount(g * classes + labels, minlength=count * classes).reshape(count, classes)
    shares = np.where(cells > 0, cells.sum(axis=0), 0)
    weights = (shares / np.maximum(cells, 1) / shares.sum(axis=1, keepdims=True))[g, labels]
    return np.asarray(weights / weights.mean())


def effective_number(weights: ArrayLike, group: Codes | None = None) -> float:
    """Return how many equally weighted distinct examples weigh as much: (sum w)^2 / sum w^2.

    Args:
        weights: at least 0, [n].
        group: of duplicates, i32[n]; the weights of a group are added first.

    Raises:
        ValueError: a weight is negative or not finite.

    Source: Kish 1965.

    >>> effective_number([1.0, 1.0, 0.0, 0.0])
    2.0
    """
    w: Array = np.asarray(weights, dtype=np.float64)
    bad = ~(np.isfinite(w) & (w >= 0))
    if w.ndim != 1 or bad.any():
        what = f"hold {w[bad][0]:g}" if bad.any() else f"have shape {w.shape}"
        raise ValueError(f"weights {what}; a vector of finite numbers of at least 0 is needed")
    if group is not None:
        w = np.bincount(group, weights=w).astype(np.float64)
    return float(w.sum() ** 2 / np.sum(w**2)) if w.any() else 0.0
