"""Where a response tips: location, kind and interval, and a test against there being no point."""

from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jaxuim.laws.checks import check_confidence, sample
from jaxuim.laws.tips.points import TippingPoint
from jaxuim.laws.tips.search import Asked, search

Array = NDArray[np.float64]

LEVELS_NEEDED = 5
__all__ = ["TippingPoint", "tipping_point", "tipping_points"]


def tipping_point(
    x: ArrayLike,
    y: ArrayLike,
    *,
    kind: Asked = "auto",
    y_err: ArrayLike | None = None,
    groups: ArrayLike | None = None,
    confidence: float = 0.95,
    null_degree: Literal[1, 2] = 2,
    seed: int = 0,
) -> TippingPoint:
    """Find where y(x) tips, how, and say whether it does.

    Thirteen shapes are candidates: kinks with straight, saturating or curved arms, jumps between
    flats or lines, sigmoids on a flat or a line. Each is fitted at every location t (and width) of
    a fine grid that leaves a tenth of the range, and two levels, on either side; a candidate weighs
    prior x (n R)^(-p/2) x RSS^(-(n - 4)/2). ``location`` is the median of t over all candidates,
    ``interval`` its equal-tailed interval, so that it is wide where kinds disagree; ``kind`` is the
    likeliest. (R is RSS of a line over RSS of the best; RSS sum of squares, p linear parameters.)

    ``p_value`` is against *any* polynomial of degree 2: a curve that merely bends has no tipping
    point. Its price is power: a kink resembles a parabola, and where noise hides the difference no
    test can find it (slope change 1, noise 0.1, 20 levels: a test that knew the place, the sign and
    the noise would still miss 7 in 10). If the response is known to be straight where it does not
    tip, ``null_degree=1`` asks for less.

    Without ``groups`` errors are independent, Gaussian and of one size (up to ``y_err``); the test
    is then exact: given what the polynomial fits, residuals point in any direction equally.
    Where the size of the noise plainly changes along x and no ``y_err`` says so, a log-linear trend
    of its size is fitted, the likelihood weighted by it, and the larger p-value of both tests kept:
    false alarms stay near 5 % (measured: at most 9 % at 16-fold noise, 20 to 60 levels).

    With ``groups`` (seeds) errors may be correlated and of unequal size within a seed, and every
    seed has its own offset. The test flips the signs of whole seeds (fewer than 8: Gaussian noise
    is simulated); the likelihood is that of the mean curve with the covariance of the seeds.

    Args:
        x: shape (n,), finite, at least 5 distinct values.
        y: shape (n,); rows that are not finite are dropped and counted.
        kind: the kind to look for; ``"auto"`` looks for all.
        y_err: standard errors of y up to a common factor, shape (n,).
        groups: label of the seed of each row, shape (n,).
        confidence: of the interval; a tipping point is detected iff p_value <= 1 - confidence.
        null_degree: degree of the polynomials that count as "no tipping point".
        seed: of the draws of the test.

    Returns:
        A ``TippingPoint``; its ``location`` is ``None`` where none is detected.

    Raises:
        ValueError: lengths differ, x is not finite, fewer than 5 distinct x, or no two groups that
            cover ``null_degree + 2`` distinct x each.

    Source: Hansen 2017 (kinks), Andrews and Ploberger 1994 (average likelihood ratio over unknown
    break points); BIC weights: Raftery 1995; the exact test and the choice of shapes are derived
    here.

    >>> x = np.linspace(0.0, 1.0, 41)
    >>> found = tipping_point(x, 0.2 + np.maximum(x - 0.6, 0.0))
    >>> found.detected, round(found.location, 4), found.kind
    (True, 0.6, 'kink')
    >>> tipping_point(x, 0.2 + 0.5 * x - 0.3 * x**2).location is None
    True
    """
    data = sample(x, y, y_err, groups)
    _check_levels(np.asarray(x, dtype=np.float64))
    return search([data], kind, check_confidence(confidence), null_degree, seed)[0]


def tipping_points(
    x: ArrayLike,
    y: ArrayLike,
    *,
    kind: Asked = "auto",
    y_err: ArrayLike | None = None,
    groups: ArrayLike | None = None,
    confidence: float = 0.95,
    null_degree: Literal[1, 2] = 2,
    seed: int = 0,
) -> tuple[TippingPoint, ...]:
    """Find the tipping points of many curves at once, each as ``tipping_point`` would.

    Curves on the same x share all work that does not depend on y.

    Args:
        x: shape (n,) for all curves or (curves, n).
        y: shape (curves, n).
        kind: as for ``tipping_point``.
        y_err: shape (n,) or (curves, n).
        groups: shape (n,) or (curves, n).
        confidence: as for ``tipping_point``.
        null_degree: as for ``tipping_point``.
        seed: as for ``tipping_point``.

    Returns:
        One ``TippingPoint`` for each curve.

    Raises:
        ValueError: as ``tipping_point``; y is not a table; lengths differ.

    >>> x = np.linspace(0.0, 1.0, 21)
    >>> found = tipping_points(x, np.stack([np.maximum(x - 0.5, 0.0), 0.0 * x]))
    >>> [point.kind for point in found]
    ['kink', 'none']
    """
    table = np.asarray(y, dtype=np.float64)
    if table.ndim != 2:
        raise ValueError(f"y has shape {table.shape}; (curves, n) is needed")
    level = check_confidence(confidence)
    places = _rows(np.asarray(x, dtype=np.float64), len(table))
    errors = _rows(None if y_err is None else np.asarray(y_err), len(table))
    labels = _rows(None if groups is None else np.asarray(groups), len(table))
    for values in places[:1] if np.ndim(x) == 1 else places:
        _check_levels(values)
    curves = [sample(*row) for row in zip(places, table, errors, labels, strict=True)]
    return tuple(search(curves, kind, level, null_degree, seed))


def _rows(values: Any, curves: int) -> list[Any]:
    """Return one row, or None, for each curve."""
    if values is None or values.ndim == 1:
        return [values] * curves
    if len(values) != curves:
        raise ValueError(f"an array has {len(values)} rows but y has {curves}")
    return list(values)


def _check_levels(x: Array) -> None:
    given = len(np.unique(x))
    if given < LEVELS_NEEDED:
        raise ValueError(f"x has {given} distinct values; a tipping point needs {LEVELS_NEEDED}")
