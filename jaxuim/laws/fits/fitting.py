"""Fit a declared form to points from many starts at once."""

from collections.abc import Mapping, Sequence
from typing import get_args

import numpy as np
from numpy.typing import ArrayLike

from jaxuim.laws.fits import solver
from jaxuim.laws.fits.fitted import FitResult, Loss
from jaxuim.laws.fits.outcome import choose, failed, result
from jaxuim.laws.fits.problem import Problem, prepared, starts_of
from jaxuim.laws.fits.solver import Scale
from jaxuim.laws.forms import resolve
from jaxuim.laws.forms.form import Form

LARGEST = 1e100  # y beyond this, or all below its inverse, cannot be squared in float64
ROUNDS = 40  # at most, of the scale estimate for Huber's loss
SETTLED = 0.01  # relative change of the threshold at which it is done
HUBER_EFFICIENCY = 1.345  # threshold in robust standard deviations: 95 % efficient for Gaussians
ABSOLUTE = 1e-4  # threshold, in those units, that stands for absolute errors


def fit(
    form: Form | str,
    x: ArrayLike,
    y: ArrayLike,
    *,
    y_err: ArrayLike | None = None,
    loss: Loss = "squared",
    delta: float | None = None,
    scale: Scale = "linear",
    starts: Sequence[Mapping[str, float]] | None = None,
) -> FitResult:
    """Fit a law by least squares, Huber's loss or absolute errors, from many starts at once.

    Minimises sum_i rho((f(x_i) - y_i) / e_i) with e_i = ``y_err`` or 1, in float64, by damped
    Newton steps from all starts side by side; the start with the smallest loss wins. On the
    scale of the logarithm the residual is log f(x_i) - log y_i, and e_i is ``y_err`` / y_i.

    Args:
        form: a ``Form`` or the name of one in ``FORMS``.
        x: shape (n,), or (n, k) for a form of k inputs; finite and inside the form's domain.
        y: shape (n,); rows with a y that is not finite (diverged runs) are dropped and counted.
        y_err: standard errors of y, shape (n,). With them the covariance is absolute, enlarged by
            the reduced chi-square where that exceeds 1.
        loss: ``"squared"``, ``"huber"``, or ``"absolute"``: Huber's with a threshold of 1.3e-4
            robust standard deviations.
        delta: Huber's threshold in units of the residual; by default 1.345 robust standard
            deviations of the residuals of the squared fit.
        scale: ``"linear"``, or ``"log"`` for relative errors of a positive y.
        starts: parameter dictionaries to start from instead of the form's own starts.

    Raises:
        ValueError: unknown form, loss or scale, lengths differ, x not finite or outside the domain,
            fewer rows than parameters, y not positive on the scale of the logarithm.

    Failure of the numerics is a status, never an exception.

    Source: Levenberg 1944, Marquardt 1963; Huber 1964; AICc of Hurvich and Tsai 1989.

    >>> n = [100.0, 200.0, 400.0, 800.0, 1600.0]
    >>> found = fit("saturating_power", n, [0.1 + 2.0 * v**-0.5 for v in n])
    >>> found.status, {name: round(value, 6) for name, value in found.params.items()}
    ('ok', {'e': 0.1, 'a': 2.0, 'alpha': -0.5})
    """
    law = resolve(form)
    check_choices(loss, delta, scale)
    data = prepared(law, x, y, y_err, None, scale)
    if len(np.unique(data.x, axis=0)) < len(law.names):
        lost = "fewer distinct x than parameters among the finite rows"
        return failed(law, data, loss, scale, lost)
    largest = float(np.max(np.abs(data.weight * data.y)))
    if largest != 0 and not 1.0 / LARGEST < largest < LARGEST:
        lost = f"y (over y_err) reaches {largest:.1e}: change its unit"
        return failed(law, data, loss, scale, lost)
    problem = Problem(law, data, scale, starts_of(law, data, scale, starts))
    threshold, ends = _minimise(problem, loss, delta)
    return result(problem, loss, threshold, ends, known=y_err is not None)


def check_choices(loss: str, delta: float | None, scale: str) -> None:
    """Raise ``ValueError`` for an unknown loss or scale, or a threshold that goes with no loss."""
    if loss not in get_args(Loss):
        raise ValueError(f"loss is {loss!r}; it must be 'squared', 'huber' or 'absolute'")
    if delta is not None and not (loss == "huber" and delta > 0):
        raise ValueError(f"delta is {delta}; it must be positive and goes with loss='huber'")
    if scale not in get_args(Scale):
        raise ValueError(f"scale is {scale!r}; it must be 'linear' or 'log'")


def _minimise(problem: Problem, loss: Loss, delta: float | None) -> tuple[float, solver.Solution]:
    """Return the threshold (infinite for squares) and where every start ended."""
    if loss == "squared" or delta is not None:
        threshold = np.inf if delta is None else float(delta)
        return threshold, problem.solve(threshold)
    threshold, ends = _settled(problem)
    if loss == "absolute" and np.isfinite(threshold):
        threshold *= ABSOLUTE
        ends = problem.solve(threshold)
    return threshold, ends


def _settled(problem: Problem) -> tuple[float, solver.Solution]:
    """Return 1.345 robust standard deviations of the residuals, in rounds until they settle.

    The first round uses the squared fit, whose residuals outliers have spread over all rows.
    """
    delta = np.inf
    middle = 1.0 if problem.scale == "log" else float(np.median(np.abs(problem.data.y)))
    smallest = 1e-10 * middle * float(np.median(problem.data.weight)) + 1e-300
    ends = problem.solve(delta)
    for _ in range(ROUNDS):
        best = choose(ends.value[0], ends.decrement[0])
        spread = float(np.median(np.abs(problem.residual(ends.u[0, best])))) / 0.6745
        if not np.isfinite(spread):
            return np.inf, ends
        before, delta = delta, HUBER_EFFICIENCY * max(spread, smallest)
        if abs(delta - before) <= SETTLED * before < np.inf:
            break
        ends = problem.solve(delta)
    return delta, ends
