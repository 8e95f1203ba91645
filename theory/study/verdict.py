"""When prediction and simulation agree: bounds that were fixed before any result was seen."""

import numpy as np
from scipy import stats

from theory.study.claim import Exponent, Row, Speed, Tip

FAMILY = 480  # rows with a standard error, at most; a test counts them
FAMILY_ERROR = 0.01  # chance that any of them disagrees although all predictions are exact
COVERAGE = (0.85, 0.95)  # allowed share of 90 % intervals that hold the truth
ENOUGH = 400  # repetitions at which the share itself is judged
FASTER = 20.0  # times a NumPy loop


def bound() -> float:
    """Return how many standard errors a row may be away: two-sided, Bonferroni over the family.

    >>> round(bound(), 2)
    4.26
    """
    return float(stats.norm.isf(FAMILY_ERROR / FAMILY / 2))


def z_score(row: Row) -> float | None:
    """Return (simulated - predicted) / error, None for a deterministic row.

    >>> z_score(Row("mean", 1.0, 1.2, 0.1))
    1.9999999999999996
    """
    return (row.simulated - row.predicted) / row.error if row.error else None


def relative_error(row: Row) -> float | None:
    """Return |simulated / predicted - 1|, None where the prediction is 0.

    >>> relative_error(Row("mean", 2.0, 1.0))
    0.5
    """
    return abs(row.simulated - row.predicted) / abs(row.predicted) if row.predicted else None


def within(row: Row) -> bool:
    """Return whether both numbers are closer than the row allows.

    >>> within(Row("a", 1.0, 1.001, 0.001)), within(Row("b", 1.0, 1.1)), within(Row("c", 0.0, 0.0))
    (True, False, True)
    """
    allowed = bound() * (row.error or 0.0) + row.allowance * abs(row.predicted) + row.floor
    return bool(abs(row.simulated - row.predicted) <= allowed)


def row_agrees(row: Row) -> bool:
    """Return whether a row came out as declared: within its bound, or outside where it must be."""
    numbers = np.isfinite([row.predicted, row.simulated])
    return bool(numbers.all()) and within(row) == row.holds


def covers(covered: int, repetitions: int) -> bool:
    """Return whether a coverage agrees with 85 to 95 %.

    From 400 repetitions the share itself must lie there; with fewer, some share in that range must
    be compatible with the count (exact binomial, 99 %).

    >>> covers(360, 400), covers(320, 400), covers(33, 40), covers(20, 40)
    (True, False, True, False)
    """
    low, high = COVERAGE
    if repetitions >= ENOUGH:
        return low <= covered / repetitions <= high
    above = stats.binom.cdf(covered, repetitions, low) >= 0.005
    below = stats.binom.sf(covered - 1, repetitions, high) >= 0.005
    return bool(above and below)


def tip_agrees(tip: Tip) -> bool:
    """Return whether 90 % intervals held the predicted location as often as they should."""
    return covers(tip.covered, tip.repetitions)


def exponent_agrees(exponent: Exponent) -> bool:
    """Return whether 90 % intervals held the effective exponent as often as they should."""
    return covers(exponent.covered, exponent.repetitions)


def speed_agrees(speed: Speed) -> bool:
    """Return whether the vectorised simulation is 20 times faster than the loop."""
    return speed.loop >= FASTER * speed.vectorised
