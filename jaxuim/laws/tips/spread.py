"""Noise that grows or shrinks along x: is it there, and what weights belong to it."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

ROWS_NEEDED = 15
CERTAIN = 2.3  # standard errors of the trend above which it is taken for real
INSIDE = (0.02, 15.0)  # squared distances are cut off at these multiples of their median
LOG_SPREAD = 1.80  # standard deviation of the log of a squared normal, so cut off
OVERLAP = 1.25  # neighbouring differences share rows: by how much the standard error grows
LARGEST = 30.0  # ratio of the weights


def trend_weights(x: Array, y: Array) -> Array | None:
    """Return 1 / (size of the noise) for every row, or None where one size will do.

    The noise is judged by how far each row lies from the line between its neighbours in x, which
    the shape of the curve hardly matters for, a jump's least once the largest distance and its
    neighbours are left out: log(distance^2) = a + b x, weights exp(-b x / 2).

    x is on [0, 1]; b is rounded to a whole number.

    Source: differences: Rice 1984; the log-linear variance: Harvey 1976.

    >>> x, rng = np.linspace(0.0, 1.0, 80), np.random.default_rng(0)
    >>> trend_weights(x, x + 0.1 * rng.standard_normal(80)) is None
    True
    >>> weights = trend_weights(x, x + 0.01 * np.exp(3 * x) * rng.standard_normal(80))
    >>> bool(weights[0] > 5 * weights[-1])
    True
    """
    order = np.lexsort((y, x)) if len(np.unique(x)) < len(x) else np.argsort(x)
    u, v = x[order], y[order]
    if len(u) < ROWS_NEEDED:
        return None
    gap = u[2:] - u[:-2]
    share = np.where(gap > 0, (u[1:-1] - u[:-2]) / np.where(gap > 0, gap, 1.0), 0.5)
    distance = v[1:-1] - (1 - share) * v[:-2] - share * v[2:]
    squares = distance**2 / (1 + share**2 + (1 - share) ** 2)
    usual = float(np.median(squares))
    if usual <= 1e-20 * max(float(np.max(v**2)), 1e-300):
        return None
    kept = np.abs(np.arange(len(squares)) - np.argmax(squares)) > 1
    place = u[1:-1][kept] - u[1:-1][kept].mean()
    logs = np.log(np.clip(squares[kept] / usual, *INSIDE))
    slope = float(place @ logs / (place @ place))
    error = OVERLAP * LOG_SPREAD / float(np.sqrt(place @ place))
    if abs(slope) <= CERTAIN * error:
        return None
    weight = np.exp(-0.5 * round(slope) * (x - x.mean()))  # whole numbers: designs are remembered
    return np.maximum(weight / weight.max(), 1 / LARGEST)
