"""Checks of the arrays that an audit takes, each refusal one sentence with values."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Floats = NDArray[np.float32]
Codes = NDArray[np.int32]
Flags = NDArray[np.bool_]
Table = NDArray[Any]  # features as they were given, [n, d]
LARGEST = 1e30  # an input in size
FEWEST = 20  # examples of a data set


class Coded(NamedTuple):
    """Labels as numbers from 0: ``codes`` i32[n] into the sorted distinct ``names`` [K]."""

    codes: Codes
    names: NDArray[np.generic]


def features(name: str, values: ArrayLike, fewest: int = FEWEST) -> Floats:
    """Return features as f32[n, d], further dimensions flattened; see :func:`single`.

    Raises:
        ValueError: fewer than two dimensions, too few rows, no columns, or a value that is no
            finite real number.

    >>> features("x", np.ones((20, 2, 3))).shape
    (20, 6)
    """
    raw = table(name, values, fewest)
    return single(raw, means(raw))


def table(name: str, values: ArrayLike, fewest: int = FEWEST) -> Table:
    """Return features as they were given, [n, d], checked as :func:`features` says.

    Numbers longer than 64 bits are rounded, and minus zero becomes zero: rows whose bytes differ
    are different.
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
        flat = flat.astype(np.float64, copy=False) if flat.dtype.itemsize > 8 else flat
        flat = flat + flat.dtype.type(0.0)
    return flat


def single(raw: Table, origin: Array | None) -> Floats:
    """Return checked features less ``origin`` f64[d] in single precision.

    No estimate depends on where features lie; from their means on, differences that are small
    against an offset survive.

    >>> x = np.array([[1e8], [1e8 + 1.0]])
    >>> single(x, means(x)).ravel().tolist()
    [-0.5, 0.5]
    """
    if origin is None:
        return raw.astype(np.float32)
    return np.asarray(raw - origin, dtype=np.float32)


def means(raw: Table) -> Array | None:
    """Return the means of features that single precision cannot hold, else None."""
    if np.can_cast(raw.dtype, np.float32):
        return None
    return np.asarray(raw.mean(axis=0, dtype=np.float64))


def coded(name: str, values: ArrayLike, n: int, fewest: int = 2) -> Coded:
    """Return labels (integers or text, also as Python objects in a column) as codes.

    Raises:
        ValueError: not one label for each of ``n`` rows, or fewer than ``fewest`` distinct ones.

    >>> coded("y", ["b", "a", "b"], 3).codes.tolist()
    [1, 0, 1]
    """
    array = unboxed(values)
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


def unboxed(values: ArrayLike) -> NDArray[Any]:
    """Return an array; objects that are all text or all integers, as in data frames, as such.

    >>> unboxed(np.array(["b", "a"], dtype=object)).dtype.kind
    'U'
    """
    array = np.asarray(values)
    if array.ndim == 1 and array.dtype.kind in "OT":
        items = [i.item() if isinstance(i, np.integer) else i for i in array.tolist()]
        if all(isinstance(item, str) for item in items):
            return np.array(items, dtype=np.str_)
        if all(isinstance(item, int) and abs(item) < 2**63 for item in items):
            return np.array(items, dtype=np.int64)
    return array


def label_codes(name: str, labels: ArrayLike, classes: int | None = None) -> tuple[Codes, int]:
    """Return labels 0 .. K-1 as i32[n], and K; without ``classes`` every class must occur.

    Raises:
        ValueError: not a vector of whole numbers, a number out of range, or fewer than 2 classes.
    """
    array = unboxed(labels)
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
