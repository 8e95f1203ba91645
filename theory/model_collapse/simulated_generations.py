"""Simulated generations of least squares and ridge regression on predecessors' labels."""

import numpy as np
from numpy.typing import ArrayLike

from theory.model_collapse.sampling import Array, gram, solved, stacked, times, wishart_roots

GENERATIONS = 10
RIDGE_GENERATIONS = 5
POLICIES = ("replaced", "fresh", "same")


def least_squares(
    rng: np.random.Generator, repetitions: int, d: int, samples: int, noise: float
) -> Array:
    """Return squared errors of lineages, shape (repetitions, 3, GENERATIONS), as ``POLICIES``.

    ``replaced`` and ``fresh`` share their inputs and noise; ``same`` uses the first inputs again.
    The normal equations are X'X = L L' and X'e = L z: no sample is ever written down.
    """

    def many(count: int) -> Array:
        total, moment = np.zeros((count, d, d)), np.zeros((count, d))
        replaced, fresh = np.zeros((count, d)), np.zeros((count, d))
        found = np.empty((count, 3, GENERATIONS))
        for g in range(GENERATIONS):
            roots = wishart_roots(rng, count, d, samples)
            own = gram(roots)
            if g == 0:
                found[:, 2] = _same(rng, roots, noise)
            noisy = np.sqrt(noise) * times(roots, rng.standard_normal((count, d)))
            replaced = replaced + solved(own, noisy)
            total, moment = total + own, moment + times(own, fresh) + noisy
            fresh = solved(total, moment)
            found[:, 0, g] = np.sum(np.square(replaced), axis=1)
            found[:, 1, g] = np.sum(np.square(fresh), axis=1)
        return found

    return stacked(many, repetitions, d)


def _same(rng: np.random.Generator, roots: Array, noise: float) -> Array:
    """Return the errors of lineages that keep all labels of the same inputs."""
    count, d, _ = roots.shape
    z = np.sqrt(noise) * rng.standard_normal((count, d, GENERATIONS))
    steps = np.linalg.solve(roots.swapaxes(-1, -2), z)
    # The g-th fit averages g labels of each input, so that its own noise weighs 1/g.
    errors = np.cumsum(steps / np.arange(1, GENERATIONS + 1), axis=2)
    return np.sum(np.square(errors), axis=1)


def ridge(
    rng: np.random.Generator,
    repetitions: int,
    spectrum: ArrayLike,
    beta: ArrayLike,
    n: int,
    penalty: float,
    noise: float,
) -> Array:
    """Return excess risks of ridge fits that replace labels, (repetitions, RIDGE_GENERATIONS).

    In the coordinates of the n samples, X = A' with A = S^(1/2) L. Without penalty and for n < d
    the solution is that of least norm.
    """
    spectrum, beta = np.asarray(spectrum), np.asarray(beta)
    d, kept = len(spectrum), min(n, len(spectrum))

    def many(count: int) -> Array:
        weights = np.broadcast_to(beta, (count, d))
        found = np.empty((count, RIDGE_GENERATIONS))
        for g in range(RIDGE_GENERATIONS):
            a = np.sqrt(spectrum)[:, None] * wishart_roots(rng, count, d, n)[..., :kept]
            across = a.swapaxes(-1, -2)
            seen = times(across, weights) + np.sqrt(noise) * rng.standard_normal((count, kept))
            weights = times(a, solved(across @ a + n * penalty * np.eye(kept), seen))
            found[:, g] = np.square(weights - beta) @ spectrum
        return found

    return stacked(many, repetitions, d)
