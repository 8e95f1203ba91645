"""Spurious correlation: the world's shortcut attributes are tied to the label."""

import jax
import jax.numpy as jnp
import numpy as np

from jaxuim.biases.slots import Facts, Slots, marked


def shortcut(slots: Slots, level: jax.Array, facts: Facts) -> Slots:
    """Set the attribute to the label with probability ``level``; it stays independent otherwise.

    Example e is tied iff ``uniforms[0, e] < level``, so ties are nested in the level. The attribute
    follows the example's own label, whatever label other biases show it with. Level 0 changes
    nothing: the shortcut is there and carries no information. In a world with two shortcuts the
    first is tied.

    Args:
        slots: the run's slots, N of them.
        level: f32[] in [0, 1].
        facts: uniforms, own labels and classes, as many as attribute values.

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
    own = facts.examples.label[slots.index]
    first = own + facts.classes * (slots.attribute // facts.classes)
    attribute = jnp.where(tied, first, slots.attribute)
    return slots._replace(attribute=attribute, marks=marked(slots, tied, facts.bit))


def two_shortcuts(slots: Slots, level: jax.Array, facts: Facts) -> Slots:
    """Set each of two attributes to the label with probability ``level``, one by one.

    Attribute ``a1 + K a2`` stands for the pair (a1, a2). Example e has a1 tied iff
    ``uniforms[0, e] < level`` and a2 iff ``uniforms[1, e] < level``: given the label, which is the
    example's own, the two are independent, and ties are nested in the level. Level 0 changes
    nothing.

    Args:
        slots: the run's slots, N of them, with attributes below K^2.
        level: f32[] in [0, 1].
        facts: uniforms, own labels and classes, as many as values of each attribute.

    Raises:
        ValueError: if there are fewer than 2 classes.

    Source: derived here; the setting is that of Li et al. 2023 with multiple shortcuts.

    >>> from jaxuim.biases.slots import Examples, clean
    >>> slots = clean(jnp.arange(2), jnp.array([0, 1]), jnp.array([3, 0]))
    >>> facts = Facts(2, jnp.array([[0.1, 0.1], [0.9, 0.1], [0.0, 0.0]]), 2, Examples(slots.label))
    >>> two_shortcuts(slots, 0.5, facts).attribute
    Array([2, 3], dtype=int32)
    """
    classes = facts.classes
    if classes < 2:
        raise ValueError(f"a spurious correlation needs at least 2 classes, got {classes}")
    one, two = (facts.uniforms[k][slots.index] < level for k in (0, 1))
    own = facts.examples.label[slots.index]
    first = jnp.where(one, own, slots.attribute % classes)
    second = jnp.where(two, own, slots.attribute // classes)
    marks = marked(slots, one | two, facts.bit)
    return slots._replace(attribute=first + classes * second, marks=marks)


def population_agreement(level: float, classes: int) -> float:
    """Return P(attribute = label) = ``b + (1 - b)/K`` for an attribute uniform over K values.

    Source: derived here.

    >>> population_agreement(0.5, 4)
    0.625
    """
    return level + (1.0 - level) / classes


def population_two_agree(level: float, classes: int) -> np.ndarray:
    """Return P(neither, only the first, only the second, both attributes equal the label).

    With ``q = b + (1 - b)/K`` these are ``(1-q)^2, q(1-q), q(1-q), q^2``. Source: derived here.

    >>> population_two_agree(0.0, 2).tolist()
    [0.25, 0.25, 0.25, 0.25]
    """
    q = population_agreement(level, classes)
    return np.array([(1 - q) ** 2, q * (1 - q), q * (1 - q), q**2])
