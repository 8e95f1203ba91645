"""Classifiers trained on flipped labels held against prediction: errors, filters, inversion."""

import jax
import numpy as np
from numpy.typing import NDArray
from scipy import special

from theory.label_noise import mean_classifier as theory
from theory.label_noise import simulation
from theory.label_noise.confusion import PAIR_FLIP_TIP, clean_error
from theory.numerics.repeat import mean_error
from theory.study.claim import Outcome, Row
from theory.study.size import Size
from theory.study.timing import study_speed
from theory.study.tipping import root, study_crossing

Array = NDArray[np.float64]
SEEDS = 16
Case = tuple[float, int, int, float]  # noise, samples, dimensions, |mu|^2
SIMPLE: tuple[Case, ...] = ((0.0, 200, 400, 4.0), (0.45, 2000, 100, 2.0))
LEADING: tuple[Case, ...] = ((0.2, 200, 400, 4.0), (0.3, 800, 400, 4.0), (0.4, 3200, 400, 4.0))
REFINED: tuple[Case, ...] = (*LEADING, (0.45, 2000, 100, 2.0), (0.48, 500, 50, 2.0))
LUCK = "leaves out the luck along the mean; allowed is 1 / (n (1 - 2 eta)^2)"
MORE = "leading order: the luck along the mean costs more than 1 / (n (1 - 2 eta)^2)"
_refined = jax.jit(theory.mean_error_refined)
ACROSS = "the length across the mean is taken at its mean, of order 1 / d"

RESIDUAL = np.linspace(0.0, 0.36, 13)
FILTERED = (0.3, 0.4, 800, 100, 4.0)  # noise, share kept, samples, dimensions, |mu|^2
PAIR_LEVELS = np.linspace(0.40, 0.62, 12)
E10, INVERTING = 0.3, np.linspace(0.40, 0.95, 12)
E01_CLASS, E10_CLASS = 0.05, 0.3


def trained(size: Size) -> Outcome:
    """Hold the error of the mean classifier against draws that are exact in law, and data."""
    rows = []
    for case in SIMPLE:
        allowance = 1.0 / float(theory.effective_samples(case[1], case[0]))
        rows.append(_drawn(size, case, "simple form", allowance, LUCK))
    rows += [_drawn(size, case, "leading order", 0.0, MORE, False) for case in LEADING]
    rows += [_drawn(size, case, "refined", min(0.005, 1.0 / case[2]), ACROSS) for case in REFINED]
    return Outcome(rows=(*rows, *_from_data(size)))


def _drawn(
    size: Size, case: Case, form: str, allowance: float, reason: str, holds: bool = True
) -> Row:
    """Return the row of one case; the simple form is also that of the leading order."""
    eta, n, d, strength = case
    name = f"mean classifier, {form}, noise {eta:g}, n = {n}, d = {d}"
    draws = simulation.trained(size.rng(name), *case, size.repetitions(200_000))
    mean, error = mean_error(draws)
    formula = _refined if form == "refined" else theory.mean_error
    predicted = float(formula(eta, float(n), float(d), strength))
    return Row(name, predicted, float(mean), float(error), allowance, reason=reason, holds=holds)


def _from_data(size: Size) -> tuple[Row, ...]:
    """Return a row from n d normal draws, and one on noisy samples against fewer clean ones."""
    n, d, eta = 600, 200, 0.3
    rng, mean = size.rng("mean classifier from data"), np.r_[2.0, np.zeros(d - 1)]
    draws = simulation.data_errors(rng, eta, n, mean, size.repetitions(1000, 100))
    found, error = mean_error(draws)
    predicted = float(_refined(eta, float(n), float(d), 4.0))
    name = f"mean classifier from data, noise {eta:g}, n = {n}, d = {d}"
    first = Row(name, predicted, float(found), float(error), 0.005, reason=ACROSS)
    n, d, count = 6000, 2000, size.repetitions(100_000)
    clean = round(float(theory.effective_samples(n, eta)))
    noisy, few = (
        [float(v) for v in mean_error(simulation.trained(rng, level, m, d, 4.0, count))]
        for level, m in ((eta, n), (0.0, clean))
    )
    second = Row(
        f"error with {n} samples at noise {eta:g} against {clean} clean ones", few[0], noisy[0],
        float(np.hypot(noisy[1], few[1])), 0.005,
        reason="equal up to the luck along the mean, of order 1 / (n (1 - 2 eta)^2)",
    )  # fmt: skip
    return first, second


def filtering(size: Size) -> Outcome:
    """Find the residual noise at which a filter that keeps 40 % of the data stops paying."""
    eta, kept, n, d, strength = FILTERED
    draws = simulation.filtered_gain(
        size.rng("filtering"), RESIDUAL, FILTERED, size.studies * SEEDS
    )

    def gain(residual: float) -> float:
        after = _refined(residual, kept * n, float(d), strength)
        return float(after - _refined(eta, float(n), float(d), strength))

    place = root(gain, 0.0, 0.36)
    limit = float(theory.filter_break_even(eta, kept))
    sets = draws.reshape(size.studies, SEEDS, len(RESIDUAL))
    name = "residual noise at which filtering breaks even"
    tip = study_crossing(name, RESIDUAL, sets, place, asymptotic=limit)
    row = _break_even(size)
    shown = {"residual": RESIDUAL, "gain": sets[0].mean(axis=0),
             "error": sets[0].std(axis=0, ddof=1) / np.sqrt(SEEDS)}  # fmt: skip
    return Outcome(rows=(row,), tips=(tip,), curves=shown)


def _break_even(size: Size) -> Row:
    """Return the row on the filter's break-even with many samples, from a narrow grid."""
    case = eta, kept, n, *_ = (0.3, 0.4, 8000, 1000, 4.0)
    levels, rng = np.linspace(0.17, 0.20, 5), size.rng("break-even")
    blocks = range(max(1, size.repetitions(8, 1)))
    draws = [simulation.filtered_gain(rng, levels, case, 500) for _ in blocks]
    means, deviations = mean_error(np.concatenate(draws))
    smooth = np.polynomial.Polynomial.fit(levels, means, 2)
    cut = root(lambda level: float(smooth(level)), 0.15, 0.22)
    error = float(deviations[2] / abs(smooth.deriv()(cut)))  # of the mean, over the slope
    return Row(
        f"residual noise at which a filter breaks even, noise 0.3, 40 % kept, n = {n}",
        float(theory.filter_break_even(eta, kept)), cut, error, 0.001,
        reason="the closed form leaves out the luck along the mean, of order 1 / n",
    )  # fmt: skip


def inversion(size: Size) -> Outcome:
    """Find where flips outnumber true labels: pair flips, and binary class-conditional noise."""
    rng, count, shape = size.rng("inversion"), size.studies * SEEDS, (size.studies, SEEDS, -1)
    votes = simulation.pair_flip_errors(rng, PAIR_LEVELS, count) - 0.5
    name = "pair flips at which the majority is as often wrong as right, 25 labels"
    pair = study_crossing(name, PAIR_LEVELS, votes.reshape(shape), PAIR_FLIP_TIP, asymptotic=0.5)
    rules = simulation.inverted_errors(rng, INVERTING, E10, count) - 0.5
    name = "P(1 observed | 0) at which a linear rule inverts, P(0 observed | 1) = 0.3"
    place = 1.0 - E10
    inverted = study_crossing(name, INVERTING, rules.reshape(shape), place, asymptotic=place)
    return Outcome(tips=(pair, inverted))


def plug_in(size: Size) -> Outcome:
    """Hold the clean error of the noisy Bayes rule against the best cut on a million noisy labels.

    The cut is where P(noisy error) is least on the sample, found among the edges of fine bins.
    """
    rng, n, count = size.rng("plug-in"), 1_000_000, size.repetitions(200)
    edges = np.linspace(-5.0, 6.0, 1101)
    ends = np.r_[-np.inf, edges, np.inf]
    low, high = (0.5 * np.diff(special.ndtr(ends - mean)) for mean in (-1.0, 1.0))
    ones = low * E01_CLASS + high * (1.0 - E10_CLASS)
    counts = rng.multinomial(n, np.r_[ones, low + high - ones], size=count)
    balance = np.cumsum(counts[:, : len(ones)] - counts[:, len(ones) :], axis=1)
    cut = edges[np.argmin(balance[:, :-1], axis=1)]
    errors = 0.5 * special.ndtr(cut - 1.0) + 0.5 * special.ndtr(-cut - 1.0)
    mean, error = mean_error(errors)
    row = Row(
        "clean error of the noisy Bayes rule, flips 0.05 and 0.3",
        float(clean_error(E01_CLASS, E10_CLASS, 1.0)), float(mean), float(error), 0.002,
        reason="the best cut on a sample is off by order n^(-1/3)",
    )  # fmt: skip
    return Outcome(rows=(row,))


def speed(size: Size) -> Outcome:
    """Time the gain of a filter over 13 residual noise rates against a loop over data sets."""
    eta, kept, n, d, strength = FILTERED
    rng, mean = size.rng("speed"), np.r_[np.sqrt(strength), np.zeros(d - 1)]

    def program(count: int) -> Array:
        return simulation.filtered_gain(rng, RESIDUAL, FILTERED, count)

    def loop(own: np.random.Generator) -> Array:
        y = own.choice([-1.0, 1.0], n)
        x = y[:, None] * mean + own.standard_normal((n, d))
        uniform = own.random(n)

        def error(level: float, size: int) -> float:
            w = np.where(uniform[:size] < level, -y[:size], y[:size]) @ x[:size] / size
            return float(special.ndtr(-(w @ mean) / np.linalg.norm(w)))

        few, whole = round(kept * n), error(eta, n)
        return np.array([error(level, few) - whole for level in RESIDUAL])

    name = "filtering, 13 residual noise rates, n = 800, d = 100"
    return Outcome(speeds=(study_speed(name, program, loop, 2000),))
