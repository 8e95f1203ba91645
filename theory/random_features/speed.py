"""Seconds of the vectorised simulation beside a loop over widths, ridges and noise levels."""

import numpy as np

from theory.random_features.descent import NOISES, PEAK
from theory.random_features.rows import N, linear_problem
from theory.random_features.simulation import linear_features, noise_amplification
from theory.study.claim import Outcome
from theory.study.size import Size
from theory.study.timing import study_speed

RIDGES = np.geomspace(1e-6, 1e-1, 16)


def run_speed(size: Size) -> Outcome:
    """Time double descent over a whole grid, and the noise amplification of every width."""
    spectrum, beta, _ = linear_problem()
    levels, most = np.array(NOISES), N - 12

    def grid(repetitions: int) -> object:
        rng = size.rng("speed")
        fits = linear_features(rng, repetitions, spectrum, beta, N, PEAK, RIDGES)
        return fits.bias[..., None] + levels * fits.variance[..., None]

    def grid_loop(rng: np.random.Generator) -> object:
        x = rng.standard_normal((N, spectrum.size)) * np.sqrt(spectrum)
        features = rng.standard_normal((spectrum.size, PEAK[-1]))
        out = np.empty((len(PEAK), len(RIDGES), len(levels)))
        for i, p in enumerate(PEAK):
            phi = x @ features[:, :p] / np.sqrt(p)
            for k, noise in enumerate(levels):
                y = x @ beta + np.sqrt(noise) * rng.standard_normal(N)
                for j, ridge in enumerate(RIDGES):
                    kernel = phi @ phi.T + N * ridge * np.eye(N)
                    w = features[:, :p] @ (phi.T @ np.linalg.solve(kernel, y)) / np.sqrt(p)
                    out[i, j, k] = spectrum @ (w - beta) ** 2
        return out

    def amplified(repetitions: int) -> object:
        return noise_amplification(size.rng("speed"), repetitions, N, most)

    def amplified_loop(rng: np.random.Generator) -> object:
        z = rng.standard_normal((N, most))
        noise = rng.standard_normal(N)
        out = np.empty(most)
        for p in range(1, most + 1):
            w = np.linalg.lstsq(z[:, :p], noise)[0]
            out[p - 1] = w @ w
        return out

    return Outcome(
        speeds=(
            study_speed("12 widths, 16 ridges, 4 noise levels", grid, grid_loop, 32),
            study_speed("noise amplification of 108 widths", amplified, amplified_loop, 256),
        )
    )
