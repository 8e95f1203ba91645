"""Exact risks of least squares and of the shortest interpolant on isotropic Gaussian inputs."""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike


def least_squares_risk(d: ArrayLike, n: ArrayLike, noise: ArrayLike) -> jax.Array:
    """Return E |w - beta|^2 = noise d / (n - d - 1) of ordinary least squares, n > d + 1.

    Infinite for n = d and n = d + 1; not defined for fewer samples. The excess risk is the same
    for every invertible covariance of the inputs.

    Args:
        d: input dimension.
        n: samples.
        noise: variance of the label noise.

    Source: mean of the inverse Wishart distribution.

    >>> round(float(least_squares_risk(50, 80, 1.0)), 4)
    1.7241
    """
    room = jnp.asarray(n, dtype=float) - d - 1.0
    return jnp.where(room > 0, noise * d / jnp.where(room > 0, room, 1.0), jnp.inf)


def shortest_risk(d: ArrayLike, n: ArrayLike, energy: ArrayLike, noise: ArrayLike) -> jax.Array:
    """Return the risk (1 - n/d) |beta|^2 + noise n / (d - n - 1) of the shortest interpolant.

    Inputs are standard Gaussian and n < d - 1; infinite for n = d - 1 and n = d.

    Args:
        d: input dimension.
        n: samples.
        energy: |beta|^2.
        noise: variance of the label noise.

    Source: derived here (uniform projection and inverse Wishart mean); Hastie et al. 2019.

    >>> round(float(shortest_risk(50, 20, 1.0, 0.5)), 5)
    0.94483
    """
    room = d - jnp.asarray(n, dtype=float) - 1.0
    inherited = jnp.where(room > 0, noise * n / jnp.where(room > 0, room, 1.0), jnp.inf)
    return (1.0 - jnp.asarray(n, dtype=float) / d) * energy + inherited
