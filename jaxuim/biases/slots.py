"""The slots of one run: which example, with which label and attribute, stands in each place.

A bias is a function from slots to slots. All of it is written for one run; runs are mapped over
elsewhere. Shapes are static (one slot per pool example) while the number of slots in use,
``samples``, may be traced, so that one program serves every sample size and every level.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp


class Slots(NamedTuple):
    """A run's pre-training data as pointers to examples; only the first ``samples`` are used.

    ``index`` i32[N] is the example, ``label`` i32[N] the label it is shown with and ``attribute``
    i32[N] the shortcut attribute it is rendered with. Bit k of ``marks`` i32[N] says that the k-th
    bias of the run changed this slot.
    """

    index: jax.Array  # type: ignore[assignment]  # hides tuple.index, which nothing needs
    label: jax.Array
    attribute: jax.Array
    marks: jax.Array


class Examples(NamedTuple):
    """What is known of each of E examples: those of the pool, then those of further sources.

    ``label`` i32[E]; ``group`` i32[E], the subgroup, or None where the world has none. ``rank``
    f32[E] in [0, 1) orders examples by their distance from the class boundary, the nearest first,
    and ``runner_up`` i32[E] is the most similar other class; both None unless a bias uses them.
    """

    label: jax.Array
    group: jax.Array | None = None
    rank: jax.Array | None = None
    runner_up: jax.Array | None = None


class Facts(NamedTuple):
    """What a bias knows of its run beside the slots and its level.

    ``samples`` i32[], how many slots are in use; ``uniforms`` f32[3, E] in [0, 1), the run's own,
    by example; ``classes`` K; ``bit``, what to set in the marks of changed slots; ``dial`` f32[],
    the bias's traced second setting; the bias's own source of examples, where it has one, is
    ``[start, start + size)``; ``examples``, what is known of all of them.
    """

    samples: jax.Array
    uniforms: jax.Array
    classes: int
    examples: Examples
    bit: int = 1
    dial: jax.Array | float = 0.0
    start: int = 0
    size: int = 0


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
        jnp.zeros(index.shape, jnp.int32),
    )


def marked(slots: Slots, hit: jax.Array, bit: int) -> jax.Array:
    """Return the marks i32[N] with ``bit`` set where ``hit`` bool[N].

    >>> slots = clean(jnp.arange(2), jnp.zeros(2), jnp.zeros(2))
    >>> marked(slots, jnp.array([True, False]), 2)
    Array([2, 0], dtype=int32)
    """
    return slots.marks | jnp.where(hit, jnp.int32(bit), 0)


def in_use(slots: Slots, samples: jax.Array) -> jax.Array:
    """Return bool[N]: true for the first ``samples`` slots.

    >>> in_use(clean(jnp.arange(3), jnp.zeros(3), jnp.zeros(3)), jnp.int32(2))
    Array([ True,  True, False], dtype=bool)
    """
    return jnp.arange(slots.index.shape[-1]) < samples


def shown(slots: Slots, samples: jax.Array, examples: int) -> jax.Array:
    """Return bool[examples]: which examples the first ``samples`` slots hold.

    >>> shown(clean(jnp.array([2, 0]), jnp.zeros(3), jnp.zeros(3)), jnp.int32(1), 3)
    Array([False, False,  True], dtype=bool)
    """
    return jnp.zeros((examples,), bool).at[slots.index].max(in_use(slots, samples))


def count_distinct(slots: Slots, samples: jax.Array, examples: int | None = None) -> jax.Array:
    """Return i32[]: how many different examples the first ``samples`` slots hold.

    ``examples`` is E, the number of examples there are; that of the slots if None.

    >>> slots = clean(jnp.array([0, 0, 2]), jnp.zeros(3), jnp.zeros(3))
    >>> int(count_distinct(slots, 2)), int(count_distinct(slots, 3))
    (1, 2)
    """
    size = slots.index.shape[0] if examples is None else examples
    return shown(slots, samples, size).sum(dtype=jnp.int32)


def count_per_class(slots: Slots, samples: jax.Array, classes: int) -> jax.Array:
    """Return i32[classes]: how many of the first ``samples`` slots show each label.

    >>> slots = clean(jnp.array([0, 1, 2]), jnp.array([1, 1, 0]), jnp.zeros(3))
    >>> count_per_class(slots, 2, 3)
    Array([0, 2, 0], dtype=int32)
    """
    used = in_use(slots, samples).astype(jnp.int32)
    return jnp.zeros(classes, jnp.int32).at[slots.label].add(used)
