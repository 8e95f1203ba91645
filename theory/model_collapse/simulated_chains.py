"""Simulated chains: Gaussians fitted to their own samples, and fits to partly own labels."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theory.model_collapse.sampling import Array, gram, solved, times, wishart_roots

SETTLED, KEPT = 20, 40  # generations of ``own_labels`` that are left out, and averaged


def gaussian_chains(
    rng: np.random.Generator, chains: int, n: int, generations: int
) -> tuple[Array, Array]:
    """Return means and log variances of fitted Gaussians after each generation, (G, chains).

    A fit to n samples of N(m, v) is m + sqrt(v / n) z and v chi-square_{n-1} / n.
    """
    factors = rng.chisquare(n - 1, (generations, chains)) / n
    logs = np.cumsum(np.log(factors), axis=0)
    before = np.concatenate([np.ones((1, chains)), np.exp(logs[:-1])])
    steps = np.sqrt(before / n) * rng.standard_normal((generations, chains))
    return np.cumsum(steps, axis=0), logs


def refreshed_chains(
    rng: np.random.Generator,
    shape: tuple[int, ...],
    n: int,
    real: ArrayLike,
    settled: int,
    kept: int,
) -> tuple[Array, Array]:
    """Return time averages of m^2 and v, each of ``shape``, when samples are real with ``real``.

    Each generation needs the number of real samples and the mean and sum of squares of both parts.
    ``real`` may be an array that broadcasts with ``shape``.
    """
    mean, variance = np.zeros(shape), np.ones(shape)
    square, average = np.zeros(shape), np.zeros(shape)
    share = np.broadcast_to(np.asarray(real, dtype=np.float64), shape)
    for generation in range(settled + kept):
        count = rng.binomial(n, share)
        centre, scatter = _part(rng, count)
        own, spread = _part(rng, n - count)
        own = mean + np.sqrt(variance) * own
        p = count / n
        between = n * p * (1.0 - p) * np.square(centre - own)
        mean = p * centre + (1.0 - p) * own
        variance = (scatter + variance * spread + between) / n
        if generation >= settled:
            square, average = square + np.square(mean) / kept, average + variance / kept
    return square, average


def _part(rng: np.random.Generator, count: NDArray[np.int64]) -> tuple[Array, Array]:
    """Return the mean and sum of squares of ``count`` standard normal samples (0 of none)."""
    centre = rng.standard_normal(count.shape) / np.sqrt(np.maximum(count, 1))
    scatter = 2.0 * rng.standard_gamma(np.maximum(count - 1, 0) / 2.0)
    return centre, scatter


def own_labels(
    rng: np.random.Generator, repetitions: int, d: int, n: int, noise: float, real: float
) -> Array:
    """Return errors of least squares on partly own labels, averaged over KEPT generations."""
    off, total = np.zeros((repetitions, d)), np.zeros(repetitions)
    for generation in range(SETTLED + KEPT):
        count = rng.binomial(n, real, repetitions)
        inherited = gram(wishart_roots(rng, repetitions, d, n - count))
        both = gram(wishart_roots(rng, repetitions, d, count)) + inherited
        # X'e given X is a root of the whole matrix X'X times a standard normal vector.
        noisy = times(
            np.asarray(np.linalg.cholesky(both), dtype=np.float64),
            rng.standard_normal((repetitions, d)),
        )
        off = solved(both, times(inherited, off) + np.sqrt(noise) * noisy)
        if generation >= SETTLED:
            total += np.sum(np.square(off), axis=1) / KEPT
    return total
