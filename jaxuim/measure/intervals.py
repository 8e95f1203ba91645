"""Exact intervals of shares."""

import numpy as np
from jax.typing import ArrayLike
from numpy.typing import NDArray
from scipy import special


def clopper_pearson(
    hits: ArrayLike, trials: ArrayLike, confidence: float = 0.95
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the exact interval of a share, of Clopper and Pearson.

    Args:
        hits: successes; halves (from ties) are allowed.
        trials: at least 1.
        confidence: in (0, 1).

    Returns:
        The lower and the upper ends, each f64 of the arguments' shape.

    Raises:
        ValueError: hits outside [0, trials], no trial, or a confidence outside (0, 1).

    >>> [round(float(end), 4) for end in clopper_pearson(0, 10)]
    [0.0, 0.3085]
    """
    k, n = np.asarray(hits, np.float64), np.asarray(trials, np.float64)
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"confidence = {confidence}; allowed is (0, 1)")
    if not ((n >= 1) & (k >= 0) & (k <= n)).all():
        raise ValueError(
            f"{hits} hits of {trials} trials; allowed are 0 to that many, of at least 1"
        )
    tail = (1.0 - confidence) / 2.0
    low = np.where(k > 0, special.betaincinv(np.maximum(k, 0.5), n - k + 1.0, tail), 0.0)
    high = np.where(k < n, special.betaincinv(k + 1.0, np.maximum(n - k, 0.5), 1.0 - tail), 1.0)
    return low, high
