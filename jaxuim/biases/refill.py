"""Removed slots take over the examples of those that are kept, so that their number stays."""

import jax
import jax.numpy as jnp

from jaxuim.biases.slots import Facts, Slots, in_use, marked


def refill(slots: Slots, kept: jax.Array, facts: Facts) -> Slots:
    """Return the slots with every removed one showing what a kept one shows.

    A removed slot i in use takes over the kept slot of rank ``floor(uniforms[1, i] kept)``, which
    is uniform over the kept ones. Slots that are not in use neither change nor serve as refill.

    Args:
        slots: the run's slots, N of them.
        kept: bool[N], at least one of those in use.
        facts: samples in use, uniforms and the bit that is set on slots that changed.

    >>> from jaxuim.biases.slots import Examples, clean
    >>> slots = clean(jnp.arange(3), jnp.arange(3), jnp.zeros(3))
    >>> facts = Facts(3, jnp.full((3, 3), 0.9), 3, Examples(slots.label))
    >>> refill(slots, jnp.array([True, False, True]), facts).index
    Array([0, 2, 2], dtype=int32)
    """
    used = in_use(slots, facts.samples)
    kept = kept & used
    places = jnp.arange(kept.shape[0])
    source = jnp.where(kept | ~used, places, _draw(kept, facts.uniforms[1, : kept.shape[0]]))
    slots = jax.tree.map(lambda field: field[source], slots)
    return slots._replace(marks=marked(slots, source != places, facts.bit))


def with_last(kept: jax.Array, lifetime: jax.Array, among: jax.Array) -> jax.Array:
    """Return ``kept`` and, in any case, the slot that is the last to go.

    That is the slot with the longest ``lifetime`` f32[N] (at least 0) where ``among`` bool[N].

    >>> none = jnp.zeros(3, bool)
    >>> with_last(none, jnp.array([3.0, 2.0, 1.0]), jnp.array([False, True, True]))
    Array([False,  True, False], dtype=bool)
    """
    last = jnp.argmax(jnp.where(among, lifetime, -1.0))
    return kept | (among & (jnp.arange(kept.shape[0]) == last))


def _draw(kept: jax.Array, u: jax.Array) -> jax.Array:
    """Return one kept position for each u in [0, 1), by the inverse distribution function."""
    ranks = jnp.cumsum(kept.astype(jnp.int32))
    wanted = jnp.minimum((u * ranks[-1]).astype(jnp.int32), ranks[-1] - 1)
    position = jnp.searchsorted(ranks, wanted + 1, side="left")
    return jnp.clip(position, 0, kept.shape[0] - 1).astype(jnp.int32)
