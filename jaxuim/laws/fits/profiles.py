"""Profile intervals: how far one parameter can move while the others follow."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from jaxuim.laws.checks import check_confidence
from jaxuim.laws.fits import solver
from jaxuim.laws.fits.fitted import FitResult, Status
from jaxuim.laws.fits.fitting import fit
from jaxuim.laws.fits.outcome import mean_slope
from jaxuim.laws.fits.problem import ITERATIONS, Problem, prepared
from jaxuim.laws.fits.solver import Scale
from jaxuim.laws.forms.form import Form

Array = NDArray[np.float64]

POINTS = 32  # values on each side of the estimate
LOWER = 1e-3  # deviance by which a held fit may be better than the best one, by rounding
REACH = 16.0  # how many delta-method standard errors the widest search goes


@dataclass(frozen=True)
class Profile:
    """The profile of one parameter.

    ``values`` are where it was held and ``deviance`` what the others could not make up for, in
    units in which the interval ends at Student's t squared. An end is infinite (or at the
    parameter's bound) where the data do not stop it within the search; ``status`` is then
    ``not_converged``, as it is where holding the parameter led to a better fit.
    """

    fit: FitResult
    parameter: str
    values: Array
    deviance: Array
    interval: tuple[float, float]
    confidence: float
    status: Status


def profile(
    form: Form | str,
    x: ArrayLike,
    y: ArrayLike,
    parameter: str,
    *,
    y_err: ArrayLike | None = None,
    loss: Literal["squared", "huber"] = "squared",
    delta: float | None = None,
    scale: Scale = "linear",
    confidence: float = 0.95,
) -> Profile:
    """Return the interval {theta : 2 (R(theta) - R(best)) / s^2 <= t^2} of one parameter.

    R is the loss minimised over all other parameters, s^2 the variance factor of the fit (for
    Huber's loss mean psi^2 / mean psi') and t Student's quantile with n - p degrees of freedom.
    Unlike the delta method it follows curvature, and it says when one side is open; where the set
    has gaps its outer ends are returned. The errors of
    all rows are taken as independent; all values are refitted side by side.

    Args:
        form: a ``Form`` or its name.
        x: shape (n,), or (n, k) for a form of k inputs.
        y: shape (n,).
        parameter: which one.
        y_err: standard errors of y, as in ``fit``.
        loss: as in ``fit``, but not absolute errors, whose variance needs a density.
        delta: as in ``fit``.
        scale: as in ``fit``.
        confidence: of the interval.

    Raises:
        ValueError: as ``fit``; the form has no such parameter, or it is one that is only searched.

    Source: Bates and Watts 1988 (profile t); for Huber's loss the robust likelihood ratio of
    Ronchetti 1982.

    >>> n = [100.0, 200.0, 400.0, 800.0, 1600.0]
    >>> rough = [2.0 * v**-0.5 * (1.01 if i % 2 else 0.99) for i, v in enumerate(n)]
    >>> low, high = profile("power", n, rough, "alpha").interval
    >>> low < 0.5 < high
    True
    """
    if loss not in ("squared", "huber"):
        raise ValueError(f"loss is {loss!r}; a profile needs 'squared' or 'huber'")
    level = check_confidence(confidence)
    best = fit(form, x, y, y_err=y_err, loss=loss, delta=delta, scale=scale)
    held = best.form.holding(parameter)
    place = best.form.names.index(parameter)
    if best.form.coefficients[place].searched:
        raise ValueError(f"parameter {parameter!r} of form {best.form.name!r} has no derivative")
    spread = float(np.sqrt(best.covariance[place, place]))
    if best.status == "failed" or best.dof < 1 or not np.isfinite(spread) or spread == 0.0:
        return _nothing(best, parameter, level)
    problem = Problem(held, prepared(best.form, x, y, y_err, None, scale), scale, best.u[None])
    limit = float(special.stdtrit(best.dof, 0.5 + level / 2))
    steps = spread * limit * np.geomspace(0.05, max(REACH / limit, 2.0), POINTS)
    u = best.u[place] + np.concatenate([-steps[::-1], [0.0], steps])
    deviance = _deviance(problem, best, place, u, known=y_err is not None)
    ends = [_crossing(u, deviance, limit, side) for side in (-1, 1)]
    natural = solver.natural(best.form, _placed(best.u, place, np.array([*u, *ends])))[:, place]
    closed = bool(np.all(np.isfinite(ends)) and deviance.min() > -LOWER)
    return Profile(
        fit=best,
        parameter=parameter,
        values=natural[:-2],
        deviance=deviance,
        interval=(float(natural[-2]), float(natural[-1])),
        confidence=level,
        status=best.status if closed else "not_converged",
    )


def _placed(u: Array, place: int, values: Array) -> Array:
    """Return copies of u, (values, p), with the parameter set to each value."""
    copies = np.tile(u, (len(values), 1))
    copies[:, place] = values
    return copies


def _deviance(problem: Problem, best: FitResult, place: int, u: Array, known: bool) -> Array:
    data, count = problem.data, (len(u), len(problem.data.x))
    ends = solver.solve(
        problem.law,
        data.x.T,
        np.broadcast_to(data.y, count),
        np.broadcast_to(data.weight, count),
        _placed(best.u, place, u)[:, None],
        best.delta,
        ITERATIONS,
        scale=problem.scale,
    )
    rise = np.where(np.isfinite(ends.value[:, 0]), ends.value[:, 0] - best.value, np.inf)
    return 2 * rise / _factor(problem, best, known)


def _factor(problem: Problem, best: FitResult, known: bool) -> float:
    """Return mean psi^2 / mean psi' n/(n - p), at least 1 where the errors are known."""
    residual = problem.residual(best.u)
    psi = np.clip(residual, -best.delta, best.delta)
    slope = mean_slope(residual, best.delta, len(best.u))
    factor = float(np.mean(psi**2)) / slope * len(psi) / best.dof
    return max(factor, 1.0) if known else max(factor, 1e-300)


def _crossing(u: Array, deviance: Array, limit: float, side: int) -> float:
    """Return where the root of the deviance, nearly linear in u, passes t for the last time."""
    middle = len(u) // 2
    values, root = u[middle::side], np.sqrt(np.maximum(deviance[middle::side], 0.0))
    i = 1 + int(np.flatnonzero(root <= limit)[-1])
    if i == len(root):
        return side * np.inf
    if not np.isfinite(root[i]):
        return float(values[i])
    share = (limit - root[i - 1]) / (root[i] - root[i - 1])
    return float(values[i - 1] + share * (values[i] - values[i - 1]))


def _nothing(best: FitResult, parameter: str, level: float) -> Profile:
    nan = float("nan")
    status: Status = "failed" if best.status == "failed" else "not_converged"
    return Profile(best, parameter, np.array([]), np.array([]), (nan, nan), level, status)
