"""Comparison of linear networks trained by gradient descent with where theory says they end."""

import jax
import jax.numpy as jnp
import numpy as np

from theory.numerics.repeat import mean_error
from theory.study.claim import Outcome, Row
from theory.study.size import Size
from theory.transfer.descent import single_pass_residual, stopped, two_layers
from theory.transfer.isotropic import Tasks, interpolated
from theory.transfer.network_runs import Training, run, single_layer, stopped_runs, two_layer

STREAM = Training(40, 300, 12, 300, 1500, 0.015, 0.025, 0.7, 0.1, 0.05)
DEEP = Training(40, 240, 16, 500, 500, 0.2, 0.05, 0.8, 0.1, 0.05)
EARLY = Training(100, 0, 60, 0, 40, 0.0, 0.2, 1.0, 0.0, 0.5)
RATES = np.linspace(0.0, 0.4, 5)
REPETITIONS, DEEP_REPETITIONS, EARLY_REPETITIONS = 1024, 512, 2048


def tasks(training: Training) -> Tasks:
    """Return the pair of tasks of a training."""
    return Tasks(training.cosine, training.dimension, training.samples1, training.noise1)


def stream(size: Size) -> Outcome:
    """Return rows of single-pass training that is fine-tuned to interpolation."""
    runs, rng = size.repetitions(REPETITIONS), size.rng("single pass")
    drawn = run(rng, single_layer, runs, STREAM, jnp.asarray(RATES))
    mean, error = mean_error(drawn)
    pair = tasks(STREAM)
    squared = np.asarray(
        jax.vmap(lambda rate: single_pass_residual(rate, pair, STREAM.step1))(RATES)
    )
    risk = np.array([float(interpolated(s, 40, 12, STREAM.noise2)) for s in (*squared, 1.0)])
    rows = []
    for i in range(len(RATES)):
        rows += [
            Row(f"single-pass residual R², {RATES[i]:.0%} flips", float(squared[i]),
                float(mean[i, 0]), float(error[i, 0])),
            Row(f"risk after stochastic fine-tuning, {RATES[i]:.0%} flips", float(risk[i]),
                float(mean[i, 1]), float(error[i, 1]), floor=1e-4, reason="unfinished descent"),
        ]  # fmt: skip
    rows.append(
        Row("risk of stochastic descent from scratch", float(risk[-1]), float(mean[-1, 1]),
            float(error[-1, 1]), floor=1e-4, reason="unfinished descent")
    )  # fmt: skip
    fine = np.linspace(0.0, 0.4, 81)
    line = jax.vmap(lambda rate: single_pass_residual(rate, pair, STREAM.step1))(fine)
    curves = {
        "rates": RATES, "mean": mean, "error": error, "fine": fine,
        "theory": np.asarray(interpolated(np.asarray(line), 40, 12, STREAM.noise2)),
        "scratch": risk[-1:],
    }  # fmt: skip
    return Outcome(rows=tuple(rows), curves=curves)


def deep(size: Size) -> Outcome:
    """Return rows of the two-layer network, and of early-stopped fine-tuning."""
    rates = jnp.array([0.0, 0.1, 0.2, 0.3])
    runs = size.repetitions(DEEP_REPETITIONS)
    drawn = run(size.rng("two layers"), two_layer, runs, DEEP, rates)
    mean, error = mean_error(drawn[:, :, 0])
    pair = tasks(DEEP)
    rows: list[Row] = []
    for i, rate in enumerate((0.0, 0.1, 0.2, 0.3)):
        predicted = float(two_layers(rate, pair, DEEP.samples2, DEEP.noise2))
        rows.append(
            Row(f"risk of a two-layer network, {rate:.0%} flips", predicted, float(mean[i]),
                float(error[i]), 0.025, reason="norms taken at their means, off by about 1/d")
        )  # fmt: skip
    distance = float(np.median(drawn[:, :, 1] / drawn[:, :, 2]))
    rows.append(
        Row("distance of two layers from their conserved end", 0.0, distance, floor=0.02,
            reason="steps of finite size, and layers that start small but not at 0")
    )  # fmt: skip
    rows += _early_rows(size)
    line = [float(two_layers(r, pair, DEEP.samples2, DEEP.noise2)) for r in np.linspace(0, 0.4, 41)]
    curves = {
        "rates": np.asarray(rates), "mean": mean, "error": error,
        "fine": np.linspace(0.0, 0.4, 41), "theory": np.array(line),
    }  # fmt: skip
    return Outcome(rows=tuple(rows), curves=curves)


def _early_rows(size: Size) -> list[Row]:
    runs = size.repetitions(EARLY_REPETITIONS)
    drawn = run(size.rng("early"), stopped_runs, runs, EARLY, jnp.asarray(0.8))
    mean, error = mean_error(drawn)
    rows = []
    for t in (1, 5, 40):
        predicted = float(stopped(0.8, 100, 60, EARLY.noise2, t, EARLY.step2))
        rows.append(
            Row(f"risk after {t} steps of full-batch fine-tuning", predicted, float(mean[t]),
                float(error[t]), 0.01, reason="limit of many dimensions, off by about 1/d")
        )  # fmt: skip
    return rows
