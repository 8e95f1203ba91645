"""Coverage of bootstrap intervals of located breaks, and the time that they take."""

import numpy as np
from numpy.typing import NDArray

from theory.estimators.bootstraps import (
    hinge_coverage,
    jump_coverage,
    pairs_coverage,
    residual_intervals,
)
from theory.estimators.draws import even
from theory.estimators.search import Levels
from theory.numerics.repeat import mean_error
from theory.study.claim import Outcome, Row
from theory.study.size import Size
from theory.study.timing import study_speed

Array = NDArray[np.float64]
NOMINAL = 0.9
HINGE = (0.4, 2.0, 0.1)  # place, change of slope, noise
HINGE_LEVELS, JUMP_LEVELS, JUMP = 100, 200, 1.0
FEW = 19  # replicas where time is taken; the loop is slow


def coverages(size: Size) -> Outcome:
    """Count how often 90 % intervals hold the break: two that work, one that cannot."""
    rng = size.rng("bootstrap")
    hinge = hinge_coverage(rng, even(HINGE_LEVELS), HINGE, size.repetitions(2000, 200))
    jump = jump_coverage(rng, JUMP_LEVELS, JUMP, size.repetitions(2000, 200))
    pairs = pairs_coverage(rng, JUMP_LEVELS, JUMP, size.repetitions(1000, 300))
    finite = "residuals are shrunk by four fitted numbers, and the law of the place is not normal"
    whole = "places are whole levels, and heights are estimated"
    known = "known to fail: ties between resampled pairs distort the law of the place"
    rows = (
        _row("residual bootstrap of a hinge, 100 levels", hinge, 0.045, finite),
        _row("residual bootstrap of a jump, 200 levels", jump, 0.03, whole),
        _row("pairs bootstrap of a jump, 200 random levels", pairs, 0.0, known, False),
    )
    return Outcome(rows=rows)


def _row(name: str, held: Array, allowance: float, reason: str, holds: bool = True) -> Row:
    """Return the row on the coverage of nominal 90 % intervals."""
    share, error = mean_error(held)
    words = f"coverage of 90 %, {name}"
    return Row(words, NOMINAL, float(share), float(error), allowance, 0.0, reason, holds)


def speed(size: Size) -> Outcome:
    """Time the residual bootstrap of a hinge against a loop over replicas and places."""
    rng, x = size.rng("speed"), even(HINGE_LEVELS)
    place, change, noise = HINGE
    design, clean = Levels.of(x), change * np.maximum(x - place, 0.0)

    def program(count: int) -> Array:
        y = clean + noise * rng.standard_normal((count, len(x)))
        return np.stack(residual_intervals(rng, y, design.fit_hinges, design.hinges, FEW))

    def loop(own: np.random.Generator) -> Array:
        y = clean + noise * own.standard_normal(len(x))
        fitted = plain_hinge(x, y)[1]
        left, places = y - fitted, []
        for _ in range(FEW):
            places.append(plain_hinge(x, fitted + own.choice(left, len(x)))[0])
        return np.quantile(places, [0.05, 0.95])

    name = f"residual bootstrap of a hinge, {FEW} replicas, {HINGE_LEVELS} levels"
    return Outcome(speeds=(study_speed(name, program, loop, 400),))


def plain_hinge(x: Array, y: Array) -> tuple[float, Array]:
    """Return place and fit of the best hinge by a regression at every level and between levels."""
    best, place, fitted = np.inf, np.nan, y
    ones = np.ones_like(x)
    for j in range(1, len(x) - 2):
        after = x > x[j]
        design = np.stack([ones, x, after, x * after], axis=1)
        low, high = np.linalg.lstsq(design, y, rcond=None)[0][2:]
        meet = -low / high
        for t in (x[j], meet) if x[j] < meet < x[j + 1] else (x[j],):
            hinge = np.stack([ones, x, np.maximum(x - t, 0.0)], axis=1)
            fit = hinge @ np.linalg.lstsq(hinge, y, rcond=None)[0]
            left = float(np.sum((y - fit) ** 2))
            if left < best:
                best, place, fitted = left, float(t), fit
    return place, fitted
