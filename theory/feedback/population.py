"""Finite populations under feedback: how chance deviations spread and last near the pitchfork."""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike


def share_variance(
    agents: ArrayLike, reentry: ArrayLike, sharpening: ArrayLike, cubic: bool = False
) -> jax.Array:
    """Return the stationary variance of the share p of N resampled agents, for p0 = 1/2, s b < 1.

    1 / (4 N (1 - a^2)) with a = s b; with ``cubic`` the next order: V = 4 var p solves
    6 a c V^2 + (1 - a^2 + a^2 / N) V = 1 / N, c = a (b^2 - 1) / 3 the map's cubic coefficient and
    fourth moments those of a normal.

    Args:
        agents: N, each of which takes option 1 with probability p' of the map.
        reentry: s.
        sharpening: b >= 1.
        cubic: include the next order, which is 7 % at N = 2000 and a = 0.9.

    Source: derived here.

    >>> round(1e5 * float(share_variance(20_000, 0.45, 2.0)), 4)
    6.5789
    """
    n, b = jnp.asarray(agents, dtype=float), jnp.asarray(sharpening, dtype=float)
    a = jnp.asarray(reentry) * b
    linear = 1.0 - jnp.square(a)
    if not cubic:
        return 1.0 / (4.0 * n * linear)
    linear = linear + jnp.square(a) / n
    square = 2.0 * jnp.square(a) * (jnp.square(b) - 1.0)
    return 0.5 / (n * (linear + jnp.sqrt(jnp.square(linear) + 4.0 * square / n)))


def memory(reentry: ArrayLike, sharpening: ArrayLike) -> jax.Array:
    """Return s b, the correlation of successive shares in a large population.

    >>> float(memory(0.25, 2.0))
    0.5
    """
    return jnp.asarray(reentry) * jnp.asarray(sharpening)


def recovery_time(reentry: ArrayLike, sharpening: ArrayLike) -> jax.Array:
    """Return -1 / log(s b), the generations in which a small deviation falls by the factor e.

    >>> round(float(recovery_time(0.45, 2.0)), 4)
    9.4912
    """
    return -1.0 / jnp.log(memory(reentry, sharpening))


def ramp_variance(agents: ArrayLike, reentries: ArrayLike, sharpening: ArrayLike) -> jax.Array:
    """Return the variance of p at each generation of a slow change of s, shape (generations,).

    V' = (s b)^2 V + (1 - (s b)^2 V) / N in units of m^2, from the stationary state at the first s.

    Args:
        agents: N.
        reentries: s in each generation, shape (generations,).
        sharpening: b.

    Source: derived here.

    >>> ramp = ramp_variance(1000, jnp.full(3, 0.3), 2.0)
    >>> bool(jnp.allclose(ramp, share_variance(1000, 0.3, 2.0), rtol=1e-3))
    True
    """
    n, s = jnp.asarray(agents, dtype=float), jnp.asarray(reentries, dtype=float)
    squares = jnp.square(s * sharpening)
    begin = 1.0 / (n * (1.0 - squares[0]) + squares[0])

    def step(v: jax.Array, square: jax.Array) -> tuple[jax.Array, jax.Array]:
        after = square * v + (1.0 - square * v) / n
        return after, after

    _, found = jax.lax.scan(step, begin, squares)
    return found / 4.0
