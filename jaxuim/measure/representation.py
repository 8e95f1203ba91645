"""The shape of a representation, from the singular values of its features."""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from jaxuim.measure.performance import nan_unless_finite


def singular_value_shares(features: ArrayLike) -> jax.Array:
    """Return f32[min(n, D)]: the singular values divided by their sum, largest first.

    The features are not centred. They are scaled by their largest entry first, so that neither
    overflow nor underflow occurs. All-zero features count as fully collapsed: shares (1, 0, ...).
    Any entry that is not finite makes all shares NaN.

    >>> singular_value_shares([[3.0, 0.0], [0.0, 1.0]]).round(2)
    Array([0.75, 0.25], dtype=float32)
    """
    x = jnp.asarray(features, jnp.float32)
    safe = jnp.where(jnp.isfinite(x), x, 0.0)
    largest = jnp.abs(safe).max()
    # twice by the root: the reciprocal of a number near 1e38 would be flushed to zero
    factor = jax.lax.rsqrt(jnp.where(largest > 0.0, largest, 1.0))
    sigma = jnp.linalg.svd((safe * factor) * factor, compute_uv=False)
    sigma = jnp.where(largest > 0.0, sigma, jnp.zeros_like(sigma).at[0].set(1.0))
    return nan_unless_finite(sigma / sigma.sum(), x)


def singular_value_entropy(features: ArrayLike) -> jax.Array:
    """Return ``-sum_i p_i log p_i``, p the shares of the singular values of the features, in nats.

    Args:
        features: f32[n, D], n and D at least 1, not centred.

    Returns:
        f32[] from 0 (rank one, or all zero) to log min(n, D) (orthogonal features of equal
        length); NaN if any feature is not finite.

    Source: Chen et al., arXiv 2309.17002.

    >>> round(float(singular_value_entropy([[2.0, 0.0], [0.0, 2.0]])), 4)
    0.6931
    """
    return jax.scipy.special.entr(singular_value_shares(features)).sum()


def largest_singular_value_ratio(features: ArrayLike) -> jax.Array:
    """Return ``-log(sigma_1 / sum_i sigma_i)``, in nats.

    Args:
        features: f32[n, D], n and D at least 1, not centred.

    Returns:
        f32[] from 0 (rank one, or all zero) to log min(n, D); NaN if any feature is not finite.

    Source: Chen et al., arXiv 2309.17002.

    >>> round(float(largest_singular_value_ratio([[3.0, 0.0], [0.0, 1.0]])), 4)
    0.2877
    """
    return -jnp.log(singular_value_shares(features)[0])


def effective_rank(features: ArrayLike) -> jax.Array:
    """Return exp of the singular value entropy: how many directions the features use.

    Args:
        features: f32[n, D], n and D at least 1, not centred.

    Returns:
        f32[] from 1 to min(n, D); NaN if any feature is not finite.

    Source: Roy and Vetterli 2007.

    >>> round(float(effective_rank([[2.0, 0.0], [0.0, 2.0]])), 4)
    2.0
    """
    return jnp.exp(singular_value_entropy(features))
