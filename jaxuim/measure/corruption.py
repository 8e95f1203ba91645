"""How much corrupted inputs cost, relative to a baseline model."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from jaxuim.measure.numbers import Array, refuse, share


class CorruptionError(NamedTuple):
    """The mean over corruptions, and the value of each, f64[C]; 1 is the baseline's."""

    mean: float
    each: Array


def mean_corruption_error(errors: ArrayLike, baseline: ArrayLike) -> CorruptionError:
    """Return the mean over corruptions c of ``sum_s E_cs / sum_s E0_cs``.

    Args:
        errors: E, errors of a model by corruption and severity, f64[C, S] in [0, 1].
        baseline: E0, those of the baseline model, f64[C, S], not 0 throughout a corruption.

    Returns:
        Ratios, at least 0; below 1 is better than the baseline. The literature multiplies by 100.

    Raises:
        ValueError: shapes that differ, errors outside [0, 1], a baseline without errors.

    Source: Hendrycks and Dietterich 2019 (their baseline is AlexNet).

    >>> mean_corruption_error([[0.2, 0.4], [0.5, 0.5]], [[0.4, 0.8], [0.5, 0.5]]).mean
    0.75
    """
    found, base = _tables(errors, baseline)
    return _ratios(found.sum(axis=1), base.sum(axis=1), "sum of the baseline's errors")


def relative_corruption_error(
    errors: ArrayLike, clean: float, baseline: ArrayLike, baseline_clean: float
) -> CorruptionError:
    """Return the mean over corruptions c of ``sum_s (E_cs - E) / sum_s (E0_cs - E0)``.

    Args:
        errors: E_cs, errors of a model by corruption and severity, f64[C, S] in [0, 1].
        clean: E, its error on clean inputs.
        baseline: E0_cs, those of the baseline model, f64[C, S].
        baseline_clean: E0, its error on clean inputs; each corruption must make it worse.

    Returns:
        Ratios; below 1 loses less than the baseline, below 0 gains. The literature multiplies by
        100.

    Raises:
        ValueError: shapes that differ, errors outside [0, 1], a corruption that costs the baseline
            nothing.

    Source: Hendrycks and Dietterich 2019.

    >>> round(relative_corruption_error([[0.2, 0.3]], 0.1, [[0.6, 0.8]], 0.4).mean, 3)
    0.5
    """
    found, base = _tables(errors, baseline)
    lost = (found - share("clean", clean)).sum(axis=1)
    expected = (base - share("baseline_clean", baseline_clean)).sum(axis=1)
    return _ratios(lost, expected, "baseline's loss summed over severities")


def _tables(errors: ArrayLike, baseline: ArrayLike) -> tuple[Array, Array]:
    found, base = share("errors", errors), share("baseline", baseline)
    if found.ndim != 2 or found.shape != base.shape or not found.size:
        raise ValueError(
            f"errors has shape {found.shape} and baseline {base.shape}; both must be [C, S]"
        )
    return found, base


def _ratios(above: Array, below: Array, name: str) -> CorruptionError:
    # errors are decimals: what is not above a rounding error is nothing
    refuse(name, below, below <= 1e-12, "must be above 0 for every corruption")
    each = above / below
    return CorruptionError(float(np.mean(each)), each)
