"""How well a point's membership in the training set can be told from what was released."""

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.special import ndtr, ndtri
from jax.typing import ArrayLike

REACH, STEP = 10.0, 0.01


def residual_threshold(pull: ArrayLike) -> jax.Array:
    """Return t = sqrt(2 log q / (q^2 - 1)), q = 1 + pull: the best cut of |residual| / s.

    A member's residual is its leave-one-out residual over q; both are Gaussian, s is the root mean
    squared error on the test set.

    Args:
        pull: m h, copies times leverage; at 0 (nothing to tell) the limit 1 is returned.

    Source: likelihood ratio of two centred Gaussians; derived here.

    >>> round(float(residual_threshold(1e-9)), 4), round(float(residual_threshold(1.0)), 4)
    (1.0, 0.6798)
    """
    pull = jnp.asarray(pull, dtype=float)
    tiny = pull < 1e-6
    safe = jnp.where(tiny, 1.0, pull)
    return jnp.where(tiny, 1.0 - pull, jnp.sqrt(2.0 * jnp.log1p(safe) / (safe * (2.0 + safe))))


def residual_advantage(pull: ArrayLike, threshold: ArrayLike | None = None) -> jax.Array:
    """Return true minus false positive rate 2 [Phi(q t) - Phi(t)] of a threshold on |residual|.

    Args:
        pull: m h, q = 1 + m h.
        threshold: t in units of the test error's root; the best one if not given.

    Source: threshold attack of Yeom et al. 2018 (arXiv 1709.01604); for ridge derived here.

    >>> round(float(residual_advantage(1.0)), 3)
    0.323
    """
    pull = jnp.asarray(pull, dtype=float)
    cut = residual_threshold(pull) if threshold is None else jnp.asarray(threshold)
    return 2.0 * (ndtr((1.0 + pull) * cut) - ndtr(cut))


def mean_separation(
    target: ArrayLike, spectrum: ArrayLike, n: ArrayLike, copies: ArrayLike, release: ArrayLike
) -> jax.Array:
    """Return d' = (m / n) sqrt(z' (S / n + release)^-1 z): how far a released mean gives z away.

    The likelihood-ratio scores with and without z are this many standard deviations apart. For
    white data without release noise and a typical z, |z|^2 = d, it is m sqrt(d / n).

    Args:
        target: z in the eigenbasis, shape (d,).
        spectrum: eigenvalues of the data's covariance S, shape (d,).
        n: points in the mean; the n - m others are taken as n.
        copies: m, much smaller than n.
        release: variance of the Gaussian noise added to each entry of the mean.

    Source: Dwork et al. 2015, Azize and Basu 2024 (arXiv 2402.10065); derived here.

    >>> round(float(mean_separation(jnp.ones(100), jnp.ones(100), 400, 1, 0.0)), 4)
    0.5
    """
    z = jnp.asarray(target)
    spread = jnp.asarray(spectrum) / n + release
    share = jnp.asarray(copies) / jnp.asarray(n, dtype=float)
    return share * jnp.sqrt(jnp.sum(jnp.square(z) / spread))


def power(separation: ArrayLike, false: ArrayLike) -> jax.Array:
    """Return the true positive rate Phi(Phi^-1(false) + d') at a false positive rate.

    >>> round(float(power(0.5, 0.05)), 4)
    0.1261
    """
    return ndtr(ndtri(jnp.asarray(false, dtype=float)) + separation)


def advantage(separation: ArrayLike) -> jax.Array:
    """Return the best difference of true and false positive rate, 2 Phi(d' / 2) - 1.

    >>> round(float(advantage(0.5)), 4)
    0.1974
    """
    return 2.0 * ndtr(0.5 * jnp.asarray(separation)) - 1.0


def copies_needed(
    wanted: ArrayLike, d: ArrayLike, n: ArrayLike, release: ArrayLike = 0.0
) -> jax.Array:
    """Return the copies that give an attack on a released mean a wanted advantage.

    d' n sqrt((1 / n + release) / d) for white data, d' the separation of that advantage: it grows
    as sqrt(n / d) without release noise.

    >>> round(float(copies_needed(0.1974126, 100, 400)), 3)
    1.0
    """
    separation = 2.0 * ndtri(0.5 * (1.0 + jnp.asarray(wanted, dtype=float)))
    return separation * n * jnp.sqrt((1.0 / jnp.asarray(n, dtype=float) + release) / d)


def expected_exposure(shift: ArrayLike, candidates: ArrayLike) -> jax.Array:
    """Return the mean of -log2(Q(s) + 1 / R) over s ~ N(shift, 1), in bits.

    Exposure is log2(R) - log2(rank) of the canary among R candidates whose scores are N(0, 1). It
    saturates at log2(R).

    Args:
        shift: of the canary's score, in standard deviations.
        candidates: R.

    Source: exposure: Carlini et al. 2019 (arXiv 1802.08232); the integral derived here.

    >>> round(float(expected_exposure(1.0, 2.0**14)), 3)
    3.207
    """
    nodes = np.arange(-REACH, REACH + 0.5 * STEP, STEP)
    z, weight = jnp.asarray(nodes), jnp.asarray(np.exp(-0.5 * nodes**2) * STEP / np.sqrt(2 * np.pi))
    rank = ndtr(-(jnp.asarray(shift) + z)) + 1.0 / jnp.asarray(candidates)
    return -jnp.sum(weight * jnp.log2(rank))
