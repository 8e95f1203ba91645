"""Simulated votes and trained classifiers under label noise, exact in law, many at a time."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

Array = NDArray[np.float64]


def lost_votes(
    rng: np.random.Generator, chances: ArrayLike, labels: int, items: int | tuple[int, ...]
) -> Array:
    """Return per item how likely the majority is wrong, given counts drawn; class 0 is true.

    Only ties leave anything to chance: with j classes level at the top including the true one the
    majority is wrong with probability 1 - 1/j.
    """
    counts = rng.multinomial(labels, np.asarray(chances, dtype=np.float64), size=items)
    top = counts == counts.max(axis=-1, keepdims=True)
    return np.asarray(1.0 - top[..., 0] / top.sum(axis=-1))


def symmetric_chances(eta: float, classes: int) -> Array:
    """Return the chances of observed labels, the true class first."""
    return np.r_[1.0 - eta, np.full(classes - 1, eta / (classes - 1))]


def wrong_share(
    rng: np.random.Generator, eta: Array, labels: NDArray[np.int64], items: int
) -> Array:
    """Return the share of items with a wrong majority of odd m binary labels.

    ``eta`` and ``labels`` broadcast to the shape that is returned.
    """
    shape = np.broadcast_shapes(eta.shape, labels.shape)
    wrong = rng.binomial(labels[..., None], eta[..., None], size=(*shape, items))
    return np.asarray(np.mean(2 * wrong > labels[..., None], axis=-1))


def pair_flip_errors(rng: np.random.Generator, levels: Array, count: int) -> Array:
    """Return the share of 64 items whose majority of 25 pair-flipped labels is wrong.

    A label is flipped iff its uniform number is below the level, so flips are nested; shape
    (count, levels). The majority is wrong iff the 13th smallest number is below the level.
    """
    middle = np.partition(rng.random((count, 64, 25), dtype=np.float32), 12, axis=-1)[..., 12]
    return np.stack([np.mean(middle < level, axis=1) for level in levels], axis=1)


def mean_classifier_errors(along: Array, across: Array, strength: float) -> Array:
    """Return Q(|mu| u / |w|), the population error of w with component u along mu.

    ``across`` is the squared length of w orthogonal to mu.
    """
    return np.asarray(ndtr(-np.sqrt(strength) * along / np.sqrt(along**2 + across)))


def trained(
    rng: np.random.Generator, eta: float, n: int, d: int, strength: float, count: int
) -> Array:
    """Return errors of ``count`` mean classifiers at one flip rate from three numbers each.

    w is (mean of the signs of flips) mu + normal / sqrt n; only its component along mu and its
    length across matter.
    """
    along = (1.0 - 2.0 * rng.binomial(n, eta, count) / n) * np.sqrt(strength)
    along += rng.standard_normal(count) / np.sqrt(n)
    return mean_classifier_errors(along, rng.chisquare(d - 1, count) / n, strength)


def filtered_gain(
    rng: np.random.Generator, levels: Array, case: tuple[float, float, int, int, float], count: int
) -> Array:
    """Return errors after filtering minus the error without, shape (count, levels).

    All n samples have flip rate eta; the first q n remain, at the flip rate of the level. Flips are
    nested in the level, and both classifiers share all random numbers.

    Args:
        rng: generator.
        levels: residual flip rates.
        case: eta, q, n, d, |mu|^2.
        count: repetitions.
    """
    eta, kept, n, d, strength = case
    uniform, few = rng.random((count, n), dtype=np.float32), round(kept * n)
    noise, across = rng.standard_normal(count), rng.chisquare(d - 1, count)

    def error(numbers: NDArray[np.float32], level: float) -> Array:
        size = numbers.shape[1]
        flips = np.count_nonzero(numbers < level, axis=1) / size
        along = (1.0 - 2.0 * flips) * np.sqrt(strength) + noise / np.sqrt(size)
        return mean_classifier_errors(along, across / size, strength)

    whole, part = error(uniform, eta), np.ascontiguousarray(uniform[:, :few])
    return np.stack([error(part, level) - whole for level in levels], axis=1)


def data_errors(rng: np.random.Generator, eta: float, n: int, mean: Array, count: int) -> Array:
    """Return population errors of mean classifiers trained on n flipped samples, from data."""
    found = np.empty(count)
    for i in range(count):
        y = rng.choice([-1.0, 1.0], n)
        x = y[:, None] * mean + rng.standard_normal((n, len(mean)))
        w = np.where(rng.random(n) < eta, -y, y) @ x / n
        found[i] = ndtr(-(w @ mean) / np.linalg.norm(w))
    return found


def inverted_errors(rng: np.random.Generator, levels: Array, e10: float, count: int) -> Array:
    """Return the error of a linear rule under class-conditional noise, (count, levels).

    Levels are P(1 observed | 0). w is the covariance of x with 200 observed labels, x = y mu + z in
    10 dimensions, |mu| = 1, cut at 0; the error is the population's. Flips are nested in the level.
    """
    y = rng.random((count, 200)) < 0.5
    x = rng.standard_normal((count, 200, 10))
    x[..., 0] += np.where(y, 1.0, -1.0)
    uniform, found = rng.random((count, 200)), []
    for level in levels:
        observed = np.where(y, uniform >= e10, uniform < level).astype(float)
        centred = observed - observed.mean(axis=1, keepdims=True)
        w = np.matmul(centred[:, None, :], x)[:, 0]
        found.append(ndtr(-w[:, 0] / np.linalg.norm(w, axis=1)))
    return np.stack(found, axis=1)
