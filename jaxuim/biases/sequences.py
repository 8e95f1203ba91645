"""Biases of documents: unwanted ones among the others, and stereotypes of groups."""

import jax
import jax.numpy as jnp

from jaxuim.biases.slots import Facts, Slots, marked


def unwanted_documents(slots: Slots, level: jax.Array, facts: Facts) -> Slots:
    """Show a document of the unwanted source in place of the pool's with probability ``level``.

    Example e gives way iff ``uniforms[0, e] < level``, to the unwanted document of number
    ``floor(uniforms[1, e] size)``: replacements are nested in the level. The unwanted document
    brings its own label. Level 0 changes nothing.

    Args:
        slots: the run's slots, N of them.
        level: f32[] in [0, 1].
        facts: uniforms, the labels of all examples, start and size of the unwanted source.

    Raises:
        ValueError: if the world has no unwanted source.

    Source: derived here; the setting is that of the agenda, arXiv 2402.01909.

    >>> from jaxuim.biases.slots import Examples, clean
    >>> slots = clean(jnp.arange(2), jnp.array([0, 1]), jnp.zeros(2))
    >>> draws = jnp.array([[0.2, 0.8, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    >>> facts = Facts(2, draws, 2, Examples(jnp.array([0, 1, 1])), start=2, size=1)
    >>> unwanted_documents(slots, 0.5, facts).index
    Array([2, 1], dtype=int32)
    """
    if not facts.size:
        raise ValueError("unwanted documents need a world with a source of them, and it has none")
    hit = facts.uniforms[0][slots.index] < level
    number = (facts.uniforms[1][slots.index] * facts.size).astype(jnp.int32)
    index = jnp.where(hit, facts.start + jnp.minimum(number, facts.size - 1), slots.index)
    label = jnp.where(hit, facts.examples.label[index], slots.label)
    return slots._replace(index=index, label=label, marks=marked(slots, hit, facts.bit))


def stereotype_association(slots: Slots, level: jax.Array, facts: Facts) -> Slots:
    """Set the attribute to that of the group's stereotype with probability ``level``.

    The stereotype of group g is attribute g. Example e is hit iff ``uniforms[0, e] < level``, so
    hits are nested in the level; the attribute stays independent of the group otherwise. Level 0
    changes nothing.

    Args:
        slots: the run's slots, N of them.
        level: f32[] in [0, 1].
        facts: uniforms and the examples' groups, as many as attributes.

    Raises:
        ValueError: if the world has no groups.

    Source: derived here; the setting is that of StereoSet, Nadeem et al. 2021.

    >>> from jaxuim.biases.slots import Examples, clean
    >>> slots = clean(jnp.arange(2), jnp.zeros(2), jnp.array([1, 0]))
    >>> facts = Facts(2, jnp.zeros((3, 2)), 2, Examples(slots.label, jnp.array([0, 1])))
    >>> stereotype_association(slots, 1.0, facts).attribute
    Array([0, 1], dtype=int32)
    """
    if facts.examples.group is None:
        raise ValueError("a stereotype association needs groups, and the world has none")
    hit = facts.uniforms[0][slots.index] < level
    attribute = jnp.where(hit, facts.examples.group[slots.index], slots.attribute)
    return slots._replace(attribute=attribute, marks=marked(slots, hit, facts.bit))


def population_stereotype_share(level: float, attributes: int) -> float:
    """Return P(attribute = stereotype of the group) = ``b + (1 - b)/A`` for A attributes.

    Source: derived here.

    >>> population_stereotype_share(0.5, 4)
    0.625
    """
    return level + (1.0 - level) / attributes


def population_stereotype_preference(level: float, attributes: int) -> float:
    """Return P(stereotype | stereotype or one given other attribute).

    That is ``(1 + b (A - 1)) / (2 + b (A - 2))`` for A attributes: 1/2 at level 0. Source: derived
    here.

    >>> population_stereotype_preference(0.5, 2)
    0.75
    """
    return (1.0 + level * (attributes - 1)) / (2.0 + level * (attributes - 2))
