"""Bootstrap a fitted law by whole clusters, all replicas refitted side by side."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from jaxuim.laws.checks import check_confidence
from jaxuim.laws.fits import solver
from jaxuim.laws.fits.fitted import FitResult, Loss, Status
from jaxuim.laws.fits.fitting import fit
from jaxuim.laws.fits.outcome import CONVERGED, EXACT
from jaxuim.laws.fits.problem import ITERATIONS, Problem, prepared, starts_of
from jaxuim.laws.fits.solver import Scale
from jaxuim.laws.forms.form import Form

Array = NDArray[np.float64]
Method = Literal["cluster", "pairs", "residual", "parametric"]


def expanded_tail(confidence: float, clusters: int) -> float:
    """Return the tail probability whose percentile interval is as wide as Student's.

    alpha'/2 = Phi(-sqrt(G/(G-1)) t_{1-alpha/2, G-1}): the percentile interval alone is too short by
    the factor sqrt((G-1)/G) and ignores that the spread was estimated from G clusters.

    Source: Hesterberg 2015, "expanded percentile interval".

    >>> round(expanded_tail(0.95, 10**6), 4), expanded_tail(0.95, 16) < 0.025
    (0.025, True)
    """
    if clusters < 2:
        return 0.0
    quantile = special.stdtrit(clusters - 1, 0.5 + confidence / 2)
    return float(special.ndtr(-np.sqrt(clusters / (clusters - 1)) * quantile))


@dataclass(frozen=True)
class BootstrapResult:
    """Replicas of a fit.

    ``params`` maps every parameter to an array of shape (replicas,), NaN where a replica found
    nothing finite; ``converged`` is the share of replicas that converged. ``status`` is ``failed``
    where the fit itself failed, ``not_converged`` where it or a tenth of the replicas did not.
    ``clusters`` is the number of resampled units, which the intervals take into account.
    """

    fit: FitResult
    params: dict[str, Array]
    u: Array
    method: Method
    clusters: int
    converged: float
    status: Status

    def predict(self, x: ArrayLike) -> Array:
        """Return the law of every replica at x (n,) or (n, inputs), shape (replicas, n)."""
        return solver.evaluate(self.fit.form, self.u, self.fit.form.points(x).T)

    def band(self, x: ArrayLike, confidence: float = 0.95) -> tuple[Array, Array]:
        """Return lower and upper ends of the curve's pointwise interval at x, each shape (n,).

        It covers the law, not a new observation, and takes the form for granted.
        """
        return self._ends(self.predict(x), confidence)

    def interval(self, confidence: float = 0.95) -> dict[str, tuple[float, float]]:
        """Return the expanded percentile interval of every parameter."""
        lower, upper = self._ends(np.stack(list(self.params.values()), axis=1), confidence)
        ends = zip(lower.tolist(), upper.tolist(), strict=True)
        return dict(zip(self.params, ends, strict=True))

    def _ends(self, values: Array, confidence: float) -> tuple[Array, Array]:
        tail = expanded_tail(check_confidence(confidence), self.clusters)
        usable = values[np.all(np.isfinite(values), axis=1)]
        if len(usable) < 2:
            blank = np.full(values.shape[1], np.nan)
            return blank, blank.copy()
        lower, upper = np.quantile(usable, [tail, 1 - tail], axis=0)
        return lower, upper


def bootstrap(
    form: Form | str,
    x: ArrayLike,
    y: ArrayLike,
    *,
    groups: ArrayLike | None = None,
    y_err: ArrayLike | None = None,
    loss: Loss = "squared",
    delta: float | None = None,
    scale: Scale = "linear",
    replicas: int = 200,
    seed: int = 0,
    method: Literal["auto", "pairs", "residual", "parametric"] = "auto",
) -> BootstrapResult:
    """Refit a law to resampled data; every replica starts from the best fit.

    With ``groups`` whole clusters (seeds, or sizes) are drawn with replacement: errors may then be
    correlated and of unequal size within one. Without them residuals are drawn on the fixed design
    (independent errors of one size, scaled by sqrt(n/(n - p))); with ``method="pairs"`` rows; with
    ``"parametric"`` Gaussian errors of the residuals' size. With ``y_err`` new errors are at least
    as large as it says. A parameter that is only searched, such as the place of a jump, is
    searched again in every replica. Where n = p there are no residuals to draw: NaN.

    Args:
        form: a ``Form`` or its name.
        x: shape (n,), or (n, k) for a form of k inputs.
        y: shape (n,), rows that are not finite are dropped.
        groups: label of the cluster of each row, shape (n,).
        y_err: standard errors, as in ``fit``.
        loss: as in ``fit``, like delta and scale; Huber's threshold stays that of the fit.
        delta: as in ``fit``.
        scale: as in ``fit``; residuals are drawn on it.
        replicas: number of refits.
        seed: of the resampling.
        method: what to draw where there are no groups.

    Raises:
        ValueError: as ``fit``; fewer than 2 groups; fewer than 2 replicas.

    Source: Efron 1979; cluster bootstrap as in Cameron, Gelbach and Miller 2008 (pairs cluster).

    >>> sizes = [100.0, 200.0, 400.0, 800.0, 1600.0] * 3
    >>> values = [2.0 * v**-0.5 * (1 + 0.01 * (i // 5 - 1)) for i, v in enumerate(sizes)]
    >>> result = bootstrap("power", sizes, values, groups=[i // 5 for i in range(15)], replicas=20)
    >>> result.params["alpha"].shape, result.method, result.clusters
    ((20,), 'cluster', 3)
    """
    if replicas < 2:
        raise ValueError(f"replicas is {replicas}; at least 2 are needed")
    if method not in ("auto", "pairs", "residual", "parametric"):
        raise ValueError(
            f"method is {method!r}; it must be 'auto', 'pairs', 'residual' or 'parametric'"
        )
    best = fit(form, x, y, y_err=y_err, loss=loss, delta=delta, scale=scale)
    data = prepared(best.form, x, y, y_err, groups, scale)
    chosen: Method = "residual" if method == "auto" else method
    if data.groups is not None:
        chosen = "cluster"
        if len(data.groups) and data.groups.max() < 1:
            raise ValueError("groups name a single cluster; at least 2 are needed")
    clusters = len(data.x) if data.groups is None else len(np.unique(data.groups))
    if best.status == "failed":
        return _collect(best, np.full((replicas, len(best.params)), np.nan), 0.0, chosen, clusters)
    if best.dof < 1 and chosen in ("residual", "parametric"):
        nothing = np.full((replicas, len(best.params)), np.nan)
        return _collect(best, nothing, 0.0, chosen, clusters)
    problem = Problem(best.form, data, scale, best.u[None])
    rng = np.random.default_rng(seed)
    ys, counts = _resample(problem, chosen, y_err is not None, replicas, rng)
    weights = np.broadcast_to(data.weight, ys.shape)
    start = _replica_starts(problem)
    starts = np.broadcast_to(start, (replicas, *start.shape))
    rows = best.form, data.x.T, ys, weights, starts, best.delta, ITERATIONS
    ends = solver.solve(*rows, scale=scale, counts=counts, near=True)
    first = np.argmin(np.where(np.isfinite(ends.value), ends.value, np.inf), axis=1)
    every = np.arange(replicas)
    value, decrement = ends.value[every, first], ends.decrement[every, first]
    size = weights if scale == "log" else weights * ys
    exact = value <= EXACT * np.sum(counts * size**2, axis=1)
    u = np.where(np.isfinite(value)[:, None], ends.u[every, first], np.nan)
    converged = float(np.mean(exact | (decrement <= CONVERGED)))
    return _collect(best, u, converged, chosen, clusters)


def _replica_starts(problem: Problem) -> Array:
    """Return the best fit, and all starts of the form where a parameter is only searched."""
    if not any(c.searched for c in problem.law.coefficients):
        return problem.starts
    own = starts_of(problem.law, problem.data, problem.scale, None)
    return np.concatenate([problem.starts, own])


def _resample(
    problem: Problem, method: Method, known: bool, replicas: int, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Return y of every replica and how often each row occurs, both of shape (replicas, n)."""
    data, n = problem.data, len(problem.data.x)
    if method in ("residual", "parametric"):
        return _redrawn(problem, method, known, replicas, rng)
    labels = np.arange(n) if data.groups is None else data.groups
    clusters = int(labels.max()) + 1
    counts = rng.multinomial(clusters, np.full(clusters, 1.0 / clusters), size=replicas)
    return np.broadcast_to(data.y, (replicas, n)), counts[:, labels].astype(np.float64)


def _redrawn(
    problem: Problem, method: Method, known: bool, replicas: int, rng: np.random.Generator
) -> tuple[Array, Array]:
    """Return new observations around the fitted curve, on the scale of the fit.

    Where the errors are known the new ones are at least of that size, which is 1 when weighted.
    """
    data, u = problem.data, problem.starts[0]
    n, shape = len(data.x), (replicas, len(data.x))
    curve = solver.evaluate(problem.law, u, data.x.T)
    residual = problem.residual(u)
    centred = residual - residual.mean()
    size = np.sqrt(np.sum(residual**2) / max(n - len(u), 1))
    size = max(size, 1.0) if known else size
    if method == "residual" and np.any(centred):
        unit = centred / np.sqrt(np.mean(residual**2))
        error = unit[rng.integers(n, size=shape)]
    else:
        error = rng.standard_normal(shape)
    error = size * error / data.weight
    ys = curve * np.exp(error) if problem.scale == "log" else curve + error
    return ys, np.broadcast_to(1.0, shape)


def _collect(
    best: FitResult, u: Array, converged: float, method: Method, clusters: int
) -> BootstrapResult:
    values = solver.natural(best.form, u)
    status: Status = best.status
    if status == "ok" and converged < 0.9:
        status = "not_converged"
    params = {name: values[:, i] for i, name in enumerate(best.params)}
    return BootstrapResult(best, params, u, method, clusters, converged, status)
