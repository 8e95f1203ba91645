"""How often a fitted law, not told its exponent, covers the effective exponent of the theory."""

import numpy as np
from numpy.typing import ArrayLike

from jaxuim import laws
from theory.study.claim import Array, Exponent

CONFIDENCE = 0.9
REPLICAS = 150
Found = tuple[float, tuple[float, float]]


def study_exponent(
    name: str,
    x: ArrayLike,
    theory: ArrayLike,
    curves: ArrayLike,
    *,
    asymptotic: float | None = None,
    form: str = "power",
    parameter: str = "alpha",
    y_err: ArrayLike | None = None,
) -> Exponent:
    """Return how often the interval of a fit covers the exponent that the same fit gives on theory.

    Fits weigh errors relative to y. With seeds the interval is that of ``laws.bootstrap`` over
    whole seeds, since the points of a seed share random numbers; the law is fitted to their means
    (a mean of logarithms would be another curve). Without, it is that of ``laws.fit`` on the scale
    of the logarithm, with the standard errors of independent points.

    Args:
        name: what scales.
        x: grid, shape (n,), positive.
        theory: the noiseless prediction on the grid, shape (n,).
        curves: simulated data sets, shape (repetitions, seeds, n) or (repetitions, n).
        asymptotic: exponent of the limit, in the sign convention of ``parameter``.
        form: name of the law in ``laws.FORMS``.
        parameter: the law's parameter that is the exponent.
        y_err: standard errors of each point, shape (n,), where curves have no seeds.
    """
    x, table = np.asarray(x, dtype=np.float64), np.asarray(curves, dtype=np.float64)
    if table.ndim == 3:
        effective = laws.fit(form, x, theory, y_err=theory).params[parameter]
        found = [_over_seeds(form, parameter, x, sets) for sets in table]
    else:
        errors = None if y_err is None else np.asarray(y_err, dtype=np.float64)
        clean = laws.fit(form, x, theory, y_err=errors, scale="log")
        effective = clean.params[parameter]
        found = [_alone(form, parameter, x, row, errors) for row in table]
    held = [low <= effective <= high for _, (low, high) in found]
    return Exponent(
        name=name,
        effective=float(effective),
        asymptotic=asymptotic,
        fitted=float(found[0][0]),
        interval=(float(found[0][1][0]), float(found[0][1][1])),
        covered=int(np.sum(held)),
        repetitions=len(found),
        confidence=CONFIDENCE,
    )


def _over_seeds(form: str, parameter: str, x: Array, sets: Array) -> Found:
    """Return the exponent of curves of several seeds, shape (seeds, n), and its interval."""
    seeds = len(sets)
    rows = np.tile(x, seeds), sets.ravel()
    groups, sizes = np.repeat(np.arange(seeds), len(x)), np.tile(sets.mean(axis=0), seeds)
    found = laws.bootstrap(form, *rows, groups=groups, y_err=sizes, replicas=REPLICAS)
    return found.fit.params[parameter], found.interval(CONFIDENCE)[parameter]


def _alone(form: str, parameter: str, x: Array, y: Array, y_err: Array | None) -> Found:
    """Return the exponent of one curve of independent points, and its interval."""
    found = laws.fit(form, x, y, y_err=y_err, scale="log")
    return found.params[parameter], found.interval(CONFIDENCE)[parameter]
