"""Comparison without sampling: effective ridge, degrees of freedom and exponents of the sums."""

import jax
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from theory.numerics.kappa import effective_ridge
from theory.numerics.spectra import power_df1, power_df2
from theory.ridge.equivalent import equivalent
from theory.ridge.power_laws import (
    crossover_limit,
    crossover_samples,
    learning_rate_exponent,
    noise_exponent,
    tempered_floor,
)
from theory.ridge.studies import power
from theory.ridge.tuning import tuned_ridge
from theory.study.claim import Outcome, Row
from theory.study.size import Size

Array = NDArray[np.float64]
LARGE = 50_000  # modes summed one by one; the others enter by their integral
EDGE = LARGE + 0.5
TUNED = jax.jit(tuned_ridge)
LAWS = ((2.0, 2.0), (2.0, 3.0), (1.5, 6.0))
MANY, LEVELS = np.geomspace(400.0, 4000.0, 7), np.geomspace(0.1, 10.0, 7)
FEW = 2000.0  # samples at which the noise is varied
HELD = 10_000  # modes of the search for the best ridge
CUT = "modes beyond 10 000 enter the search by their whole signal only"
DRIFT = "finite n: the effective exponent is not yet the limit's, which must fail"


def run_scaling(size: Size) -> Outcome:
    """Hold solver, asymptotic sums and exponents against direct sums and bracketed roots."""
    del size
    return Outcome(rows=(*_solver(), *_freedom(), *_exponents(), *_crossover()))


def _bracketed(spectrum: Array, n: float, ridge: float) -> float:
    """Return kappa by a bracketing solver on the logarithm, apart from Newton's method."""

    def gap(t: float) -> float:
        kappa = np.exp(t)
        return float(kappa * (1.0 - np.sum(spectrum / (spectrum + kappa)) / n) - ridge)

    low = np.log(max(ridge, 1e-12 * float(np.min(spectrum))))
    if ridge == 0.0:  # kappa = 0 is a second root: solve df1 = n instead
        freedom = lambda t: float(n - np.sum(spectrum / (spectrum + np.exp(t))))
        return float(np.exp(brentq(freedom, low, np.log(np.sum(spectrum)), xtol=1e-15, rtol=1e-15)))
    return float(np.exp(brentq(gap, low - 1e-9, np.log(ridge + np.sum(spectrum) / n) + 1e-9,
                               xtol=1e-15, rtol=1e-15)))  # fmt: skip


def _solver() -> list[Row]:
    rng = np.random.default_rng(0)
    worst = {"float64": 0.0, "float32": 0.0, "without ridge, float64": 0.0}
    solve = jax.jit(effective_ridge)
    for _ in range(40):
        spectrum = rng.lognormal(0.0, rng.uniform(0.1, 3.0), 80)
        n, ridge = float(rng.integers(5, 200)), 10.0 ** rng.uniform(-4, 1)
        truth = _bracketed(spectrum, n, ridge)
        few = float(rng.integers(5, 70))
        none = float(solve(spectrum, few, 0.0)) / _bracketed(spectrum, few, 0.0)
        wide = float(solve(spectrum, n, ridge)) / truth
        with jax.enable_x64(False):
            single = float(solve(np.float32(spectrum), np.float32(n), np.float32(ridge))) / truth
        for kind, ratio in zip(worst, (wide, single, none), strict=True):
            worst[kind] = max(worst[kind], abs(ratio - 1.0))
    limits = {"float64": 1e-10, "float32": 1e-5, "without ridge, float64": 1e-8}
    rows = [
        Row(f"effective ridge, largest relative error of 40 spectra, {kind}", 0.0, error,
            floor=limits[kind], reason="rounding")
        for kind, error in worst.items()
    ]  # fmt: skip
    spectrum, n, ridge, step = np.arange(1.0, 81.0) ** -1.5, 40.0, 1e-3, 1e-7
    slope = jax.jit(jax.grad(effective_ridge, argnums=2))(spectrum, n, ridge)
    ends = [float(solve(spectrum, n, ridge + sign * step)) for sign in (1, -1)]
    difference = (ends[0] - ends[1]) / (2 * step)
    name = "derivative of the effective ridge against a finite difference"
    return [*rows, Row(name, float(slope), difference, allowance=1e-6, reason="rounding")]


def _freedom() -> list[Row]:
    rows, kappa = [], 1e-4
    i = np.arange(1.0, LARGE + 1)
    for a in (1.5, 2.0, 3.0):
        share = i**-a / (i**-a + kappa)
        beyond, twice = _beyond(a, kappa)
        for name, asymptote, total in (
            ("df1", power_df1(a, kappa), np.sum(share) + beyond),
            ("df2", power_df2(a, kappa), np.sum(share**2) + twice),
        ):
            rows.append(
                Row(f"{name} of a power law, a = {a}, kappa = 1e-4", float(asymptote), float(total),
                    allowance=3e-5, reason="higher terms of the expansion in kappa")
            )  # fmt: skip
    return rows


def _table(a: float, b: float) -> dict[str, Array]:
    """Return kappa, df1, df2, missed signal on a fine grid, by direct sums and integrated tails."""
    i = np.arange(1.0, LARGE + 1)
    modes, signal = i**-a, i**-b
    kappa = np.geomspace(1e-7, 1e-1, 150)
    sums = np.array([
        [np.sum(r := modes / (modes + k)), np.sum(r * r), np.sum(signal * np.square(1.0 - r))]
        for k in kappa
    ])  # fmt: skip
    once, twice = _beyond(a, kappa)
    missed = sums[:, 2] + EDGE ** (1 - b) / (b - 1)
    return {"kappa": kappa, "df1": sums[:, 0] + once, "df2": sums[:, 1] + twice, "missed": missed}


def _beyond(a: float, kappa: Array | float) -> tuple[Array, Array]:
    """Return what df1 and df2 gain beyond the last mode: integrals of their leading terms."""
    once, twice = EDGE ** (1 - a) / (a - 1) / kappa, EDGE ** (1 - 2 * a) / (2 * a - 1) / kappa**2
    return np.asarray(once - twice), np.asarray(twice)


def _least(table: dict[str, Array], n: float, noise: float) -> float:
    """Return the least excess risk over kappa, refined by a parabola through the log of it."""
    share = table["df2"] / n
    fits = table["df1"] < n
    risk = np.where(fits, (table["missed"] + noise * share) / np.where(fits, 1.0 - share, 1.0),
                    np.inf)  # fmt: skip
    best = int(np.clip(np.argmin(risk), 1, len(risk) - 2))
    left, middle, right = np.log(risk[best - 1 : best + 2])
    bend = left - 2.0 * middle + right
    return float(np.exp(middle - (left - right) ** 2 / (8.0 * bend)))


def _slope(x: Array, y: Array) -> float:
    return float(np.polyfit(np.log(x), np.log(y), 1)[0])


def _exponents() -> list[Row]:
    return [row for a, b in LAWS for row in _law(a, b)]


def _law(a: float, b: float) -> list[Row]:
    """Return exponents and floor of one law; noisy regimes need noise n^nu well above 1."""
    table, law = _table(a, b), f"a = {a:g}, b = {b:g}"
    nu, expected = float(learning_rate_exponent(a, b)), float(noise_exponent(a, b))
    counts = np.geomspace(200.0, 800.0, 7)
    share, missed = (
        np.exp(np.interp(-np.log(counts), -np.log(table["df1"]), np.log(table[k])))
        for k in ("df2", "missed")
    )
    share = share / counts
    found = [_slope(counts, missed / (1.0 - share)), share[-1] / (1.0 - share[-1])]
    by_noise = _slope(LEVELS, np.array([_least(table, FEW, s) for s in LEVELS]))
    by_count = _slope(MANY, np.array([_least(table, n, 1.0) for n in MANY]))
    words = "finite n, 200 to 800"
    named = (
        (f"exponent of samples, no noise, no ridge, {law}", -nu, 0.01, words),
        (f"tempered floor at n = 800, {law}", float(tempered_floor(a, 1.0)), 0.005, words),
    )
    rows = [
        Row(name, prediction, float(value), allowance=allowance, reason=reason)
        for (name, prediction, allowance, reason), value in zip(named, found, strict=True)
    ]
    noisy = by_noise, by_count
    for what, effective, limit, value in zip(
        ("noise", "samples"), _effective(a, b), (expected, -expected), noisy, strict=True
    ):
        name = f"exponent of {what}, best ridge, {law}"
        rows += [
            Row(f"{name}, effective", effective, value, allowance=0.002, reason=CUT),
            Row(f"{name}, infinite n", limit, value, allowance=0.002, reason=DRIFT, holds=False),
        ]
    return rows


def _effective(a: float, b: float) -> tuple[float, float]:
    """Return exponents of noise and samples by the search for the best ridge, on the same grids."""
    spectrum, beta = power(HELD, a, b)
    beyond = (HELD + 0.5) ** (1 - b) / (b - 1)
    noise = beyond + np.array([float(TUNED(spectrum, beta, FEW, s)[1]) for s in LEVELS])
    count = beyond + np.array([float(TUNED(spectrum, beta, n, 1.0)[1]) for n in MANY])
    return _slope(LEVELS, noise), _slope(MANY, count)


def _crossover() -> list[Row]:
    """Hold the crossover's limit against its root at many modes, and the root against bisection."""
    (spectrum, beta), noise = power(20_000, 2.0, 2.0), np.array(0.02)
    root = float(jax.jit(crossover_samples)(spectrum, beta, noise))
    solve = jax.jit(equivalent)

    def gap(n: float) -> float:
        found = solve(spectrum, beta, n, 0.0, noise)
        return float(found.bias - found.variance)

    direct = brentq(gap, 20.0, 1000.0, xtol=1e-9)
    limit = float(crossover_limit(2.0, 2.0, noise))
    return [
        Row("crossover, root in kappa against root in n", root, direct, allowance=1e-6,
            reason="rounding"),
        Row("crossover, limit of little noise against its root, noise 0.02", limit, root,
            allowance=0.02, reason="finite n and truncation at 20000 modes"),
    ]  # fmt: skip
