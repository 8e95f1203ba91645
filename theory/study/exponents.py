"""How often a fitted law, not told its exponent, covers the effective exponent of the theory."""

import numpy as np
from numpy.typing import ArrayLike

from jaxuim import laws
from theory.study.claim import Exponent

CONFIDENCE = 0.9


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

    Fits are on the scale of the logarithm (relative errors); each data set of shape (seeds, n) is
    averaged over its seeds, whose spread gives the standard errors.

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
    errors = None if y_err is None else np.asarray(y_err, dtype=np.float64)
    means, spreads = table, [errors] * len(table)
    if table.ndim == 3:
        means = table.mean(axis=1)
        spreads = list(table.std(axis=1, ddof=1) / np.sqrt(table.shape[1]))
    weights = spreads[0]
    relative = None if weights is None else np.asarray(theory) * weights / means[0]
    clean = laws.fit(form, x, theory, y_err=relative, scale="log")
    effective = clean.params[parameter]
    found = []
    for row, error in zip(means, spreads, strict=True):
        fitted = laws.fit(form, x, row, y_err=error, scale="log")
        found.append((fitted.params[parameter], fitted.interval(CONFIDENCE)[parameter]))
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
