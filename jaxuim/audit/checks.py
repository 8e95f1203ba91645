"""Checks of the arrays that an audit takes, each refusal one sentence with values."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Floats = NDArray[np.float32]
Codes = NDArray[np.int32]
Flags = NDArray[np.bool_]
LARGEST = 1e30  # an input in size
FEWEST = 20  # examples of a data set


class Coded(NamedTuple):
    """Labels as numbers from 0: ``codes`` i32[n] into the sorted distinct ``names`` [K]."""

    codes: Codes
    names: NDArray[np.generic]


def features(name: str, values: ArrayLike, fewest: int = FEWEST) -> Floats:
    """Return features as f32[n, d], further dimensions flattened.

    Raises:
        ValueError: fewer than two dimensions, too few rows, no columns, or a value that is no
            finite real number.

    >>> features("x", np.ones((20, 2, 3))).shape
    (20, 6)
    """
    array = np.asarray(values)
    if array.ndim < 2 or array.dtype.kind not in "fiub":
        raise ValueError(
            f"{name} has shape {array.shape} and type {array.dtype}; real numbers [n, ...] with at "
            "least one dimension of features are needed"
        )
    if len(array) < fewest or array[:1].size == 0:
        raise ValueError(
            f"{name} has shape {array.shape}; at least {fewest} rows and one feature are needed"
        )
    flat = array.reshape(len(array), -1)
    if array.dtype.kind == "f":
        bad = ~(np.abs(flat) <= LARGEST)
        if bad.any():
            row, column = np.argwhere(bad)[0].tolist()
            raise ValueError(
                f"{name} holds {flat[row, column]} in row {row}; finite numbers of at most "
                f"{LARGEST:g} in size are needed"
            )
    return flat.astype(np.float32) + np.float32(0.0)  # minus zero becomes zero


def coded(name: str, values: ArrayLike, n: int, fewest: int = 2) -> Coded:
    """Return labels (integers or text) as codes.

    Raises:
        ValueError: not one label for each of ``n`` rows, or fewer than ``fewest`` distinct ones.

    >>> coded("y", ["b", "a", "b"], 3).codes.tolist()
    [1, 0, 1]
    """
    array = np.asarray(values)
    if array.shape != (n,) or array.dtype.kind not in "iubUS":
        raise ValueError(
            f"{name} has shape {array.shape} and type {array.dtype}; one integer or text for each "
            f"of {n} examples is needed"
        )
    names, codes = np.unique(array, return_inverse=True)
    if len(names) < fewest:
        raise ValueError(
            f"{name} holds {len(names)} distinct label (only {names[0]!s}); at least {fewest} are "
            "needed"
        )
    return Coded(codes.reshape(-1).astype(np.int32), names)


def label_codes(name: str, labels: ArrayLike, classes: int | None = None) -> tuple[Codes, int]:
    """Return labels 0 .. K-1 as i32[n], and K; without ``classes`` every class must occur.

    Raises:
        ValueError: not a vector of whole numbers, a number out of range, or fewer than 2 classes.
    """
    array = np.asarray(labels)
    if array.ndim != 1 or array.dtype.kind not in "iub" or len(array) == 0:
        raise ValueError(
            f"{name} has shape {array.shape} and type {array.dtype}; whole numbers [n] are needed"
        )
    low, high = int(array.min()), int(array.max())
    count = high + 1 if classes is None else classes
    if low < 0 or high >= count:
        raise ValueError(f"{name} runs from {low} to {high}; 0 to {count - 1} are allowed")
    present = len(np.unique(array))
    if present < 2 or (classes is None and present < count):
        raise ValueError(
            f"{name} holds {present} of {count} classes; all of them, at least 2, are needed"
        )
    return array.astype(np.int32), count


def probability_rows(name: str, values: ArrayLike, n: int, classes: int) -> Array:
    """Return predicted probabilities as f64[n, K] whose rows sum to 1.

    Raises:
        ValueError: another shape, a number outside [0, 1], or a row that does not sum to 1.
    """
    array = np.asarray(values)
    if array.shape != (n, classes) or array.dtype.kind not in "fiub":
        raise ValueError(
            f"{name} has shape {array.shape} and type {array.dtype}; real numbers [{n}, {classes}] "
            "(one column for each class in sorted order) are needed"
        )
    rows = array.astype(np.float64)
    bad = ~((rows >= 0) & (rows <= 1 + 1e-6)).all(axis=1)
    if bad.any():
        raise ValueError(
            f"{name} row {int(np.argmax(bad))} leaves [0, 1]; probabilities are needed"
        )
    sums = rows.sum(axis=1)
    off = np.abs(sums - 1) > 1e-3
    if off.any():
        row = int(np.argmax(off))
        raise ValueError(f"{name} row {row} sums to {sums[row]:.4g}; every row must sum to 1")
    return rows / sums[:, None]
