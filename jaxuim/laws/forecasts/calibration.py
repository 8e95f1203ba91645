"""How wide a forecast's interval must be: misfit, noise and seeds, calibrated on public curves."""

import numpy as np
from numpy.typing import NDArray
from scipy import special

from jaxuim.laws.checks import Sample
from jaxuim.laws.forecasts.curves import TAIL, Curve

Array = NDArray[np.float64]

# Calibrated on 276 extrapolations of 192 public learning curves (47 of Alabdulmohsin et al. 2022 at
# 2, 4 and 8 times, 145 of LCDB at 8 times); on 250 other LCDB curves 90 % intervals held 86 %.
# The law is wrong by about this share of the fall that the curve's mean slope would make ...
MISFIT = 0.1
# ... and next to the last point by what it is wrong at this share of the observed range of log x.
NEAR = 0.1
# |error| / spread is distributed as SCALE times |Student's t with FREEDOM degrees of freedom|.
SCALE = 0.93
FREEDOM = 3.0


def quantile(confidence: float) -> float:
    """Return how many spreads wide half an interval is.

    >>> bool(quantile(0.5) < quantile(0.9) < quantile(0.95))
    True
    """
    return float(SCALE * special.stdtrit(FREEDOM, 0.5 + confidence / 2))


def spread(
    curve: Curve, horizon: Array, model: Array, noise: float, seeds: tuple[float, float, int]
) -> Array:
    """Return the standard deviation of a new observation of z at log(x_new / x_max).

    With r the horizon in units of the observed range of log x,

        (1 + r^2) model^2 + noise^2 + misfit^2 + seeds.

    ``model`` is the spread of the law over the posterior and between forms, which knows nothing of
    laws outside the family; the misfit grows with the horizon; ``seeds`` are (level, slope, number)
    of ``between_seeds``: a new seed has its own slope, and the mean of those seen is uncertain.
    """
    ahead = np.maximum(np.maximum(horizon, -curve.span - horizon), 0.0)  # beyond either end
    share = ahead / curve.span
    misfit = MISFIT * curve.size * np.hypot(NEAR, share)
    level, slope, number = seeds
    between = level**2 / number + (1.0 + 1.0 / number) * (slope * ahead) ** 2
    return np.sqrt((1.0 + share**2) * model**2 + noise**2 + misfit**2 + between)


def new_noise(curve: Curve, sigma: float) -> float:
    """Return the noise of a new observation: sigma and the last standard errors' median.

    Where rows were averaged before the fit sigma is too small; then it is the robust size of the
    differences between neighbouring rows.
    """
    if len(curve.raw_t) > len(curve.t):
        steps = np.diff(curve.raw_z) / np.sqrt(2.0)
        sigma = max(sigma, float(np.median(np.abs(steps))) / 0.6745)
    return float(np.hypot(sigma, np.median(curve.error[-TAIL - 1 :])))


def between_seeds(data: Sample, curve: Curve, fitted: Array) -> tuple[float, float, int]:
    """Return the standard deviations of the seeds' level and slope, and the number of seeds.

    Moments of each seed's residuals from the fitted law in z, their within-seed noise subtracted.
    """
    if data.groups is None:
        return 0.0, 0.0, 1
    labels = data.groups[curve.order]
    residual = curve.raw_z - fitted
    number = int(labels.max()) + 1
    rows = []
    for label in range(number):
        t, r = curve.raw_t[labels == label], residual[labels == label]
        centred = t - t.mean()
        square = float(np.sum(centred**2))
        slope = float(np.sum(centred * r)) / square if square > 0 and len(t) > 2 else 0.0
        left = r - r.mean() - slope * centred
        within = float(np.sum(left**2)) / max(len(t) - 2, 1)
        inverse = 1.0 / square if square > 0 else 0.0
        rows.append((r.mean(), within / len(t), slope, within * inverse))
    level, level_noise, slopes, slope_noise = np.array(rows).T
    excess = lambda value, noise: np.sqrt(max(np.var(value, ddof=1) - noise.mean(), 0.0))
    return float(excess(level, level_noise)), float(excess(slopes, slope_noise)), number
