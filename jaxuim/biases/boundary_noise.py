"""Instance-dependent label noise: the nearer an example is to the boundary, the likelier."""

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import ArrayLike

from jaxuim.biases.slots import Facts, Slots, marked


def instance_dependent(slots: Slots, level: jax.Array, facts: Facts) -> Slots:
    """Flip a label to the runner-up class with probability ``1 - r^(b/(1-b))``, b the level.

    r in [0, 1) is the example's rank by distance from the boundary, the nearest first: at r = 0
    the label always flips, towards r = 1 hardly ever. As ranks are uniform, the mean over examples
    is exactly b, since the integral of ``r^a`` over [0, 1] is ``1/(a + 1) = 1 - b``.
    Example e is corrupted iff ``uniforms[0, e]`` is below its probability, which rises with b:
    nested in the level. An example that already has another label than its own keeps that.
    Level 0 changes nothing.

    Args:
        slots: the run's slots, N of them.
        level: f32[] in [0, 1].
        facts: uniforms and the examples' ranks and runner-up classes.

    Raises:
        ValueError: if ranks or runner-up classes are not known.

    Source: derived here; feature-dependent noise of Xia et al. 2020 and Menon et al. 2018.

    >>> from jaxuim.biases.slots import Examples, clean
    >>> slots = clean(jnp.arange(2), jnp.array([0, 1]), jnp.zeros(2))
    >>> known = Examples(slots.label, None, jnp.array([0.0, 0.9]), jnp.array([1, 0]))
    >>> instance_dependent(slots, 0.5, Facts(2, jnp.full((3, 2), 0.5), 2, known)).label
    Array([1, 1], dtype=int32)
    """
    known = facts.examples
    if known.rank is None or known.runner_up is None:
        raise ValueError("instance-dependent label noise needs each example's rank and runner-up")
    chance = flip_probability(known.rank[slots.index], level)
    hit = (facts.uniforms[0][slots.index] < chance) & (slots.label == known.label[slots.index])
    label = jnp.where(hit, known.runner_up[slots.index], slots.label)
    return slots._replace(label=label, marks=marked(slots, hit, facts.bit))


def flip_probability(rank: jax.Array, level: jax.Array) -> jax.Array:
    """Return ``1 - rank^(level/(1-level))``; exactly 0 at level 0 and 1 at level 1.

    >>> flip_probability(jnp.array([0.0, 0.25, 0.5]), 0.5).tolist()
    [1.0, 0.75, 0.5]
    """
    level = jnp.asarray(level, jnp.float32)
    power = jnp.power(rank, level / jnp.maximum(1.0 - level, 1e-7))
    return jnp.where(level >= 1.0, 1.0, jnp.where(level <= 0.0, 0.0, 1.0 - power))


def population_flip(rank: ArrayLike, level: float) -> np.ndarray:
    """Return the probability ``1 - r^(b/(1-b))`` that an example of rank r is flipped.

    Its mean over uniform r is b. Source: derived here.

    >>> population_flip([0.0, 0.25, 0.5], 0.5).tolist()
    [1.0, 0.75, 0.5]
    """
    r = np.asarray(rank, np.float64)
    if level >= 1.0:
        return np.ones_like(r)
    return np.zeros_like(r) if level <= 0.0 else 1.0 - r ** (level / (1.0 - level))
