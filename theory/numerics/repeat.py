"""Thousands of repetitions of a simulation that is written for one, in one compiled program."""

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def repeat(
    one: Callable[..., Any], key: jax.Array, repetitions: int, *arguments: Any, batch: int = 128
) -> Any:
    """Return ``one(key_i, *arguments)`` for independent keys, stacked along a first axis.

    ``one`` is vmapped over ``batch`` keys and compiled once; ``arguments`` are traced, so that a
    loop over a grid compiles nothing again. Whole batches run (the surplus is cut off): memory is
    that of a batch. Repetition i depends on ``key`` and i alone.

    Args:
        one: a function of a module (or a ``functools.partial`` of one, kept in a variable): the
            compiled program is remembered by its identity. Returns an array or a pytree of arrays.
        key: random key; repetition i gets ``fold_in(key, i)``.
        repetitions: how many.
        *arguments: arrays or scalars, passed to every repetition.
        batch: repetitions that are computed together.

    >>> draws = repeat(jax.random.normal, jax.random.key(0), 1000)
    >>> draws.shape, bool(abs(draws.mean()) < 0.2)
    ((1000,), True)
    """
    batch = min(batch, repetitions)
    program = _program(one, batch, jnp.zeros(()).dtype.itemsize)
    blocks = [
        jax.tree.map(np.asarray, program(key, jnp.uint32(start), *arguments))
        for start in range(0, repetitions, batch)
    ]
    return jax.tree.map(lambda *parts: np.concatenate(parts)[:repetitions], *blocks)


@lru_cache(maxsize=64)
def _program(one: Callable[..., Any], batch: int, width: int) -> Callable[..., Any]:
    """Return the compiled program; ``width`` keeps 32-bit and 64-bit programs apart."""

    def many(key: jax.Array, start: jax.Array, *arguments: Any) -> Any:
        keys = jax.vmap(lambda i: jax.random.fold_in(key, i))(start + jnp.arange(batch, dtype="u4"))
        return jax.vmap(lambda own: one(own, *arguments))(keys)

    return jax.jit(many)


def mean_error(values: Any, axis: int = 0) -> tuple[Array, Array]:
    """Return the mean over repetitions and its standard error.

    >>> mean, error = mean_error(np.array([1.0, 3.0]))
    >>> float(mean), float(error)
    (2.0, 1.0)
    """
    values = np.asarray(values, dtype=np.float64)
    count = values.shape[axis]
    return values.mean(axis), values.std(axis, ddof=1) / np.sqrt(count)


def ratio_error(top: Any, bottom: Any) -> tuple[float, float]:
    """Return mean(top) / mean(bottom) of paired repetitions and its standard error (delta method).

    >>> ratio, error = ratio_error(np.array([2.0, 4.0]), np.array([1.0, 2.0]))
    >>> ratio, error
    (2.0, 0.0)
    """
    top, bottom = np.asarray(top, dtype=np.float64), np.asarray(bottom, dtype=np.float64)
    ratio = top.mean() / bottom.mean()
    residual = (top - ratio * bottom) / bottom.mean()
    return float(ratio), float(residual.std(ddof=1) / np.sqrt(len(top)))
