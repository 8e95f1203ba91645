"""Checks of plain numbers: shares, counts, chances of failure."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def real(name: str, value: Any) -> Array:
    """Return a value as float64, finite throughout.

    Raises:
        ValueError: a value that is not finite.

    >>> real("mean", [1.0, float("nan")])
    Traceback (most recent call last):
    ValueError: mean = nan must be finite
    """
    found = np.asarray(value, dtype=np.float64)
    return refuse(name, found, ~np.isfinite(found), "must be finite")


def share(name: str, value: ArrayLike) -> Array:
    """Return a value as float64, from 0 to 1 throughout.

    >>> share("error", 1.5)
    Traceback (most recent call last):
    ValueError: error = 1.5 must lie in [0, 1]
    """
    found = real(name, value)
    return refuse(name, found, (found < 0.0) | (found > 1.0), "must lie in [0, 1]")


def at_least(name: str, value: ArrayLike, low: float) -> Array:
    """Return a value as float64, at least ``low`` throughout.

    >>> at_least("n", 0, 1)
    Traceback (most recent call last):
    ValueError: n = 0 must be at least 1
    """
    found = real(name, value)
    return refuse(name, found, found < low, f"must be at least {low:g}")


def positive(name: str, value: ArrayLike) -> Array:
    """Return a value as float64, above 0 throughout.

    >>> positive("sigma", 0)
    Traceback (most recent call last):
    ValueError: sigma = 0 must be above 0
    """
    found = real(name, value)
    return refuse(name, found, found <= 0.0, "must be above 0")


def log_delta(delta: float) -> float:
    """Return log(delta) of a chance of failure that lies strictly between 0 and 1.

    >>> log_delta(1.0)
    Traceback (most recent call last):
    ValueError: delta = 1 must lie strictly between 0 and 1
    """
    found = real("delta", delta)
    refuse("delta", found, (found <= 0.0) | (found >= 1.0), "must lie strictly between 0 and 1")
    return float(np.log(found))


def refuse(name: str, value: Array, bad: NDArray[np.bool_], rule: str) -> Array:
    """Return the value, or raise ``ValueError`` with the first that is bad.

    >>> refuse("x", np.array([1.0, 2.0]), np.array([False, True]), "must be 1")
    Traceback (most recent call last):
    ValueError: x = 2 must be 1
    """
    if np.any(bad):
        raise ValueError(f"{name} = {value.flat[int(np.argmax(bad))]:g} {rule}")
    return value
