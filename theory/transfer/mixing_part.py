"""Comparison of classification transfer with exact draws: rows, best share, and where it harms."""

import jax
import numpy as np
from scipy.optimize import minimize_scalar

from theory.numerics.repeat import mean_error
from theory.study.claim import Outcome, Row
from theory.study.size import Size
from theory.study.tipping import root, study_crossing
from theory.transfer.mixing import Mixtures, best_share, mixed_error, refined_error
from theory.transfer.mixing_runs import mixed_errors

TASKS = Mixtures(4.0, 0.8, 200, 400, 40)
REPETITIONS = 100_000
SETTINGS = ((0.5, 0.0), (0.5, 0.3), (0.7, 0.1), (0.9, 0.45), (1.0, 0.2))
SHARE, SEEDS = 0.7, 12
LEADING = "leading order: noise of the weights along the means is left out"
QUADRATURE = "flips taken as Gaussian, three nodes for the norm outside the plane"
LEVELS = np.linspace(0.2, 0.5, 16)

_refined = jax.jit(refined_error)


def compare(size: Size) -> Outcome:
    """Return rows of the error, the best share and the tipping rate, and the tipping point."""
    rows: list[Row] = []
    for share, rate in SETTINGS:
        rng = size.rng(f"mixture {share} {rate}")
        drawn, _ = mixed_errors(rng, size.repetitions(REPETITIONS), share, [rate], TASKS)
        mean, error = mean_error(drawn[:, 0])
        name = f"error of mixed classifiers, share {share:g}, {rate:.0%} flips"
        leading, exact = float(mixed_error(share, rate, TASKS)), float(_refined(share, rate, TASKS))
        # Few labels are left after flips where s sqrt(n) is 2: leading order must fail there.
        rows.append(
            Row(
                f"{name}, leading order", leading, float(mean), float(error), 0.01,
                reason=LEADING, holds=rate < 0.45,
            )
        )  # fmt: skip
        rows.append(Row(name, exact, float(mean), float(error), 0.002, reason=QUADRATURE))
    for rate in (0.1, 0.3):
        rows += _share_rows(rate)
    return _with_tip(size, rows)


def _share_rows(rate: float) -> list[Row]:
    """The best share against minimising the error, and against the best direction in the plane."""
    predicted = float(best_share(rate, TASKS))
    found = minimize_scalar(
        lambda share: float(mixed_error(share, rate, TASKS)), bounds=(0.0, 1.0), method="bounded",
        options={"xatol": 1e-10},
    )  # fmt: skip
    s, d = 1.0 - 2.0 * rate, float(np.asarray(TASKS.dimension))
    mean = 2.0 * np.array([[1.0, 0.0], [0.8 * s, 0.6 * s]])  # of both classifiers, in their plane
    spread = mean @ mean.T + d * np.diag([1.0 / 40, 1.0 / 400])
    best = np.linalg.solve(spread, mean[:, 0])
    return [
        Row(
            f"best share of the pre-trained classifier, {rate:.0%} flips", predicted,
            float(found.x), allowance=1e-4, reason="search for a flat minimum",
        ),
        Row(
            f"odds of the best share, {rate:.0%} flips", predicted / (1.0 - predicted),
            float(best[1] / best[0]), allowance=1e-10, reason="rounding",
        ),
    ]  # fmt: skip


def _with_tip(size: Size, rows: list[Row]) -> Outcome:
    """Add the flip rate above which a fixed share of the pre-trained classifier harms."""

    def harm(rate: float) -> float:
        return float(_refined(SHARE, rate, TASKS) - _refined(0.0, rate, TASKS))

    predicted = root(harm, 0.0, 0.5)
    leading = root(
        lambda rate: float(mixed_error(SHARE, rate, TASKS) - mixed_error(0.0, rate, TASKS)), 0, 0.5
    )
    runs = size.studies * SEEDS
    rng = size.rng("mixture tip")
    mixed, alone = mixed_errors(rng, runs, SHARE, LEVELS, TASKS)
    differences = mixed - alone
    tip = study_crossing(
        "flip rate beyond which pre-training harms classification", LEVELS,
        differences.reshape(size.studies, SEEDS, -1), predicted, asymptotic=leading,
    )  # fmt: skip
    mean, error = mean_error(differences)
    place = float(np.interp(0.0, mean, LEVELS))
    spread = float(np.interp(place, LEVELS, error / np.gradient(mean, LEVELS)))
    rows.append(
        Row(
            "flip rate beyond which pre-training harms classification", predicted, place, spread,
            0.003, reason="interpolation between levels",
        )
    )  # fmt: skip
    rows.append(Row("the same, leading order", leading, place, spread, 0.02, reason=LEADING))
    grid = np.linspace(0.0, 0.5, 51)
    line = jax.vmap(lambda rate: refined_error(SHARE, rate, TASKS))(grid)
    few = np.linspace(0.0, 0.5, 11)
    points, point_error = mean_error(
        mixed_errors(size.rng("mixture curve"), 4000, SHARE, few, TASKS)[0]
    )
    curves = {
        "rate": grid, "theory": np.asarray(line), "point rate": few, "points": points,
        "error": point_error, "scratch": np.array([float(_refined(0.0, 0.0, TASKS))]),
    }  # fmt: skip
    return Outcome(rows=tuple(rows), tips=(tip,), curves=curves)
