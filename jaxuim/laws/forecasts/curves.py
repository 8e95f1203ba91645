"""Brings a learning curve to standard units, in which every forecast is made."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from jaxuim.laws.checks import Sample

Array = NDArray[np.float64]

LARGEST = 128  # rows that a forecast fits; more are averaged with their neighbours in x
TAIL = 3  # last rows whose median is the level of the curve
SMALLEST_CHANGE = 0.02  # of log y; a curve that has moved less is taken to have moved this much
GRID = 2.0**-30  # inputs are rounded to it, so that a change of unit changes no random decision


class Curve(NamedTuple):
    """A curve in standard units: z falls with t = log(x / x_max), z = 0 is its present level.

    For positive y, z = sign (log y - level): sign is -1 for a rising curve, so that 1/y is what
    falls; for negative y (``mirror`` is -1) the same with -y. Otherwise (``linear``)
    z = sign (y - level) / unit. ``error`` are standard errors of z;
    ``t``, ``z`` and ``error`` are the rows to fit, ``raw_t`` and ``raw_z`` are all rows, in the
    order of ``order``.
    """

    t: Array
    z: Array
    error: Array
    raw_t: Array
    raw_z: Array
    order: NDArray[np.intp]
    linear: bool
    mirror: float
    sign: float
    level: float
    unit: float
    x_max: float
    size: float
    span: float

    def standard_t(self, x: Array) -> Array:
        """Return t for x."""
        return np.log(x / self.x_max)

    def natural(self, z: Any) -> Any:
        """Return y for z."""
        value = self.level + self.sign * self.unit * z
        return value if self.linear else self.mirror * np.exp(value)


def falls(x: Array, y: Array) -> bool:
    """Say whether y falls with x: the sign of Spearman's correlation, falling where it is 0.

    >>> falls(np.array([1.0, 2.0, 4.0]), np.array([0.3, 0.5, 0.9]))
    False
    """
    return bool(np.sum((_ranks(x) - _ranks(x).mean()) * _ranks(y)) <= 1e-9)


def _ranks(values: Array) -> Array:
    """Return ranks from 0, ties sharing their mean rank."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    middle: Array = ends - 0.5 * (counts + 1.0)
    return middle[inverse.reshape(-1)]


def standard(data: Sample, *, known: bool) -> Curve:
    """Return the curve in standard units; ``known`` says that data.weight holds 1 / y_err."""
    order = np.lexsort((data.weight, data.y, data.x))
    x, y = data.x[order], data.y[order]
    error = 1.0 / data.weight[order] if known else np.zeros_like(y)
    mirror = -1.0 if np.all(y < 0) else 1.0
    y = mirror * y
    linear = not bool(np.all(y > 0))
    sign = 1.0 if falls(x, y) else -1.0
    value = y if linear else np.log(y)
    # A linear curve is scaled to the fall from e to 1, what a logarithmic one of size 1 makes.
    range_of_y = float(np.ptp(value)) or float(np.max(np.abs(value))) or 1.0
    unit = range_of_y / (np.e - 1.0) if linear else 1.0
    level = float(np.median(value[-TAIL:]))
    z = _rounded(sign * (value - level) / unit)
    t = _rounded(np.log(x / x[-1]))
    error = _rounded(error / unit if linear else error / y)
    size = 1.0 if linear else max(float(np.ptp(z)), SMALLEST_CHANGE)
    rows = _thinned(t, z, error)
    place = (float(x[-1]), size, float(-t[0]))
    return Curve(*rows, t, z, order, linear, mirror, sign, level, unit, *place)


def _rounded(values: Array) -> Array:
    rounded: Array = np.round(values / GRID) * GRID
    return rounded


def _thinned(t: Array, z: Array, error: Array) -> tuple[Array, Array, Array]:
    """Average neighbouring rows until at most ``LARGEST`` are left.

    An average counts as one row with the error of one row: neighbours share the law's misfit, so
    a thousand rows do not tell the shape of a curve a thousand times as well as one.
    """
    if len(t) <= LARGEST:
        return t, z, error
    starts = np.linspace(0, len(t), LARGEST, endpoint=False).astype(int)
    counts = np.diff(np.append(starts, len(t)))
    mean = lambda values: np.add.reduceat(values, starts) / counts
    return mean(t), mean(z), mean(error)
