"""How much faster the vectorised simulations are than loops over data sets."""

import numpy as np

from theory.study.claim import Array, Outcome
from theory.study.size import Size
from theory.study.timing import study_speed
from theory.transfer.isotropic import Tasks
from theory.transfer.least_squares_runs import pretrain, squared_residual
from theory.transfer.second_stage_runs import fine_tune

TASKS = Tasks(0.6, 100, 600, 0.2)
RATES = np.linspace(0.0, 0.5, 11)
SAMPLES, RIDGE, NOISE = 60, 0.1, 0.05


def compare(size: Size) -> Outcome:
    """Return the speed of pre-training and fine-tuning at every flip rate and from scratch."""

    def program(runs: int) -> Array:
        rng = size.rng("speed")
        squared = squared_residual(pretrain(rng, runs, RATES, TASKS), TASKS)
        response = fine_tune(rng, runs, 100, SAMPLES, RIDGE, NOISE)
        return np.hstack([response.excess(squared), response.excess(np.ones((runs, 1)))])

    speed = study_speed("pre-training on flipped labels and fine-tuning", program, _loop, 2000)
    return Outcome(speeds=(speed,))


def _loop(rng: np.random.Generator) -> list[float]:
    """One repetition as it would be written with data: the same inputs at every rate."""
    x, noise = rng.standard_normal((600, 100)), np.sqrt(0.2) * rng.standard_normal(600)
    uniform = rng.random(600)
    beta1, beta2 = np.eye(100)[0], 0.6 * np.eye(100)[0] + 0.8 * np.eye(100)[1]
    flips = np.where(uniform[:, None] < RATES, -1.0, 1.0)
    weights = np.linalg.lstsq(x, flips * (x @ beta1 + noise)[:, None], rcond=None)[0]
    x2 = rng.standard_normal((SAMPLES, 100))
    y2 = x2 @ beta2 + np.sqrt(NOISE) * rng.standard_normal(SAMPLES)
    penalised = x2.T @ x2 + SAMPLES * RIDGE * np.eye(100)
    risks = []
    for start in (*weights.T, np.zeros(100)):
        tuned = start + np.linalg.solve(penalised, x2.T @ (y2 - x2 @ start))
        risks.append(float(np.sum((tuned - beta2) ** 2)))
    return risks
