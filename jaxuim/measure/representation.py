"""The shape of a representation, from the singular values of its features."""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from jaxuim.measure.features import checked_features, scaled, singular_values
from jaxuim.measure.performance import nan_unless_finite

RANKME_EPSILON = 1e-7


def singular_value_shares(features: ArrayLike) -> jax.Array:
    """Return f32[min(n, D)]: the singular values divided by their sum, largest first.

    The features are not centred. They are scaled by their largest entry first, so that neither
    overflow nor underflow occurs. All-zero features count as fully collapsed: shares (1, 0, ...).
    While tracing, any entry that is not finite makes all shares NaN. They are accurate to about
    1e-6: 100,000 x 512 features are reduced by QR to 512 x 512 first, which loses nothing.

    Raises:
        ValueError: not two axes, an empty axis, or, outside of tracing, a value that is not finite.

    >>> singular_value_shares([[3.0, 0.0], [0.0, 1.0]]).round(2)
    Array([0.75, 0.25], dtype=float32)
    """
    return _shares(checked_features(features))


@jax.jit
def _shares(features: jax.Array) -> jax.Array:
    x = scaled(features)
    sigma = singular_values(x)
    sigma = jnp.where((x != 0.0).any(), sigma, jnp.zeros_like(sigma).at[0].set(1.0))
    return nan_unless_finite(sigma / sigma.sum(), features)


def singular_value_entropy(features: ArrayLike) -> jax.Array:
    """Return ``-sum_i p_i log p_i``, p the shares of the singular values of the features, in nats.

    Args:
        features: f32[n, D], n and D at least 1, not centred.

    Returns:
        f32[] from 0 (rank one, or all zero) to log min(n, D) (orthogonal features of equal
        length); while tracing, NaN if any feature is not finite.

    Raises:
        ValueError: as :func:`singular_value_shares`.

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
        f32[] from 0 (rank one, or all zero) to log min(n, D); while tracing, NaN if any feature
        is not finite.

    Raises:
        ValueError: as :func:`singular_value_shares`.

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
        f32[] from 1 to min(n, D); while tracing, NaN if any feature is not finite.

    Raises:
        ValueError: as :func:`singular_value_shares`.

    Source: Roy and Vetterli 2007.

    >>> round(float(effective_rank([[2.0, 0.0], [0.0, 2.0]])), 4)
    2.0
    """
    return jnp.exp(singular_value_entropy(features))


def rankme(features: ArrayLike) -> jax.Array:
    """Return ``exp(-sum_k p_k log p_k)``, ``p_k = sigma_k / sum_i sigma_i + 1e-7``.

    It is the effective rank but for the constant, which makes a direction without any variance
    count as 1e-7.

    Args:
        features: f32[n, D], n and D at least 1, not centred.

    Returns:
        f32[] from 1 to min(n, D), up to 1e-4; while tracing, NaN if any feature is not finite.

    Raises:
        ValueError: as :func:`singular_value_shares`.

    Source: Garrido et al. 2023.

    >>> round(float(rankme([[2.0, 0.0], [0.0, 2.0]])), 4)
    2.0
    """
    p = singular_value_shares(features) + RANKME_EPSILON
    return jnp.exp(jax.scipy.special.entr(p).sum())
