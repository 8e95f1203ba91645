"""Comparisons of linear feedback: performative means and retraining on one's own output."""

import numpy as np
from numpy.typing import ArrayLike

from theory.feedback.retraining import (
    multiplier,
    performative_variance,
    stable_point,
    stationary_bias,
)
from theory.feedback.simulated import deviations, estimates
from theory.numerics.repeat import mean_error, ratio_error
from theory.study.claim import Outcome, Row
from theory.study.size import Size
from theory.study.tipping import study_crossing

AMPLIFICATION = 0.3
SEEDS, ROUNDS = 16, 4


def row(
    name: str, predicted: ArrayLike, values: ArrayLike, allowance: float = 0.0, reason: str = ""
) -> Row:
    """Return a row for the mean of simulated values, shape (repetitions,)."""
    mean, error = mean_error(values)
    return Row(
        name, float(np.asarray(predicted)), float(mean), float(error), allowance, 0.0, reason
    )


def linear(size: Size) -> Outcome:
    """Compare contraction, stationary variance and stationary bias with simulated retraining."""
    rows, chains = [], size.repetitions(4000)
    for sway in (0.5, 0.9, 1.05):
        point = float(stable_point(1.0, sway))
        begin = point + 1.0
        theta = estimates(size.rng(f"contraction {sway}"), chains, 4, 400, sway, begin)
        off = theta - point
        products = np.sum(off[1:] * off[:-1], axis=0), np.sum(np.square(off[:-1]), axis=0)
        name = f"performative mean, contraction of a round, sway {sway:g}"
        rows.append(Row(name, sway, *ratio_error(*products)))
    theta = estimates(size.rng("stationary"), chains, 300, 24, 0.5, 2.0)[100:]
    spread = np.mean(np.square(theta - 2.0), axis=0)
    rows.append(row("performative mean, stationary variance, sway 0.5",
                    performative_variance(24, 1.0, 0.5), spread))  # fmt: skip
    for share in (0.7, 0.8):
        rows.append(_multiplier(size, share, chains))
    for amplification in (0.0, AMPLIFICATION):
        rng = size.rng(f"drift {amplification}")
        kept = deviations(rng, (chains // 4,), 400, 200, 0.7, amplification, 0.05, 0.0)[200:]
        name = f"stationary bias, own share 0.7, amplification {amplification:g}, drift 0.05"
        predicted = stationary_bias(0.7, amplification, 0.05)
        rows.append(row(name, predicted, kept.mean(axis=0)))
    return Outcome(tuple(rows))


def _multiplier(size: Size, share: float, chains: int) -> Row:
    """Return the row of the factor by which a round multiplies a deviation."""
    rng = size.rng(f"multiplier {share}")
    found = deviations(rng, (chains,), 3, 400, share, AMPLIFICATION, 0.0, 1.0)
    before = np.concatenate([np.ones((1, chains)), found[:-1]])
    products = np.sum(found * before, axis=0), np.sum(np.square(before), axis=0)
    name = f"retraining, factor of a round, own share {share:g}, amplification {AMPLIFICATION:g}"
    return Row(name, float(multiplier(share, AMPLIFICATION)), *ratio_error(*products))


def instability(size: Size) -> Outcome:
    """Find the own share from which a deviation grows over a few rounds."""
    shares = np.linspace(0.5, 1.0, 11)
    shape = (size.studies, SEEDS, len(shares))
    last = deviations(size.rng("instability"), shape, ROUNDS, 100, shares, AMPLIFICATION, 0.0, 1.0)
    growth = last[-1] - 1.0
    tip = study_crossing(
        "own share from which a deviation grows", shares, growth, 1.0 / (1.0 + AMPLIFICATION),
        asymptotic=1.0 / (1.0 + AMPLIFICATION),
    )  # fmt: skip
    mean, error = mean_error(growth[0])
    theory = np.asarray(multiplier(shares, AMPLIFICATION)) ** ROUNDS - 1.0
    curves = {"shares": shares, "mean": mean, "error": error, "theory": theory}
    return Outcome(tips=(tip,), curves=curves)
