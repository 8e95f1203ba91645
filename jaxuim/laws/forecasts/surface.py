"""Extrapolates a scaling law of several inputs: one automatic call, with prediction intervals."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from jaxuim.laws.checks import Sample, check_confidence, finite, sample
from jaxuim.laws.forecasts.blending import Blend, blend
from jaxuim.laws.forecasts.predicted import Forecast, failed, positive

Array = NDArray[np.float64]

# Calibrated on public scaling data of two inputs, for the largest fifth of the compute.
MISFIT = 0.05  # share of the fall of log y up to the new point that the law is wrong by
BETWEEN = 0.5  # share of the laws' disagreement that their weighted mean is wrong by
TOP = 0.2  # share of the rows, the largest, whose residuals give the noise
FEWEST = 6  # rows for that
OVERLAP = 0.1  # share of the range that is added to the distance, so that it is never zero
FREEDOM = 10.0  # of the Student distribution of the error over its scale


def forecast_surface(
    x: ArrayLike,
    y: ArrayLike,
    x_new: ArrayLike,
    *,
    y_err: ArrayLike | None = None,
    groups: ArrayLike | None = None,
    confidence: float = 0.9,
) -> Forecast:
    """Forecast y at x_new from y(x1, ..., xk), with intervals for new observations.

    The forecast is a weighted mean of log f over the laws

        f = E + (sum_j (A_j x_j^-alpha_j)^q)^(1/q),  q = 1, 1.4, 2,
        f = E + sum_j A_j x_j^-alpha_j + F prod_j x_j^-alpha_j,

    fitted with Huber's loss on log y, in which rows count more the larger the product of their
    inputs is. A law's weight is the mean square, to the power -2, of its errors on the largest
    fifth of the rows when it has not seen them. The half-width of the interval, in log y, is a
    Student quantile with 10 degrees of freedom times

        sqrt(noise^2 + standard error^2 + (between laws / 2)^2 + misfit^2)

    where the noise is that of the largest fifth of the rows and the misfit a twentieth of the fall
    of log y that the mean slope makes over the distance to the data (in the logarithm of the
    product, plus a tenth of its range). The constants are calibrated on public scaling data. A y
    that rises with the inputs is forecast as 1/y.

    Args:
        x: shape (n, k), k >= 2, positive, for example (parameters, tokens).
        y: shape (n,), positive; rows that are not finite are dropped and counted.
        x_new: shape (m, k), positive, inside the range of x or beyond it.
        y_err: standard errors of y; rows with a larger relative one count less.
        groups: label of the seed of each row; at least 2 different. Rows of several seeds enlarge
            the noise by what the seeds differ.
        confidence: probability that a new observation lies in its interval.

    Returns:
        A ``Forecast``. Numerical failure is a status, never an exception.

    Raises:
        ValueError: shapes differ, x, x_new or y not positive, no more rows than the 2k + 1
            parameters of a law, a single group, confidence outside (0, 1).

    Source: derived here; Hoffmann et al. 2022 and Kaplan et al. 2020 for the laws.

    >>> size, data = np.meshgrid(np.geomspace(1e7, 1e9, 5), np.geomspace(1e9, 1e11, 5))
    >>> x = np.stack([size.ravel(), data.ravel()], axis=1)
    >>> law = lambda x: 1.8 + 480.0 * x[:, 0] ** -0.35 + 2000.0 * x[:, 1] ** -0.37
    >>> far = np.array([[1e10, 1e12]])
    >>> found = forecast_surface(x, law(x), far)
    >>> found.status, bool(found.lower[0] < law(far)[0] < found.upper[0])
    ('ok', True)
    """
    level = check_confidence(confidence)
    data, points = _checked(x, y, x_new, y_err, groups)
    size = np.sum(np.log(data.x), axis=1)
    order = np.argsort(size, kind="stable")
    data = data._replace(x=data.x[order], y=data.y[order], weight=data.weight[order])
    size = size[order]
    slope = float(np.polyfit(size - size.mean(), np.log(data.y), 1)[0]) if np.ptp(size) > 0 else 0.0
    sign = -1.0 if slope > 0 else 1.0
    z = sign * np.log(data.y)
    if not np.all(np.isfinite(z)) or np.max(np.abs(z)) > 200:
        return failed(data, points, level, {}, "y is too large or too small: change its unit")
    found = blend(data.x.T, z, _weights(data, known=y_err is not None), points.T)
    return _collect(data, points, level, found, z, sign)


def _checked(
    x: ArrayLike, y: ArrayLike, x_new: ArrayLike, y_err: ArrayLike | None, groups: ArrayLike | None
) -> tuple[Sample, Array]:
    columns = np.asarray(x, dtype=np.float64)
    points = np.asarray(x_new, dtype=np.float64)
    if columns.ndim != 2 or columns.shape[1] < 2:
        raise ValueError(f"x has shape {columns.shape}; (n, k) with k of at least 2 is needed")
    k = columns.shape[1]
    if points.ndim != 2 or points.shape[1] != k:
        raise ValueError(f"x_new has shape {points.shape}; (m, {k}) is needed")
    data = sample(columns, y, y_err, groups, tuple(f"x{j + 1}" for j in range(k)))
    for name, values in (("x", data.x), ("x_new", points), ("y", data.y)):
        positive(name, values)
    distinct = len(np.unique(data.x, axis=0))
    if distinct <= 2 * k + 1:
        raise ValueError(
            f"only {distinct} distinct x among the finite rows; a law of {k} inputs has "
            f"{2 * k + 1} parameters and needs more"
        )
    if data.groups is not None and data.groups.max() < 1:
        raise ValueError("groups name a single cluster; at least 2 are needed")
    return data, points


def _weights(data: Sample, *, known: bool) -> Array:
    """Return square-root weights: a relative error above the median one lowers them."""
    if not known:
        return np.ones(len(data.y))
    relative = 1.0 / (data.weight * data.y)
    middle = np.median(relative)
    return np.asarray(np.sqrt(2.0) * middle / np.sqrt(middle**2 + relative**2))


def _collect(
    data: Sample, points: Array, level: float, found: Blend, z: Array, sign: float
) -> Forecast:
    centre = found.shares @ found.new
    between = np.sqrt(found.shares @ (found.new - centre) ** 2)
    top = max(0, len(z) - max(FEWEST, int(TOP * len(z))))
    residual = found.shares @ found.fitted[:, top:] - z[top:]
    noise = float(np.sqrt(np.pi / 2) * np.mean(np.abs(residual)))
    logs = np.log(data.x)
    fall = float(abs(np.polyfit(np.sum(logs, axis=1), z, 1)[0]))
    misfit = MISFIT * fall * _distance(logs, np.log(points))
    parts = found.uncertainty(noise), BETWEEN * between, misfit
    width = np.sqrt(noise**2 + sum(np.square(part) for part in parts))
    half = float(special.stdtrit(FREEDOM, 0.5 + level / 2)) * width
    ends = np.sort(np.exp(sign * np.stack([centre - half, centre + half])), axis=0)
    if not np.all(np.isfinite(ends)):
        return failed(data, points, level, {}, "no law reached a finite loss")
    return Forecast(
        x_new=points,
        mean=np.exp(sign * centre),
        lower=ends[0],
        upper=ends[1],
        weights=found.weights,
        status="ok" if found.converged else "not_converged",
        reason="" if found.converged else "the fit of a law did not settle",
        confidence=level,
        n=len(z),
        dropped=data.dropped,
        details={"noise": finite(noise), "rising": sign < 0},
    )


def _distance(logs: Array, new: Array) -> Array:
    """Return how far new points lie beyond the data, in log of the product, plus the overlap."""
    size, at = np.sum(logs, axis=1), np.sum(new, axis=1)
    beyond = np.maximum(new - logs.max(axis=0), logs.min(axis=0) - new).max(axis=1, initial=0.0)
    far = np.maximum(np.maximum(at - size.max(), size.min() - at), beyond)
    return np.asarray(np.maximum(far, 0.0) + OVERLAP * np.ptp(size))
