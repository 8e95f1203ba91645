"""Where a response changes slope: the hinge's location, its interval and a test against none."""

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from jaxuim.laws import hinge, nulls
from jaxuim.laws.checks import Sample, check_confidence, finite, sample
from jaxuim.laws.resampling import expanded_tail

Array = NDArray[np.float64]

Method = Literal["simulated_f", "simulated_t", "sign_flip"]

LEVELS_NEEDED = 5
FLIPS_NEED_GROUPS = 8
REPLICAS = 1999


@dataclass(frozen=True)
class TippingPoint:
    """A tipping point, or the finding that there is none.

    ``location`` and ``interval`` are in units of x and ``None`` unless ``detected``; ``kind`` is
    ``"hinge"`` or ``"none"``. ``p_value`` is that of the largest test statistic over all
    breakpoints against a straight line (NaN where too few finite rows were left, see ``reason``).
    ``slope_before`` and ``slope_after`` belong to the fitted hinge (NaN where none is detected).
    """

    location: float | None
    interval: tuple[float, float] | None
    kind: Literal["hinge", "none"]
    p_value: float
    detected: bool
    confidence: float
    statistic: float
    method: Method
    slope_before: float
    slope_after: float
    n: int
    dropped: int
    clusters: int | None
    reason: str

    @property
    def card(self) -> dict[str, Any]:
        """The result as plain JSON values (None for what is not finite)."""
        return {
            "location": self.location,
            "interval": None if self.interval is None else list(self.interval),
            "kind": self.kind,
            "p_value": finite(self.p_value),
            "detected": self.detected,
            "confidence": self.confidence,
            "statistic": finite(self.statistic),
            "method": self.method,
            "slope_before": finite(self.slope_before),
            "slope_after": finite(self.slope_after),
            "n": self.n,
            "dropped": self.dropped,
            "clusters": self.clusters,
            "reason": self.reason,
        }


def tipping_point(
    x: ArrayLike,
    y: ArrayLike,
    *,
    y_err: ArrayLike | None = None,
    groups: ArrayLike | None = None,
    confidence: float = 0.95,
    seed: int = 0,
) -> TippingPoint:
    """Find where the slope of y(x) changes, and say whether it does.

    Fits y = a + b x + c max(x - t, 0) by (weighted) least squares over all t that leave a tenth of
    the range of x, and at least two distinct x, on either side.

    Without ``groups`` errors are independent and of one size (up to ``y_err``). The test is the
    largest F over t, with its null distribution simulated on the given x: for a kink its 5 % point
    is about 6.3, not the 8.7 of a mean break. The interval inverts the profile F.

    With ``groups`` (seeds) every group is one observation of a whole curve, with its own line:
    errors may be correlated and of unequal size along x, and differ by a line between groups. The
    test is the largest |t| over t of the groups' own hinge contrasts; its null comes from random
    signs per group, or for fewer than 8 groups from Gaussian noise on the same design. The interval
    is that of a bootstrap of whole groups (expanded percentiles).

    The alternative is tested against a *straight line*: a smooth bend is found too, and located
    where a hinge fits it best.

    Args:
        x: shape (n,), finite, at least 5 distinct values.
        y: shape (n,); rows that are not finite are dropped and counted.
        y_err: standard errors of y up to a common factor, shape (n,).
        groups: label of the seed of each row, shape (n,).
        confidence: of the interval; a tipping point is detected iff p_value <= 1 - confidence.
        seed: of the simulated null and the bootstrap.

    Returns:
        A ``TippingPoint``; its ``location`` is ``None`` where none is detected.

    Raises:
        ValueError: lengths differ, x is not finite, fewer than 5 distinct x, or no two groups that
            cover 3 distinct x each.

    Source: Feder 1975 and Hansen 2017 (hinge); sign flips of score contributions: Hemerik, Goeman
    and Finos 2020; the combination is derived here.

    >>> x = np.linspace(0.0, 1.0, 41)
    >>> found = tipping_point(x, 0.2 + np.maximum(x - 0.6, 0.0))
    >>> found.detected, round(found.location, 6), found.kind
    (True, 0.6, 'hinge')
    >>> tipping_point(x, 0.2 + 0.5 * x).location is None
    True
    """
    level = check_confidence(confidence)
    data = sample(x, y, y_err, groups)
    given = len(np.unique(np.asarray(x, dtype=np.float64)))
    if given < LEVELS_NEEDED:
        raise ValueError(f"x has {given} distinct values; a tipping point needs {LEVELS_NEEDED}")
    if len(np.unique(data.x)) < LEVELS_NEEDED:
        return _none(data, level, "fewer than 5 distinct x with a finite y")
    model = hinge.profile(data)
    if data.groups is not None and _used(model).sum() < 2:
        if data.dropped:
            return _none(data, level, "fewer than 2 groups with 3 distinct x and finite y")
        raise ValueError("groups: at least 2 groups must cover 3 or more distinct x each")
    test = _independent_test if data.groups is None else _clustered_test
    found = test(data, model, seed)
    if found.p_value > 1 - level:
        return _none(data, level, f"a straight line is not rejected at {1 - level:.3g}", found)
    return _detected(data, model, level, seed, found)


class _Test(NamedTuple):
    statistic: float
    p_value: float
    method: Method


def _p_value(null: Array, observed: float) -> float:
    """Return the share of the null at or above the observed value, itself included."""
    return float((1 + np.sum(null >= observed * (1 - 1e-9))) / (1 + len(null)))


def _independent_test(data: Sample, model: hinge.Profile, seed: int) -> _Test:
    """Compare the largest F with its simulated null."""
    statistic = hinge.largest_f(float(hinge.gain(model).max()), model.rss, len(data.x))
    null = nulls.simulated(data, REPLICAS, seed)
    return _Test(statistic, _p_value(null, statistic), "simulated_f")


def _clustered_test(data: Sample, model: hinge.Profile, seed: int) -> _Test:
    """Compare the largest |t| of the groups' contrasts with random signs, or a simulated null."""
    scores = model.score[_used(model)]
    squares = np.sum(scores**2, axis=0)
    observed = float(hinge.concentration(scores.sum(axis=0), squares).max())
    share = observed / len(scores)
    statistic = float(np.sqrt((len(scores) - 1) * share / (1 - share))) if share < 1 else np.inf
    if len(scores) < FLIPS_NEED_GROUPS:
        null = nulls.simulated(data, REPLICAS, seed)
        return _Test(statistic, _p_value(null, observed), "simulated_t")
    rng = np.random.default_rng(seed)
    signs = rng.choice([-1.0, 1.0], size=(REPLICAS, len(scores)))
    null = hinge.concentration(signs @ scores, squares).max(axis=1)
    return _Test(statistic, _p_value(null, observed), "sign_flip")


def _used(model: hinge.Profile) -> NDArray[np.bool_]:
    """Say which groups cover enough x to show a hinge."""
    return np.asarray(np.any(model.size > 0, axis=1))


def _inverted(
    data: Sample, model: hinge.Profile, confidence: float, location: float
) -> tuple[float, float]:
    """Return the breakpoints whose F against the best one is below its quantile."""
    gain = hinge.gain(model)
    dof = len(data.x) - 4
    quantile = float(special.fdtri(1, dof, confidence))
    allowed = max(model.rss - float(gain.max()), 0.0) * (1 + quantile / dof)
    return hinge.accepted(model, model.rss - gain, allowed, location, data)


def _resampled(
    data: Sample, model: hinge.Profile, confidence: float, location: float, seed: int
) -> tuple[float, float]:
    """Return the expanded percentiles of the location when whole groups are drawn again."""
    used = _used(model)
    clusters = int(used.sum())
    rng = np.random.default_rng([seed, 1])
    counts = rng.multinomial(clusters, np.full(clusters, 1 / clusters), size=REPLICAS)
    weight = counts @ model.size[used]
    gains = (counts @ model.score[used]) ** 2 / np.where(weight > 0, weight, np.inf)
    tail = expanded_tail(confidence, clusters)
    low, high = np.quantile(model.grid[np.argmax(gains, axis=1)], [tail, 1 - tail])
    return hinge.widened(model, float(min(low, location)), float(max(high, location)), data)


def _detected(
    data: Sample, model: hinge.Profile, confidence: float, seed: int, test: _Test
) -> TippingPoint:
    location = hinge.refine(data, model)
    if data.groups is None:
        interval = _inverted(data, model, confidence, location)
    else:
        interval = _resampled(data, model, confidence, location, seed)
    before, after = hinge.slopes(data, location)
    return TippingPoint(
        location=location,
        interval=interval,
        kind="hinge",
        p_value=test.p_value,
        detected=True,
        confidence=confidence,
        statistic=test.statistic,
        method=test.method,
        slope_before=before,
        slope_after=after,
        n=len(data.x),
        dropped=data.dropped,
        clusters=_clusters(data),
        reason="",
    )


def _none(data: Sample, confidence: float, reason: str, test: _Test | None = None) -> TippingPoint:
    """Return 'none': a line is not rejected, or (without a test) too little is left to look."""
    blank = _Test(np.nan, np.nan, "simulated_f" if data.groups is None else "sign_flip")
    found = test or blank
    return TippingPoint(
        location=None,
        interval=None,
        kind="none",
        p_value=found.p_value,
        detected=False,
        confidence=confidence,
        statistic=found.statistic,
        method=found.method,
        slope_before=float("nan"),
        slope_after=float("nan"),
        n=len(data.x),
        dropped=data.dropped,
        clusters=_clusters(data),
        reason=reason,
    )


def _clusters(data: Sample) -> int | None:
    return None if data.groups is None else len(np.unique(data.groups))
