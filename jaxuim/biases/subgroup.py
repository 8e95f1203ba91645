"""An under-represented subgroup: one group loses examples and the others fill its slots."""

import jax
import numpy as np
from numpy.typing import ArrayLike

from jaxuim.biases.refill import refill, with_last
from jaxuim.biases.slots import Facts, Slots, in_use


def underrepresented_subgroup(
    slots: Slots, level: jax.Array, facts: Facts, *, group: int = 1
) -> Slots:
    """Keep a share ``1 - level`` of the examples of one group and refill with all that are kept.

    A slot of the group that holds example e is kept iff ``uniforms[0, e] < 1 - level``, so kept
    sets are nested in the level; of the group's slots in use, the one that would be the last to go
    always stays. Level 0 changes nothing.

    Args:
        slots: the run's slots, N of them.
        level: f32[] in [0, 1].
        facts: samples in use, uniforms, and the examples' groups.
        group: the number of the group.

    Raises:
        ValueError: if the world has no subgroups.

    Source: derived here; the setting is that of Buolamwini and Gebru 2018.

    >>> import jax.numpy as jnp
    >>> from jaxuim.biases.slots import Examples, clean
    >>> slots = clean(jnp.arange(3), jnp.zeros(3), jnp.zeros(3))
    >>> known = Examples(slots.label, jnp.array([0, 1, 1]))
    >>> draws = jnp.array([[0.5, 0.2, 0.7], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]])
    >>> underrepresented_subgroup(slots, 0.5, Facts(3, draws, 2, known)).index
    Array([0, 1, 0], dtype=int32)
    """
    if facts.examples.group is None:
        raise ValueError("an under-represented subgroup needs subgroups, and the world has none")
    member = (facts.examples.group[slots.index] == group) & in_use(slots, facts.samples)
    u = facts.uniforms[0][slots.index]
    kept = ~member | (u < 1.0 - level)
    return refill(slots, with_last(kept, 1.0 - u, member), facts)


def population_group_share(prior: ArrayLike, level: float, group: int = 1) -> np.ndarray:
    """Return P(group) after the bias: that of ``group`` is ``pi (1 - b) / (1 - b pi)``.

    ``prior`` [G] is the clean distribution of groups. The one example that always stays is left
    out: it adds 1/samples at most. Source: derived here.

    >>> population_group_share([0.5, 0.5], 0.5).round(4).tolist()
    [0.6667, 0.3333]
    """
    kept = np.array(prior, np.float64)
    kept[group] *= 1.0 - level
    return kept / kept.sum()
