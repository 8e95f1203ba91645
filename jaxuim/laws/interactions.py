"""Two biases at once: the joint effect, and how far it is from the sum of the single ones."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from jaxuim.laws.effects import InheritedEffect, inherited_effect


class JointEffect(NamedTuple):
    """Effects of two biases alone and together, and the interaction, all paired by seed."""

    first: InheritedEffect
    second: InheritedEffect
    joint: InheritedEffect
    interaction: InheritedEffect


def joint_effect(
    both: ArrayLike,
    first: ArrayLike,
    second: ArrayLike,
    clean: ArrayLike,
    *,
    confidence: float = 0.95,
) -> JointEffect:
    """Return whether two biases add up: I_12 - (I_1 + I_2), paired by seed.

    Per seed the interaction is d_s = y_12 - y_1 - y_2 + y_0; its interval is Student's, as that of
    every effect. It is zero where the joint effect is the sum of the single ones.

    Args:
        both: measure with both biases, shape (seeds,) or (seeds, ...).
        first: measure with the first bias alone, same shape and seeds.
        second: measure with the second alone.
        clean: measure with neither.
        confidence: of the intervals.

    Raises:
        ValueError: shapes differ, or confidence is not inside (0, 1).

    Source: the interaction contrast of a two-by-two factorial experiment (Yates 1937).

    >>> found = joint_effect([0.9, 0.8], [0.5, 0.5], [0.4, 0.3], [0.2, 0.2])
    >>> round(float(found.joint.mean), 3), round(float(found.interaction.mean), 3)
    (0.65, 0.2)
    """
    arrays = [np.asarray(v, dtype=np.float64) for v in (both, first, second, clean)]
    if len({a.shape for a in arrays}) != 1:
        raise ValueError(f"shapes differ: {', '.join(str(a.shape) for a in arrays)}")
    y12, y1, y2, y0 = arrays
    effect = lambda a, b: inherited_effect(a, b, confidence=confidence)
    return JointEffect(effect(y1, y0), effect(y2, y0), effect(y12, y0), effect(y12 + y0, y1 + y2))
