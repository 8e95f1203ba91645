"""Two-stage ridge regression from Wishart draws, label noise integrated out or sampled."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
BATCH = 32  # runs that are computed together, so that they stay in the cache


class Problem(NamedTuple):
    """Both stages: ``root1`` and ``root2`` are symmetric roots of the covariances, (d, d).

    ``beta1`` and ``beta2`` have shape (d,); ``noise2`` is the variance of downstream label noise.
    A ridge of 0 with fewer samples than dimensions has to be given as a small one.
    """

    root1: Array
    root2: Array
    beta1: Array
    beta2: Array
    samples1: int
    samples2: int
    ridge1: float
    ridge2: float
    noise2: float


def integrated(rng: np.random.Generator, runs: int, problem: Problem) -> Array:
    """Return (clean transfer, slope, scratch) of pairs of data sets, shape (runs, 3).

    The excess risk after transfer is clean transfer + slope x noise_1, averaged over the label
    noise of both stages given the inputs: the inputs' luck is all that is left to average.
    """
    return _in_batches(rng, runs, problem, _integrated)


def sampled(rng: np.random.Generator, runs: int, problem: Problem, noises: Array) -> Array:
    """Return transfer minus scratch at every pre-training noise variance, shape (runs, levels).

    Labels are drawn; the levels of a run share inputs and standard noise, as do both arms.
    """

    def batch(rng: np.random.Generator, runs: int, problem: Problem) -> Array:
        return _sampled(rng, runs, problem, noises)

    return _in_batches(rng, runs, problem, batch)


def _integrated(rng: np.random.Generator, runs: int, problem: Problem) -> Array:
    p, eye = problem, np.eye(len(problem.beta1))
    factor1 = p.root1 @ wishart_factor(rng, runs, len(eye), p.samples1)
    factor2 = p.root2 @ wishart_factor(rng, runs, len(eye), p.samples2)
    penalty1, penalty2 = p.samples1 * p.ridge1, p.samples2 * p.ridge2
    # One solve serves the mean of the pre-trained weights and their response to noise.
    columns = np.broadcast_to((penalty1 * p.beta1)[:, None], (runs, len(eye), 1))
    right = np.concatenate([columns, factor1], axis=2)
    solved = np.linalg.solve(_gram(factor1) + penalty1 * eye, right)
    reach = p.root2 @ np.linalg.inv(_gram(factor2) + penalty2 * eye)
    residual = (p.beta2 - p.beta1)[:, None] + solved[:, :, :1]
    own = p.noise2 * np.sum((reach @ factor2) ** 2, axis=(1, 2))
    transfer = penalty2**2 * np.sum((reach @ residual) ** 2, axis=(1, 2))
    scratch = penalty2**2 * np.sum((reach @ p.beta2) ** 2, axis=1)
    slope = penalty2**2 * np.sum((reach @ solved[:, :, 1:]) ** 2, axis=(1, 2))
    return np.stack([transfer + own, slope, scratch + own], axis=1)


def _sampled(rng: np.random.Generator, runs: int, problem: Problem, noises: Array) -> Array:
    p, eye = problem, np.eye(len(problem.beta1))
    factor1 = p.root1 @ wishart_factor(rng, runs, len(eye), p.samples1)
    factor2 = p.root2 @ wishart_factor(rng, runs, len(eye), p.samples2)
    draw1, draw2 = rng.standard_normal((2, runs, len(eye), 1))
    gram1, gram2 = _gram(factor1), _gram(factor2)
    right = np.concatenate([gram1 @ p.beta1[:, None], factor1 @ draw1], axis=2)
    weights = np.linalg.solve(gram1 + p.samples1 * p.ridge1 * eye, right)
    starts = weights[:, :, :1] + np.sqrt(noises) * weights[:, :, 1:]
    starts = np.concatenate([starts, np.zeros((runs, len(eye), 1))], axis=2)
    penalty = p.samples2 * p.ridge2
    pull = np.sqrt(p.noise2) * (factor2 @ draw2) - penalty * (p.beta2[:, None] - starts)
    error = np.linalg.solve(gram2 + penalty * eye, pull)
    risk = np.sum((p.root2 @ error) ** 2, axis=1)
    return np.asarray(risk[:, :-1] - risk[:, -1:])


def wishart_factor(rng: np.random.Generator, runs: int, d: int, samples: int) -> Array:
    """Return Bartlett's L, (runs, d, d), with L L' distributed as X'X for X (samples, d) standard.

    Also for fewer samples than dimensions: then the last columns are zero.
    """
    dof = np.maximum(samples - np.arange(d), 0)
    lower = np.tril(rng.standard_normal((runs, d, d)), -1) * (dof > 0)
    lower[:, np.arange(d), np.arange(d)] = np.sqrt(2.0 * rng.standard_gamma(dof / 2.0, (runs, d)))
    return np.asarray(lower)


def _gram(factor: Array) -> Array:
    return np.asarray(factor @ factor.transpose(0, 2, 1))


def _in_batches(
    rng: np.random.Generator, runs: int, problem: Problem, batch: Callable[..., Array]
) -> Array:
    sizes = [min(BATCH, runs - start) for start in range(0, runs, BATCH)]
    return np.concatenate([batch(rng, size, problem) for size in sizes])
