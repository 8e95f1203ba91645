"""What noisy labels do to the Bayes rule: noisy posteriors and the rates at which argmax flips."""

import jax
import jax.numpy as jnp
from jax.scipy.special import logit, ndtr
from jax.typing import ArrayLike

PAIR_FLIP_TIP = 0.5  # pair flip i -> i + 1: the true class leads iff eta < 1/2


def critical_noise(classes: int) -> float:
    """Return eta* = (K - 1) / K, the symmetric noise rate at which labels carry nothing.

    In the convention that noise picks one of the *other* classes; resampling among all K never
    inverts labels below a rate of 1.

    Args:
        classes: K.

    Source: derived here.

    >>> critical_noise(10)
    0.9
    """
    return (classes - 1) / classes


def noisy_posterior(clean: ArrayLike, confusion: ArrayLike) -> jax.Array:
    """Return T' q, the posterior of the observed label, shape (K,).

    Args:
        clean: posterior q of the true label, shape (K,), summing to 1.
        confusion: T, shape (K, K), T[i, j] = P(observed j | true i); rows sum to 1.

    Source: Natarajan et al. 2013, Patrini et al. 2016 (arXiv 1609.03683).

    >>> noisy_posterior(jnp.array([1.0, 0.0]), symmetric(0.25, 2)).tolist()
    [0.75, 0.25]
    """
    return jnp.asarray(clean) @ jnp.asarray(confusion)


def symmetric(eta: ArrayLike, classes: int) -> jax.Array:
    """Return the confusion matrix of symmetric noise (among the others), shape (K, K).

    >>> symmetric(0.5, 3).round(2).tolist()[0]
    [0.5, 0.25, 0.25]
    """
    eta, same = jnp.asarray(eta, dtype=float), jnp.eye(classes)
    return (1.0 - eta) * same + eta / (classes - 1) * (1.0 - same)


def pair_flip(eta: ArrayLike, classes: int) -> jax.Array:
    """Return the confusion matrix of flips to the next class, shape (K, K).

    >>> pair_flip(0.25, 3).tolist()[2]
    [0.25, 0.0, 0.75]
    """
    eta, same = jnp.asarray(eta, dtype=float), jnp.eye(classes)
    return (1.0 - eta) * same + eta * jnp.roll(same, 1, axis=1)


def pair_flip_error(eta: ArrayLike, labels: ArrayLike) -> jax.Array:
    """Return Q(sqrt m (1 - 2 eta) / (2 sqrt(eta (1 - eta)))), the majority's error, pair flips.

    Only the true and the next class get votes; relative corrections are of order 1/m.

    Args:
        eta: rate in (0, 1).
        labels: m, odd or large.

    Source: derived here (central limit theorem).

    >>> round(float(pair_flip_error(0.4, 101.0)), 4)
    0.0201
    """
    eta = jnp.asarray(eta, dtype=float)
    scaled = (1.0 - 2.0 * eta) / (2.0 * jnp.sqrt(eta * (1.0 - eta)))
    return ndtr(-jnp.sqrt(jnp.asarray(labels, dtype=float)) * scaled)


def noisy_threshold(e01: ArrayLike, e10: ArrayLike) -> jax.Array:
    """Return q* = (1/2 - e01) / (1 - e01 - e10): the noisy Bayes rule says 1 iff P(Y=1|x) > q*.

    At or below 0 it always says 1, from 1 on always 0; for e01 + e10 > 1 it says 1 *below* q*.

    Args:
        e01: P(observed 1 | true 0).
        e10: P(observed 0 | true 1).

    Source: Natarajan et al. 2013.

    >>> round(float(noisy_threshold(0.1, 0.1)), 6)
    0.5
    """
    e01, e10 = jnp.asarray(e01, dtype=float), jnp.asarray(e10, dtype=float)
    return (0.5 - e01) / (1.0 - e01 - e10)


def noisy_cut(e01: ArrayLike, e10: ArrayLike, mean: ArrayLike) -> jax.Array:
    """Return t = logit(q*) / (2 mu), where the noisy Bayes rule cuts x | Y ~ N(+-mu, 1).

    Minus or plus infinity where one answer is given always.

    Args:
        e01: P(observed 1 | true 0).
        e10: P(observed 0 | true 1); e01 + e10 < 1.
        mean: mu > 0, half the distance of the class means in standard deviations.

    Source: derived here.

    >>> round(float(noisy_cut(0.05, 0.3, 1.0)), 4)
    0.4055
    """
    return logit(jnp.clip(noisy_threshold(e01, e10), 0.0, 1.0)) / (2.0 * jnp.asarray(mean))


def clean_error(e01: ArrayLike, e10: ArrayLike, mean: ArrayLike) -> jax.Array:
    """Return Phi(t - mu)/2 + Q(t + mu)/2, the error on clean labels of the noisy Bayes rule.

    Classes are equally likely with x | Y ~ N(+-mu, 1); arguments as for ``noisy_cut``.

    Source: derived here.

    >>> round(float(clean_error(0.05, 0.3, 1.0)), 4)
    0.178
    """
    cut, mean = noisy_cut(e01, e10, mean), jnp.asarray(mean)
    return 0.5 * ndtr(cut - mean) + 0.5 * ndtr(-cut - mean)
