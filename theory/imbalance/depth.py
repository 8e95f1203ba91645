"""Deeper networks lose a class in a jump: strength, threshold and the range of metastability."""

from functools import partial

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

STEPS = 60  # of Newton's method, which falls monotonically from sqrt(n)


def deep_collapse_count(factors: int, samples: ArrayLike, decay: ArrayLike) -> jax.Array:
    """Return n*, the class count up to which the best network of M factors gives up a class.

    [(M-1) N c ((M-1)/(M-2))^(1-2/M)]^(M/(M-1)); two factors have (N c)^2.

    Args:
        factors: M >= 2, weight matrices including the features.
        samples: N, samples of all classes together.
        decay: c, the geometric mean of the factors' decays in (1/2N)|W_M...W_1 - Y|^2 +
            sum_l (decay_l/2)|W_l|^2.

    Raises:
        ValueError: fewer than two factors.

    Source: setting of Dang et al. 2023 (arXiv 2301.00437); the closed form is derived here.

    >>> [round(float(deep_collapse_count(m, 1, 2.0)), 3) for m in (2, 3, 4)]
    [4.0, 11.314, 14.287]
    """
    _check(factors)
    scale = jnp.asarray(samples) * jnp.asarray(decay, dtype=float)
    if factors == 2:
        return jnp.square(scale)
    odds = (factors - 1) / (factors - 2)
    return ((factors - 1) * scale * odds ** (1 - 2 / factors)) ** (factors / (factors - 1))


def metastable_count(factors: int, samples: ArrayLike, decay: ArrayLike) -> jax.Array:
    """Return the count down to which a network that has learned a class may keep it.

    Between this and n* keeping the class is a local minimum and losing it is the better one;
    descent from large weights jumps here, not at n*. With s = (N c (M-2)/M)^(M/(2(M-1))), the
    strength at the end, it is (2 s (M-1)/(M-2))^2; two factors have no such range. Arguments as
    for ``deep_collapse_count``.

    Source: derived here.

    >>> round(float(metastable_count(3, 1, 2.0)), 3)
    8.709
    """
    _check(factors)
    if factors == 2:
        return deep_collapse_count(2, samples, decay)
    scale = jnp.asarray(samples) * jnp.asarray(decay, dtype=float)
    last = (scale * (factors - 2) / factors) ** (factors / (2 * (factors - 1)))
    return jnp.square(2.0 * last * (factors - 1) / (factors - 2))


def jump_size(factors: int, samples: ArrayLike, decay: ArrayLike) -> jax.Array:
    """Return sqrt(n*) (M-2)/(M-1), the strength of a class just above n*.

    Arguments as for ``deep_collapse_count``. Source: derived here.

    >>> round(float(jump_size(3, 1, 2.0)), 4)
    1.6818
    """
    threshold = deep_collapse_count(factors, samples, decay)
    return jnp.sqrt(threshold) * (factors - 2) / (factors - 1)


def kept_strength(
    count: ArrayLike, factors: int, samples: ArrayLike, decay: ArrayLike
) -> jax.Array:
    """Return the singular value s of a class at the local minimum that keeps it.

    The larger root of s - sqrt(n) + N c s^(2/M-1) = 0, a convex function on which Newton's method
    falls from sqrt(n); 0 below ``metastable_count``. Differentiable in count and decay
    (implicitly).

    Args:
        count: samples n of the class.
        factors: M >= 2.
        samples: N.
        decay: c, see ``deep_collapse_count``.

    Source: derived here.

    >>> round(float(kept_strength(60.0, 3, 1, 2 ** (2 / 3))), 4)
    6.9127
    """
    n = jnp.asarray(count, dtype=float)
    scale = jnp.asarray(samples) * jnp.asarray(decay, dtype=float)
    alive = n > metastable_count(factors, samples, decay)
    top = jnp.sqrt(jnp.where(alive, n, 1e3 * (1.0 + scale) ** 2))
    return jnp.where(alive, _larger_root(factors, top, scale), 0.0)


@partial(jax.jit, static_argnums=0)
def _larger_root(factors: int, top: jax.Array, scale: jax.Array) -> jax.Array:
    """Return the larger root of s - top + scale s^(2/M-1) = 0, which must exist."""
    power = 2.0 / factors - 1.0

    def newton(s: jax.Array, top: jax.Array, scale: jax.Array) -> jax.Array:
        slope = 1.0 + scale * power * s ** (power - 1.0)
        return s - (s - top + scale * s**power) / jax.lax.stop_gradient(slope)

    held = jax.lax.stop_gradient
    s = jax.lax.fori_loop(0, STEPS, lambda _, s: newton(s, held(top), held(scale)), held(top))
    # One step with live arguments gives the derivative of the implicit function.
    return newton(held(s), top, scale)


def deep_singular_value(
    count: ArrayLike, factors: int, samples: ArrayLike, decay: ArrayLike
) -> jax.Array:
    """Return the singular value of a class in the best network of M factors: 0 up to n*.

    The minimiser of (s^2 - 2 s sqrt(n))/(2N) + (M/2) c s^(2/M). Arguments as for
    ``kept_strength``.

    Source: Dang et al. 2023 (arXiv 2301.00437); the form is derived here.

    >>> round(float(deep_singular_value(12.0, 3, 1, 2 ** (2 / 3))), 4)
    2.2533
    >>> float(deep_singular_value(7.0, 3, 1, 2 ** (2 / 3)))
    0.0
    """
    alive = jnp.asarray(count) > deep_collapse_count(factors, samples, decay)
    return jnp.where(alive, kept_strength(count, factors, samples, decay), 0.0)


def class_objective(
    strength: ArrayLike, count: ArrayLike, factors: int, samples: ArrayLike, decay: ArrayLike
) -> jax.Array:
    """Return what keeping a class at that strength adds to the objective, against losing it.

    Balanced factors share the strength; the class is worth keeping where this is negative.
    Arguments as for ``kept_strength``; strength must be positive where its gradient is needed.

    Source: derived here.

    >>> bool(class_objective(6.9, 60.0, 3, 100, 0.01) < 0)
    True
    """
    s = jnp.asarray(strength, dtype=float)
    fit = (jnp.square(s) - 2.0 * s * jnp.sqrt(jnp.asarray(count, dtype=float))) / (2.0 * samples)
    return fit + 0.5 * factors * decay * s ** (2.0 / factors)


def _check(factors: int) -> None:
    if factors < 2:
        raise ValueError(f"factors is {factors}; a network of features has at least 2")
