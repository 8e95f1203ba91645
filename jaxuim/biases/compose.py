"""Several biases on one run, in canonical order: sampling first, then input, then label."""

from collections.abc import Sequence

import jax

from jaxuim.biases.slots import Examples, Facts, Slots
from jaxuim.types.biases import canonical_order
from jaxuim.types.declare import Bias
from jaxuim.types.registry import catalogue
from jaxuim.types.shape import Settings

Span = tuple[int, int]  # where a bias's own source of examples starts, and how many it has


def declared(names: Sequence[str]) -> list[Bias]:
    """Return the declarations of biases by name.

    Raises:
        ValueError: for an unknown name.
    """
    known = catalogue("biases")
    unknown = [name for name in names if name not in known]
    if unknown:
        raise ValueError(f"bias {unknown[0]!r} is unknown; known are {', '.join(sorted(known))}")
    return [known[name] for name in names]


def apply(
    names: Sequence[str],
    settings: Sequence[Settings],
    slots: Slots,
    levels: jax.Array,
    dials: jax.Array,
    samples: jax.Array,
    uniforms: jax.Array,
    classes: int,
    examples: Examples,
    sources: Sequence[Span] = (),
) -> Slots:
    """Return the slots after the named biases, each with its own level, dial and uniforms.

    The k-th bias uses ``settings[k]``, ``levels[k]``, ``dials[k]``, ``uniforms[k]`` and
    ``sources[k]`` and sets bit k of the marks, whatever the order of the names; biases are applied
    in canonical order. No bias, or every level at 0, returns the slots.

    Args:
        names: declared names of the biases.
        settings: further settings of each bias, level and dial excluded.
        slots: the run's clean slots, N of them.
        levels: f32[biases] in [0, 1].
        dials: f32[biases], the traced second setting of each bias, 0 where it has none.
        samples: i32[], how many slots are in use.
        uniforms: f32[biases, 3, E] in [0, 1), the run's own.
        classes: K, the number of pre-training classes.
        examples: what is known of the E examples of the pool and of further sources.
        sources: start and size of each bias's own source of examples; none if empty.

    Raises:
        ValueError: for an unknown name, a number of settings that is not that of the names, or
            settings that do not fit the world.
    """
    biases = declared(names)
    if len(settings) != len(names):
        raise ValueError(f"{len(names)} biases were given with {len(settings)} tables of settings")
    for k in canonical_order(biases):
        start, size = sources[k] if sources else (0, 0)
        facts = Facts(
            samples, uniforms[k], classes, examples, 1 << k, dials[k], start=start, size=size
        )
        try:
            slots = biases[k].load()(slots, levels[k], facts, **dict(settings[k]))
        except ValueError as error:
            raise ValueError(f"bias.kind = {names[k]!r}: {error}") from None
    return slots
