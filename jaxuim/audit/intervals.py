"""Intervals of shares, and whether an accuracy is above chance."""

from typing import NamedTuple

import numpy as np
from scipy import special

from jaxuim.laws.checks import check_confidence


class Share(NamedTuple):
    """A share with its interval, all in [0, 1]; ``hits`` of ``n``."""

    value: float
    lower: float
    upper: float
    hits: int
    n: int


def wilson(count: int, n: int, confidence: float = 0.95) -> Share:
    """Return count / n with Wilson's score interval.

    Args:
        count: successes, 0 to n.
        n: trials, independent; at least 1.
        confidence: of the two-sided interval.

    Raises:
        ValueError: count is not in [0, n], or n < 1.

    Source: Wilson 1927.

    >>> share = wilson(5, 50)
    >>> round(share.lower, 4), round(share.upper, 4)
    (0.0435, 0.2136)
    """
    if n < 1 or not 0 <= count <= n:
        raise ValueError(f"count is {count} of n = {n}; 0 to n of at least 1 is allowed")
    z = normal_quantile(confidence)
    p, scale = count / n, 1 + z * z / n
    centre = (p + z * z / (2 * n)) / scale
    half = z / scale * np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    lower = 0.0 if count == 0 else float(centre - half)
    upper = 1.0 if count == n else float(centre + half)
    return Share(p, lower, upper, int(count), int(n))


def normal_quantile(confidence: float, intervals: int = 1) -> float:
    """Return z of a two-sided interval, by Bonferroni's correction of several that hold at once.

    >>> round(normal_quantile(0.95), 3)
    1.96
    """
    return float(-special.ndtri((0.5 - check_confidence(confidence) / 2) / intervals))


def above_chance(accuracy: float, chance: float, n: int) -> bool:
    """Say whether an accuracy on n examples exceeds chance, one-sided at 5 %.

    >>> above_chance(0.6, 0.5, 100), above_chance(0.55, 0.5, 100)
    (True, False)
    """
    return bool(accuracy - chance > normal_quantile(0.9) * np.sqrt(chance * (1 - chance) / n))


def no_hits(n: int, confidence: float = 0.95) -> float:
    """Return the upper end of Clopper and Pearson's interval of a share seen 0 times in n.

    >>> round(no_hits(100), 4)
    0.0362
    """
    return float(-np.expm1(np.log(0.5 - check_confidence(confidence) / 2) / n))
