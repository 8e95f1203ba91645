"""Shortcut learning held against least squares on samples: errors, tipping points, remedies."""

import jax
import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from theory.numerics.repeat import mean_error
from theory.shortcut import groups, simulation, tipping
from theory.shortcut.groups import Features
from theory.study.claim import Outcome, Row
from theory.study.exponents import study_exponent
from theory.study.size import Size
from theory.study.timing import study_speed
from theory.study.tipping import root, study_crossing

Array = NDArray[np.float64]
PLAIN = Features(1.0, 1.0, 2.0, 1.0)
# features, ridge, correlation of the row on errors, levels around the tipping point
CASES = (
    (PLAIN, 0.0, 0.90, np.linspace(0.69, 0.76, 5)),
    (Features(1.0, 1.0, 2.0, 0.5), 0.3, 0.60, np.linspace(0.565, 0.635, 5)),
    (Features(0.7, 1.0, 1.5, 1.0), 1.0, 0.98, np.linspace(0.385, 0.455, 5)),
)
MANY, ROW_REPETITIONS = 20_000, 20_000
LARGE = "least squares on 20000 samples differs from its limit by order 1 / n"

N, SEEDS = 1000, 12
CORRELATIONS = np.linspace(0.50, 0.95, 13)
BEYOND = np.geomspace(0.05, 0.2, 20)  # above the tipping point
SHARES, BEFORE = np.linspace(0.0, 0.5, 13), 0.95
WEIGHTS, BIASED = np.linspace(1.0, 6.0, 13), 0.90
STIFFNESS, START_R = np.linspace(0.5, 11.0, 13), 0.95

_critical = jax.jit(lambda features, ridge: tipping.critical_correlation(
    *groups.strengths(features, ridge)))  # fmt: skip


def group_errors(size: Size) -> Outcome:
    """Hold both groups' errors, and the tipping correlation, against large samples."""
    rng, count, rows = size.rng("group errors"), size.repetitions(ROW_REPETITIONS), []
    for features, ridge, r, levels in CASES:
        moments = simulation.nested_moments(rng, MANY, np.array([r]), count)
        found = simulation.errors(features, simulation.trained(features, moments, ridge))
        predicted = groups.group_errors(features, groups.fitted(features, r, ridge))
        for name, theory, draws in zip(("majority", "worst"), predicted, found, strict=True):
            mean, error = mean_error(draws[:, 0])
            words = f"{name} group's error, r = {r:g}, ridge {ridge:g}"
            rows.append(Row(words, float(theory), float(mean), float(error), 1e-3, 0.0, LARGE))
        strengths = [float(s) for s in groups.strengths(features, ridge)]
        words = f"tipping correlation, S_core = {strengths[0]:.3g}, S_spurious = {strengths[1]:.3g}"
        moments = simulation.nested_moments(rng, MANY, levels, count)
        draws = simulation.errors(features, simulation.trained(features, moments, ridge))[1]
        rows.append(_cut(words, float(_critical(features, ridge)), levels, draws, 1e-3))
    return Outcome(rows=tuple(rows))


def _cut(name: str, predicted: float, levels: Array, draws: Array, allowance: float) -> Row:
    """Return the row on where the pooled worst-group error is one half, errors by its slope."""
    means, deviations = mean_error(draws)
    smooth = np.polynomial.Polynomial.fit(levels, means - 0.5, 3)
    place = root(lambda level: float(smooth(level)), float(levels[0]), float(levels[-1]))
    error = float(np.interp(place, levels, deviations) / abs(smooth.deriv()(place)))
    return Row(name, predicted, place, error, allowance, 0.0, LARGE)


def correlation(size: Size) -> Outcome:
    """Find the correlation at which the worst group errs half of the time, and the slope there."""
    rng, shape = size.rng("correlation"), (size.studies, SEEDS, -1)
    moments = simulation.nested_moments(rng, N, CORRELATIONS, size.studies * SEEDS)
    majority, worst = simulation.errors(PLAIN, simulation.trained(PLAIN, moments))
    place = float(_critical(PLAIN, 0.0))
    name = "correlation at which the worst group falls below chance"
    sets = worst.reshape(shape)
    tip = study_crossing(name, CORRELATIONS, sets - 0.5, place, asymptotic=place)
    # A power law is fitted to independent points: every level has data of its own.
    own = [
        simulation.nested_moments(rng, 10 * N, np.array([place + b]), len(worst)) for b in BEYOND
    ]
    found = [simulation.errors(PLAIN, simulation.trained(PLAIN, m))[1] for m in own]
    above = np.concatenate(found, axis=1).reshape(shape).mean(axis=1) - 0.5
    spread = above.std(axis=0, ddof=1)
    theory = np.asarray(groups.worst_error(PLAIN, place + BEYOND)) - 0.5
    words = "excess over chance against r - r*"
    linear = study_exponent(words, BEYOND, theory, above, asymptotic=-1.0, y_err=spread)
    first = {
        "correlation": CORRELATIONS,
        "beyond": BEYOND,
        "above": above[0],
        "above error": spread,
    }
    curves = first | _seeds("worst", sets[0]) | _seeds("majority", majority.reshape(shape)[0])
    return Outcome(tips=(tip,), exponents=(linear,), curves=curves)


def _seeds(name: str, table: Array) -> dict[str, Array]:
    means, errors = mean_error(table)
    return {name: means, f"{name} error": errors}


def remedies(size: Size) -> Outcome:
    """Find how much clean data, and how much weight of the minority, rescue the worst group."""
    rng, count = size.rng("remedies"), size.studies * SEEDS
    shape, critical = (count // SEEDS, SEEDS, -1), float(_critical(PLAIN, 0.0))
    mixed = np.asarray(tipping.mixed_correlation(SHARES, BEFORE))
    moments = simulation.nested_moments(rng, N, mixed[::-1], count)
    diluted = simulation.errors(PLAIN, simulation.trained(PLAIN, moments))[1][:, ::-1]
    moments = simulation.nested_moments(rng, N, np.array([BIASED]), count)
    weighted = simulation.trained(PLAIN, moments, weight=WEIGHTS)
    rescued = simulation.errors(PLAIN, weighted)[1]
    share = float(tipping.critical_share(BEFORE, critical))
    weight = float(tipping.critical_weight(BIASED, critical))
    tips = tuple(
        study_crossing(name, levels, draws.reshape(shape) - 0.5, place, asymptotic=place)
        for name, levels, draws, place in (
            (f"share of clean data that rescues, r = {BEFORE:g}", SHARES, diluted, share),
            (f"weight of the minority that rescues, r = {BIASED:g}", WEIGHTS, rescued, weight),
        )
    )
    curves = {"share": SHARES, "weight": WEIGHTS}
    curves |= _seeds("diluted", diluted.reshape(shape)[0])
    curves |= _seeds("rescued", rescued.reshape(shape)[0])
    return Outcome(rows=_remedy_rows(size, share, weight), tips=tips, curves=curves)


def _remedy_rows(size: Size, share: float, weight: float) -> tuple[Row, ...]:
    rng, count = size.rng("remedy rows"), size.repetitions(ROW_REPETITIONS)
    levels = np.linspace(0.20, 0.28, 5)
    mixed = np.asarray(tipping.mixed_correlation(levels, BEFORE))
    moments = simulation.nested_moments(rng, MANY, mixed[::-1], count)
    draws = simulation.errors(PLAIN, simulation.trained(PLAIN, moments))[1][:, ::-1]
    first = _cut(f"share of clean data that rescues, r = {BEFORE:g}", share, levels, draws, 2e-3)
    up = 1.7
    moments = simulation.nested_moments(rng, MANY, np.array([BIASED]), count)
    core, spurious = simulation.trained(PLAIN, moments, weight=up)
    mean, error = mean_error((spurious / core)[:, 0])
    effective = groups.fitted(PLAIN, tipping.weighted_correlation(BIASED, up))
    second = Row(
        f"w_s / w_c with minority weight {up:g}, at the effective correlation",
        float(effective[1] / effective[0]), float(mean), float(error), 1e-3, 0.0, LARGE,
    )  # fmt: skip
    half = root(lambda w: groups.worst_error(PLAIN, tipping.weighted_correlation(BIASED, w)) - 0.5,
                1.0, 10.0)  # fmt: skip
    third = Row("weight of the minority that rescues, closed form", weight, half, allowance=1e-9)
    return first, second, third


def fine_tuning(size: Size) -> Outcome:
    """Find the stiffness at which fine-tuning on balanced data no longer rescues."""
    pre = groups.fitted(PLAIN, START_R)
    start = float(pre[0]), float(pre[1])
    rng, count = size.rng("fine-tuning"), size.studies * SEEDS
    moments = simulation.nested_moments(rng, N, np.array([0.0]), count)
    weights = simulation.trained(PLAIN, moments, STIFFNESS, start=start)
    sets = simulation.errors(PLAIN, weights)[1].reshape(size.studies, SEEDS, -1)
    place = float(tipping.critical_stiffness(PLAIN, start))
    name = "stiffness above which fine-tuning on balanced data keeps the worst group below chance"
    tip = study_crossing(name, STIFFNESS, sets - 0.5, place, asymptotic=place)
    half = root(lambda l: _tuned(l, start) - 0.5, 0.01, 50.0)
    rows = [Row("critical stiffness, closed form", place, half, allowance=1e-9)]
    moments = simulation.nested_moments(
        rng, MANY, np.array([0.0]), size.repetitions(ROW_REPETITIONS)
    )
    for stiffness in (0.5, 1.0):
        weights = simulation.trained(PLAIN, moments, stiffness, start=start)
        mean, error = mean_error(simulation.errors(PLAIN, weights)[1][:, 0])
        words = f"worst group's error after fine-tuning, stiffness {stiffness:g}"
        predicted = _tuned(stiffness, start)
        rows.append(Row(words, predicted, float(mean), float(error), 1e-3, 0.0, LARGE))
    curves = {"stiffness": STIFFNESS} | _seeds("tuned", sets[0])
    return Outcome(rows=tuple(rows), tips=(tip,), curves=curves)


def _tuned(stiffness: float, start: tuple[float, float]) -> float:
    return float(groups.group_errors(PLAIN, groups.fitted(PLAIN, 0.0, stiffness, start))[1])


def interpolation(size: Size) -> Outcome:
    """Hold least-norm interpolation with many noise coordinates against ridge regression."""
    n, r, variance = 400, 0.8, 400.0
    rng, count = size.rng("interpolation"), size.repetitions(500, 40)
    draws = simulation.interpolated(rng, PLAIN, r, n, (variance, 10**6), count)
    predicted = groups.fitted(PLAIN, r, variance / n)
    rows = []
    for name, theory, found in zip(("w_core", "w_spurious"), predicted, draws.T, strict=True):
        mean, error = mean_error(found)
        words = f"{name} of the interpolator of least norm, as ridge regression"
        reason = "ridge regression on 400 samples differs from its limit by order 1 / n"
        rows.append(Row(words, float(theory), float(mean), float(error), 0.01, 0.0, reason))
    return Outcome(rows=tuple(rows))


def speed(size: Size) -> Outcome:
    """Time worst-group errors over 13 correlations, n = 1000, against a loop over data sets."""
    rng = size.rng("speed")
    core, s_c, other, s_s = (np.asarray(v, dtype=np.float64) for v in PLAIN)

    def program(count: int) -> Array:
        moments = simulation.nested_moments(rng, N, CORRELATIONS, count)
        return simulation.errors(PLAIN, simulation.trained(PLAIN, moments))[1]

    def loop(own: np.random.Generator) -> Array:
        y, uniform = own.choice([-1.0, 1.0], N), own.random(N)
        x = np.empty((N, 2))
        x[:, 0], noise = y * core + s_c * own.standard_normal(N), own.standard_normal(N)
        found = []
        for r in CORRELATIONS:
            x[:, 1] = np.where(uniform < (1 + r) / 2, y, -y) * other + s_s * noise
            w = np.linalg.solve(x.T @ x, x.T @ y)
            found.append(ndtr(-(w[0] * core - w[1] * other) / np.hypot(w[0] * s_c, w[1] * s_s)))
        return np.array(found)

    name = "worst group's error, 13 correlations, n = 1000"
    return Outcome(speeds=(study_speed(name, program, loop, 4000),))
