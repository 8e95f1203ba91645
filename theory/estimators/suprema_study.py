"""Critical values of sup-F, for a mean break and for a kink, held against simulated nulls."""

import numpy as np
from numpy.typing import NDArray

from theory.estimators import suprema
from theory.estimators.draws import largest_statistics
from theory.numerics.repeat import mean_error
from theory.study.claim import Outcome, Row
from theory.study.size import Size

Array = NDArray[np.float64]
TRIM, LEVELS, FINE = 0.15, 400, 1000
PUBLISHED = {0.10: 7.12, 0.05: 8.68, 0.01: 12.16}


def critical_values(size: Size) -> Outcome:
    """Hold predicted critical values, and published ones, against simulated nulls."""
    rng = size.rng("sup-F")
    count = size.repetitions(40_000)
    breaks, kinks = largest_statistics(rng, LEVELS, TRIM, count)
    _, again = largest_statistics(rng, LEVELS, TRIM, count)
    finer, _ = largest_statistics(rng, FINE, TRIM, count // 2)
    rows = []
    for level, published in PUBLISHED.items():
        found, error = quantile(breaks, level)
        predicted = suprema.mean_break_value(level, TRIM, LEVELS)
        name = f"sup-F for a mean break, {level:.0%}, {LEVELS} levels"
        reason = "places tried and noise enter to first order: next 1 / n"
        rows.append(Row(name, predicted, found, error, 0.005, reason=reason))
        found, error = quantile(finer, level)
        name = f"sup-F for a mean break, {level:.0%}, published for the limit, {FINE} levels"
        reason = "published values were simulated themselves, on a grid of places"
        rows.append(Row(name, published, found, error, 0.006, reason=reason))
        name = f"sup-F for a kink, share beyond the bound's {level:.0%} value, {LEVELS} levels"
        share, error = _share(again, suprema.kink_value(level, TRIM, LEVELS))
        reason = "an upper bound: paths that cross more than once are counted as often"
        rows.append(Row(name, level, share, error, 0.1, reason=reason))
    first, second = quantile(kinks, 0.05), quantile(again, 0.05)
    name = f"sup-F for a kink, 5 %, {LEVELS} levels, simulated twice"
    both = float(np.hypot(first[1], second[1]))
    rows.append(Row(name, first[0], second[0], both))
    share, error = _share(again, PUBLISHED[0.05])
    name = "false alarms on kinks at the 5 % value of a mean break"
    reason = "known to fail: each model has its own null"
    rows.append(Row(name, 0.05, share, error, reason=reason, holds=False))
    c = np.linspace(3.0, 13.0, 81)
    curves = {"c": c, "breaks": _beyond(breaks, c), "kinks": _beyond(kinks, c)}
    return Outcome(rows=tuple(rows), curves=curves | {"count": np.r_[float(count)]})


def quantile(draws: Array, level: float) -> tuple[float, float]:
    """Return the upper quantile and its standard error, from the spacing of the draws around it."""
    step = min(0.5 * level, 3.0 * np.sqrt(level * (1 - level) / len(draws)))
    high, middle, low = np.quantile(draws, [1 - level + step, 1 - level, 1 - level - step])
    spacing = (high - low) / (2 * step)
    return float(middle), float(spacing * np.sqrt(level * (1 - level) / len(draws)))


def _share(draws: Array, value: float) -> tuple[float, float]:
    mean, error = mean_error(draws > value)
    return float(mean), float(error)


def _beyond(draws: Array, values: Array) -> Array:
    """Return the share of draws beyond each value."""
    return np.asarray(1.0 - np.searchsorted(np.sort(draws), values, side="right") / len(draws))
