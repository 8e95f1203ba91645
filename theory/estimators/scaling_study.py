"""Scaling laws held against numerical optima, refits, and a collapse of exact curves."""

import jax
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from jaxuim import laws
from theory.estimators import scaling
from theory.estimators.refits import refitted
from theory.label_noise import critical_noise, majority_error
from theory.numerics.repeat import mean_error
from theory.study.claim import Outcome, Row
from theory.study.size import Size
from theory.study.tipping import study_collapse

Array = NDArray[np.float64]
LAW = scaling.Constants(1.8172, 482.01, 2085.43, 0.3478, 0.3658)
COMPUTE = 10.0 ** np.linspace(18.0, 24.0, 25)

SATURATING = np.array([0.2, 3.0, 0.5])  # E, A, alpha
SAMPLES = np.geomspace(100.0, 1e5, 25)
NOISE = 0.004
RUNS = np.geomspace(1e18, 1e22, 25)
SPREADS = np.array([0.15, 0.3, 0.6, 1.0])  # decades of parameters to either side of the optimum
RUN_NOISE = 0.001

CLASSES, SIZES = 10, (100, 200, 400)
LEVELS = np.linspace(0.885, 0.915, 9)
DEGREE = 3  # of the common curve
VOTES, MANY_VOTES = 1000, 20_000


def loss(constants: jax.Array, runs: jax.Array) -> jax.Array:
    """Return Chinchilla's law for runs (n, 2), parameters and tokens."""
    return scaling.chinchilla_loss(constants, runs[:, 0], runs[:, 1])


_sd = jax.jit(scaling.fisher_sd, static_argnums=0)
_seen = jax.jit(scaling.identified, static_argnums=0)


def runs(spread: float) -> Array:
    """Return parameters and tokens of 25 runs, five ratios at five amounts of compute, (25, 2)."""
    compute, shift = np.meshgrid(RUNS[::6], np.linspace(-spread, spread, 5), indexing="ij")
    n = np.asarray(scaling.optimal_parameters(compute, LAW)) * 10.0**shift
    return np.stack([n.ravel(), (compute / (scaling.FLOPS * n)).ravel()], axis=1)


def allocation(size: Size) -> Outcome:
    """Hold the compute-optimal allocation against a search, and count what a frontier tells."""
    del size
    constants = np.array(LAW)
    found = np.array([_best(constants, c) for c in COMPUTE])
    predicted = np.asarray(scaling.optimal_parameters(COMPUTE, LAW))
    optimum = "the minimum of a flat curve is found to the root of rounding"
    rows = [
        Row(f"compute-optimal parameters, {c:.0e} operations", float(p), float(f), allowance=1e-6,
            reason=optimum)
        for c, p, f in zip(COMPUTE[::12], predicted[::12], found[::12, 0], strict=True)
    ]  # fmt: skip
    slope = float(np.polyfit(np.log(COMPUTE), np.log(found[:, 1] - LAW.E), 1)[0])
    name = "exponent of the compute-optimal excess loss"
    rows.append(Row(name, -float(scaling.frontier_exponent(LAW)), slope, allowance=1e-9))
    frontier = np.stack([predicted, COMPUTE / (scaling.FLOPS * predicted)], axis=1)
    seen, grid = (np.asarray(_seen(loss, constants, x)) for x in (frontier, runs(0.6)))
    rounding = "rounding"
    rows += [
        Row("constants seen by runs on the frontier, of 5", 3.0, float(np.sum(seen > 1e-10))),
        Row("constants seen by runs around the frontier, of 5", 5.0, float(np.sum(grid > 1e-10))),
        Row("inverse condition number on the frontier", 0.0, float(seen[-1] / seen[0]),
            floor=1e-12, reason=rounding),
    ]  # fmt: skip
    return Outcome(rows=tuple(rows))


def _best(constants: Array, compute: float) -> tuple[float, float]:
    """Return the parameters with the least loss, and that loss, by bounded search of log N."""
    e, a, b, alpha, beta = constants

    def excess(log_n: float) -> float:
        n = np.exp(log_n)
        return float(a * n**-alpha + b * (compute / (scaling.FLOPS * n)) ** -beta)

    middle = 0.5 * np.log(compute / scaling.FLOPS)
    found = minimize_scalar(excess, bracket=(middle - 4.0, middle + 4.0), tol=1e-11)
    return float(np.exp(found.x)), float(found.fun + e)


def refits(size: Size) -> Outcome:
    """Hold Fisher's sd of constants against thousands of refits."""
    count = size.repetitions(20_000, 500)
    rng = size.rng("refits")
    fitted = refitted(rng, SATURATING, SAMPLES[:, None], NOISE, count)
    predicted = np.asarray(_sd(scaling.saturating, SATURATING, SAMPLES, NOISE))
    names = ("floor E", "factor A", "exponent")
    reason = "curvature of the law within the spread of the constants"
    rows = [
        _spread(f"sd of the {name}, saturating law", float(sd), column, 0.03, reason)
        for name, sd, column in zip(names, predicted, fitted.T, strict=True)
    ]
    constants, found = np.array(LAW), []
    for spread in SPREADS:
        x = runs(float(spread))
        again = refitted(rng, constants, x, RUN_NOISE, size.repetitions(4000, 200))
        name = f"sd of alpha, runs within {spread:g} decades of the frontier"
        sd = float(_sd(loss, constants, x, RUN_NOISE)[3])
        rows.append(_spread(name, sd, again[:, 3], 0.03, reason))
        found.append((rows[-1].simulated, rows[-1].error or 0.0))
    return Outcome(rows=tuple(rows), curves={"spread": SPREADS, "sd": np.array(found)})


def _spread(name: str, predicted: float, draws: Array, allowance: float, reason: str) -> Row:
    """Return the row on a standard deviation."""
    mean, error = mean_error((draws - draws.mean()) ** 2)
    root = float(np.sqrt(mean))
    return Row(name, predicted, root, float(error) / (2 * root), allowance, reason=reason)


def collapse(size: Size) -> Outcome:
    """Let counted errors of majorities, for three numbers of labels, find the critical noise."""
    rng, grid = size.rng("collapse"), np.tile(LEVELS, len(SIZES))
    sizes = np.repeat(SIZES, len(LEVELS)).astype(float)
    exact = np.array([_exact_errors(m) for m in SIZES])
    counted = rng.binomial(VOTES, exact.ravel(), (size.studies, len(grid))) / VOTES
    critical = critical_noise(CLASSES)
    name = f"symmetric noise at which labels carry nothing, {CLASSES} classes"
    tip, window = study_collapse(
        name, grid, counted, sizes, exact.ravel(), asymptotic=critical, degree=DEGREE
    )
    precise = rng.binomial(MANY_VOTES, exact.ravel(), (size.repetitions(40, 8), len(grid)))
    fits = [laws.collapse(grid, row / MANY_VOTES, sizes) for row in precise]
    reason = "corrections to scaling: K margin is not small"
    rows = []
    for words, value, values, allowance in (
        ("critical noise", critical, [f.critical for f in fits], 2e-4),
        ("1/nu", 0.5, [f.exponent for f in fits], 0.034),
    ):
        mean, error = mean_error(values)
        name = f"{words} from a collapse, {MANY_VOTES} votes a point"
        rows.append(Row(name, value, float(mean), float(error), allowance, reason=reason))
    curves = {"noise": LEVELS, "sizes": np.array(SIZES, dtype=float), "errors": counted[0],
              "exact": exact.ravel()}  # fmt: skip
    return Outcome(rows=tuple(rows), tips=(tip,), exponents=(window,), curves=curves)


def _exact_errors(labels: int) -> Array:
    """Return the exact error of the majority at all levels."""
    return np.array([float(majority_error(eta, CLASSES, labels)) for eta in LEVELS])
