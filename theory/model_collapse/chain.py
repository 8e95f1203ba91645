"""A Gaussian that is fitted again and again to samples of its predecessor."""

import jax
import jax.numpy as jnp
from jax.scipy.special import digamma
from jax.typing import ArrayLike


def mean_log_variance(n: ArrayLike, generation: ArrayLike) -> jax.Array:
    """Return E log v_G = G [digamma((n - 1) / 2) - log(n / 2)], which falls by about 2 / n a step.

    Args:
        n: samples in a generation; the variance is fitted by maximum likelihood (divided by n, not
            by n - 1).
        generation: G; the chain begins with a standard normal.

    Source: derived here; setting of Shumailov et al. 2023 (arXiv 2305.17493).

    >>> round(float(mean_log_variance(50, 200)), 3)
    -8.15
    """
    n = jnp.asarray(n, dtype=float)
    return jnp.asarray(generation) * (digamma((n - 1.0) / 2.0) - jnp.log(n / 2.0))


def mean_variance(n: ArrayLike, generation: ArrayLike) -> jax.Array:
    """Return E v_G = (1 - 1/n)^G; heavy-tailed, so that simulations should test the logarithm.

    Arguments as for ``mean_log_variance``.

    >>> round(float(mean_variance(50, 200)), 6)
    0.017588
    """
    return (1.0 - 1.0 / jnp.asarray(n, dtype=float)) ** jnp.asarray(generation)


def mean_square(n: ArrayLike, generation: ArrayLike) -> jax.Array:
    """Return E m_G^2 = 1 - (1 - 1/n)^G, how far the fitted mean has wandered.

    Arguments as for ``mean_log_variance``.

    >>> round(float(mean_square(50, 200)), 5)
    0.98241
    """
    return 1.0 - mean_variance(n, generation)


def stationary_square(n: ArrayLike, real: ArrayLike) -> jax.Array:
    """Return E m^2 = 1 / (n (1 - q^2) + q^2), q = 1 - p, when each sample is real with p > 0.

    The stationary E v is one minus that.

    Args:
        n: samples in a generation.
        real: p, probability that a sample comes from the standard normal and not from the model.

    Source: derived here.

    >>> round(float(stationary_square(50, 0.1)), 6)
    0.096993
    """
    own = jnp.square(1.0 - jnp.asarray(real, dtype=float))
    return 1.0 / (jnp.asarray(n) * (1.0 - own) + own)


def stationary_variance(n: ArrayLike, real: ArrayLike) -> jax.Array:
    """Return E v = 1 - ``stationary_square``.

    >>> round(float(stationary_variance(50, 0.1)), 5)
    0.90301
    """
    return 1.0 - stationary_square(n, real)


def halving_share(n: ArrayLike) -> jax.Array:
    """Return the probability p of a real sample at which the stationary variance is 1/2.

    p = 1 - sqrt((n - 2) / (n - 1)), so that n p tends to 1/2: an absolute count of real samples,
    not a share, keeps the chain alive.

    Args:
        n: samples in a generation, at least 2.

    Source: derived here.

    >>> round(float(1000 * halving_share(1000)), 4)
    0.5006
    """
    n = jnp.asarray(n, dtype=float)
    return 1.0 - jnp.sqrt((n - 2.0) / (n - 1.0))
