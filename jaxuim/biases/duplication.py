"""Duplication: a share of the slots is filled by several copies each of few examples."""

import jax
import jax.numpy as jnp

from jaxuim.biases.slots import Facts, Slots, in_use, marked


def duplication(slots: Slots, level: jax.Array, facts: Facts) -> Slots:
    """Fill a share ``level`` of the slots with ``copies`` copies each of few examples.

    The slots in use are cut into blocks of ``copies`` neighbours (their order is random). A block
    whose first slot holds example e is duplicated iff ``uniforms[0, e] < level``: all its slots
    then show what its first one shows, so duplicated blocks are nested in the level. One copy
    changes nothing, nor does level 0.

    Args:
        slots: the run's slots, N of them.
        level: f32[] in [0, 1].
        facts: samples in use, uniforms, and ``copies`` (at least 1, rounded) as the dial.

    Source: derived here; the setting is that of Lee et al. 2022 and Kandpal et al. 2022.

    >>> from jaxuim.biases.slots import Examples, clean
    >>> slots = clean(jnp.arange(5), jnp.zeros(5), jnp.zeros(5))
    >>> duplication(slots, 1.0, Facts(5, jnp.zeros((3, 5)), 2, Examples(slots.label), dial=2)).index
    Array([0, 0, 2, 2, 4], dtype=int32)
    """
    copies = jnp.maximum(jnp.round(jnp.asarray(facts.dial)).astype(jnp.int32), 1)
    places = jnp.arange(slots.index.shape[0])
    first = places // copies * copies
    chosen = facts.uniforms[0][slots.index[first]] < level
    source = jnp.where(chosen & in_use(slots, facts.samples), first, places)
    slots = jax.tree.map(lambda field: field[source], slots)
    return slots._replace(marks=marked(slots, source != places, facts.bit))


def population_distinct(samples: int, level: float, copies: int) -> float:
    """Return the expected number of distinct examples: ``B + (n - B)(1 - b)``.

    n is ``samples``, of distinct examples each, and ``B = ceil(n / copies)`` the number of blocks.
    Source: derived here.

    >>> population_distinct(100, 0.5, 10)
    55.0
    """
    blocks = -(-samples // copies)
    return blocks + (samples - blocks) * (1.0 - level)
