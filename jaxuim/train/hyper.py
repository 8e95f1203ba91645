"""The traced part of a run: numbers that vary inside one compiled program."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from jaxuim.biases import Examples


class Hyper(NamedTuple):
    """Traced settings of one run, or of many with a leading run axis.

    ``seed`` u32[] pairs runs; ``levels`` f32[biases] are bias levels in the order of
    ``Shape.biases`` and ``dials`` f32[biases] their traced second settings; ``samples`` i32[] is
    the number of pre-training slots; ``learning_rate`` and ``weight_decay`` are f32[].
    """

    seed: jax.Array | np.ndarray
    levels: jax.Array | np.ndarray
    samples: jax.Array | np.ndarray
    learning_rate: jax.Array | np.ndarray
    weight_decay: jax.Array | np.ndarray
    dials: jax.Array | np.ndarray


class PoolData(NamedTuple):
    """What all runs share: the pool's N examples, then those of further sources, E in all.

    ``x`` f32[E, d] (tokens: i32), ``stamps`` [A, d] of the shortcut's attributes, or None, both of
    one kind; ``examples`` is what is known of each example, the labels among it.
    """

    x: jax.Array | np.ndarray
    stamps: jax.Array | np.ndarray | None
    examples: Examples


def stack(
    seed: np.typing.ArrayLike,
    levels: np.typing.ArrayLike,
    samples: np.typing.ArrayLike,
    learning_rate: np.typing.ArrayLike,
    weight_decay: np.typing.ArrayLike = 0.0,
    dials: np.typing.ArrayLike = 0.0,
) -> Hyper:
    """Return a ``Hyper`` of many runs with one dtype a field, so that nothing is traced twice.

    Every argument but ``levels`` and ``dials`` (``[run]`` or ``[run, bias]``) is broadcast to
    ``[run]``.

    >>> stack(seed=0, levels=[0.0, 0.5], samples=100, learning_rate=1e-3).samples
    array([100, 100], dtype=int32)
    """
    level = np.asarray(levels, np.float32)
    level = level[:, None] if level.ndim == 1 else level
    runs = level.shape[:1]
    return Hyper(
        seed=np.broadcast_to(np.asarray(seed, np.uint32), runs).copy(),
        levels=level,
        samples=np.broadcast_to(np.asarray(samples, np.int32), runs).copy(),
        learning_rate=np.broadcast_to(np.asarray(learning_rate, np.float32), runs).copy(),
        weight_decay=np.broadcast_to(np.asarray(weight_decay, np.float32), runs).copy(),
        dials=np.broadcast_to(np.asarray(dials, np.float32), level.shape).copy(),
    )


def pool_data(
    x: np.typing.ArrayLike,
    y: np.typing.ArrayLike,
    stamps: np.ndarray | None = None,
    examples: Examples | None = None,
) -> PoolData:
    """Return the shared examples on the default device, numbers in 32 bit; token numbers stay so.

    ``examples`` may say more than the labels ``y`` i32[E] do.
    """
    inputs = np.asarray(x)
    kind = jnp.int32 if inputs.dtype.kind in "iu" else jnp.float32
    return PoolData(
        jnp.asarray(inputs, kind),
        None if stamps is None else jnp.asarray(stamps, kind),
        Examples(jnp.asarray(y, jnp.int32)) if examples is None else examples,
    )
