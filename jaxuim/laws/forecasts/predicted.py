"""A forecast as it is reported: values with their intervals, or the reason why there are none."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jaxuim.laws.checks import Sample, finite
from jaxuim.laws.fits.fitted import Status

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Forecast:
    """A forecast of new observations at ``x_new``.

    ``lower`` and ``upper`` bound a new observation with probability ``confidence``. ``status`` is
    ``ok``, ``not_converged`` (``reason`` says what; the numbers may be off by more than their
    intervals) or ``failed`` (they are NaN). ``weights`` are the shares of the forms.
    """

    x_new: Array
    mean: Array
    lower: Array
    upper: Array
    weights: dict[str, float]
    status: Status
    reason: str
    confidence: float
    n: int = 0
    dropped: int = 0
    scale: str = "log"
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def card(self) -> dict[str, Any]:
        """The forecast as plain JSON values (None for what is not finite)."""
        numbers = lambda values: [finite(float(value)) for value in np.ravel(values)]
        return {
            "x_new": np.asarray(self.x_new).tolist(),
            "mean": numbers(self.mean),
            "lower": numbers(self.lower),
            "upper": numbers(self.upper),
            "confidence": self.confidence,
            "weights": dict(self.weights),
            "status": self.status,
            "reason": self.reason,
            "n": self.n,
            "dropped": self.dropped,
            "scale": self.scale,
            **self.details,
        }

    @property
    def sentence(self) -> str:
        """The forecast at the last x in one sentence."""
        if self.status == "failed":
            return f"No forecast: {self.reason}."
        if np.size(self.mean) == 0:
            return "No forecast was asked for."
        mean, lower, upper = (np.ravel(v)[-1] for v in (self.mean, self.lower, self.upper))
        at = np.reshape(self.x_new, (np.size(self.mean), -1))[-1]
        text = (
            f"At x = {', '.join(f'{value:g}' for value in at)} the forecast is {mean:.4g}; a new "
            f"observation lies between {lower:.4g} and {upper:.4g} "
            f"with {self.confidence:.0%} confidence"
        )
        return text + (f" ({self.reason})." if self.reason else ".")


def failed(
    data: Sample, points: Array, level: float, weights: Mapping[str, float], reason: str
) -> Forecast:
    """Return a forecast of NaN at every point, and why."""
    blank = np.full(len(points), np.nan)
    return Forecast(
        x_new=points,
        mean=blank,
        lower=blank.copy(),
        upper=blank.copy(),
        weights=dict(weights),
        status="failed",
        reason=reason,
        confidence=level,
        n=len(data.y),
        dropped=data.dropped,
    )


def positive(name: str, values: Array) -> Array:
    """Return the values, or raise ``ValueError`` where one is not positive and finite."""
    if not np.all(np.isfinite(values) & (values > 0)):
        raise ValueError(f"{name} contains a value that is not positive and finite")
    return values
