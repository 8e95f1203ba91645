"""The limit law of a located jump: where two-sided Brownian motion with falling drift is highest.

With k the true and k_hat the located number of levels before a jump of height d under noise of
sd s, (d / s)^2 (k_hat - k) tends to V = argmax of W(v) - |v| / 2 as d / s falls and n (d / s)^2
grows.
"""

import jax
import jax.numpy as jnp
from jax.scipy.special import log_ndtr, ndtr
from jax.typing import ArrayLike


def argmax_cdf(x: ArrayLike) -> jax.Array:
    """Return P(V <= x) of the argmax V of W(v) - |v| / 2 over all real v.

    For x > 0: 1 + sqrt(x / 2 pi) e^(-x/8) - (x + 5) / 2 Phi(-sqrt x / 2)
    + 3/2 e^x Phi(-3 sqrt x / 2); V is symmetric. e^x Phi is computed through log Phi: by itself e^x
    overflows from x = 709.

    Args:
        x: units of (s / d)^2 levels.

    Source: Yao 1987, Bai 1997.

    >>> round(float(argmax_cdf(11.03)), 4), float(argmax_cdf(0.0))
    (0.975, 0.5)
    """
    x = jnp.asarray(x, dtype=float)
    size = jnp.abs(x)
    # The square root has no slope at 0; there the law itself has one, by its other terms.
    root = jnp.sqrt(jnp.where(size > 0, size, 1e-30))
    upper = (
        0.5 * (size + 5.0) * ndtr(-0.5 * root)
        - root / jnp.sqrt(2.0 * jnp.pi) * jnp.exp(-size / 8.0)
        - 1.5 * jnp.exp(size + log_ndtr(-1.5 * root))
    )
    return jnp.where(x >= 0, 1.0 - upper, upper)


def argmax_quantile(probability: ArrayLike) -> jax.Array:
    """Return the quantile of V, by bisection (64 halvings of +-1024); see ``argmax_cdf``.

    Args:
        probability: in (0, 1).

    >>> round(float(argmax_quantile(0.975)), 2)
    11.03
    """
    wanted = jnp.asarray(probability, dtype=float)
    upper = jnp.maximum(wanted, 1.0 - wanted)

    def halve(_: int, ends: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, jax.Array]:
        low, high = ends
        middle = 0.5 * (low + high)
        below = argmax_cdf(middle) < upper
        return jnp.where(below, middle, low), jnp.where(below, high, middle)

    begin = (jnp.zeros_like(wanted), jnp.full_like(wanted, 1024.0))
    low, high = jax.lax.fori_loop(0, 64, halve, begin)
    return jnp.sign(wanted - 0.5) * 0.5 * (low + high)


def jump_interval(
    before: ArrayLike, change: ArrayLike, noise: ArrayLike, confidence: ArrayLike
) -> tuple[jax.Array, jax.Array]:
    """Return the interval for the number of levels before a jump, k_hat -+ q (s / d)^2.

    Args:
        before: k_hat, located number of levels before the jump.
        change: d, height of the jump (estimated).
        noise: s, sd of a single response (estimated).
        confidence: such as 0.9.

    Source: Bai 1997.

    >>> [round(float(end), 1) for end in jump_interval(100.0, 1.0, 1.0, 0.95)]
    [89.0, 111.0]
    """
    reach = argmax_quantile(0.5 + 0.5 * jnp.asarray(confidence))
    middle, half = jnp.asarray(before), reach * jnp.square(jnp.asarray(noise) / change)
    return middle - half, middle + half
