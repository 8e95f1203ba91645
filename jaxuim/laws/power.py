"""Power of the paired t test: with how many seeds which effect is detectable."""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import special

from jaxuim.laws.checks import check_confidence

Array = NDArray[np.float64]


@lru_cache(maxsize=64)
def _scales(dof: int) -> tuple[Array, Array]:
    """Return nodes of sqrt(chi2_dof / dof) and their probabilities.

    Gauss-Legendre in v with the probability u = v^2 (3 - 2v), which crowds the nodes at both ends.
    """
    node, weight = np.polynomial.legendre.leggauss(256)
    v = 0.5 * (node + 1)
    upper = (1 - v) ** 2 * (1 + 2 * v)
    return np.sqrt(special.chdtri(dof, upper) / dof), 3 * v * (1 - v) * weight


def paired_t_power(effect: float, sd: float, seeds: int, *, confidence: float = 0.95) -> float:
    """Return the probability that the interval of a true paired effect excludes 0.

    P(|T| > t_{n-1}) for T noncentral t with n - 1 degrees of freedom and effect sqrt(n) / sd, by
    quadrature over the estimated spread to ten digits (scipy's noncentral t is NaN in places).

    Args:
        effect: true mean difference, units of the measure.
        sd: standard deviation of the paired differences over seeds, same units, positive.
        seeds: number of pairs, at least 2.
        confidence: of the two-sided interval.

    Raises:
        ValueError: a value is out of range.

    Source: noncentral t distribution (Johnson and Welch 1940).

    >>> round(paired_t_power(0.0, 1.0, 16), 4), round(paired_t_power(1.0, 1.0, 16), 3)
    (0.05, 0.962)
    """
    level = check_confidence(confidence)
    if not sd > 0 or not np.isfinite(effect):
        raise ValueError(f"effect is {effect} and sd {sd}; a finite effect and sd > 0 are needed")
    if seeds < 2:
        raise ValueError(f"seeds is {seeds}; at least 2 are needed")
    dof = seeds - 1
    critical = special.stdtrit(dof, 0.5 + level / 2)
    centre = min(abs(effect) * np.sqrt(seeds) / sd, 1e3)
    scale, weight = _scales(dof)
    inside = special.ndtr(critical * scale - centre) - special.ndtr(-critical * scale - centre)
    return float(np.clip(1.0 - weight @ inside, 0.0, 1.0))


def detectable_effect(
    sd: float, seeds: int, *, power: float = 0.8, confidence: float = 0.95
) -> float:
    """Return the smallest true paired effect that is detected with the given power.

    Args:
        sd: standard deviation of the paired differences over seeds, e.g. of a pilot.
        seeds: number of pairs, at least 2.
        power: wanted probability of detection, above 1 - confidence.
        confidence: of the two-sided interval.

    Raises:
        ValueError: a value is out of range.

    >>> round(detectable_effect(1.0, 16), 3)
    0.749
    """
    level = check_confidence(confidence)
    if not 1 - level < power < 1:
        raise ValueError(f"power is {power}; it must lie between {1 - level:.3g} and 1")
    low, high = 0.0, sd / np.sqrt(seeds) if seeds > 1 else sd
    while paired_t_power(high, sd, seeds, confidence=level) < power:
        low, high = high, 2 * high
    for _ in range(60):
        middle = 0.5 * (low + high)
        enough = paired_t_power(middle, sd, seeds, confidence=level) >= power
        low, high = (low, middle) if enough else (middle, high)
    return float(high)


def seeds_needed(effect: float, sd: float, *, power: float = 0.8, confidence: float = 0.95) -> int:
    """Return the smallest number of seeds that detects an effect with the given power.

    Args:
        effect: true mean difference, not 0.
        sd: standard deviation of the paired differences over seeds.
        power: wanted probability of detection.
        confidence: of the two-sided interval.

    Raises:
        ValueError: the effect is 0 or a value is out of range.

    >>> seeds_needed(0.749, 1.0)
    17
    """
    if effect == 0 or not 0 < power < 1:
        raise ValueError(f"effect is {effect} and power {power}; no number of seeds gives that")
    high = 2
    while paired_t_power(effect, sd, high, confidence=confidence) < power:
        high *= 2
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        enough = paired_t_power(effect, sd, middle, confidence=confidence) >= power
        low, high = (low, middle) if enough else (middle, high)
    return high
