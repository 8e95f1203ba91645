"""Symmetric label noise: a label is replaced by another class, uniformly over the others."""

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import ArrayLike

from jaxuim.biases.slots import Slots


def symmetric(
    slots: Slots, level: jax.Array, samples: jax.Array, uniforms: jax.Array, classes: int
) -> Slots:
    """Replace a label with probability ``level`` by one of the K - 1 other classes.

    Example e is corrupted iff ``uniforms[0, e] < level``; its label then moves by
    ``1 + floor((K-1) u)`` classes with ``u = uniforms[1, e]``. Both belong to the example: every
    slot that holds it shows the same label, at every visit, and corruptions are nested in the
    level. Level 0 changes nothing.

    Args:
        slots: the run's slots, N of them.
        level: f32[] in [0, 1].
        samples: i32[], how many slots are in use (all are corrupted alike).
        uniforms: f32[3, N] in [0, 1), the run's own.
        classes: K, the number of pre-training classes.

    Raises:
        ValueError: if there are fewer than 2 classes.

    Source: Angluin and Laird 1988, generalised to K classes as in Natarajan et al. 2013.

    >>> slots = Slots(jnp.arange(2), jnp.array([0, 1]), jnp.zeros(2, int))
    >>> symmetric(slots, 1.0, 2, jnp.zeros((3, 2)), 3).label
    Array([1, 2], dtype=int32)
    """
    if classes < 2:
        raise ValueError(f"symmetric label noise needs at least 2 classes, got {classes}")
    hit = uniforms[0][slots.index] < level
    shift = 1 + jnp.minimum((uniforms[1] * (classes - 1)).astype(jnp.int32), classes - 2)
    other = (slots.label + shift[slots.index]) % classes
    return slots._replace(label=jnp.where(hit, other, slots.label))


def population_posterior(posterior: ArrayLike, level: float) -> np.ndarray:
    """Return the class posterior after noise: ``(1 - b K/(K-1)) p + b/(K-1)``.

    ``posterior`` [..., K] is the clean one, ``level`` is b. The largest entry stays the largest
    below b = (K-1)/K and becomes the smallest above: the population's tipping point.

    Source: derived here; Natarajan et al. 2013 for K = 2.

    >>> population_posterior([1.0, 0.0, 0.0], 0.5).tolist()
    [0.5, 0.25, 0.25]
    """
    p = np.asarray(posterior, np.float64)
    others = p.shape[-1] - 1
    return (1.0 - level * (others + 1) / others) * p + level / others


def population_tipping(classes: int) -> float:
    """Return the level (K-1)/K above which the clean class is the least likely noisy label.

    >>> population_tipping(4)
    0.75
    """
    return (classes - 1) / classes
