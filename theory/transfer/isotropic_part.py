"""Comparison of isotropic transfer from flipped labels with exact draws: rows, tips and curves."""

import jax
import numpy as np

from theory.numerics.repeat import mean_error
from theory.study.claim import Array, Outcome, Row
from theory.study.size import Size
from theory.study.tipping import study_crossing
from theory.transfer.isotropic import (
    Tasks,
    best_rate,
    best_stiffness,
    catastrophic_rate,
    fine_tuned,
    interpolated,
    residual,
    tipping_noise,
)
from theory.transfer.least_squares_runs import pretrain, squared_residual
from theory.transfer.second_stage_runs import fine_tune, interpolate

DIMENSION, SAMPLES, NOISE1, NOISE2 = 100, 600, 0.2, 0.05
REPETITIONS = 20_000
COSINES = (0.9, 0.7, 0.6, 0.5)
FINE_TUNINGS = ((30, 0.1), (60, 1.0), (200, 0.05))  # n_2 and ridge
RATES = np.linspace(0.0, 0.5, 21)
FINE = np.linspace(0.0, 0.5, 201)


def tasks(cosine: float, noise: float = NOISE1) -> Tasks:
    """Return the pair of tasks that the figure shows, at a cosine."""
    return Tasks(cosine, DIMENSION, SAMPLES, noise)


def compare(size: Size) -> Outcome:
    """Return rows of R^2, of its best and catastrophic rates, and of risks; the figure's curves."""
    runs = size.repetitions(REPETITIONS)
    rows: list[Row] = []
    curves: dict[str, Array] = {"rate": RATES, "fine": FINE}
    for cosine in COSINES:
        pair = tasks(cosine)
        drawn = squared_residual(pretrain(size.rng(f"flips {cosine}"), runs, RATES, pair), pair)
        mean, error = mean_error(drawn)
        predicted = np.asarray(jax.vmap(lambda r, pair=pair: residual(r, pair))(RATES))
        if cosine in (0.9, 0.6):
            rows += [
                Row(
                    f"residual R², cosine {cosine:g}, {RATES[i]:.0%} flips",
                    float(predicted[i]), float(mean[i]), float(error[i]),
                )
                for i in (0, 4, 10, 16)
            ]  # fmt: skip
        if cosine == 0.6:
            rows += _rate_rows(drawn, pair) + _pooled_rows(size, drawn, pair)
        curves |= _curves(size, cosine, mean, error, drawn)
    return Outcome(rows=tuple(rows), curves=curves)


def _rate_rows(drawn: Array, pair: Tasks) -> list[Row]:
    """The best and the catastrophic rate of the mean curve, a parabola in s."""
    s = 1.0 - 2.0 * RATES
    design = np.linalg.pinv(np.vander(s, 3))
    a, b, c = design @ (drawn.mean(axis=0) - 1.0)
    best = -b / (2.0 * a)
    worst = (-b - np.sqrt(b**2 - 4.0 * a * c)) / (2.0 * a)
    # Coefficients of every run give the errors of both places to first order.
    own = (drawn - 1.0) @ design.T
    slope = own @ np.array([2.0 * best, 1.0, 0.0]) / (2.0 * a)
    level = own @ np.array([worst**2, worst, 1.0]) / (2.0 * a * worst + b)
    root = np.sqrt(len(drawn))
    return [
        Row(
            "flip rate with the least residual, cosine 0.6", float(best_rate(pair)),
            float((1.0 - best) / 2.0), float(slope.std(ddof=1) / 2.0 / root),
        ),
        Row(
            "catastrophic flip rate, cosine 0.6", float(catastrophic_rate(pair)),
            float((1.0 - worst) / 2.0), float(level.std(ddof=1) / 2.0 / root),
        ),
    ]  # fmt: skip


def _pooled_rows(size: Size, drawn: Array, pair: Tasks) -> list[Row]:
    """Transfer over scratch at the catastrophic rate, least-norm fine-tuning, best stiffness."""
    rows = []
    critical = float(catastrophic_rate(pair))
    start = squared_residual(
        pretrain(size.rng("at the critical rate"), len(drawn), [critical], pair), pair
    )
    few = min(len(drawn), 6000)
    for samples, ridge in FINE_TUNINGS:
        rng = size.rng(f"ratio {samples}")
        response = fine_tune(rng, few, DIMENSION, samples, ridge, NOISE2)
        transfer = response.excess(start[:few])[:, 0]
        scratch = response.excess(np.ones((few, 1)))[:, 0]
        ratio = transfer.mean() / scratch.mean()
        spread = (transfer - ratio * scratch).std(ddof=1) / scratch.mean() / np.sqrt(few)
        name = f"transfer / scratch at the catastrophic rate, n2 = {samples}, ridge {ridge:g}"
        rows.append(Row(name, 1.0, float(ratio), float(spread)))
    chosen = drawn[:, 12]
    squared = float(residual(RATES[12], pair))
    for samples in (20, 50, 80):
        rng = size.rng(f"interpolant {samples}")
        risk = interpolate(rng, len(drawn), DIMENSION, samples, NOISE2).excess(chosen)
        mean, error = mean_error(risk)
        predicted = float(interpolated(squared, DIMENSION, samples, NOISE2))
        name = f"least-norm fine-tuning, n2 = {samples}, 30% flips"
        rows.append(Row(name, predicted, float(mean), float(error)))
    return [*rows, _stiffness_row(size, squared, chosen[:few])]


def _stiffness_row(size: Size, squared: float, drawn: Array) -> Row:
    """The least mean risk over the penalty, by a parabola through common random numbers."""
    predicted, samples = float(best_stiffness(squared, DIMENSION, 60, NOISE2)), 60
    reach = 0.25  # in log penalty
    state = size.rng("stiffness").bit_generator.state
    risks = []
    for shift in (-reach, 0.0, reach):
        rng = np.random.default_rng(0)
        rng.bit_generator.state = state
        ridge = predicted * float(np.exp(shift))
        response = fine_tune(rng, len(drawn), DIMENSION, samples, ridge, NOISE2)
        risks.append(response.excess(drawn))
    below, middle, above = risks
    tilt, bend = (above - below) / (2.0 * reach), (above - 2.0 * middle + below) / reach**2
    shift = -tilt.mean() / bend.mean()
    spread = (tilt + shift * bend).std(ddof=1) / bend.mean() / np.sqrt(len(drawn))
    return Row(
        "best stiffness of fine-tuning, n2 = 60", predicted, predicted * float(np.exp(shift)),
        predicted * float(spread), 0.005, reason="the parabola's third order, 0.25 in log penalty",
    )  # fmt: skip


def _curves(size: Size, cosine: float, mean: Array, error: Array, drawn: Array) -> dict[str, Array]:
    """What the figure shows of one cosine: R^2 and the risk at n_2 = 60, ridge 0.1."""
    pair, few = tasks(cosine), min(len(drawn), 4000)
    rng = size.rng("downstream curve")
    response = fine_tune(rng, few, DIMENSION, 60, 0.1, NOISE2)
    risk, risk_error = mean_error(response.excess(drawn[:few]))
    line = np.asarray(jax.vmap(lambda r: residual(r, pair))(FINE))
    below = jax.vmap(lambda square: fine_tuned(square, DIMENSION, 60, 0.1, NOISE2))(line)
    name = f"{cosine:g}"
    return {
        f"residual {name}": mean, f"residual error {name}": error, f"residual theory {name}": line,
        f"risk {name}": risk, f"risk error {name}": risk_error,
        f"risk theory {name}": np.asarray(below),
        f"rates {name}": np.array([float(best_rate(pair)), float(catastrophic_rate(pair))]),
        "scratch": np.array([float(fine_tuned(1.0, DIMENSION, 60, 0.1, NOISE2))]),
    }  # fmt: skip


SEEDS = 12


def tips(size: Size) -> Outcome:
    """Return how often ``laws.crossing`` covers both tipping points, from 12 seeds a data set."""
    pair = tasks(0.6)
    count = size.studies * SEEDS
    rates = np.linspace(0.2, 0.5, 16)
    rng = size.rng("flip tip")
    squared = squared_residual(pretrain(rng, count, rates, pair), pair)
    response = fine_tune(rng, count, DIMENSION, 60, 0.1, NOISE2)
    harm = response.excess(squared) - response.excess(np.ones((count, 1)))
    flips = study_crossing(
        "catastrophic flip rate, downstream risk, cosine 0.6", rates,
        harm.reshape(size.studies, SEEDS, -1), float(catastrophic_rate(pair)),
        asymptotic=float(catastrophic_rate(Tasks(0.6, 1.0e6, 6.0e6, NOISE1))),
    )  # fmt: skip
    shown = {"tip rates": rates, "tip harm": harm[:SEEDS]}
    clean = Tasks(0.75, DIMENSION, 400)
    predicted = float(tipping_noise(clean))
    noises = np.linspace(0.0, 2.0 * predicted, 15)
    harm = _noisy_harm(size, count, clean, noises)
    added = study_crossing(
        "tipping noise variance, downstream risk, cosine 0.75", noises,
        harm.reshape(size.studies, SEEDS, -1), predicted,
        asymptotic=(2.0 * 0.75 - 1.0) * (400 / DIMENSION - 1.0),
    )  # fmt: skip
    noisy, error = mean_error(harm)
    row = Row(
        "tipping noise variance, isotropic", predicted, float(np.interp(0.0, noisy, noises)),
        float(np.interp(0.0, noisy, error) / np.gradient(noisy, noises).mean()),
        allowance=0.002, reason="interpolation between levels",
    )  # fmt: skip
    return Outcome(rows=(row,), tips=(flips, added), curves=shown)


def _noisy_harm(size: Size, count: int, clean: Tasks, noises: Array) -> Array:
    """Return transfer minus scratch by additive noise; the levels of a run share their numbers."""
    state = size.rng("noise tip").bit_generator.state
    squared = []
    for noise in noises:
        rng = np.random.default_rng(0)
        rng.bit_generator.state = state
        pair = clean._replace(noise=float(noise))
        squared.append(squared_residual(pretrain(rng, count, [0.0], pair), pair)[:, 0])
    response = fine_tune(size.rng("noise tip, second"), count, DIMENSION, 60, 0.1, NOISE2)
    return response.excess(np.stack(squared, axis=1)) - response.excess(np.ones((count, 1)))
