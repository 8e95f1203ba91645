"""How a two-layer linear network learns, mode by mode, and how fast it is moved afterwards."""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike


def mode_strength(time: ArrayLike, target: ArrayLike, start: ArrayLike) -> jax.Array:
    """Return s(t) = s* / (1 + (s*/s0 - 1) exp(-2 s* t)), the strength of one singular mode.

    Gradient flow on |W2 W1 - A|^2 / 2 from balanced weights that are aligned with A: every singular
    value of the product follows this curve on its own.

    Args:
        time: t of the flow (steps times learning rate), not negative.
        target: singular value s* > 0 of A.
        start: singular value s0 > 0 of the product at time 0.

    Source: Saxe et al. 2014 (arXiv 1312.6120).

    >>> [round(float(mode_strength(t, 3.0, 0.01)), 4) for t in (0.0, 1.0, 10.0)]
    [0.01, 1.723, 3.0]
    """
    goal, first = jnp.asarray(target, dtype=float), jnp.asarray(start, dtype=float)
    return goal / (1.0 + (goal / first - 1.0) * jnp.exp(-2.0 * goal * jnp.asarray(time)))


def time_to_reach(strength: ArrayLike, target: ArrayLike, start: ArrayLike) -> jax.Array:
    """Return the time at which a mode has a strength between s0 and s*.

    The inverse of ``mode_strength``: log[(s*/s0 - 1) s / (s* - s)] / (2 s*).

    Source: derived here.

    >>> round(float(time_to_reach(1.5, 3.0, 0.01)), 4)
    0.9501
    """
    goal, s = jnp.asarray(target, dtype=float), jnp.asarray(strength, dtype=float)
    odds = (goal / jnp.asarray(start) - 1.0) * s / (goal - s)
    return jnp.log(odds) / (2.0 * goal)


def moved_share(left: ArrayLike, right: ArrayLike, time: ArrayLike) -> jax.Array:
    """Return 1 - exp(-(s_k + s_l) tau), how much of a small change fine-tuning makes in a time.

    The change is e u_k v_l' with singular directions k, l of the trained product: what was learned
    more strongly is moved faster.

    Args:
        left: strength s_k of the mode with the output direction.
        right: strength s_l of the mode with the input direction, l != k.
        time: tau of gradient flow on half the squared distance from product + change.

    Source: setting of Springer et al. 2025 (arXiv 2503.19206); derived here.

    >>> round(float(moved_share(3.0, 1.2, 0.01)), 6)
    0.04113
    """
    rate = jnp.asarray(left, dtype=float) + jnp.asarray(right, dtype=float)
    return -jnp.expm1(-rate * jnp.asarray(time))
