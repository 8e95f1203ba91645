"""Ranks of numbers that float32 could not tell apart."""

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike

from jaxuim.measure.checks import finite, is_traced, numbers


def ranks(**arrays: ArrayLike) -> list[jax.Array]:
    """Return f32[n] for each array: numbers ordered, and equal, as the values of all arrays are.

    Concrete values are compared as they are, in float64 too; while tracing the values themselves
    are returned, as float32.

    Raises:
        ValueError: outside of tracing, a value that is not finite.

    >>> [part.tolist() for part in ranks(losses=[1.0 - 1e-9, 0.5], others=[1.0 - 1e-10])]
    [[1.0, 0.0], [2.0]]
    """
    if is_traced(*arrays.values()):
        return [finite(name, array) for name, array in arrays.items()]
    values = [numbers(name, array) for name, array in arrays.items()]
    places = np.unique(np.concatenate(values), return_inverse=True)[1]
    ends = np.cumsum([len(part) for part in values])[:-1]
    return [jnp.asarray(part, jnp.float32) for part in np.split(places, ends)]
