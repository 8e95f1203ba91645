"""Spurious correlation: the world's shortcut attribute is tied to the label."""

import jax
import jax.numpy as jnp

from jaxuim.biases.slots import Slots


def shortcut(
    slots: Slots, level: jax.Array, samples: jax.Array, uniforms: jax.Array, classes: int
) -> Slots:
    """Set the attribute to the label with probability ``level``; it stays independent otherwise.

    Example e is tied iff ``uniforms[0, e] < level``, so ties are nested in the level. In the
    canonical order this comes before label noise: the attribute follows the clean label. Level 0
    changes nothing: the shortcut is there and carries no information.

    Args:
        slots: the run's slots, N of them.
        level: f32[] in [0, 1].
        samples: i32[], how many slots are in use (all are treated alike).
        uniforms: f32[3, N] in [0, 1), the run's own.
        classes: K, the number of pre-training classes and of attribute values.

    Raises:
        ValueError: if there are fewer than 2 classes.

    Source: in the spirit of Sagawa et al. 2020, with the dependence as the dial.

    >>> slots = Slots(jnp.arange(2), jnp.array([0, 1]), jnp.array([1, 0]))
    >>> shortcut(slots, 1.0, 2, jnp.zeros((3, 2)), 2).attribute
    Array([0, 1], dtype=int32)
    """
    if classes < 2:
        raise ValueError(f"a spurious correlation needs at least 2 classes, got {classes}")
    tied = uniforms[0][slots.index] < level
    return slots._replace(attribute=jnp.where(tied, slots.label, slots.attribute))


def population_agreement(level: float, classes: int) -> float:
    """Return P(attribute = label) = ``b + (1 - b)/K`` for an attribute uniform over K values.

    Source: derived here.

    >>> population_agreement(0.5, 4)
    0.625
    """
    return level + (1.0 - level) / classes
