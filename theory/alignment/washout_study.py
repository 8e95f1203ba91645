"""Wash-out and privacy held against samples: when data outweigh pre-training, what noise costs."""

import jax
import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from theory.alignment import privacy, simulation, washout
from theory.numerics.repeat import mean_error
from theory.study.claim import Outcome, Row
from theory.study.exponents import study_exponent
from theory.study.size import Size
from theory.study.tipping import root, study_crossing

Array = NDArray[np.float64]
STRENGTH, BIAS, RATE = 200.0, 0.3, 0.5
VARIANCE = RATE * (1.0 - RATE)
COUNTS = np.unique(np.geomspace(5, 10_000, 20).astype(int))
ITEMS = 400

PRIOR = 100.0
BEFORE, AFTER = np.array([0.2, 0.6, 0.2]), np.array([0.45, 0.25, 0.30])
LEVELS = np.linspace(80, 320, 13).astype(int)
SEEDS, QUESTIONS = 12, 40

PRIVATE = (1.0, 12.0, 1.0)  # variance, clipping norm, mu
SIZES = (100, 200, 400, 800, 1600, 3200)
DIMENSIONS = 5


def bias(size: Size) -> Outcome:
    """Fit how the bias of pre-training fades with downstream observations."""
    rng, rows = size.rng("wash-out"), []
    for n in (50, 200, 1000):
        counts = rng.binomial(n, RATE, size.repetitions(1_000_000))
        found = (STRENGTH * (RATE + BIAS) + counts) / (STRENGTH + n) - RATE
        for words, predicted, draws in (
            ("bias of the posterior mean", washout.posterior_bias(n, STRENGTH, BIAS), found),
            ("squared error", washout.posterior_error(n, STRENGTH, BIAS, VARIANCE), found**2),
        ):
            mean, error = mean_error(draws)
            name = f"{words}, n = {n}, pre-training worth 200"
            rows.append(Row(name, float(predicted), float(mean), float(error)))
    rows.append(_harmful())
    # The sum over items is one binomial number.
    counts = rng.binomial(COUNTS * ITEMS, RATE, size=(size.studies, len(COUNTS)))
    table = (STRENGTH * (RATE + BIAS) + counts / ITEMS) / (STRENGTH + COUNTS) - RATE
    spread = np.sqrt(VARIANCE * COUNTS / ITEMS) / (STRENGTH + COUNTS)
    theory = np.asarray(washout.posterior_bias(COUNTS, STRENGTH, BIAS))
    fitted = study_exponent(
        "bias against n + n0, with n0 fitted", COUNTS.astype(float), theory, table,
        asymptotic=1.0, form="shifted_power", y_err=spread,
    )  # fmt: skip
    curves = {"n": COUNTS.astype(float), "bias": table[0], "error": spread}
    return Outcome(tuple(rows), exponents=(fitted,), curves=curves)


def _harmful() -> Row:
    """Return the row on the sample size from which pre-training does harm."""

    def change(n: float) -> float:
        with_it = washout.posterior_error(n, STRENGTH, BIAS, VARIANCE)
        return float(with_it - VARIANCE / n)

    place = float(washout.harmful_from(STRENGTH, BIAS, VARIANCE))
    found = root(change, 0.5, 100.0)
    words = "samples from which pre-training does harm"
    return Row(words, place, found, allowance=1e-9, reason="rounding")


def argmax(size: Size) -> Outcome:
    """Find the number of observations at which the right class comes out on top."""
    rng, case = size.rng("argmax"), (PRIOR, BEFORE, AFTER)
    draws = simulation.top_shares(rng, LEVELS, case, (size.studies * SEEDS, QUESTIONS))
    sets = draws.reshape(size.studies, SEEDS, -1)
    limit = float(washout.argmax_tip(PRIOR, BEFORE[1] - BEFORE[0], AFTER[0] - AFTER[1]))
    exact = _exact_curve()
    place = root(lambda n: float(np.interp(n, LEVELS, exact)) - 0.5, *map(float, LEVELS[[0, -1]]))
    name = "observations after which the right class is on top"
    tip = study_crossing(name, LEVELS, sets - 0.5, place, asymptotic=limit)
    rows = []
    for n in (120, 200, 300):
        at = int(np.flatnonzero(n == LEVELS)[0])
        mean, error = mean_error(draws[:, at])
        words = f"P(right class on top), n = {n}, exact"
        rows.append(Row(words, float(exact[at]), float(mean), float(error)))
    means, deviations = mean_error(draws)
    cut = root(lambda n: float(np.interp(n, LEVELS, means)) - 0.5, *map(float, LEVELS[[0, -1]]))
    slope = np.interp(cut, LEVELS, np.gradient(means, LEVELS))
    uncertain = float(np.interp(cut, LEVELS, deviations) / slope)
    words = "observations after which the right class is on top, exact curve"
    rows.append(Row(words, place, cut, uncertain, reason="both are read off the same levels"))
    means, errors = mean_error(sets[0])
    curves = {"n": LEVELS.astype(float), "right": means, "error": errors, "exact": exact}
    return Outcome(tuple(rows), (tip,), curves=curves)


def _exact_curve() -> Array:
    def one(n: jax.Array) -> jax.Array:
        lead = PRIOR * (BEFORE[1] - BEFORE[0])
        return washout.right_on_top(n, lead, AFTER[0], AFTER[1], int(LEVELS[-1]))

    return np.asarray(jax.lax.map(one, np.asarray(LEVELS, dtype=float)))


def private(size: Size) -> Outcome:
    """Hold the attack's advantage and the private mean's error against draws."""
    rng, rows = size.rng("privacy"), []
    count = size.repetitions(1_000_000)
    for mu in (0.5, 1.0, 2.0):
        guessed = rng.standard_normal((2, count)) + np.array([[0.0], [mu]]) > 0.5 * mu
        mean, error = mean_error(guessed[1].astype(float) - guessed[0])
        predicted = float(privacy.attack_advantage(mu))
        words = f"advantage of the best attack, mu = {mu:g}"
        rows.append(Row(words, predicted, float(mean), float(error)))
    means, errors = [], []
    for n in SIZES:
        draws = simulation.private_errors(rng, n, DIMENSIONS, PRIVATE, size.repetitions(100_000))
        mean, error = mean_error(draws)
        predicted = float(privacy.private_mean_error(n, DIMENSIONS, *PRIVATE))
        rows.append(Row(f"error of a private mean, n = {n}", predicted, float(mean), float(error)))
        means.append(mean)
        errors.append(error)
    place = float(privacy.privacy_dominates_below(*PRIVATE))
    variance, clip, mu = PRIVATE
    even = root(lambda n: float(np.log(4 * clip**2 / (n * mu) ** 2 * n / variance)), 1.0, 1e6)
    rows.append(Row("samples below which privacy costs most", place, even, allowance=1e-9))
    # The advantage as the largest gap between rates over all thresholds.
    cuts = np.linspace(-4.0, 5.0, 9001)
    largest = float(np.max(ndtr(1.0 - cuts) - ndtr(-cuts)))
    name = "largest gap between rates over thresholds, mu = 1"
    best = float(privacy.attack_advantage(1.0))
    rows.append(Row(name, best, largest, allowance=1e-7, reason="grid of thresholds"))
    found = {"n": np.array(SIZES, dtype=float), "found": np.array(means), "error": np.array(errors)}
    return Outcome(tuple(rows), curves=found)
