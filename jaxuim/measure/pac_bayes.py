"""Bounds on a true error from the training set: PAC-Bayes and mutual information.

PAC-Bayes bounds hold for the mean error of networks drawn from a posterior (the Gibbs error), with
probability ``1 - delta`` over the training set, for all posteriors at once; the prior must not
depend on that set. Every function works elementwise on arrays in float64. A bound above 1 says
nothing and is returned as 1.
"""

import numpy as np
from numpy.typing import ArrayLike

from jaxuim.measure.bounds import kl_inverse
from jaxuim.measure.numbers import Array, at_least, log_delta, positive, real, share


def gaussian_kl(
    mean: ArrayLike,
    std: ArrayLike,
    prior_mean: ArrayLike = 0.0,
    prior_std: ArrayLike = 1.0,
) -> float:
    """Return KL(posterior || prior) of Gaussians with independent coordinates, in nats.

    ``sum_i [log(s0_i/s_i) + (s_i^2 + (m_i - m0_i)^2) / (2 s0_i^2) - 1/2]``

    Args:
        mean: m, of the posterior (the trained parameters), any shape.
        std: s, broadcast against it.
        prior_mean: m0, e.g. the initial parameters.
        prior_std: s0.

    Returns:
        Nats, at least 0.

    Raises:
        ValueError: a value that is not finite, or a standard deviation that is not above 0.

    >>> gaussian_kl([3.0, 4.0], 1.0)
    12.5
    """
    m, s, m0, s0 = np.broadcast_arrays(
        real("mean", mean),
        positive("std", std),
        real("prior_mean", prior_mean),
        positive("prior_std", prior_std),
    )
    each = np.log(s0 / s) + 0.5 * ((s / s0) ** 2 + ((m - m0) / s0) ** 2 - 1.0)
    return float(each.sum())


def mcallester_bound(
    error: ArrayLike, divergence: ArrayLike, n: ArrayLike, *, delta: float = 0.05
) -> Array:
    """Return ``error + sqrt((KL + log(2 sqrt(n) / delta)) / (2 n))``.

    Args:
        error: mean training error of networks drawn from the posterior, in [0, 1].
        divergence: KL(posterior || prior) in nats, e.g. from :func:`gaussian_kl`.
        n: training examples, at least 1.
        delta: probability of failure, in (0, 1).

    Returns:
        f64 upper bound on the true Gibbs error, at most 1.

    Raises:
        ValueError: an argument outside its range.

    Source: McAllester 1999, with Maurer's constant (2004), by Pinsker's inequality.

    >>> round(float(mcallester_bound(0.1, 2.0, 500)), 3)
    0.194
    """
    budget = _budget(divergence, n, delta)
    return np.asarray(np.minimum(share("error", error) + np.sqrt(0.5 * budget), 1.0))


def maurer_bound(
    error: ArrayLike, divergence: ArrayLike, n: ArrayLike, *, delta: float = 0.05
) -> Array:
    """Return the largest p with ``kl(error || p) <= (KL + log(2 sqrt(n) / delta)) / n``.

    The PAC-Bayes-kl bound; never above McAllester's.

    Args:
        error: mean training error of networks drawn from the posterior, in [0, 1].
        divergence: KL(posterior || prior) in nats.
        n: training examples, at least 1.
        delta: probability of failure, in (0, 1).

    Returns:
        f64 upper bound on the true Gibbs error, at most 1.

    Raises:
        ValueError: an argument outside its range.

    Source: Maurer 2004 (arXiv cs/0411099).

    >>> round(float(maurer_bound(0.1, 2.0, 500)), 3)
    0.165
    """
    return kl_inverse(share("error", error), _budget(divergence, n, delta))


def seeger_bound(
    error: ArrayLike, divergence: ArrayLike, n: ArrayLike, *, delta: float = 0.05
) -> Array:
    """Return the largest p with ``kl(error || p) <= (KL + log((n + 1) / delta)) / n``.

    The first bound of this form; Maurer's is lower from n = 2 on.

    Args:
        error: mean training error of networks drawn from the posterior, in [0, 1].
        divergence: KL(posterior || prior) in nats.
        n: training examples, at least 1.
        delta: probability of failure, in (0, 1).

    Returns:
        f64 upper bound on the true Gibbs error, at most 1.

    Raises:
        ValueError: an argument outside its range.

    Source: Seeger 2002.

    >>> round(float(seeger_bound(0.1, 2.0, 500)), 3)
    0.175
    """
    size, nats = at_least("n", n, 1.0), at_least("divergence", divergence, 0.0)
    budget = (nats + np.log(size + 1.0) - log_delta(delta)) / size
    return kl_inverse(share("error", error), budget)


def catoni_bound(
    error: ArrayLike,
    divergence: ArrayLike,
    n: ArrayLike,
    *,
    scale: ArrayLike = 1.0,
    delta: float = 0.05,
) -> Array:
    """Return ``(1 - exp(-C error - (KL + log(1/delta)) / n)) / (1 - exp(-C))``.

    C must be chosen before the training set is seen: taking the best of several C needs delta to
    be divided by their number.

    Args:
        error: mean training error of networks drawn from the posterior, in [0, 1].
        divergence: KL(posterior || prior) in nats.
        n: training examples, at least 1.
        scale: C, above 0.
        delta: probability of failure, in (0, 1).

    Returns:
        f64 upper bound on the true Gibbs error, at most 1.

    Raises:
        ValueError: an argument outside its range.

    Source: Catoni 2007 (arXiv 0712.0248), theorem 1.2.1.

    >>> round(float(catoni_bound(0.1, 2.0, 500)), 3)
    0.165
    """
    size, nats = at_least("n", n, 1.0), at_least("divergence", divergence, 0.0)
    c = positive("scale", scale)
    exponent = c * share("error", error) + (nats - log_delta(delta)) / size
    return np.asarray(np.minimum(np.expm1(-exponent) / np.expm1(-c), 1.0))


def information_bound(information: ArrayLike, n: ArrayLike, *, sigma: ArrayLike = 0.5) -> Array:
    """Return ``sqrt(2 sigma^2 I / n)``, a bound on the mean generalisation gap.

    Unlike the other bounds it holds for the expectation over training sets and training, and it
    bounds the gap, not the error; it is not cut at 1.

    Args:
        information: I(parameters; training set) in nats, at least 0.
        n: training examples, at least 1.
        sigma: of the loss, which must be sub-Gaussian; 0.5 for a loss in [0, 1].

    Returns:
        f64 bound on |E[test loss - training loss]|.

    Raises:
        ValueError: an argument outside its range.

    Source: Xu and Raginsky 2017 (arXiv 1705.07809).

    >>> round(float(information_bound(2.0, 100)), 3)
    0.1
    """
    size, nats = at_least("n", n, 1.0), at_least("information", information, 0.0)
    return np.asarray(positive("sigma", sigma) * np.sqrt(2.0 * nats / size))


def _budget(divergence: ArrayLike, n: ArrayLike, delta: float) -> Array:
    size, nats = at_least("n", n, 1.0), at_least("divergence", divergence, 0.0)
    found: Array = (nats + np.log(2.0 * np.sqrt(size)) - log_delta(delta)) / size
    return found
