"""Spurious correlation: the world's shortcut attribute is tied to the label."""

import jax
import jax.numpy as jnp

from jaxuim.biases.slots import Facts, Slots, marked


def shortcut(slots: Slots, level: jax.Array, facts: Facts) -> Slots:
    """Set the attribute to the label with probability ``level``; it stays independent otherwise.

    Example e is tied iff ``uniforms[0, e] < level``, so ties are nested in the level. In the
    canonical order this comes before label noise: the attribute follows the clean label. Level 0
    changes nothing: the shortcut is there and carries no information.

    Args:
        slots: the run's slots, N of them.
        level: f32[] in [0, 1].
        facts: uniforms and classes, as many as attribute values.

    Raises:
        ValueError: if there are fewer than 2 classes.

    Source: in the spirit of Sagawa et al. 2020, with the dependence as the dial.

    >>> from jaxuim.biases.slots import Examples, clean
    >>> slots = clean(jnp.arange(2), jnp.array([0, 1]), jnp.array([1, 0]))
    >>> shortcut(slots, 1.0, Facts(2, jnp.zeros((3, 2)), 2, Examples(slots.label))).attribute
    Array([0, 1], dtype=int32)
    """
    if facts.classes < 2:
        raise ValueError(f"a spurious correlation needs at least 2 classes, got {facts.classes}")
    tied = facts.uniforms[0][slots.index] < level
    attribute = jnp.where(tied, slots.label, slots.attribute)
    return slots._replace(attribute=attribute, marks=marked(slots, tied, facts.bit))


def population_agreement(level: float, classes: int) -> float:
    """Return P(attribute = label) = ``b + (1 - b)/K`` for an attribute uniform over K values.

    Source: derived here.

    >>> population_agreement(0.5, 4)
    0.625
    """
    return level + (1.0 - level) / classes
