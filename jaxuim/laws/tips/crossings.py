"""Where a response crosses a threshold, for example where pre-training becomes worse than none."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from jaxuim.laws.checks import Sample, check_confidence, sample
from jaxuim.laws.tips.points import TippingPoint, clusters, none

Array = NDArray[np.float64]

LEVELS_NEEDED = 3
SINGLE_NEEDED = 6  # levels, where there are no seeds
PLACES = 401
BANDWIDTHS = np.geomspace(0.06, 0.6, 8)  # of a local line, in ranges of x


class Band(NamedTuple):
    """The mean at places t, its standard error with degrees of freedom, and independent tests."""

    t: Array
    mean: Array
    error: Array
    dof: float
    tests: int


def crossing(
    x: ArrayLike,
    y: ArrayLike,
    threshold: ArrayLike = 0.0,
    *,
    threshold_err: float = 0.0,
    y_err: ArrayLike | None = None,
    groups: ArrayLike | None = None,
    confidence: float = 0.95,
) -> TippingPoint:
    """Find where the mean of y(x) crosses a threshold, with a Fieller interval.

    The interval holds the places around the crossing at which the mean is not significantly
    different from the threshold: |m(t)| <= q se(t). ``p_value`` is against "never crosses", the
    mean being nowhere below, or nowhere above: the larger of the two p-values, each corrected for
    the number of levels.

    With ``groups`` (seeds) the mean is that of the seeds' own curves, linear between levels, and
    its error comes from their spread, whatever their correlation along x. Without, it is a local
    line with a bandwidth chosen by leaving out single levels; errors are independent.

    Args:
        x: shape (n,), finite, at least 3 distinct values (6 without groups).
        y: shape (n,); rows that are not finite are dropped and counted.
        threshold: a number, or shape (n,): the value that the same seed has without pre-training,
            say, so that the comparison is paired.
        threshold_err: standard error of a threshold that was measured apart.
        y_err: standard errors of y up to a common factor, shape (n,); without groups only.
        groups: label of the seed of each row, shape (n,).
        confidence: of the interval; a crossing is detected iff p_value <= 1 - confidence.

    Returns:
        A ``TippingPoint`` of kind ``"crossing"`` or ``"none"``; the slope on both sides is that of
        the mean at the crossing.

    Raises:
        ValueError: lengths differ, x is not finite, too few distinct x, a negative threshold_err,
            fewer than 2 groups.

    Source: Fieller 1954 (inversion); intersection-union test: Berger 1982; local lines: Fan 1992.

    >>> x = np.tile(np.linspace(0.0, 1.0, 11), 6)
    >>> seed = np.repeat(np.arange(6), 11)
    >>> found = crossing(x, x - 0.42 + 0.01 * np.cos(7 * seed + 3 * x), groups=seed)
    >>> found.kind, abs(found.location - 0.42) < 0.02
    ('crossing', True)
    """
    level = check_confidence(confidence)
    if not threshold_err >= 0:
        raise ValueError(f"threshold_err is {threshold_err}; it must not be negative")
    ys = np.asarray(y, dtype=np.float64)
    ys = ys - np.broadcast_to(np.asarray(threshold, dtype=np.float64), ys.shape)
    data = sample(x, ys, y_err, groups)
    given = len(np.unique(np.asarray(x, dtype=np.float64)))
    needed = SINGLE_NEEDED if data.groups is None else LEVELS_NEEDED
    if given < needed:
        raise ValueError(f"x has {given} distinct values; a crossing needs {needed}")
    if len(np.unique(data.x)) < needed:
        return none(data, level, f"fewer than {needed} distinct x with a finite y", "fieller")
    band = _single(data) if data.groups is None else _seeds(data)
    if band is None:
        if data.dropped:
            return none(data, level, "fewer than 2 groups with finite y", "fieller")
        raise ValueError("groups: at least 2 groups are needed")
    band = band._replace(error=np.hypot(band.error, threshold_err))
    p, largest = _never_crosses(band)
    if p > 1 - level:
        reason = f"that it never crosses is not rejected at {1 - level:.3g}"
        return none(data, level, reason, "fieller", p, largest)
    return _located(data, band, level, p, largest)


def _seeds(data: Sample) -> Band | None:
    """Return the mean of the seeds' curves, each linear between the levels that it has."""
    labels = np.asarray(data.groups)
    levels = np.unique(data.x)
    t = np.union1d(np.linspace(levels[0], levels[-1], PLACES), levels)
    curves = []
    for g in np.unique(labels):
        own, place = np.unique(data.x[labels == g], return_inverse=True)
        mean = np.bincount(place, data.y[labels == g]) / np.bincount(place)
        curves.append(np.interp(t, own, mean, left=np.nan, right=np.nan))
    table = np.array(curves)
    count = np.sum(np.isfinite(table), axis=0)
    keep = count >= 2
    if len(table) < 2 or not keep.any():
        return None
    table, count = table[:, keep], count[keep]
    mean = np.nanmean(table, axis=0)
    error = np.sqrt(np.nansum((table - mean) ** 2, axis=0) / (count - 1) / count)
    return Band(t[keep], mean, error, float(count.min() - 1), len(levels))


def _single(data: Sample) -> Band:
    """Return a local line through independent rows."""
    low, span = data.x.min(), np.ptp(data.x)
    u, weight = (data.x - low) / span, (data.weight / data.weight.max()) ** 2
    best: tuple[float, Array] | None = None
    for width in BANDWIDTHS:
        smoother = _local_line(u, u, weight, width)
        left = 1 - np.diag(smoother)
        if np.any(~np.isfinite(smoother)) or left.min() < 0.05:
            continue
        score = float(np.sum(weight * ((data.y - smoother @ data.y) / left) ** 2))
        if best is None or score < best[0] * (1 - 1e-9):
            best = score, np.array([width])
    width = float(BANDWIDTHS[-1] if best is None else best[1][0])
    smoother = _local_line(u, u, weight, width)
    residual = data.y - smoother @ data.y
    freedom = max(len(u) - float(2 * np.trace(smoother) - np.sum(smoother**2)), 1.0)
    variance = float(np.sum(weight * residual**2)) / freedom
    t = np.linspace(0, 1, PLACES)
    at = _local_line(t, u, weight, width)
    error = np.sqrt(variance * np.sum(at**2 / weight, axis=1))
    return Band(low + span * t, at @ data.y, error, freedom, max(int(np.trace(smoother)) + 1, 2))


def _local_line(at: Array, x: Array, weight: Array, width: float) -> Array:
    """Return the rows of the local linear smoother with a Gaussian kernel, (places, n)."""
    distance = x - at[:, None]
    kernel = weight * np.exp(-0.5 * (distance / width) ** 2)
    moments = [np.sum(kernel * distance**k, axis=1, keepdims=True) for k in range(3)]
    determinant = np.maximum(moments[0] * moments[2] - moments[1] ** 2, 1e-300)
    return np.asarray(kernel * (moments[2] - moments[1] * distance) / determinant)


def _never_crosses(band: Band) -> tuple[float, float]:
    """Return the p-value against a mean that is nowhere below, or nowhere above, and its t."""
    flat = band.error <= 1e-12 * np.abs(band.mean).max()
    t = np.where(flat, np.sign(band.mean) * 1e6, band.mean / np.where(flat, 1.0, band.error))
    weaker = min(float(t.max()), float(-t.min()))
    single = float(special.stdtr(band.dof, -weaker))
    return min(1.0, band.tests * single), weaker


def _located(
    data: Sample, band: Band, confidence: float, p_value: float, statistic: float
) -> TippingPoint:
    """Return the crossing of the mean that separates the two sides best, and its interval."""
    above = band.mean > 0
    changes = np.flatnonzero(above[1:] != above[:-1])
    total = np.concatenate([[0.0], np.cumsum(band.mean)])
    parted = np.abs(total[-1] - 2 * total[changes + 1])
    i = int(changes[np.argmax(parted)])
    rise = (band.mean[i + 1] - band.mean[i]) / (band.t[i + 1] - band.t[i])
    location = float(band.t[i] - band.mean[i] / rise)
    quantile = float(special.stdtrit(band.dof, 0.5 + confidence / 2))
    outside = np.abs(band.mean) > quantile * band.error
    before, after = np.flatnonzero(outside[: i + 1]), np.flatnonzero(outside[i + 1 :])
    low = float(band.t[before[-1]]) if len(before) else float(data.x.min())
    high = float(band.t[i + 1 + after[0]]) if len(after) else float(data.x.max())
    return TippingPoint(
        location=location,
        interval=(min(low, location), max(high, location)),
        kind="crossing",
        p_value=p_value,
        detected=True,
        confidence=confidence,
        statistic=statistic,
        method="fieller",
        n=len(data.x),
        dropped=data.dropped,
        clusters=clusters(data),
        reason="",
        shape="rising" if rise > 0 else "falling",
        weights={"crossing": 1.0},
        slope_before=float(rise),
        slope_after=float(rise),
    )
