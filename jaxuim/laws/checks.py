"""Checks of the arrays that the estimators take: what is wrong input, what is a missing value."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


class Sample(NamedTuple):
    """Usable rows: x (n,), or (n, k) for several inputs, all else (n,).

    ``weight`` is 1/y_err, ones without; ``dropped`` is a count.
    """

    x: Array
    y: Array
    weight: Array
    groups: NDArray[np.int64] | None
    dropped: int


def vector(name: str, values: ArrayLike) -> Array:
    """Return ``values`` as a float64 vector or say what is wrong with it."""
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1:
        raise ValueError(f"{name} has shape {array.shape}; one dimension is needed")
    return array


def matrix(name: str, values: ArrayLike, columns: Sequence[str]) -> Array:
    """Return ``values`` as float64 with one column for each input, a vector where there is one.

    Raises:
        ValueError: another number of columns, with the names of those that are needed.
    """
    array = np.asarray(values, dtype=np.float64)
    if len(columns) == 1:
        return vector(name, array[:, 0] if array.ndim == 2 and array.shape[1] == 1 else array)
    if array.ndim != 2 or array.shape[1] != len(columns):
        raise ValueError(
            f"{name} has shape {array.shape}; (n, {len(columns)}) with columns "
            f"{', '.join(columns)} is needed"
        )
    return array


def check_confidence(confidence: float) -> float:
    """Return a confidence level strictly between 0 and 1."""
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"confidence is {confidence}; it must lie strictly between 0 and 1")
    return float(confidence)


def sample(
    x: ArrayLike,
    y: ArrayLike,
    y_err: ArrayLike | None,
    groups: ArrayLike | None = None,
    inputs: Sequence[str] = ("x",),
) -> Sample:
    """Check the arrays and drop rows whose y is not finite (a diverged run is a missing value).

    Groups are numbered from 0 in the order of their sorted labels among the rows that are left.
    ``inputs`` names the columns that x must have.

    Raises:
        ValueError: lengths differ, x is not finite, or a standard error is not positive.
    """
    xs, ys = matrix("x", x, inputs), vector("y", y)
    weight = np.ones(len(xs)) if y_err is None else 1.0 / _errors(y_err)
    labels = None if groups is None else np.asarray(groups)
    for name, array in (("y", ys), ("y_err", weight), ("groups", labels)):
        if array is not None and array.shape != xs.shape[:1]:
            raise ValueError(f"{name} has shape {array.shape} but x has shape {xs.shape}")
    if not np.all(np.isfinite(xs)):
        raise ValueError("x contains a value that is not finite")
    keep = np.isfinite(ys)
    numbered = None
    if labels is not None:
        numbered = np.unique(labels[keep], return_inverse=True)[1].reshape(-1).astype(np.int64)
    return Sample(xs[keep], ys[keep], weight[keep], numbered, int(np.sum(~keep)))


def _errors(y_err: ArrayLike) -> Array:
    errors = vector("y_err", y_err)
    if not np.all(np.isfinite(errors) & (errors > 0)):
        raise ValueError("y_err contains a value that is not a positive finite number")
    return errors


def finite(value: float) -> float | None:
    """Return the value, or None where JSON has no number for it.

    >>> finite(1.5), finite(float("inf"))
    (1.5, None)
    """
    return float(value) if np.isfinite(value) else None
