"""Canaries: random inputs with random labels whose memorisation tells of privacy."""

import jax
import jax.numpy as jnp
import numpy as np

from jaxuim.biases.slots import Facts, Slots, in_use, marked


def canaries(slots: Slots, level: jax.Array, facts: Facts) -> Slots:
    """Insert a share ``level`` of the m canaries, ``copies`` times each.

    The bias's own source holds 2 m random inputs with random labels: the first m may be inserted,
    the others are references that are never shown. Canary j is inserted iff
    ``uniforms[0, start + j] < level``, so insertions are nested in the level. Its copies stand in
    neighbouring slots, counted from the last one in use (the order of the slots is random), as far
    as there are slots. Level 0 changes nothing.

    Args:
        slots: the run's slots, N of them.
        level: f32[] in [0, 1].
        facts: samples in use, uniforms, start and size of the canaries, all labels, and ``copies``
            (at least 1, rounded) as the dial.

    Source: Carlini et al. 2019.

    >>> from jaxuim.biases.slots import Examples, clean
    >>> slots = clean(jnp.arange(4), jnp.zeros(4), jnp.zeros(4))
    >>> known = Examples(jnp.array([0, 0, 0, 0, 1, 1]))
    >>> canaries(slots, 1.0, Facts(3, jnp.zeros((3, 6)), 2, known, dial=2, start=4, size=2)).index
    Array([0, 4, 4, 3], dtype=int32)
    """
    copies = jnp.maximum(jnp.round(jnp.asarray(facts.dial)).astype(jnp.int32), 1)
    number = (facts.samples - 1 - jnp.arange(slots.index.shape[0])) // copies
    example = facts.start + jnp.clip(number, 0, max(facts.size // 2 - 1, 0))
    hit = in_use(slots, facts.samples) & (number < facts.size // 2)
    hit = hit & (facts.uniforms[0][example] < level)
    index = jnp.where(hit, example, slots.index)
    label = jnp.where(hit, facts.examples.label[example], slots.label)
    return slots._replace(index=index, label=label, marks=marked(slots, hit, facts.bit))


def inserted(uniforms: jax.Array, level: jax.Array, start: int, size: int) -> jax.Array:
    """Return bool[m]: which of the m canaries a run was given, if it has slots enough.

    ``uniforms`` f32[3, E] are those of the bias, ``start`` and ``size`` the place of its source.

    >>> inserted(jnp.array([[0.1, 0.7, 0.2, 0.2]] * 3), 0.5, 0, 4)
    Array([ True, False], dtype=bool)
    """
    return uniforms[0, start : start + size // 2] < level


def population_slots(level: float, canaries: int, copies: int, samples: int) -> float:
    """Return the expected number of slots that show a canary: ``b min(m copies, n)``.

    ``canaries`` is m. Source: derived here.

    >>> population_slots(0.5, 10, 4, 100)
    20.0
    """
    return float(level * np.minimum(canaries * copies, samples))
