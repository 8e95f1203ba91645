"""Comparison: excess risk and training error at given ridges, and the exact isotropic cases."""

from typing import Any

import jax
import numpy as np

from theory.numerics.repeat import mean_error
from theory.ridge.isotropic import least_squares_risk, shortest_risk
from theory.ridge.simulation import over_ridges
from theory.ridge.studies import REASON, SOLVE, finite_size, power
from theory.study.claim import Outcome, Row
from theory.study.size import Size

D = 600
# Samples, ridge, noise, repetitions at standard size, random signs instead of Gaussian inputs.
CASES = (
    (100, 1e-2, 0.5, 200, False),
    (100, 1e-4, 0.5, 200, False),
    (200, 0.0, 0.3, 150, False),
    (300, 1e-3, 0.0, 100, False),
    (300, 1e-3, 1.0, 100, True),
    (900, 0.0, 0.5, 24, False),
    (900, 1e-2, 0.5, 24, False),
)


def run_risks(size: Size) -> Outcome:
    """Compare the deterministic equivalent with simulated power-law problems."""
    spectrum, beta = power(D, 1.5, 2.0)
    n, ridge, noise = (np.array([float(case[k]) for case in CASES]) for k in range(3))
    found = jax.tree.map(np.asarray, SOLVE(spectrum, beta, n, ridge, noise))
    allowances = finite_size(found, n)
    rows = []
    for k, (samples, penalty, level, repetitions, signs) in enumerate(CASES):
        kind = "random signs" if signs else "Gaussian"
        words = f"n = {samples}, ridge {penalty:g}, noise {level:g}, {kind}"
        fits = over_ridges(
            size.rng(words), size.repetitions(repetitions, 6), spectrum, beta, samples, [penalty],
            signs=signs,
        )  # fmt: skip
        more: dict[str, Any] = {"allowance": float(allowances[k]), "reason": REASON}
        mean, error = mean_error(fits.excess(level)[:, 0])
        numbers = float(found.excess[k]), float(mean), float(error)
        rows.append(Row(f"excess risk, {words}", *numbers, **more))
        if penalty > 0:
            mean, error = mean_error(fits.train(level)[:, 0])
            numbers = float(found.train[k]), float(mean), float(error)
            rows.append(Row(f"training error, {words}", *numbers, **more))
    return Outcome(rows=tuple(rows))


def run_isotropic(size: Size) -> Outcome:
    """Compare exact risks at dimension 50: least squares, and the shortest interpolant."""
    d = 50
    spectrum, beta = np.ones(d), np.full(d, d**-0.5)
    rows = []
    for n, noise in ((80, 1.0), (200, 1.0), (20, 0.5), (35, 0.5)):
        exact = least_squares_risk(d, n, noise) if n > d else shortest_risk(d, n, 1.0, noise)
        name = "least squares" if n > d else "shortest interpolant"
        fits = over_ridges(
            size.rng(f"isotropic {n}"), size.repetitions(3000), spectrum, beta, n, [0.0]
        )
        mean, error = mean_error(fits.excess(noise)[:, 0])
        words = f"{name}, exact, d = {d}, n = {n}"
        rows.append(Row(words, float(exact), float(mean), float(error)))
    return Outcome(rows=tuple(rows))
