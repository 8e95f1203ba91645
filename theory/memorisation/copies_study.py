"""Memorised shares against theory: the identity, its mean in high dimension, and the tip."""

import numpy as np
from scipy import optimize

from theory.memorisation.copies import (
    half_copies,
    memorised,
    memorised_share,
    typical_leverage,
)
from theory.memorisation.simulation import Array, left_out, refitted
from theory.numerics.repeat import mean_error
from theory.study.claim import Outcome, Row
from theory.study.size import Size
from theory.study.tipping import study_tip

SPECTRUM = np.arange(1.0, 801.0) ** -1.2
NOISE = 0.25
COPIES = (1, 4, 16)
CASES = ((300, 1e-3, 120), (300, 1e-2, 120), (1000, 1e-4, 12))  # samples, ridge, repetitions
CORRECTION = "leverages vary from point to point: corrections of order 1 / df1"
SMALL = np.arange(1.0, 201.0) ** -1.5  # where the tip is sought
SAMPLES, RIDGE, CANARIES, PLANTED = 400, 0.08, 12, 2.0


def run_identity(size: Size) -> Outcome:
    """Compare the share of one point with refits, for 1, 5 and 50 copies."""
    rng, rows = size.rng("identity"), []
    x, y = rng.standard_normal((30, 12)), rng.standard_normal(30)
    point, label, penalty = rng.standard_normal(12), 1.7, 0.5
    leverage = point @ np.linalg.solve(x.T @ x + penalty * np.eye(12), point)
    before = refitted(x, y, point, label, 0, penalty)
    for copies in (1, 5, 50):
        after = refitted(x, y, point, label, copies, penalty)
        share = (after - before) / (label - before)
        law = float(memorised(leverage, copies))
        words = f"memorised share by refitting, m = {copies}"
        rows.append(Row(words, law, share, floor=1e-12, reason="an identity"))
    return Outcome(rows=tuple(rows))


def run_typical(size: Size) -> Outcome:
    """Compare leverages and memorised shares of typical points at three sizes."""
    rows: list[Row] = []
    curves: dict[str, Array] = {}
    many = np.geomspace(0.05, 100.0, 12)
    for number, (n, ridge, count) in enumerate(CASES):
        rng = size.rng(f"typical {n} {ridge}")
        left = left_out(rng, size.repetitions(count, 4), SPECTRUM, 0 * SPECTRUM, n, ridge, NOISE)
        words = f"n = {n}, ridge {ridge:g}"
        law = float(typical_leverage(SPECTRUM, n, ridge))
        mean, error = (float(v) for v in mean_error(left.leverage.mean(axis=1)))
        rows.append(Row(f"leverage, {words}", law, mean, error, 0.005, reason=CORRECTION))
        for copies in COPIES:
            shares = np.asarray(memorised(left.leverage, copies)).mean(axis=1)
            mean, error = (float(v) for v in mean_error(shares))
            law = float(memorised_share(SPECTRUM, n, ridge, copies))
            name = f"memorised share, {copies} copies, {words}"
            rows.append(Row(name, law, mean, error, 0.003, reason=CORRECTION))
        half = float(half_copies(SPECTRUM, n, ridge))
        shares = [np.asarray(memorised(left.leverage, c * half)).mean(axis=1) for c in many]
        mean_share, error_share = mean_error(np.stack(shares, axis=1))
        curves |= {f"share {number}": mean_share, f"error {number}": error_share}
    rows.append(_half_row())
    return Outcome(rows=tuple(rows), curves=curves | {"scaled copies": many})


def _half_row() -> Row:
    """Compare half-memorisation with the root of a sum over the spectrum, apart from JAX."""

    def lacking(kappa: float) -> float:
        return float(kappa * (1.0 - np.sum(SPECTRUM / (SPECTRUM + kappa)) / 300) - 0.01)

    kappa = optimize.brentq(lacking, 0.01, 1.0, xtol=1e-15)
    apart = 300.0 / np.sum(SPECTRUM / (SPECTRUM + kappa)) - 1.0
    law = float(half_copies(SPECTRUM, 300, 0.01))
    return Row("copies of half memory, n = 300, ridge 0.01", law, float(apart), allowance=1e-9)


def run_tip(size: Size) -> Outcome:
    """Look for half memory in shares of fresh canaries, one number of copies after another."""
    half = float(half_copies(SMALL, SAMPLES, RIDGE))
    logs, rng = np.linspace(0.0, 12.0, 25), size.rng("tip")
    needed = size.studies * len(logs) * CANARIES
    zero = np.zeros_like(SMALL)
    pilot = left_out(size.rng("pilot"), size.repetitions(60), SMALL, zero, SAMPLES, RIDGE, NOISE)
    place = finite_half(logs, pilot.leverage.ravel())
    points = left_out(rng, -(-needed // SAMPLES), SMALL, zero, SAMPLES, RIDGE, NOISE)
    shuffled = rng.permutation(points.leverage.size)[:needed]
    shape = (size.studies, CANARIES, len(logs))
    shares = np.asarray(memorised(points.leverage.ravel()[shuffled].reshape(shape), 2.0**logs))
    spread = np.sqrt(points.test**2 - NOISE)
    own, other = (spread[rng.integers(len(spread), size=shape)] * rng.standard_normal(shape)
                  for _ in range(2))  # fmt: skip
    # A planted label far from both; the model without copies is one trained on other data.
    after = own + shares * (PLANTED - own)
    observed = ((after - other) / (PLANTED - other)).mean(axis=1)
    tip = study_tip(
        "copies at which half is memorised (log2)", "sigmoid", logs, observed, place,
        asymptotic=float(np.log2(half)),
    )  # fmt: skip
    law = np.asarray(memorised_share(SMALL, SAMPLES, RIDGE, 2.0**logs))
    return Outcome(tips=(tip,), curves={"log2 copies": logs, "first": observed[0], "law": law})


def finite_half(logs: Array, leverage: Array) -> float:
    """Return log2 of the copies at which the mean share over points of given leverages is 1/2.

    >>> round(finite_half(np.array([-2.0, 2.0]), np.array([1.0, 1.0])), 6)
    0.0
    """

    def above(log: float) -> float:
        return float(np.mean(np.asarray(memorised(leverage, 2.0**log)))) - 0.5

    return float(optimize.brentq(above, logs[0], logs[-1]))
