"""A tipping point as it is reported, or the finding that there is none."""

from dataclasses import dataclass, field
from typing import Any, Literal

from jaxuim.laws.checks import Sample, finite

PointKind = Literal["kink", "jump", "sigmoid", "crossing", "none"]
Method = Literal["rotation", "sign_flip", "simulated_t", "fieller"]
NAN = float("nan")


@dataclass(frozen=True)
class TippingPoint:
    """A tipping point, or the finding that there is none.

    ``location`` and ``interval`` are in units of x and ``None`` unless ``detected``. ``kind`` is
    ``"kink"`` (the slope changes at a point; the arms are lines or saturate), ``"jump"``,
    ``"sigmoid"`` (located at its middle), ``"crossing"`` or ``"none"``, ``shape`` the likeliest
    shape of that kind and ``weights`` the probability of every kind given that there is a point.
    ``width`` and ``width_interval`` are those of a sigmoid 1/(1 + exp(-(x - t)/width)), in units of
    x, ``None`` for other kinds. ``p_value`` is against "no tipping point" (NaN where too little was
    left to test, see ``reason``), ``statistic`` the log odds or largest t that it belongs to.
    ``slope_before`` and ``slope_after`` are those of the hinge at the location (NaN unless a kink).
    """

    location: float | None
    interval: tuple[float, float] | None
    kind: PointKind
    p_value: float
    detected: bool
    confidence: float
    statistic: float
    method: Method
    n: int
    dropped: int
    clusters: int | None
    reason: str
    shape: str = ""
    width: float | None = None
    width_interval: tuple[float, float] | None = None
    weights: dict[str, float] = field(default_factory=dict)
    slope_before: float = NAN
    slope_after: float = NAN

    @property
    def card(self) -> dict[str, Any]:
        """The result as plain JSON values (None for what is not finite)."""
        return {
            "location": self.location,
            "interval": None if self.interval is None else list(self.interval),
            "kind": self.kind,
            "shape": self.shape,
            "weights": dict(self.weights),
            "width": self.width,
            "width_interval": None if self.width_interval is None else list(self.width_interval),
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


def none(
    data: Sample,
    confidence: float,
    reason: str,
    method: Method,
    p_value: float = NAN,
    statistic: float = NAN,
) -> TippingPoint:
    """Return 'none': the null is not rejected, or (without a p-value) too little is left to look.

    >>> import numpy as np
    >>> rows = Sample(np.zeros(3), np.zeros(3), np.ones(3), None, 2)
    >>> none(rows, 0.95, "too few", "rotation").card["p_value"] is None
    True
    """
    return TippingPoint(
        location=None,
        interval=None,
        kind="none",
        p_value=p_value,
        detected=False,
        confidence=confidence,
        statistic=statistic,
        method=method,
        n=len(data.x),
        dropped=data.dropped,
        clusters=clusters(data),
        reason=reason,
    )


def clusters(data: Sample) -> int | None:
    """Return the number of groups, None where there are none."""
    return None if data.groups is None else len(set(data.groups.tolist()))
