"""Examples of a previous generation's model: one Gaussian a class, fitted to the pool."""

import numpy as np

from jaxuim.worlds.data import Part
from jaxuim.worlds.fixed import normals

RIDGE = 0.01  # what is added to the variance of each feature, in units of the mean variance
_NOISE, _DIRECTIONS = 2101, 2201  # keys of fixed draws


def generated(x: np.ndarray, y: np.ndarray, classes: int) -> Part:
    """Return as many examples with the same labels, drawn from a model of each class.

    The model of a class is normal with the mean and the (unbiased) covariance of its examples, plus
    :func:`ridge` on the diagonal, so that it is regular however few they are. Values are not
    clipped to the range of the inputs.

    Args:
        x: [n, d], real numbers.
        y: i[n] in [0, ``classes``).
        classes: number of classes.

    Raises:
        ValueError: if inputs are tokens.

    Source: derived here; the setting is that of Shumailov et al. 2024.

    >>> x = np.array([[0.0], [1.0], [4.0], [6.0]])
    >>> generated(x, np.array([0, 0, 1, 1]), 2).x.shape
    (4, 1)
    """
    if x.dtype.kind in "iu":
        raise ValueError("a Gaussian model of each class needs real inputs, not tokens")
    width = x.shape[1]
    made = np.sqrt(ridge(x, y, classes)) * normals(_NOISE, x.shape)
    for label in range(classes):
        members = np.flatnonzero(y == label)
        if len(members):
            centre, factor = _fitted(x[members].astype(np.float64))
            draws = normals(_DIRECTIONS + label, (len(members), len(factor)))
            made[members] += centre + draws @ factor
    return Part(made.reshape(-1, width).astype(np.float32), y.astype(np.int32))


def ridge(x: np.ndarray, y: np.ndarray, classes: int) -> float:
    """Return ``RIDGE`` times the variance inside classes, averaged over features.

    >>> round(ridge(np.array([[0.0], [2.0], [5.0], [7.0]]), np.array([0, 0, 1, 1]), 2), 9)
    0.01
    """
    total = sum(
        ((x[y == k] - x[y == k].mean(axis=0)) ** 2).sum() for k in np.unique(y[y < classes])
    )
    return float(RIDGE * total / x.size)


def _fitted(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the mean f64[d] of examples and F f64[r, d] with F'F their covariance."""
    n, width = x.shape
    centre = x.mean(axis=0)
    rows = (x - centre) / np.sqrt(max(n - 1, 1))
    if n <= width:
        return centre, rows
    values, vectors = np.linalg.eigh(rows.T @ rows)
    return centre, np.sqrt(np.maximum(values, 0.0))[:, None] * vectors.T
