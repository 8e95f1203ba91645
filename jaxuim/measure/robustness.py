"""Accuracy on the line: accuracy under a shift against accuracy without, and what lies above it."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from jaxuim.measure.numbers import Array, refuse, share

Scale = Literal["probit", "logit", "linear"]
_FORWARD = {"probit": special.ndtri, "logit": special.logit, "linear": np.asarray}
_BACK = {"probit": special.ndtr, "logit": special.expit, "linear": np.asarray}
_FEWEST = 3  # models; two always lie on a line


class Above(NamedTuple):
    """By how much accuracies exceed what a line predicts, with the line's own uncertainty."""

    value: Array
    lower: Array
    upper: Array


@dataclass(frozen=True)
class AccuracyLine:
    """A line through the transformed accuracies of baseline models.

    ``scale(target) = intercept + slope scale(source)``; intervals at ``confidence``;
    ``spread`` is the standard deviation of the residuals and ``r_squared`` the share explained,
    both on the transformed scale. ``draws`` holds resampled (intercept, slope) pairs, shape (B, 2),
    if models came in clusters.
    """

    slope: float
    intercept: float
    slope_interval: tuple[float, float]
    intercept_interval: tuple[float, float]
    r_squared: float
    spread: float
    models: int
    scale: Scale
    confidence: float
    centre: float
    sum_of_squares: float
    draws: Array | None = None

    def predict(self, source: ArrayLike) -> Above:
        """Return the target accuracy that the line predicts, with the interval of its mean.

        Raises:
            ValueError: an accuracy that the scale cannot show.
        """
        x = transformed("source", source, self.scale)
        value = self.intercept + self.slope * x
        if self.draws is None:
            away = (x - self.centre) ** 2 / self.sum_of_squares
            half = _quantile(self) * self.spread * np.sqrt(1.0 / self.models + away)
            low, high = value - half, value + half
        else:
            lines = self.draws[:, 0] + np.multiply.outer(x, self.draws[:, 1])
            low, high = np.quantile(lines, _tails(self.confidence), axis=-1)
        back = _BACK[self.scale]
        return Above(*(np.asarray(back(part)) for part in (value, low, high)))


def transformed(name: str, accuracy: ArrayLike, scale: Scale) -> Array:
    """Return accuracies on a scale: ``"probit"``, ``"logit"`` or ``"linear"`` (unchanged).

    Raises:
        ValueError: an accuracy outside [0, 1], or 0 or 1 where the scale is infinite there.

    >>> transformed("source", [0.5, 0.75], "logit").round(3).tolist()
    [0.0, 1.099]
    """
    if scale not in _FORWARD:
        raise ValueError(f"scale = {scale!r}; allowed are {', '.join(map(repr, _FORWARD))}")
    found = share(name, accuracy)
    if scale != "linear":
        ends = (found == 0.0) | (found == 1.0)
        refuse(name, found, ends, f"has no {scale}; use (right + 1/2) / (examples + 1)")
    return np.asarray(_FORWARD[scale](found))


def accuracy_line(
    source: ArrayLike,
    target: ArrayLike,
    *,
    scale: Scale = "probit",
    clusters: ArrayLike | None = None,
    confidence: float = 0.95,
    draws: int = 2000,
    seed: int = 0,
) -> AccuracyLine:
    """Return the least-squares line through transformed accuracies of baseline models.

    Without ``clusters`` the models count as independent and intervals are Student's. With them
    (seeds of one recipe, checkpoints of one run) whole clusters are resampled instead.

    Args:
        source: accuracy without a shift, f64[m] inside (0, 1).
        target: accuracy of the same models under the shift, f64[m].
        scale: ``"probit"`` (Miller et al.), ``"logit"`` (Taori et al.) or ``"linear"``.
        clusters: label[m] of what each model belongs to.
        confidence: of the intervals.
        draws: resamples of clusters.
        seed: of the resampling.

    Raises:
        ValueError: fewer than 3 models or 2 clusters, equal source accuracies, values outside.

    Source: Taori et al. 2020; Miller et al. 2021.

    >>> line = accuracy_line([0.5, 0.6, 0.7, 0.8], [0.3, 0.4, 0.5, 0.65], scale="linear")
    >>> round(line.slope, 3), line.models
    (1.15, 4)
    """
    x, y = transformed("source", source, scale), transformed("target", target, scale)
    _check(x, y, confidence)
    fit = _fitted(np.array([x.size, x.sum(), y.sum(), (x * x).sum(), (x * y).sum()])[None])[0]
    intercept, slope = float(fit[0]), float(fit[1])
    away = x - x.mean()
    left = y - intercept - slope * x
    total = float(((y - y.mean()) ** 2).sum())
    spread = float(np.sqrt((left**2).sum() / (x.size - 2)))
    lines = None if clusters is None else _resampled(x, y, clusters, draws, seed)
    if lines is None:
        half = special.stdtrit(x.size - 2, 0.5 + confidence / 2) * spread
        error = np.sqrt(1.0 / x.size + x.mean() ** 2 / (away**2).sum())
        ends = np.array([half * error, half / np.sqrt((away**2).sum())])
        low, high = fit - ends, fit + ends
    else:
        low, high = np.quantile(lines, _tails(confidence), axis=0)
    return AccuracyLine(
        slope=slope,
        intercept=intercept,
        slope_interval=(float(low[1]), float(high[1])),
        intercept_interval=(float(low[0]), float(high[0])),
        r_squared=1.0 - float((left**2).sum()) / total if total > 0 else float("nan"),
        spread=spread,
        models=x.size,
        scale=scale,
        confidence=confidence,
        centre=float(x.mean()),
        sum_of_squares=float((away**2).sum()),
        draws=lines,
    )


def effective_robustness(line: AccuracyLine, source: ArrayLike, target: ArrayLike) -> Above:
    """Return by how much accuracy under the shift exceeds what the line predicts.

    ``target - scale^-1(intercept + slope scale(source))``, in accuracy. The interval is that of
    the line; the models' own noise (test examples, seeds) comes on top: with several seeds of a
    model take the interval of their mean with :func:`jaxuim.laws.inherited_effect`.

    Args:
        line: from :func:`accuracy_line`, fitted to baseline models without these.
        source: accuracy without the shift, f64[...] inside (0, 1).
        target: accuracy under the shift, of the same shape.

    Raises:
        ValueError: an accuracy outside its range, or shapes that differ.

    Source: Taori et al. 2020.

    >>> line = accuracy_line([0.5, 0.6, 0.7], [0.3, 0.4, 0.5], scale="linear")
    >>> round(float(effective_robustness(line, 0.6, 0.45).value), 3)
    0.05
    """
    found = share("target", target)
    if np.shape(source) != found.shape:
        raise ValueError(f"source has shape {np.shape(source)} and target {found.shape}")
    value, low, high = line.predict(source)
    return Above(found - value, found - high, found - low)


def _check(x: Array, y: Array, confidence: float) -> None:
    if x.ndim != 1 or x.shape != y.shape:
        raise ValueError(f"source has shape {x.shape} and target {y.shape}; both must be [m]")
    if x.size < _FEWEST:
        raise ValueError(f"a line needs at least {_FEWEST} models, not {x.size}")
    if np.ptp(x) == 0.0:
        raise ValueError(f"all {x.size} models have the same source accuracy; a line needs two")
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"confidence = {confidence} must lie strictly between 0 and 1")


def _resampled(x: Array, y: Array, clusters: ArrayLike, draws: int, seed: int) -> Array:
    """Return (intercept, slope) of resampled clusters, shape (B, 2), without vertical lines."""
    labels = np.asarray(clusters)
    if labels.shape != x.shape:
        raise ValueError(f"clusters has shape {labels.shape}; allowed is {x.shape}")
    names, member = np.unique(labels, return_inverse=True)
    if len(names) < 2:
        raise ValueError(f"clusters names {len(names)} cluster; resampling needs at least 2")
    sums = np.zeros((len(names), 5))
    np.add.at(sums, member, np.stack([np.ones_like(x), x, y, x * x, x * y], axis=1))
    counts = np.random.default_rng(seed).multinomial(
        len(names), np.full(len(names), 1.0 / len(names)), size=draws
    )
    lines = _fitted(counts @ sums)
    return lines[np.isfinite(lines).all(axis=1)]


def _fitted(sums: Array) -> Array:
    """Return (intercept, slope) from sums of 1, x, y, x^2, x y, NaN where x does not vary."""
    n, sx, sy, sxx, sxy = sums.T
    vary = sxx - sx * sx / n
    usable = vary > 1e-12 * np.maximum(sxx, 1e-300)
    slope = np.where(usable, (sxy - sx * sy / n) / np.where(usable, vary, 1.0), np.nan)
    return np.stack([(sy - slope * sx) / n, slope], axis=1)


def _quantile(line: AccuracyLine) -> float:
    return float(special.stdtrit(line.models - 2, 0.5 + line.confidence / 2))


def _tails(confidence: float) -> NDArray[np.float64]:
    return np.array([0.5 - confidence / 2, 0.5 + confidence / 2])
