"""Ridge regression on poisoned data, exactly sampled from sufficient statistics."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

Array = NDArray[np.float64]


class Setting(NamedTuple):
    """What training sets are drawn from, and the counts of poisons, rising from 0.

    The others are the arguments of ``theory.backdoor.law.attack``.
    """

    n: int
    penalty: float
    counts: tuple[int, ...]
    d: int
    norm: float = 2.0
    trigger: float = 3.0
    variance: float = 0.0


class Poisoned(NamedTuple):
    """What training sets give at each count, each of shape (repetitions, levels).

    ``margin`` is minus the mean clean score of class -1, ``deviation`` the standard deviation of
    its score, ``shift`` the trigger's score, ``success`` the share of triggered inputs above 0,
    given the weights: no test set is drawn.
    """

    margin: Array
    deviation: Array
    shift: Array
    success: Array


def statistics(rng: np.random.Generator, setting: Setting, repetitions: int) -> tuple[Array, Array]:
    """Return X'X, (repetitions, levels, d + 1, d + 1), and X'y, without the last axis, by count.

    Inputs are multiplied by the sign of the class that they come from, which changes neither
    product: clean ones are then normal around (mu, 0) with label +1, poisons lie at (mu + z,
    -trigger) with label -1. The clean scatter is Wishart, by Bartlett's factor: d^2 / 2 draws
    whatever n is. Poisons are drawn one by one and nested: a count adds to the one before.
    """
    n, d, counts = setting.n, setting.d, setting.counts
    place = np.zeros(d + 1)
    place[0] = setting.norm
    scale = np.ones(d + 1)
    scale[d] = np.sqrt(setting.variance)
    factor = np.tril(rng.standard_normal((repetitions, d + 1, d + 1)), -1)
    index = np.arange(d + 1)
    factor[:, index, index] = np.sqrt(rng.chisquare(n - 1.0 - index, (repetitions, d + 1)))
    factor *= scale[:, None]
    mean = place + scale * rng.standard_normal((repetitions, d + 1)) / np.sqrt(n)
    poison = np.full((repetitions, counts[-1], d + 1), -setting.trigger)
    poison[..., :d] = place[:d] + rng.standard_normal((repetitions, counts[-1], d))
    products = np.empty((repetitions, len(counts), d + 1, d + 1))
    products[:, 0] = factor @ factor.swapaxes(1, 2) + n * mean[:, :, None] * mean[:, None, :]
    responses = np.empty((repetitions, len(counts), d + 1))
    responses[:, 0] = n * mean
    for level in range(1, len(counts)):
        new = poison[:, counts[level - 1] : counts[level]]
        products[:, level] = products[:, level - 1] + new.swapaxes(1, 2) @ new
        responses[:, level] = responses[:, level - 1] - new.sum(axis=1)
    return products, responses


def measure(weights: ArrayLike, setting: Setting) -> Poisoned:
    """Return what weights, shape (..., d + 1), do to clean and to triggered inputs of class -1."""
    weights = np.asarray(weights)
    base, shift = weights[..., :-1], weights[..., -1] * setting.trigger
    margin, deviation = base[..., 0] * setting.norm, np.sqrt(np.sum(np.square(base), axis=-1))
    return Poisoned(margin, deviation, shift, ndtr((shift - margin) / deviation))


def poisoned_ridge(
    rng: np.random.Generator, setting: Setting, repetitions: int, batch: int = 64
) -> Poisoned:
    """Return the attack on ridge regression at all counts, for independent training sets.

    Args:
        rng: generator.
        setting: of all training sets.
        repetitions: training sets.
        batch: training sets that are held in memory together.
    """
    blocks = []
    ridge = setting.penalty * np.eye(setting.d + 1)
    for start in range(0, repetitions, batch):
        products, responses = statistics(rng, setting, min(batch, repetitions - start))
        weights = np.linalg.solve(products + ridge, responses[..., None])[..., 0]
        blocks.append(measure(weights, setting))
    return Poisoned(*(np.concatenate(parts) for parts in zip(*blocks, strict=True)))
