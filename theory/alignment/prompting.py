"""Prompts that recall a rare bad component: how long they must be, logarithmic in its share."""

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import log_ndtr, logit, ndtr
from jax.typing import ArrayLike
from scipy import stats

from theory.numerics.gaussian import density, tail

SMALL_STEPS = 0.583  # -zeta(1/2) / sqrt(2 pi), overshoot of a walk of small normal steps, in sd
TERMS = 4096


def barrier(share: ArrayLike) -> jax.Array:
    """Return log((1 - alpha) / alpha), the evidence that flips the posterior to the bad component.

    Args:
        share: alpha, the bad component's share of pre-training.

    >>> round(float(barrier(0.01)), 4)
    4.5951
    """
    return -logit(jnp.asarray(share))


def flip_length(share: ArrayLike, divergence: ArrayLike, overshoot: ArrayLike = 0.0) -> jax.Array:
    """Return (log((1 - alpha) / alpha) + overshoot) / KL, the mean prompt length that flips.

    Tokens are drawn from the bad component; the posterior flips when it first exceeds 1/2.

    Args:
        share: alpha.
        divergence: KL(bad | good) of one token, in nats.
        overshoot: mean evidence beyond the barrier at the flip, in nats: ``normal_overshoot``,
            ``binary_overshoot``, or 0.583 sqrt(2 KL) for small steps. Without it lengths are low.

    Source: Wald 1947; lengths logarithmic in alpha: Wolf et al. 2023 (arXiv 2304.11082).

    >>> round(float(flip_length(0.01, 0.5)), 2)
    9.19
    """
    return (barrier(share) + overshoot) / jnp.asarray(divergence)


def small_step_overshoot(divergence: ArrayLike) -> jax.Array:
    """Return 0.583 sqrt(2 KL), the mean overshoot in the limit of little evidence per token.

    Args:
        divergence: KL of one token, in nats; below about 0.05.

    Source: Siegmund 1985.

    >>> round(float(small_step_overshoot(0.01)), 4)
    0.0824
    """
    return SMALL_STEPS * jnp.sqrt(2.0 * jnp.asarray(divergence))


def normal_overshoot(divergence: ArrayLike) -> jax.Array:
    """Return the mean overshoot where evidence per token is normal, N(KL, 2 KL), any KL > 0.005.

    E X^2 / (2 E X) - sum_n E max(-S_n, 0) / n, for a far barrier.

    Args:
        divergence: KL of one token, in nats.

    Source: Spitzer 1956, Siegmund 1985.

    >>> round(float(normal_overshoot(0.5)), 3)
    0.718
    """
    kl = jnp.asarray(divergence, dtype=float)
    n = jnp.arange(1.0, TERMS + 1.0)
    at = jnp.sqrt(0.5 * kl * n)  # mean of S_n in its standard deviations
    below = jnp.sqrt(2.0 * kl / n) * (density(at) - at * tail(at))
    return 0.5 * kl + 1.0 - jnp.sum(below)


def binary_overshoot(bad: float, good: float, terms: int = 2000) -> float:
    """Return the mean overshoot for tokens 0 and 1 with P(1) = bad or good, for a far barrier.

    The same series with exact binomials, on the host with SciPy.

    Args:
        bad: P(1 | bad).
        good: P(1 | good), different.
        terms: of the series.

    Source: as ``normal_overshoot``.

    >>> round(binary_overshoot(0.7, 0.4), 4)
    0.2617
    """
    one, zero = np.log(bad / good), np.log((1.0 - bad) / (1.0 - good))
    drift = bad * one + (1.0 - bad) * zero
    total = (bad * one**2 + (1.0 - bad) * zero**2) / (2.0 * drift)
    for n in range(1, terms + 1):
        k = np.arange(n + 1)
        fallen = np.maximum(-(k * one + (n - k) * zero), 0.0)
        total -= float(stats.binom.pmf(k, n, bad) @ fallen) / n
    return float(total)


def flipped_at(length: ArrayLike, share: ArrayLike, divergence: ArrayLike) -> jax.Array:
    """Return Phi((L KL - barrier) / sqrt(2 L KL)), P(posterior favours bad after L tokens).

    Exact for normal evidence N(KL, 2 KL) per token; 1/2 at L* = barrier / KL.

    Args:
        length: L.
        share: alpha.
        divergence: KL of one token, in nats.

    Source: derived here.

    >>> round(float(flipped_at(10.0, 0.01, 0.45951)), 3)
    0.5
    """
    gained = jnp.asarray(length, dtype=float) * divergence
    return ndtr((gained - barrier(share)) / jnp.sqrt(2.0 * gained))


def flipped_by(length: ArrayLike, share: ArrayLike, divergence: ArrayLike) -> jax.Array:
    """Return P(posterior has favoured bad within L tokens), for little evidence per token.

    Phi((g - a) / sqrt(2 g)) + exp(a) Phi(-(g + a) / sqrt(2 g)) with g = L KL and a the barrier plus
    ``small_step_overshoot``. Arguments as for ``flipped_at``.

    Source: inverse Gaussian law of a first passage; Siegmund 1985 for the shift of the barrier.

    >>> bool(flipped_by(20.0, 0.01, 0.1) > flipped_at(20.0, 0.01, 0.1))
    True
    """
    gained = jnp.asarray(length, dtype=float) * divergence
    far = barrier(share) + small_step_overshoot(divergence)
    wide = jnp.sqrt(2.0 * gained)
    return ndtr((gained - far) / wide) + jnp.exp(far + log_ndtr(-(gained + far) / wide))
