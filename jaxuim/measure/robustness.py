"""Accuracy on the line: accuracy under a shift against accuracy without, and what lies above it."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

from jaxuim.measure.numbers import Array, refuse, share

Scale = Literal["probit", "logit", "linear"]
_FORWARD = {"probit": special.ndtri, "logit": special.logit, "linear": np.asarray}
_BACK = {"probit": special.ndtr, "logit": special.expit, "linear": np.asarray}
_FEWEST = 3  # points; two always lie on a line


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
    both on the transformed scale. ``points`` is what the line goes through: models, or the means
    of clusters of them.
    """

    slope: float
    intercept: float
    slope_interval: tuple[float, float]
    intercept_interval: tuple[float, float]
    r_squared: float
    spread: float
    models: int
    points: int
    scale: Scale
    confidence: float
    centre: float
    sum_of_squares: float

    def predict(self, source: ArrayLike) -> Above:
        """Return the target accuracy that the line predicts, with the interval of its mean.

        Raises:
            ValueError: an accuracy that the scale cannot show.
        """
        x = transformed("source", source, self.scale)
        value = self.intercept + self.slope * x
        away = (x - self.centre) ** 2 / self.sum_of_squares
        width = _student(self.points, self.confidence) * self.spread
        half = width * np.sqrt(1.0 / self.points + away)
        back = _BACK[self.scale]
        return Above(*(np.asarray(back(part)) for part in (value, value - half, value + half)))


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
) -> AccuracyLine:
    """Return the least-squares line through transformed accuracies of baseline models.

    Without ``clusters`` the models count as independent. With them (seeds of one recipe,
    checkpoints of one run) the line goes through the means of the clusters on the transformed
    scale, each counting once: clusters are what is independent. Intervals are Student's, with 2
    degrees of freedom fewer than there are points.

    Args:
        source: accuracy without a shift, f64[m] inside (0, 1).
        target: accuracy of the same models under the shift, f64[m].
        scale: ``"probit"`` (Miller et al.), ``"logit"`` (Taori et al.) or ``"linear"``.
        clusters: label[m] of what each model belongs to.
        confidence: of the intervals.

    Raises:
        ValueError: fewer than 3 models or clusters, equal source accuracies, values outside.

    Source: Taori et al. 2020; Miller et al. 2021.

    >>> line = accuracy_line([0.5, 0.6, 0.7, 0.8], [0.3, 0.4, 0.5, 0.65], scale="linear")
    >>> round(line.slope, 3), line.models
    (1.15, 4)
    """
    x, y = transformed("source", source, scale), transformed("target", target, scale)
    _check(x, y, confidence)
    models = x.size
    if clusters is not None:
        x, y = _cluster_means(x, y, clusters)
    if np.ptp(x) <= 8 * np.finfo(np.float64).eps * np.abs(x).max():  # means of equal numbers
        raise ValueError(f"all {x.size} points have the same source accuracy; a line needs two")
    centre, away, above = float(x.mean()), x - x.mean(), y - y.mean()
    squares, total = float(away @ away), float(above @ above)
    slope = float(away @ above) / squares
    intercept = float(y.mean()) - slope * centre
    unexplained = float(((above - slope * away) ** 2).sum())
    spread = float(np.sqrt(unexplained / (x.size - 2)))
    half = _student(x.size, confidence) * spread
    slope_half = half / np.sqrt(squares)
    half = half * np.sqrt(1.0 / x.size + centre**2 / squares)
    return AccuracyLine(
        slope=slope,
        intercept=intercept,
        slope_interval=(float(slope - slope_half), float(slope + slope_half)),
        intercept_interval=(float(intercept - half), float(intercept + half)),
        r_squared=1.0 - unexplained / total if total > 0 else float("nan"),
        spread=spread,
        models=models,
        points=x.size,
        scale=scale,
        confidence=confidence,
        centre=centre,
        sum_of_squares=squares,
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
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"confidence = {confidence} must lie strictly between 0 and 1")


def _cluster_means(x: Array, y: Array, clusters: ArrayLike) -> tuple[Array, Array]:
    """Return the means of the coordinates of each cluster."""
    labels = np.asarray(clusters)
    if labels.shape != x.shape:
        raise ValueError(f"clusters has shape {labels.shape}; allowed is {x.shape}")
    names, member, size = np.unique(labels, return_inverse=True, return_counts=True)
    if len(names) < _FEWEST:
        raise ValueError(f"clusters names {len(names)} of them; a line needs at least {_FEWEST}")
    return np.bincount(member, x) / size, np.bincount(member, y) / size


def _student(points: int, confidence: float) -> float:
    return float(special.stdtrit(points - 2, 0.5 + confidence / 2))
