"""What is sampled, many repetitions at once in NumPy: centroids, rare points, a long tail."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

Array = NDArray[np.float64]
_BATCH = 256  # repetitions whose arrays are held at once


def centroid_errors(
    rng: np.random.Generator,
    repetitions: int,
    distance2: float,
    d: int,
    minority: ArrayLike,
    majority: float,
) -> Array:
    """Return the error on the minority of drawn centroids, shape (repetitions, levels).

    Exact in law with five numbers a repetition: the centroids' noise along the line of the means,
    and the lengths and the inner product of the rest. All counts of the minority share them.

    Args:
        rng: generator.
        repetitions: draws of both centroids.
        distance2: squared distance of the means, in units of the variance.
        d: dimension, at least 3.
        minority: samples of the minority, shape (levels,).
        majority: samples of the majority.
    """
    a, c = 1.0 / np.sqrt(np.asarray(minority, dtype=np.float64)), 1.0 / np.sqrt(majority)
    minor, major, inner = rng.standard_normal((3, repetitions, 1))
    length = rng.chisquare(d - 1, (repetitions, 1))  # of the majority's noise off the line
    rest = rng.chisquare(d - 2, (repetitions, 1))
    far = (np.sqrt(distance2) - c * major) ** 2 + c**2 * length
    near = a**2 * (minor**2 + inner**2 + rest)
    offset = (np.sqrt(distance2) + a * minor - c * major) ** 2
    offset = offset + (a * inner - c * np.sqrt(length)) ** 2 + a**2 * rest
    return np.asarray(special.ndtr(0.5 * (near - far) / np.sqrt(offset)))


def prior_errors(
    rng: np.random.Generator,
    repetitions: int,
    separation: float,
    priors: ArrayLike,
    points: int,
    d: int = 4,
) -> Array:
    """Return the share of minority points that a discriminant gets wrong, for all priors.

    Both log-densities are evaluated in d dimensions, under a random covariance for each repetition;
    all priors share the points. Shape (repetitions, levels).
    """
    odds = special.logit(np.asarray(priors, dtype=np.float64))
    blocks = []
    for first in range(0, repetitions, _BATCH):
        count = min(_BATCH, repetitions - first)
        factor = rng.standard_normal((count, d, d)) + 2.0 * np.eye(d)
        direction = rng.standard_normal((count, d, 1))
        direction /= np.linalg.norm(direction, axis=1, keepdims=True)
        mean = separation * factor @ direction
        x = mean + factor @ rng.standard_normal((count, d, points))
        inverse = np.linalg.inv(factor @ factor.swapaxes(1, 2))
        evidence = 0.5 * (_square(inverse, x) - _square(inverse, x - mean))
        blocks.append(np.stack([np.mean(evidence + one < 0, axis=1) for one in odds], axis=1))
    return np.concatenate(blocks)


def unseen_mass(
    rng: np.random.Generator, repetitions: int, a: float, sizes: tuple[int, ...], ranks: int
) -> Array:
    """Return the mass of the classes that a sample never shows, shape (repetitions, sizes).

    The tail ends at ``ranks``; samples of different sizes are drawn apart.
    """
    masses = np.arange(1, ranks + 1) ** -a
    masses = masses / masses.sum()
    cumulated = np.cumsum(masses)
    left = np.empty((repetitions, len(sizes)))
    for first in range(0, repetitions, _BATCH):
        count = min(_BATCH, repetitions - first)
        for column, size in enumerate(sizes):
            place = np.searchsorted(cumulated[:-1], rng.random((count, size)))
            unseen = np.ones((count, ranks))
            unseen[np.arange(count)[:, None], place] = 0.0
            left[first : first + count, column] = unseen @ masses
    return left


def _square(matrix: NDArray[Any], x: NDArray[Any]) -> Array:
    """Return x' A x of the columns of x, shape (repetitions, points)."""
    return np.asarray(np.einsum("rdp,rdp->rp", x, matrix @ x))
