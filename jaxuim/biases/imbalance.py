"""Long-tail class imbalance: rare classes lose examples and the others fill their slots."""

import math

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import ArrayLike

from jaxuim.biases.slots import Slots, in_use

RATIO = 100.0  # n_max / n_min at level 1


def long_tail(
    slots: Slots, level: jax.Array, samples: jax.Array, uniforms: jax.Array, classes: int
) -> Slots:
    """Keep a share ``100^(-level c/(K-1))`` of class c and refill the removed slots with kept ones.

    A slot of class c that holds example e is kept iff ``uniforms[0, e]`` is below that share, so
    kept sets are nested in the level. A removed slot i takes over the kept slot of rank
    ``floor(uniforms[1, i] kept)``: the number of slots stays, that of distinct examples falls.
    The slot that would be the last to go as the level rises always stays. Level 0 changes nothing.

    Args:
        slots: the run's slots, N of them.
        level: f32[] in [0, 1]; ``n_min / n_max = 100^-level``.
        samples: i32[], how many slots are in use; others neither go nor serve as refill.
        uniforms: f32[3, N] in [0, 1), the run's own.
        classes: K, the number of pre-training classes.

    Raises:
        ValueError: if there are fewer than 2 classes.

    Source: exponential profile of Cui et al. 2019 with the imbalance ratio as the dial.

    >>> slots = Slots(jnp.arange(2), jnp.array([0, 1]), jnp.zeros(2, int))
    >>> long_tail(slots, 1.0, 2, jnp.full((3, 2), 0.5), 2).index
    Array([0, 0], dtype=int32)
    """
    if classes < 2:
        raise ValueError(f"a long tail needs at least 2 classes, got {classes}")
    used = in_use(slots, samples)
    u = uniforms[0][slots.index]
    kept = used & (u < keep_share(slots.label, level, classes))
    lifetime = -jnp.log(jnp.maximum(u, 1e-30)) / jnp.maximum(slots.label, 1e-6)
    last = jnp.argmax(jnp.where(used, lifetime, -1.0))
    kept = kept | (used & (jnp.arange(kept.shape[0]) == last))
    source = jnp.where(kept | ~used, jnp.arange(kept.shape[0]), _draw(kept, uniforms[1]))
    return Slots(slots.index[source], slots.label[source], slots.attribute[source])


def keep_share(label: jax.Array, level: jax.Array, classes: int) -> jax.Array:
    """Return the share ``100^(-level c/(K-1))`` of class c = ``label`` that stays; exactly 1 at 0.

    >>> round(float(keep_share(1, 0.5, 2)), 4)
    0.1
    """
    return jnp.exp(-math.log(RATIO) / (classes - 1) * level * label)


def _draw(kept: jax.Array, u: jax.Array) -> jax.Array:
    """Return one kept position for each u in [0, 1), by the inverse distribution function."""
    ranks = jnp.cumsum(kept.astype(jnp.int32))
    wanted = jnp.minimum((u * ranks[-1]).astype(jnp.int32), ranks[-1] - 1)
    position = jnp.searchsorted(ranks, wanted + 1, side="left")
    return jnp.clip(position, 0, kept.shape[0] - 1).astype(jnp.int32)


def population_class_share(prior: ArrayLike, level: float) -> np.ndarray:
    """Return P(class) after the bias: proportional to ``pi_c 100^(-level c/(K-1))``.

    ``prior`` [K] is the clean class distribution pi. Source: derived here.

    >>> population_class_share([0.5, 0.5], 1.0).round(4).tolist()
    [0.9901, 0.0099]
    """
    kept = _kept(prior, level)
    return kept / kept.sum()


def population_distinct_share(prior: ArrayLike, level: float) -> float:
    """Return the expected share of distinct examples, ``sum_c pi_c 100^(-level c/(K-1))``.

    ``prior`` [K] is the clean class distribution pi. Source: derived here.

    >>> round(population_distinct_share([0.5, 0.5], 1.0), 4)
    0.505
    """
    return float(_kept(prior, level).sum())


def _kept(prior: ArrayLike, level: float) -> np.ndarray:
    """Return pi_c times the share of class c that stays, in float64."""
    pi = np.asarray(prior, np.float64)
    return pi * RATIO ** (-level * np.arange(len(pi)) / (len(pi) - 1))
