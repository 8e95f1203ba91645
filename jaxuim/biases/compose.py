"""Several biases on one run, in canonical order: sampling first, then input, then label."""

from collections.abc import Sequence

import jax

from jaxuim.biases.slots import Slots
from jaxuim.types.biases import canonical_order
from jaxuim.types.registry import catalogue
from jaxuim.types.shape import Settings


def apply(
    names: Sequence[str],
    settings: Sequence[Settings],
    slots: Slots,
    levels: jax.Array,
    samples: jax.Array,
    uniforms: jax.Array,
    classes: int,
) -> Slots:
    """Return the slots after the named biases, each with its own level and uniforms.

    The k-th bias uses ``settings[k]``, ``levels[k]`` and ``uniforms[k]``, whatever the order of the
    names; biases are applied in canonical order. No bias, or every level at 0, returns the slots.

    Args:
        names: declared names of the biases.
        settings: further settings of each bias, the level excluded.
        slots: the run's clean slots, N of them.
        levels: f32[biases] in [0, 1].
        samples: i32[], how many slots are in use.
        uniforms: f32[biases, 3, N] in [0, 1), the run's own.
        classes: K, the number of pre-training classes.

    Raises:
        ValueError: for an unknown name or a number of settings that is not that of the names.
    """
    known = catalogue("biases")
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ValueError(f"bias {unknown[0]!r} is unknown; known are {', '.join(sorted(known))}")
    if len(settings) != len(names):
        raise ValueError(f"{len(names)} biases were given with {len(settings)} tables of settings")
    for k in canonical_order([known[name] for name in names]):
        bias = known[names[k]].load()
        slots = bias(slots, levels[k], samples, uniforms[k], classes, **dict(settings[k]))
    return slots
