"""What other libraries find on one curve: ruptures, piecewise-regression, a logistic by scipy."""

import importlib
import importlib.util
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, special, stats

Array = NDArray[np.floating]
Row = tuple[float, float, float]
NAN = float("nan")


def available() -> dict[str, Callable[[Array, Array], Array]]:
    """Return the methods whose library is installed: x (n,), y (curves, n) -> (curves, 3)."""
    methods: dict[str, Callable[[Array, Array], Row]] = {"logistic, Wald": logistic}
    if importlib.util.find_spec("ruptures"):
        methods["ruptures Dynp l2"] = lambda x, y: ruptures(x, y, "l2")
        methods["ruptures Dynp clinear"] = lambda x, y: ruptures(x, y, "clinear")
    if importlib.util.find_spec("piecewise_regression"):
        methods["piecewise-regression"] = piecewise
    return {name: _each(method) for name, method in methods.items()}


def _each(method: Callable[[Array, Array], Row]) -> Callable[[Array, Array], Array]:
    return lambda x, y: np.array([method(x, row) for row in y])


def logistic(x: Array, y: Array) -> Row:
    """Return the midpoint of a four-parameter logistic, best of five starts, and Wald interval."""
    best, found = np.inf, (NAN, NAN, NAN)
    for start in (0.2, 0.35, 0.5, 0.65, 0.8):
        guess = [y.min(), np.ptp(y), start, np.log(0.05)]
        try:
            fit, covariance = optimize.curve_fit(_curve, x, y, guess, maxfev=2000)
        except RuntimeError:
            continue
        rss = float(np.sum((y - _curve(x, *fit)) ** 2))
        if rss < best:
            half = stats.t.ppf(0.975, len(x) - 4) * np.sqrt(max(covariance[2, 2], 0.0))
            best, found = rss, (fit[2], fit[2] - half, fit[2] + half)
    return found


def _curve(x: Array, low: float, height: float, middle: float, log_width: float) -> Array:
    width = np.exp(np.clip(log_width, -12, 3))
    return np.asarray(low + height * special.expit((x - middle) / width))


def ruptures(x: Array, y: Array, model: str) -> Row:
    """Return the place of one break, no interval."""
    rpt = importlib.import_module("ruptures")
    index = rpt.Dynp(model=model, min_size=2, jump=1).fit(y).predict(n_bkps=1)[0]
    return float((x[index - 1] + x[min(index, len(x) - 1)]) / 2), NAN, NAN


def piecewise(x: Array, y: Array) -> Row:
    """Return the break of a piecewise linear fit and its interval."""
    library = importlib.import_module("piecewise_regression")
    fit = library.Fit(x.tolist(), y.tolist(), n_breakpoints=1, n_boot=20)
    results = fit.get_results()
    if not results["converged"]:
        return float(x.mean()), NAN, NAN
    found = results["estimates"]["breakpoint1"]
    low, high = found["confidence_interval"]
    return float(found["estimate"]), float(low), float(high)
