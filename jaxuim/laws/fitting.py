"""Fit a declared form to points from many starts at once and say honestly whether it worked."""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jaxuim.laws import solver
from jaxuim.laws.checks import Sample, sample
from jaxuim.laws.fitted import FitResult, Status
from jaxuim.laws.forms import Form, resolve

Array = NDArray[np.float64]
Loss = Literal["squared", "huber"]

ITERATIONS = 120
CONVERGED = 1e-10  # relative reduction of the loss promised by one more step
AGREE = 1e-6  # relative difference of the loss at which two starts count as one optimum
LARGEST = 1e100  # y beyond this, or all below its inverse, cannot be squared in float64
EXACT = 1e-22  # share of the sum of squares below which the residual is rounding
ROUNDS = 6  # of the scale estimate for Huber's loss
HUBER_EFFICIENCY = 1.345  # threshold in robust standard deviations: 95 % efficient for Gaussians


def fit(
    form: Form | str,
    x: ArrayLike,
    y: ArrayLike,
    *,
    y_err: ArrayLike | None = None,
    loss: Loss = "squared",
    delta: float | None = None,
    starts: Sequence[Mapping[str, float]] | None = None,
) -> FitResult:
    """Fit a law by least squares or Huber's loss, from many starts in one compiled program.

    Minimises sum_i rho((f(x_i) - y_i) / e_i) with e_i = ``y_err`` or 1, in float64, by
    Levenberg-Marquardt with a fixed number of steps; the start with the smallest loss wins.

    Args:
        form: a ``Form`` or the name of one in ``FORMS``.
        x: shape (n,), finite and inside the form's domain.
        y: shape (n,); rows with a y that is not finite (diverged runs) are dropped and counted.
        y_err: standard errors of y, shape (n,). With them the covariance is absolute, enlarged by
            the reduced chi-square where that exceeds 1.
        loss: ``"squared"`` or ``"huber"``.
        delta: Huber's threshold in units of y (of y_err where given); by default 1.345 robust
            standard deviations of the residuals of the squared fit.
        starts: parameter dictionaries to start from instead of the form's own starts.

    Raises:
        ValueError: unknown form or loss, lengths differ, x not finite or outside the domain, fewer
            rows than parameters. Failure of the numerics is a status, never an exception.

    Source: Levenberg 1944, Marquardt 1963; Huber 1964; AICc of Hurvich and Tsai 1989.

    >>> n = [100.0, 200.0, 400.0, 800.0, 1600.0]
    >>> found = fit("saturating_power", n, [0.1 + 2.0 * v**-0.5 for v in n])
    >>> found.status, {name: round(value, 6) for name, value in found.params.items()}
    ('ok', {'e': 0.1, 'a': 2.0, 'alpha': -0.5})
    """
    law = resolve(form)
    data = _checked(law, x, y, y_err, loss, delta)
    if len(np.unique(data.x)) < len(law.names):
        return _failed(law, data, loss, "fewer distinct x than parameters among the finite rows")
    largest = float(np.max(np.abs(data.weight * data.y)))
    if largest != 0 and not 1.0 / LARGEST < largest < LARGEST:
        return _failed(law, data, loss, f"y (over y_err) reaches {largest:.1e}: change its unit")
    grid = _starts(law, data, starts)
    threshold = np.inf
    if loss == "huber":
        threshold = _huber_delta(law, data, grid) if delta is None else float(delta)
    ends = solver.solve(
        law, data.x, data.y[None], data.weight[None], grid[None], threshold, ITERATIONS
    )
    return _result(law, data, loss, threshold, ends, known=y_err is not None)


def _checked(
    law: Form,
    x: ArrayLike,
    y: ArrayLike,
    y_err: ArrayLike | None,
    loss: str,
    delta: float | None,
) -> Sample:
    if loss not in ("squared", "huber"):
        raise ValueError(f"loss is {loss!r}; it must be 'squared' or 'huber'")
    if delta is not None and not (loss == "huber" and delta > 0):
        raise ValueError(f"delta is {delta}; it must be positive and goes with loss='huber'")
    data = sample(x, y, y_err)
    if len(data.x) + data.dropped < len(law.names):
        raise ValueError(
            f"form {law.name!r} has {len(law.names)} parameters but only {len(data.x)} points"
        )
    if not law.accepts(np.asarray(x)):
        raise ValueError(f"form {law.name!r} is defined for {law.domain} x only")
    return data


def _starts(law: Form, data: Sample, given: Sequence[Mapping[str, float]] | None) -> Array:
    if given is None:
        grid = law.start_grid(data.x, data.y)
        return solver.linear_starts(law, data.x, data.y, data.weight, grid)
    if not given or any(set(start) != set(law.names) for start in given):
        raise ValueError(f"every start of form {law.name!r} must name exactly {law.names}")
    return solver.unconstrained(law, np.array([[s[name] for name in law.names] for s in given]))


def _huber_delta(law: Form, data: Sample, grid: Array) -> float:
    """Return 1.345 robust standard deviations of the residuals, settled in a few rounds.

    The first round uses the squared fit, whose residuals outliers have spread over all rows.
    """
    delta = np.inf
    smallest = 1e-10 * float(np.max(np.abs(data.weight * data.y))) + 1e-300
    for _ in range(ROUNDS):
        ends = solver.solve(
            law, data.x, data.y[None], data.weight[None], grid[None], delta, ITERATIONS
        )
        best = choose(ends.value[0], ends.decrement[0])
        residual = data.weight * (data.y - solver.evaluate(law, ends.u[0, best], data.x))
        spread = float(np.median(np.abs(residual))) / 0.6745
        if not np.isfinite(spread):
            return np.inf
        delta = HUBER_EFFICIENCY * max(spread, smallest)
    return delta


def choose(value: Array, decrement: Array) -> int:
    """Return the start with the smallest finite loss, of equals the one closest to convergence."""
    usable = np.where(np.isfinite(value), value, np.inf)
    close = usable <= usable.min() * (1 + 1e-9)
    return int(np.argmin(np.where(close, np.nan_to_num(decrement, nan=1e300), np.inf)))


def _failed(law: Form, data: Sample, loss: str, reason: str) -> FitResult:
    p = len(law.names)
    return FitResult(
        form=law,
        params=dict.fromkeys(law.names, float("nan")),
        status="failed",
        reason=reason,
        n=len(data.x),
        dropped=data.dropped,
        residual_sd=float("nan"),
        aicc=float("nan"),
        loss=loss,
        delta=float("nan"),
        value=float("nan"),
        starts=0,
        starts_agree=float("nan"),
        decrement=float("nan"),
        condition=float("nan"),
        u=np.full(p, np.nan),
        covariance=np.full((p, p), np.nan),
        x_range=_range(data),
    )


def _range(data: Sample) -> tuple[float, float]:
    return (float(data.x.min()), float(data.x.max())) if len(data.x) else (np.nan, np.nan)


def _result(
    law: Form, data: Sample, loss: str, delta: float, ends: solver.Solution, known: bool
) -> FitResult:
    values = ends.value[0]
    best = choose(values, ends.decrement[0])
    u, value, gram = ends.u[0, best], float(values[best]), ends.gram[0, best]
    if not np.isfinite(value) or not np.all(np.isfinite(gram)):
        return _failed(law, data, loss, "no start reached a finite loss")
    total = float(np.sum((data.weight * data.y) ** 2))
    exact = value <= EXACT * total
    n, p = len(data.x), len(law.names)
    scale = _scale(ends, best, delta, n, p)
    covariance, condition, loose = _inverse(gram, total)
    status, reason = _judge(law, float(ends.decrement[0, best]), exact, loose)
    residual = data.y - solver.evaluate(law, u, data.x)
    return FitResult(
        form=law,
        params=dict(zip(law.names, solver.natural(law, u).tolist(), strict=True)),
        status=status,
        reason=reason,
        n=n,
        dropped=data.dropped,
        residual_sd=float(np.sqrt(np.sum(residual**2) / (n - p))) if n > p else float("nan"),
        aicc=_aicc(value, n, p, known) if loss == "squared" and not exact else float("nan"),
        loss=loss,
        delta=delta,
        value=value,
        starts=len(values),
        starts_agree=float(np.mean(values <= value * (1 + AGREE) + EXACT * total)),
        decrement=0.0 if exact else float(ends.decrement[0, best]),
        condition=condition,
        u=u,
        covariance=covariance * (max(scale, 1.0) if known else scale),
        x_range=_range(data),
    )


def _scale(ends: solver.Solution, best: int, delta: float, n: int, p: int) -> float:
    """Return the variance factor: RSS/(n - p), or Huber's mean psi^2 / (mean psi')^2 n/(n - p)."""
    if n <= p:
        return float("nan")
    slope = float(ends.slope[0, best]) if np.isfinite(delta) else 1.0
    return float(ends.score[0, best]) / max(slope, 1.0 / n) ** 2 * n / (n - p)


def _inverse(gram: Array, total: float) -> tuple[Array, float, list[int]]:
    """Invert J'WJ with unit columns; name the parameters that the data do not determine."""
    length = np.sqrt(np.diag(gram))
    # A unit change of the parameter moves the curve by less than rounding.
    dead = length <= 1e-9 * np.sqrt(total)
    safe = np.where(dead, 1.0, length)
    unit = gram / safe[:, None] / safe + np.diag(dead.astype(float))
    eigenvalues, vectors = np.linalg.eigh(unit)
    small = eigenvalues <= 1e-13 * len(gram)
    loose = dead | np.any(np.abs(vectors[:, small]) > 0.1, axis=1)
    kept = np.where(small, np.nan, eigenvalues)
    condition = float(np.sqrt(eigenvalues[-1] / eigenvalues[0])) if eigenvalues[0] > 0 else np.inf
    inverse = (vectors[:, ~small] / kept[~small]) @ vectors[:, ~small].T / safe[:, None] / safe
    inverse[loose, :] = inverse[:, loose] = np.nan
    return inverse, np.inf if np.any(dead) else condition, np.flatnonzero(loose).tolist()


def _judge(law: Form, decrement: float, exact: bool, loose: list[int]) -> tuple[Status, str]:
    if loose:
        names = ", ".join(law.names[i] for i in loose)
        return "not_converged", f"not identified by the data: {names}"
    if exact or 0.0 <= decrement <= CONVERGED:
        return "ok", ""
    return "not_converged", f"one more step would still lower the loss by {decrement:.1e} of it"


def _aicc(value: float, n: int, p: int, known: bool) -> float:
    """Return n log(RSS/n) + 2k + 2k(k+1)/(n-k-1), k = p + 1.

    For known errors chi-square replaces the first term and k = p.
    """
    k = p if known else p + 1
    if n - k - 1 <= 0:
        return float("nan")
    fit_term = 2 * value if known else n * np.log(2 * value / n)
    return float(fit_term + 2 * k + 2 * k * (k + 1) / (n - k - 1))
