"""A linear classifier trained on flipped labels: its error, its effective samples, filtering."""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from theory.numerics.gaussian import expectation, tail


def effective_samples(n: ArrayLike, eta: ArrayLike) -> jax.Array:
    """Return n (1 - 2 eta)^2, the clean samples that n samples with flipped labels are worth.

    Args:
        n: samples.
        eta: probability that a binary label is flipped, below 1/2.

    Source: derived here.

    >>> round(float(effective_samples(1000.0, 0.25)), 3)
    250.0
    """
    return jnp.asarray(n) * jnp.square(1.0 - 2.0 * jnp.asarray(eta))


def mean_error(eta: ArrayLike, n: ArrayLike, d: ArrayLike, strength: ArrayLike) -> jax.Array:
    """Return Q(s M / sqrt(s^2 M + d / n)), s = 1 - 2 eta, the error of w = mean(y_observed x).

    x = y mu + z, y = +-1 balanced, z standard normal in d dimensions, M = |mu|^2. Depends on noise
    and samples only through d / ``effective_samples``; needs n s^2 of about 20 or more.

    Args:
        eta: flip rate, below 1/2.
        n: samples.
        d: dimensions.
        strength: M = |mu|^2 (not |mu|), in units of the noise variance of x.

    Source: derived here (standard for linear discriminants in high dimension).

    >>> round(float(mean_error(0.0, 200.0, 400.0, 4.0)), 5)
    0.05124
    """
    s, strength = 1.0 - 2.0 * jnp.asarray(eta, dtype=float), jnp.asarray(strength)
    return tail(s * strength / jnp.sqrt(s**2 * strength + jnp.asarray(d) / n))


def mean_error_refined(
    eta: ArrayLike, n: ArrayLike, d: ArrayLike, strength: ArrayLike
) -> jax.Array:
    """Return E_g Q(|mu| u / sqrt(u^2 + (d - 1) / n)), which keeps the luck along mu.

    u = s |mu| + g sqrt(((1 - s^2) |mu|^2 + 1) / n), g standard normal: the component of w along mu,
    with the numbers of flips drawn. The orthogonal part is at its mean (relative error 1/d). Not a
    function of ``effective_samples`` alone. Arguments as for ``mean_error``.

    Source: derived here.

    >>> round(float(mean_error_refined(0.45, 2000.0, 100.0, 2.0)), 4)
    0.2316
    """
    s, size = 1.0 - 2.0 * jnp.asarray(eta, dtype=float), jnp.sqrt(jnp.asarray(strength))
    spread = jnp.sqrt(((1.0 - s**2) * size**2 + 1.0) / n)
    across = (jnp.asarray(d) - 1.0) / n

    def error(g: jax.Array) -> jax.Array:
        along = s * size + g * spread
        return tail(size * along / jnp.sqrt(along**2 + across))

    return expectation(error)


def bayes_error(strength: ArrayLike) -> jax.Array:
    """Return Q(|mu|), which no classifier beats.

    Args:
        strength: |mu|^2.

    >>> round(float(bayes_error(4.0)), 4)
    0.0228
    """
    return tail(jnp.sqrt(jnp.asarray(strength)))


def filter_break_even(eta: ArrayLike, kept: ArrayLike) -> jax.Array:
    """Return (1 - (1 - 2 eta) / sqrt q) / 2, the residual noise at which filtering pays nothing.

    Keeping a share q of the data at noise eta_q beats keeping all at noise eta iff
    q (1 - 2 eta_q)^2 > (1 - 2 eta)^2. Negative where even perfect filtering loses.

    Args:
        eta: flip rate of all data, below 1/2.
        kept: q in (0, 1].

    Source: derived here; the trade-off in spirit of Goyal et al. 2024 (arXiv 2404.07177).

    >>> round(float(filter_break_even(0.3, 0.4)), 4)
    0.1838
    """
    return 0.5 * (1.0 - (1.0 - 2.0 * jnp.asarray(eta)) / jnp.sqrt(jnp.asarray(kept)))
