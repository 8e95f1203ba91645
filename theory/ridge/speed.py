"""Seconds of the vectorised simulations beside loops over the same grids."""

import numpy as np

from theory.numerics.repeat import repeat
from theory.ridge.samples import LAWS, NESTED, NOISES, D, N
from theory.ridge.simulation import over_ridges
from theory.ridge.studies import power
from theory.study.claim import Outcome
from theory.study.size import Size
from theory.study.timing import study_speed

SAMPLES = 128
RIDGES = np.geomspace(1e-4, 1.0, 25)
LEVELS = np.geomspace(0.01, 1.0, 11)


def run_speed(size: Size) -> Outcome:
    """Time learning curves without ridge, and grids of ridges and noise levels."""
    spectrum, beta = power(D, *LAWS[0])
    targets = np.stack([power(D, *law)[1] for law in LAWS])

    def curves(repetitions: int) -> object:
        return repeat(NESTED, size.key("speed"), repetitions, spectrum, targets, batch=32)

    def curves_loop(rng: np.random.Generator) -> object:
        x = rng.standard_normal((N, D)) * np.sqrt(spectrum)
        out = np.empty((len(LAWS), len(NOISES), N))
        for k, target in enumerate(targets):
            for j, noise in enumerate(NOISES):
                y = x @ target + np.sqrt(noise) * rng.standard_normal(N)
                for n in range(1, N + 1):
                    part = x[:n]
                    w = part.T @ np.linalg.solve(part @ part.T, y[:n])
                    out[k, j, n - 1] = spectrum @ (w - target) ** 2
        return out

    def grid(repetitions: int) -> object:
        fits = over_ridges(size.rng("speed"), repetitions, spectrum, beta, SAMPLES, RIDGES)
        return fits.bias[..., None] + LEVELS * fits.variance[..., None]

    def grid_loop(rng: np.random.Generator) -> object:
        x = rng.standard_normal((SAMPLES, D)) * np.sqrt(spectrum)
        out = np.empty((len(RIDGES), len(LEVELS)))
        for j, noise in enumerate(LEVELS):
            y = x @ beta + np.sqrt(noise) * rng.standard_normal(SAMPLES)
            for k, ridge in enumerate(RIDGES):
                kernel = x @ x.T + SAMPLES * ridge * np.eye(SAMPLES)
                w = x.T @ np.linalg.solve(kernel, y)
                out[k, j] = spectrum @ (w - beta) ** 2
        return out

    return Outcome(
        speeds=(
            study_speed("learning curves without ridge, two targets", curves, curves_loop, 128),
            study_speed("25 ridges and 11 noise levels, n = 128", grid, grid_loop, 64),
        )
    )
