"""Arrays made ready for measures that run in NumPy, in float64."""

import numpy as np
from jax.typing import ArrayLike
from numpy.typing import NDArray

from jaxuim.measure.checks import flags, numbers, shape


def reals(name: str, array: ArrayLike, axes: str, **sizes: int) -> NDArray[np.float64]:
    """Return a concrete array of finite numbers as float64 after checking its axes.

    Raises:
        ValueError: wrong shape, an empty axis, or a value that is not finite.

    >>> reals("losses", [1, 2], "c")
    array([1., 2.])
    """
    shape(name, array, axes, **sizes)
    return np.asarray(numbers(name, array), np.float64)


def truths(name: str, array: ArrayLike, axes: str, **sizes: int) -> NDArray[np.bool_]:
    """Return a concrete array of truth values after checking its axes.

    Raises:
        ValueError: wrong shape, an empty axis, or a value other than 0 and 1.

    >>> truths("member", [1, 0], "n")
    array([ True, False])
    """
    shape(name, array, axes, **sizes)
    return np.asarray(flags(name, array))
