"""Exact sampling shortcuts: sufficient statistics drawn directly instead of through the data."""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike


def chi_square(key: jax.Array, dof: ArrayLike, shape: tuple[int, ...] = ()) -> jax.Array:
    """Return draws of chi-square with ``dof`` degrees of freedom.

    >>> chi_square(jax.random.key(0), 3.0, (2,)).shape
    (2,)
    """
    dof = jnp.asarray(dof, dtype=float)
    return 2.0 * jax.random.gamma(key, jnp.broadcast_to(dof / 2.0, shape or dof.shape))


def wishart_factor(key: jax.Array, d: int, n: ArrayLike) -> jax.Array:
    """Return lower triangular L, shape (d, d), with L L' distributed as X'X, X (n, d) standard.

    The diagonal is sqrt(chi-square_{n-i}), i = 0..d-1, and entries below are standard normal: d^2/2
    draws whatever n is. n > d - 1 may be traced.

    Source: Bartlett 1933.

    >>> wishart_factor(jax.random.key(0), 3, 10).shape
    (3, 3)
    """
    diagonal, below = jax.random.split(key)
    dof = jnp.asarray(n, dtype=float) - jnp.arange(d)
    lower = jnp.tril(jax.random.normal(below, (d, d)), -1)
    return lower + jnp.diag(jnp.sqrt(chi_square(diagonal, dof)))
