"""The slots of one run: which example, with which label and attribute, stands in each place.

A bias is a function from slots to slots. All of it is written for one run; runs are mapped over
elsewhere. Shapes are static (one slot per pool example) while the number of slots in use,
``samples``, may be traced, so that one program serves every sample size and every level.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp


class Slots(NamedTuple):
    """A run's pre-training data as pointers into the pool; only the first ``samples`` are used.

    ``index`` i32[N] is the example, ``label`` i32[N] the label it is shown with and ``attribute``
    i32[N] the shortcut attribute it is rendered with.
    """

    index: jax.Array  # type: ignore[assignment]  # hides tuple.index, which nothing needs
    label: jax.Array
    attribute: jax.Array


def clean(order: jax.Array, pool_labels: jax.Array, attribute: jax.Array) -> Slots:
    """Return uncorrupted slots: slot i holds example ``order[i]`` with its own label and attribute.

    ``order`` i32[N] is the run's permutation of the pool, ``pool_labels`` i32[N] and ``attribute``
    i32[N] belong to examples, not to slots.

    >>> clean(jnp.array([1, 0]), jnp.array([5, 7]), jnp.array([2, 3])).label
    Array([7, 5], dtype=int32)
    """
    index = jnp.asarray(order, jnp.int32)
    return Slots(
        index,
        jnp.asarray(pool_labels, jnp.int32)[index],
        jnp.asarray(attribute, jnp.int32)[index],
    )


def in_use(slots: Slots, samples: jax.Array) -> jax.Array:
    """Return bool[N]: true for the first ``samples`` slots.

    >>> in_use(clean(jnp.arange(3), jnp.zeros(3), jnp.zeros(3)), jnp.int32(2))
    Array([ True,  True, False], dtype=bool)
    """
    return jnp.arange(slots.index.shape[-1]) < samples


def count_distinct(slots: Slots, samples: jax.Array) -> jax.Array:
    """Return i32[]: how many different examples the first ``samples`` slots hold.

    >>> slots = Slots(jnp.array([0, 0, 2]), jnp.zeros(3, int), jnp.zeros(3, int))
    >>> int(count_distinct(slots, 2)), int(count_distinct(slots, 3))
    (1, 2)
    """
    seen = jnp.zeros(slots.index.shape, bool).at[slots.index].max(in_use(slots, samples))
    return seen.sum(dtype=jnp.int32)


def count_per_class(slots: Slots, samples: jax.Array, classes: int) -> jax.Array:
    """Return i32[classes]: how many of the first ``samples`` slots show each label.

    >>> slots = Slots(jnp.array([0, 1, 2]), jnp.array([1, 1, 0]), jnp.zeros(3, int))
    >>> count_per_class(slots, 2, 3)
    Array([0, 2, 0], dtype=int32)
    """
    used = in_use(slots, samples).astype(jnp.int32)
    return jnp.zeros(classes, jnp.int32).at[slots.label].add(used)
