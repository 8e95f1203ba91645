"""Gaussian differential privacy: what an attacker gains, and what it costs a mean."""

import jax
import jax.numpy as jnp
from jax.scipy.special import ndtr
from jax.typing import ArrayLike


def attack_advantage(mu: ArrayLike) -> jax.Array:
    """Return 2 Phi(mu / 2) - 1, the most that true and false positive rates can differ by.

    Args:
        mu: of mu-Gaussian differential privacy, not negative.

    Source: Dong, Roth and Su 2019 (arXiv 1905.02383).

    >>> round(float(attack_advantage(1.0)), 4)
    0.3829
    """
    return 2.0 * ndtr(0.5 * jnp.asarray(mu, dtype=float)) - 1.0


def private_mean_error(
    n: ArrayLike, d: ArrayLike, variance: ArrayLike, clip: ArrayLike, mu: ArrayLike
) -> jax.Array:
    """Return d (s2 / n + 4 C^2 / (n mu)^2), the squared error of a private mean of n vectors.

    Vectors are clipped at norm C, too far out to matter; one may be *replaced*, so the sensitivity
    is 2 C / n and normal noise of standard deviation 2 C / (n mu) is added to each coordinate.

    Args:
        n: vectors.
        d: their dimensions.
        variance: of a coordinate.
        clip: C.
        mu: of mu-Gaussian differential privacy.

    Source: Dong, Roth and Su 2019 (mechanism).

    >>> round(float(private_mean_error(400.0, 5.0, 1.0, 12.0, 1.0)), 4)
    0.0305
    """
    n = jnp.asarray(n, dtype=float)
    noise = 2.0 * jnp.asarray(clip) / (n * jnp.asarray(mu))
    return jnp.asarray(d) * (jnp.asarray(variance) / n + jnp.square(noise))


def privacy_dominates_below(variance: ArrayLike, clip: ArrayLike, mu: ArrayLike) -> jax.Array:
    """Return n* = 4 C^2 / (s2 mu^2), below which the noise of privacy exceeds that of sampling.

    Arguments as for ``private_mean_error``.

    Source: derived here.

    >>> float(privacy_dominates_below(1.0, 12.0, 1.0))
    576.0
    """
    return 4.0 * jnp.square(clip) / (jnp.asarray(variance) * jnp.square(mu))
