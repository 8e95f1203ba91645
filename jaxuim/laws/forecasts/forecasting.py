"""Extrapolates a learning or scaling curve: one automatic call, with prediction intervals."""

from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jaxuim.laws.checks import Sample, check_confidence, finite, sample
from jaxuim.laws.forecasts import calibration, curves, surface
from jaxuim.laws.forecasts.falling import broken_prior, law, tailed_prior
from jaxuim.laws.forecasts.modes import SMALLEST_SIGMA, Rows, modes
from jaxuim.laws.forecasts.predicted import Forecast, failed, positive
from jaxuim.laws.forecasts.walkers import KEPT
from jaxuim.laws.forecasts.walkers import sample as walk

Array = NDArray[np.float64]

MINIMUM = 5  # distinct x
STARTS = 8
# Shares in the forecast, which is a mean of logarithms (of y itself where some y are not positive).
WEIGHTS = {"broken_power_tail": 0.8, "bnsl1": 0.2}


def forecast(
    x: ArrayLike,
    y: ArrayLike,
    x_new: ArrayLike,
    *,
    y_err: ArrayLike | None = None,
    groups: ArrayLike | None = None,
    confidence: float = 0.9,
) -> Forecast:
    """Forecast y at x_new from a curve y(x), with intervals for new observations.

    Four fifths of the forecast are the posterior mean of log y under a broken power law on a
    slowly falling floor (module ``falling``), one fifth the broken neural scaling law with
    one break, nearly unpenalised. The half-width of the interval is a multiple of

        sqrt((1 + r^2) (posterior^2 + between forms^2) + noise^2 + misfit^2)

    in log y, where r is the horizon log(x_new / x_max) in units of the observed range of log x and
    the misfit is a tenth of the fall that the curve's mean slope would make up to x_new (at least
    over a tenth of its range). It is calibrated on public learning curves, because a law is wrong
    by more than the noise. A rising curve of positive y is forecast as 1/y, one of negative y as
    -y, and one with y of both signs, or zero, on a linear scale.

    Args:
        x: shape (n,), positive (data, steps, compute); at least 5 distinct. With shape (n, k),
            k >= 2, the forecast is ``surface.forecast_surface``.
        y: shape (n,); rows that are not finite (diverged runs) are dropped and counted.
        x_new: any shape, usually (m,); positive, inside the range of x or beyond it.
        y_err: standard errors of y, shape (n,); a new observation is taken to have one like the
            last four.
        groups: label of the seed (cluster) of each row, shape (n,), at least 2 different: the
            interval then also holds for a new seed.
        confidence: probability that a new observation lies in its interval.

    Returns:
        A ``Forecast`` with arrays of the shape of x_new. Numerical failure is a status, never an
        exception.

    Raises:
        ValueError: lengths differ, x or x_new not positive and finite, fewer than 5 distinct x
            among the finite rows, a single group, confidence outside (0, 1).

    Source: derived here; the broken neural scaling law is Caballero et al. 2022.

    >>> n = np.geomspace(100, 3200, 11)
    >>> found = forecast(n, 0.1 + 3.0 * n**-0.5, [12800.0])
    >>> found.status, bool(found.lower[0] < 0.1 + 3.0 * 12800**-0.5 < found.upper[0])
    ('ok', True)
    """
    columns = np.asarray(x, dtype=np.float64)
    if columns.ndim == 2 and columns.shape[1] > 1:
        return surface.forecast_surface(
            columns, y, x_new, y_err=y_err, groups=groups, confidence=confidence
        )
    level = check_confidence(confidence)
    new = positive("x_new", np.asarray(x_new, dtype=np.float64))
    flat = columns[:, 0] if columns.ndim == 2 else columns
    data = sample(flat, y, y_err, groups)
    positive("x", data.x)
    distinct = len(np.unique(data.x))
    if distinct < MINIMUM:
        raise ValueError(
            f"only {distinct} distinct x among the finite rows; a forecast needs {MINIMUM}"
        )
    if data.groups is not None and data.groups.max() < 1:
        raise ValueError("groups name a single cluster; at least 2 are needed")
    with np.errstate(over="ignore", invalid="ignore"):
        found = _one_curve(data, new.reshape(-1), level, known=y_err is not None)
    shape = new.shape[:1] if columns.ndim == 2 else new.shape
    arrays = {name: getattr(found, name) for name in ("x_new", "mean", "lower", "upper")}
    return replace(found, **{name: array.reshape(shape) for name, array in arrays.items()})


class _Mixture(NamedTuple):
    """What the two forms say: z over the posterior (draws, m) and from the best fit (m,)."""

    draws: Array
    fitted: Array

    def centre(self) -> Array:
        tail, broken = WEIGHTS.values()
        return tail * self.draws.mean(axis=0) + broken * self.fitted

    def spread(self) -> Array:
        tail, broken = WEIGHTS.values()
        apart = self.draws.mean(axis=0) - self.fitted
        return np.sqrt(self.draws.var(axis=0) + tail * broken * apart**2)

    def drift(self) -> float:
        """Return how far the two halves of the sample disagree, in posterior deviations."""
        halves = np.split(self.draws[: KEPT // 2 * 2 * (len(self.draws) // KEPT)], 2)
        between = np.abs(halves[0].mean(axis=0) - halves[1].mean(axis=0))
        return float(np.max(between / (self.draws.std(axis=0) + 1e-12)))


def _one_curve(data: Sample, points: Array, level: float, *, known: bool) -> Forecast:
    curve = curves.standard(data, known=known)
    if not np.all(np.isfinite(curve.z)) or not np.all(np.isfinite(curve.error)):
        return failed(data, points, level, WEIGHTS, "y is too large or too small: change its unit")
    horizon = curve.standard_t(points)
    rows = Rows(curve.t, curve.z, curve.error, curve.linear)
    prior = tailed_prior(curve.size, curve.span)
    smallest = SMALLEST_SIGMA * curve.size
    tail, broken = modes(rows, [prior, broken_prior(curve.span)], smallest, STARTS)
    if not np.isfinite(min(tail.loss)) or not np.isfinite(min(broken.loss)):
        return failed(data, points, level, WEIGHTS, "no start of the fit reached a finite loss")
    ensembles = walk(rows, prior, tail)
    chain = ensembles.reshape(-1, ensembles.shape[-1]).T
    best = broken.u[int(np.argmin(broken.loss))]
    at = lambda t: _Mixture(
        law(np, chain[:-1, :, None], t, curve.linear), law(np, best[:, None], t, curve.linear)
    )
    mixture = at(horizon)
    seeds = calibration.between_seeds(data, curve, at(curve.raw_t).centre())
    noise = calibration.new_noise(curve, float(np.sqrt(np.mean(np.exp(2.0 * chain[-1])))))
    width = calibration.spread(curve, horizon, mixture.spread(), noise, seeds)
    return _collect(data, curve, points, level, mixture, width, noise)


def _collect(
    data: Sample,
    curve: curves.Curve,
    points: Array,
    level: float,
    mixture: _Mixture,
    width: Array,
    noise: float,
) -> Forecast:
    centre = mixture.centre()
    half = calibration.quantile(level) * width
    ends = np.sort([curve.natural(centre - half), curve.natural(centre + half)], axis=0)
    mean = curve.natural(centre)
    if not (np.all(np.isfinite(mean)) and np.all(np.isfinite(ends))):
        return failed(data, points, level, WEIGHTS, "the forecast or its interval is not finite")
    settled = len(points) == 0 or mixture.drift() < 1.0
    return Forecast(
        x_new=points,
        mean=mean,
        lower=ends[0],
        upper=ends[1],
        weights=dict(WEIGHTS),
        status="ok" if settled else "not_converged",
        reason="" if settled else "two halves of the sampled posterior disagree",
        confidence=level,
        n=len(data.x),
        dropped=data.dropped,
        scale="linear" if curve.linear else "log",
        details={"noise": finite(noise), "rising": curve.sign * curve.mirror < 0},
    )
