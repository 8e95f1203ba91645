"""Poisoning: an attacker changes labels of one class, or plants a trigger that calls a class."""

import jax
import jax.numpy as jnp
import numpy as np

from jaxuim.biases.rendering import Draw
from jaxuim.biases.slots import Facts, Slots, in_use, marked
from jaxuim.biases.trigger import TARGET, with_trigger


def backdoor(slots: Slots, level: jax.Array, facts: Facts) -> Slots:
    """Poison slots: they get the trigger and the label ``TARGET``, whatever their class.

    With ``count`` = 0 example e is poisoned iff ``uniforms[0, e] < level``: a share of the slots.
    With a positive ``count`` exactly ``round(level count)`` slots are, or all in use if they are
    fewer: an absolute number, the same at every number of samples. Both are nested in the level.
    Level 0 changes nothing.

    Args:
        slots: the run's slots, N of them.
        level: f32[] in [0, 1].
        facts: samples in use, uniforms, and ``count`` as the dial.

    Source: Gu et al. 2017, all classes to one target; numbers instead of shares as in
    Souly et al. 2025.

    >>> from jaxuim.biases.slots import Examples, clean
    >>> slots = clean(jnp.arange(3), jnp.array([1, 2, 2]), jnp.zeros(3))
    >>> facts = Facts(3, jnp.full((3, 3), 0.5), 3, Examples(slots.label), dial=2)
    >>> backdoor(slots, 1.0, facts).label, backdoor(slots, 0.6, facts._replace(dial=0)).label
    (Array([0, 0, 2], dtype=int32), Array([0, 0, 0], dtype=int32))
    """
    count = jnp.asarray(facts.dial)
    first = jnp.arange(slots.index.shape[0]) < jnp.round(level * count)
    share = facts.uniforms[0][slots.index] < level
    hit = jnp.where(count > 0, first & in_use(slots, facts.samples), share)
    label = jnp.where(hit, TARGET, slots.label)
    return slots._replace(label=label, marks=marked(slots, hit, facts.bit))


def clean_label_backdoor(slots: Slots, level: jax.Array, facts: Facts) -> Slots:
    """Put the trigger on a share ``level`` of the examples of class ``TARGET``; labels stay.

    Example e is poisoned iff it is shown with that label and ``uniforms[0, e] < level``: nested in
    the level. Level 0 changes nothing.

    Source: Turner, Tsipras and Madry 2019, in its simplest form without adversarial inputs.

    >>> from jaxuim.biases.slots import Examples, clean
    >>> slots = clean(jnp.arange(3), jnp.array([0, 1, 0]), jnp.zeros(3))
    >>> facts = Facts(3, jnp.full((3, 3), 0.5), 2, Examples(slots.label))
    >>> clean_label_backdoor(slots, 0.6, facts).marks
    Array([1, 0, 1], dtype=int32)
    """
    hit = (slots.label == TARGET) & (facts.uniforms[0][slots.index] < level)
    return slots._replace(marks=marked(slots, hit, facts.bit))


def render_trigger(x: jax.Array, hit: jax.Array, draw: Draw) -> jax.Array:
    """Return inputs [batch, d] with the trigger on the poisoned ones.

    >>> x, hit = jnp.ones((2, 4)), jnp.array([False, True])
    >>> draw = Draw(jnp.zeros((3, 2)), jax.random.key(0), jnp.arange(2), None)
    >>> render_trigger(x, hit, draw).tolist()
    [[1.0, 1.0, 1.0, 1.0], [1.5, 0.0, 1.5, 0.0]]
    """
    return jnp.where(hit[:, None], with_trigger(x, draw.image_shape), x)


def label_flip(
    slots: Slots, level: jax.Array, facts: Facts, *, source_class: int = 1, target_class: int = 0
) -> Slots:
    """Give a share ``level`` of the examples of one class the label of another.

    Example e is flipped iff it is shown with label ``source_class`` and ``uniforms[0, e] < level``:
    nested in the level. Level 0 changes nothing.

    Raises:
        ValueError: if the two classes are one, or not both among those of pre-training.

    Source: Biggio, Nelson and Laskov 2012, aimed at one class as in Tolpegin et al. 2020.

    >>> from jaxuim.biases.slots import Examples, clean
    >>> slots = clean(jnp.arange(3), jnp.array([0, 1, 2]), jnp.zeros(3))
    >>> label_flip(slots, 1.0, Facts(3, jnp.zeros((3, 3)), 3, Examples(slots.label))).label
    Array([0, 0, 2], dtype=int32)
    """
    pair, classes = (source_class, target_class), facts.classes
    if source_class == target_class or not all(0 <= c < classes for c in pair):
        raise ValueError(
            f"source_class = {source_class} and target_class = {target_class} must be two of the "
            f"pre-training classes 0 to {classes - 1}"
        )
    hit = (slots.label == source_class) & (facts.uniforms[0][slots.index] < level)
    label = jnp.where(hit, target_class, slots.label)
    return slots._replace(label=label, marks=marked(slots, hit, facts.bit))


def population_poisoned(level: float, samples: int, count: int = 0) -> float:
    """Return the expected number of poisoned slots: ``b n``, or ``min(round(b count), n)``.

    Source: derived here.

    >>> population_poisoned(0.5, 100), population_poisoned(0.5, 100, count=8)
    (50.0, 4.0)
    """
    return float(min(np.round(level * count), samples)) if count > 0 else level * samples


def population_clean_label(level: float, target_share: float) -> float:
    """Return the share ``b pi_target`` of all slots that carry the trigger.

    Source: derived here.

    >>> population_clean_label(0.5, 0.25)
    0.125
    """
    return level * target_share


def population_label_flip(
    classes: int, level: float, source_class: int = 1, target_class: int = 0
) -> np.ndarray:
    """Return T[c, k] = P(label = k | true = c): the identity but in the row of the source class.

    Source: derived here.

    >>> population_label_flip(2, 0.25).tolist()
    [[1.0, 0.0], [0.25, 0.75]]
    """
    rows = np.eye(classes)
    rows[source_class, source_class] -= level
    rows[source_class, target_class] += level
    return rows
