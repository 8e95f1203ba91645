"""Bounds on a true error from a test set: Hoeffding, Chernoff, exact binomial.

Every function works elementwise on arrays in float64 and takes errors in [0, 1]. ``delta`` is the
probability with which the bound may fail. A bound above 1 says nothing and is returned as 1.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from jaxuim.measure.numbers import Array, at_least, log_delta, share

_STEPS = 60  # halvings of [q, 1]; the last is below a rounding error


def binary_kl(q: ArrayLike, p: ArrayLike) -> Array:
    """Return kl(q || p) of two coins in nats; infinite where p rules out what q allows.

    Args:
        q: probability in [0, 1].
        p: probability in [0, 1].

    Raises:
        ValueError: a probability outside [0, 1].

    >>> round(float(binary_kl(0.25, 0.5)), 4), float(binary_kl(0.5, 0.0))
    (0.1308, inf)
    """
    left, right = share("q", q), share("p", p)
    return np.asarray(special.rel_entr(left, right) + special.rel_entr(1.0 - left, 1.0 - right))


def kl_inverse(q: ArrayLike, budget: ArrayLike) -> Array:
    """Return the largest p in [q, 1] with ``kl(q || p) <= budget``.

    Args:
        q: observed error in [0, 1].
        budget: in nats, at least 0.

    Raises:
        ValueError: q outside [0, 1] or a negative budget.

    Source: Langford and Seeger 2001. By bisection, to rounding.

    >>> round(float(kl_inverse(0.0, 0.1)), 6)  # 1 - exp(-0.1)
    0.095163
    """
    observed, allowed = np.broadcast_arrays(share("q", q), at_least("budget", budget, 0.0))
    low, high = np.array(observed), np.ones_like(observed)
    for _ in range(_STEPS):
        middle = 0.5 * (low + high)
        fits = binary_kl(observed, middle) <= allowed
        low, high = np.where(fits, middle, low), np.where(fits, high, middle)
    return np.asarray(np.where(binary_kl(observed, 1.0) <= allowed, 1.0, high))


def hoeffding_bound(error: ArrayLike, n: ArrayLike, *, delta: float = 0.05) -> Array:
    """Return ``error + sqrt(log(1/delta) / (2 n))``, on n examples unseen in training.

    Args:
        error: observed on the n examples, in [0, 1].
        n: how many examples, at least 1.
        delta: probability of failure, in (0, 1).

    Returns:
        f64 upper bound on the true error, at most 1.

    Raises:
        ValueError: an argument outside its range.

    Source: Hoeffding 1963.

    >>> round(float(hoeffding_bound(0.1, 1000)), 4)
    0.1387
    """
    size = at_least("n", n, 1.0)
    bound = share("error", error) + np.sqrt(-log_delta(delta) / (2.0 * size))
    return np.asarray(np.minimum(bound, 1.0))


def chernoff_bound(error: ArrayLike, n: ArrayLike, *, delta: float = 0.05) -> Array:
    """Return the largest p with ``kl(error || p) <= log(1/delta) / n``, on n unseen examples.

    Never above Hoeffding's bound, and much below it where errors are rare.

    Args:
        error: observed on the n examples, in [0, 1].
        n: how many examples, at least 1.
        delta: probability of failure, in (0, 1).

    Returns:
        f64 upper bound on the true error, at most 1.

    Raises:
        ValueError: an argument outside its range.

    Source: Chernoff 1952; Langford 2005.

    >>> round(float(chernoff_bound(0.0, 1000)), 5)
    0.00299
    """
    return kl_inverse(error, -log_delta(delta) / at_least("n", n, 1.0))


def binomial_bound(errors: ArrayLike, n: ArrayLike, *, delta: float = 0.05) -> Array:
    """Return the largest p with ``P[Binomial(n, p) <= errors] >= delta``: no test bound is lower.

    Args:
        errors: how many of the n unseen examples were wrong, from 0 to n.
        n: how many examples, at least 1.
        delta: probability of failure, in (0, 1).

    Returns:
        f64 upper bound on the true error, at most 1.

    Raises:
        ValueError: an argument outside its range.

    Source: Clopper and Pearson 1934; Langford 2005.

    >>> round(float(binomial_bound(0, 1000)), 5)
    0.00299
    """
    log_delta(delta)
    size, wrong = np.broadcast_arrays(at_least("n", n, 1.0), at_least("errors", errors, 0.0))
    if np.any(wrong > size):
        place = int(np.argmax(wrong > size))
        raise ValueError(f"errors = {wrong.flat[place]:g} must be at most n = {size.flat[place]:g}")
    inside = wrong < size
    bound = special.betaincinv(wrong + 1.0, np.where(inside, size - wrong, 1.0), 1.0 - delta)
    return np.asarray(np.where(inside, bound, 1.0))
