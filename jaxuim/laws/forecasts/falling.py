"""The law behind a forecast: a broken power law on a slowly falling floor, and its prior.

In standard units (``curves.standard``) t = log(x / x_max) and the law of log y is

    f(t) = log( exp(floor - drift t) + exp(size - first t - second s softplus((t - place) / s)) )

with s = exp(sharp): what can still be learnt falls with slope ``first`` before the break at
``place`` and ``first + second`` after it, on top of a floor that itself falls with the small slope
``drift``. A hard floor (drift 0) is the broken neural scaling law with one break; without a break
it is the saturating power law; without a floor the power law. Real curves that have passed their
steep part rarely stop at a constant, which is why a hard floor flattens too early.
"""

from types import ModuleType
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

NAMES = ("floor", "size", "first", "second", "place", "sharp", "drift", "level")


class Prior(NamedTuple):
    """Independent normal priors of the parameters and of log sigma, each shape (9,)."""

    mean: Array
    sd: Array


def _softplus(xp: ModuleType, x: Any) -> Any:
    return xp.maximum(x, 0.0) + xp.log1p(xp.exp(-xp.abs(x)))


def law(xp: ModuleType, u: Any, t: Any, linear: Any) -> Any:
    """Return the standardised response at t, shape (n,), for parameters u, shape (8, ...).

    ``linear`` is 0 for a curve of log y, and 1 for a curve of y itself, whose law is
    level + exp f(t) - exp f(0). ``xp`` is ``numpy`` or ``jax.numpy``.
    """
    floor, size, first, second, place, sharp, drift, level = u
    width = xp.exp(sharp)

    def log_y(at: Any) -> Any:
        base = floor - drift * at
        bend = second * width * _softplus(xp, (at - place) / width)
        return base + _softplus(xp, size - first * at - bend - base)

    # Capped where exp would overflow: there a walker is refused anyway.
    capped = lambda value: xp.exp(xp.minimum(value, 80.0))
    curve = log_y(t)
    return xp.where(linear > 0, level + capped(curve) - capped(log_y(0.0 * level)), curve)


def tailed_prior(size: float, span: float) -> Prior:
    """Return the prior of a curve that has changed by ``size`` over ``span`` of log x.

    Slopes of the floor, what is left to learn and the noise are in proportion to what the curve
    has done so far, so that raising y or x to a power changes nothing but the units. The other
    numbers are weak statements about learning curves in general; forecasts of 192 public learning
    curves change little when any of them is moved by half its standard deviation.
    """
    slope = size / span
    rows = {
        "floor": (-0.5, 0.9),
        "size": (np.log(size) - 1.0, 0.9),
        "first": (0.2, 0.2),
        "second": (0.3, 0.4),
        "place": (-0.4 * span, 0.4 * span),
        "sharp": (-1.2, 0.7),
        "drift": (0.25 * slope, 0.15 * slope + 0.002),
        "level": (0.0, 0.3),
        "log sigma": (np.log(size) - 4.0, 1.0),
    }
    table = np.array(list(rows.values()))
    return Prior(table[:, 0], table[:, 1])


def broken_prior(span: float) -> Prior:
    """Return the very weak prior under which the broken power law on a hard floor is fitted."""
    rows = {
        "floor": (-1.5, 4.5),
        "size": (0.0, 3.0),
        "first": (0.1, 0.45),
        "second": (0.3, 0.9),
        "place": (-0.4 * span, 9.0),
        "sharp": (-0.7, 2.1),
        "drift": (0.0, 1e-6),
        "level": (0.0, 1.0),
        "log sigma": (-4.5, 2.0),
    }
    table = np.array(list(rows.values()))
    return Prior(table[:, 0], table[:, 1])
