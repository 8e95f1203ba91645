"""Balanced sampling of groups: rare groups are shown as often as common ones, or all as rarely."""

import jax
import jax.numpy as jnp

from jaxuim.biases import Slots
from jaxuim.biases.slots import in_use


def balance(
    kind: str, slots: Slots, samples: jax.Array, uniforms: jax.Array, classes: int, attributes: int
) -> Slots:
    """Return slots in which every group that occurs is equally frequent.

    A group is a label as it is shown together with the shortcut's attribute. ``reweight`` draws
    each slot's group uniformly and then one of its members, so that all examples stay in use with
    weights 1/n_group; ``subsample`` first cuts every group to the size of the smallest, so that all
    examples that are left have equal weight. Slots that are not in use stay.

    Args:
        kind: one of ``jaxuim.types.shape.BALANCES``.
        slots: the run's slots after its biases, N of them.
        samples: i32[], how many slots are in use.
        uniforms: f32[N] in [0, 1), the run's own.
        classes: K.
        attributes: number of values of the attribute; 1 where there is no shortcut.

    Source: the two remedies that Sagawa et al. 2020 (arXiv 2005.04345) compare.

    >>> slots = Slots(*jnp.array([[0, 1, 2, 3], [0, 0, 0, 1], [0, 0, 0, 0], [0, 0, 0, 0]]))
    >>> u = jnp.array([0.1, 0.3, 0.6, 0.8])
    >>> balance("subsample", slots, 4, u, 2, 1).label
    Array([0, 0, 1, 1], dtype=int32)
    """
    if kind == "none":
        return slots
    used = in_use(slots, samples)
    group = jnp.where(used, slots.label * attributes + slots.attribute, classes * attributes)
    sizes = jnp.zeros(classes * attributes + 1, jnp.int32).at[group].add(1)[:-1]
    there = sizes > 0
    kept = jnp.min(jnp.where(there, sizes, jnp.iinfo(jnp.int32).max))
    kept = jnp.where(there, kept if kind == "subsample" else sizes, 0)
    order = jnp.argsort(group, stable=True)
    first = jnp.cumsum(sizes) - sizes
    # u picks a group by its whole part and a member of it by what is left
    scaled = uniforms * there.sum()
    rank = jnp.minimum(scaled.astype(jnp.int32), there.sum() - 1)
    chosen = jnp.searchsorted(jnp.cumsum(there), rank + 1)
    member = ((scaled - rank) * kept[chosen]).astype(jnp.int32)
    source = order[first[chosen] + jnp.minimum(member, kept[chosen] - 1)]
    source = jnp.where(used, source, jnp.arange(len(source)))
    balanced: Slots = jax.tree.map(lambda field: field[source], slots)
    return balanced
