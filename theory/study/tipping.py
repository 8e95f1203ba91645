"""How often the library's estimators, not told where, cover a tipping point that theory knows."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jaxuim import laws
from theory.study.claim import Exponent, Tip, TipKind

Array = NDArray[np.float64]
CONFIDENCE = 0.9
Found = tuple[float | None, tuple[float, float] | None, str]


def study_tip(
    name: str,
    kind: TipKind,
    x: ArrayLike,
    curves: ArrayLike,
    predicted: float,
    *,
    asymptotic: float | None = None,
    y_err: ArrayLike | None = None,
) -> Tip:
    """Return how often ``laws.tipping_point``, not told where or of what kind, covers a location.

    Args:
        name: what tips.
        kind: the kind that theory declares; the estimator chooses by itself among all.
        x: levels, shape (n,).
        curves: independent simulated data sets, shape (repetitions, n), or with seeds, shape
            (repetitions, seeds, n): then whole seeds are the unit of resampling.
        predicted: location by theory at this finite size.
        asymptotic: location in the infinite model, shown apart.
        y_err: standard errors of y up to a common factor, shape (n,); without seeds only.
    """
    x, table = np.asarray(x, dtype=np.float64), np.asarray(curves, dtype=np.float64)
    if table.ndim == 2:
        points = laws.tipping_points(x, table, y_err=y_err, confidence=CONFIDENCE)
    else:
        levels, groups = _long(x, table.shape[1])
        flat = table.reshape(len(table), -1)
        points = laws.tipping_points(levels, flat, groups=groups, confidence=CONFIDENCE)
    found = [(p.location, p.interval, p.kind) for p in points]
    return summarise(name, kind, predicted, asymptotic, found)


def study_crossing(
    name: str,
    x: ArrayLike,
    differences: ArrayLike,
    predicted: float,
    *,
    asymptotic: float | None = None,
) -> Tip:
    """Return how often ``laws.crossing`` covers the level at which a paired difference is zero.

    Args:
        name: what crosses.
        x: levels, shape (n,).
        differences: with pre-training minus without, of the same seed, shape (repetitions, seeds,
            n), the levels of a seed sharing their random numbers.
        predicted: location by theory at this finite size.
        asymptotic: location in the infinite model, shown apart.
    """
    x, table = np.asarray(x, dtype=np.float64), np.asarray(differences, dtype=np.float64)
    levels, groups = _long(x, table.shape[1])
    points = [
        laws.crossing(levels, row.reshape(-1), groups=groups, confidence=CONFIDENCE)
        for row in table
    ]
    found = [(p.location, p.interval, p.kind) for p in points]
    return summarise(name, "crossing", predicted, asymptotic, found)


def study_collapse(
    name: str,
    x: ArrayLike,
    curves: ArrayLike,
    sizes: ArrayLike,
    theory: ArrayLike,
    *,
    asymptotic: float,
    predicted: float | None = None,
    degree: int = 5,
) -> tuple[Tip, Exponent]:
    """Return how often ``laws.collapse`` covers where curves of all sizes meet, and their exponent.

    The exponent is 1/nu of the window of levels over which a curve of some size changes, whose
    limit is 1/2 where errors average out.

    Args:
        name: what collapses.
        x: levels, shape (n,), the sizes' curves one after another.
        curves: shape (repetitions, n).
        sizes: the size of each point, shape (n,).
        theory: the noiseless curves, shape (n,); their collapse gives the effective exponent.
        asymptotic: the critical level in the limit.
        predicted: the critical level at these sizes; that of ``theory`` if None.
        degree: of the common curve.
    """
    clean, *results = (
        laws.collapse(x, row, sizes, confidence=CONFIDENCE, degree=degree)
        for row in (np.asarray(theory), *np.asarray(curves, dtype=np.float64))
    )
    place = float(clean.critical or np.nan) if predicted is None else predicted
    found = [(r.critical, r.interval, "collapse" if r.interval else "none") for r in results]
    effective = float(clean.exponent or np.nan)
    ends = [r.exponent_interval or (np.nan, np.nan) for r in results]
    window = Exponent(
        name="window of noise against labels, 1/nu",
        effective=effective,
        asymptotic=0.5,
        fitted=float(results[0].exponent or np.nan),
        interval=ends[0],
        covered=sum(low <= effective <= high for low, high in ends),
        repetitions=len(results),
        confidence=CONFIDENCE,
    )
    return summarise(name, "collapse", place, asymptotic, found), window


def summarise(
    name: str,
    kind: TipKind,
    predicted: float,
    asymptotic: float | None,
    found: Sequence[Found],
) -> Tip:
    """Count coverage over repetitions given as (location, interval, kind found)."""
    ends = [interval for _, interval, _ in found if interval is not None]
    held = [low <= predicted <= high for low, high in ends]
    lengths = [high - low for low, high in ends]
    located, interval, _ = found[0]
    return Tip(
        name=name,
        kind=kind,
        predicted=float(predicted),
        asymptotic=None if asymptotic is None else float(asymptotic),
        located=located,
        interval=interval,
        covered=int(sum(held)),
        detected=len(ends),
        repetitions=len(found),
        width=float(np.median(lengths)) if lengths else float("nan"),
        confidence=CONFIDENCE,
        kinds=dict(Counter(kind for _, _, kind in found)),
    )


def root(function: Callable[[float], Any], low: float, high: float) -> float:
    """Return where a prediction changes sign between two levels, by bracketing.

    Raises:
        ValueError: it has the same sign at both.

    >>> round(root(lambda x: x**2 - 2.0, 0.0, 2.0), 6)
    1.414214
    """
    from scipy.optimize import brentq

    return float(brentq(lambda level: float(function(level)), low, high, xtol=1e-12))


def _long(x: Array, seeds: int) -> tuple[Array, NDArray[np.int64]]:
    """Return levels and seed labels in long form, seed by seed."""
    return np.tile(x, seeds), np.repeat(np.arange(seeds), len(x))
