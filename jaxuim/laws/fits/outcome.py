"""What came out of a fit: the best start, its covariance, and an honest status."""

import numpy as np
from numpy.typing import NDArray

from jaxuim.laws.checks import Sample
from jaxuim.laws.fits import solver
from jaxuim.laws.fits.fitted import FitResult, Loss, Status
from jaxuim.laws.fits.problem import Problem
from jaxuim.laws.fits.solver import Scale
from jaxuim.laws.forms.form import Form

Array = NDArray[np.float64]

CONVERGED = 1e-10  # relative reduction of the loss promised by one more step
AGREE = 1e-6  # relative difference of the loss at which two starts count as one optimum
EXACT = 1e-22  # share of the sum of squares below which the residual is rounding


def choose(value: Array, decrement: Array) -> int:
    """Return the start with the smallest finite loss, of equals the one closest to convergence."""
    usable = np.where(np.isfinite(value), value, np.inf)
    close = usable <= usable.min() * (1 + 1e-9)
    return int(np.argmin(np.where(close, np.nan_to_num(decrement, nan=1e300), np.inf)))


def failed(law: Form, data: Sample, loss: Loss, scale: Scale, reason: str) -> FitResult:
    """Return a fit without parameters and the reason."""
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
        scale=scale,
        delta=float("nan"),
        value=float("nan"),
        starts=0,
        starts_agree=float("nan"),
        decrement=float("nan"),
        gradient_norm=float("nan"),
        condition=float("nan"),
        u=np.full(p, np.nan),
        covariance=np.full((p, p), np.nan),
    )


def result(
    problem: Problem, loss: Loss, delta: float, ends: solver.Solution, known: bool
) -> FitResult:
    """Return the best of the starts with its covariance, status and card."""
    law, data, scale = problem.law, problem.data, problem.scale
    values = ends.value[0]
    best = choose(values, ends.decrement[0])
    u, value, gram = ends.u[0, best], float(values[best]), ends.gram[0, best]
    if not np.isfinite(value) or not np.all(np.isfinite(gram)):
        return failed(law, data, loss, scale, "no start reached a finite loss")
    total = problem.total
    exact = value <= EXACT * total
    n, p = len(data.x), len(law.names)
    searched = np.array([c.searched for c in law.coefficients])
    covariance, condition, loose = _inverse(gram, problem.varying, searched)
    status, reason = _judge(law, float(ends.decrement[0, best]), exact, loose)
    weighted = problem.residual(u)
    factor = variance_factor(weighted, delta, p)
    residual = weighted / data.weight
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
        scale=scale,
        delta=delta,
        value=value,
        starts=len(values),
        starts_agree=float(np.mean(values <= value * (1 + AGREE) + EXACT * total)),
        decrement=0.0 if exact else float(ends.decrement[0, best]),
        gradient_norm=float(np.linalg.norm(ends.gradient[0, best])),
        condition=condition,
        u=u,
        covariance=covariance * (max(factor, 1.0) if known else factor),
    )


def variance_factor(residual: Array, delta: float, p: int) -> float:
    """Return mean psi^2 / (mean psi')^2 n/(n - p), which is RSS/(n - p) for squares."""
    n = len(residual)
    if n <= p:
        return float("nan")
    psi = np.clip(residual, -delta, delta)
    return float(np.mean(psi**2)) / mean_slope(residual, delta, p) ** 2 * n / (n - p)


def mean_slope(residual: Array, delta: float, p: int) -> float:
    """Return mean psi', the share of residuals inside the threshold, robustly where it is small.

    A fit makes up to p residuals small, whatever the noise. Where the rest inside are few the share
    is 2 delta f(0), with 1/f(0) the slope of the quantiles around the median over the bandwidth
    of Hall and Sheather 1988; for delta -> 0 this is the variance of least absolute errors.
    """
    n = len(residual)
    if not np.isfinite(delta):
        return 1.0
    share = float(np.mean(np.abs(residual) <= delta))
    width = (1.5 * 1.96**2 / (2 * np.pi * n)) ** (1 / 3)
    if share - p / n >= min(2 * width, 1 - p / n) or n - p < 3:
        return max(share, 1.0 / n)
    kept = residual[np.argsort(np.abs(residual))[p:]]
    low, high = np.quantile(kept, [max(0.5 - width, 0.0), min(0.5 + width, 1.0)])
    return float(2 * delta * min(2 * width, 1.0) / max(high - low, 1e-300))


def _inverse(
    gram: Array, total: float, searched: NDArray[np.bool_]
) -> tuple[Array, float, list[int]]:
    """Invert J'WJ with unit columns; name the parameters that the data do not determine.

    A searched parameter has no derivative, and so no variance here, but it is not loose.
    """
    kept = ~searched
    inverse = np.full(gram.shape, np.nan)
    part, condition, loose = _inverse_kept(gram[np.ix_(kept, kept)], total)
    inverse[np.ix_(kept, kept)] = part
    return inverse, condition, np.flatnonzero(kept)[loose].tolist()


def _inverse_kept(gram: Array, total: float) -> tuple[Array, float, list[int]]:
    length = np.sqrt(np.diag(gram))
    # A unit change of the parameter moves the curve by next to nothing.
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
    if not np.isfinite(decrement):
        return "not_converged", "the loss curves downwards there, and so falls further"
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
