"""Pre-training on many tasks by least squares, and a linear probe on the feature that it found."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse.linalg import svds

Array = NDArray[np.float64]


def pretrained(
    rng: np.random.Generator, count: int, noises: ArrayLike, n: int, d: int, m: int
) -> Array:
    """Draw squared overlaps of the learnt feature, shape (count, levels); theta = 1.

    The weights of task j are those of least squares on its own n samples: their errors are
    g / sqrt(chi-square_{n-d+1}) times the noise's size, g ~ N(0, I_d), exactly. The feature is the
    top left singular vector of all d x m fitted weights. Levels share their random numbers.

    Args:
        rng: NumPy generator.
        count: repetitions.
        noises: variances of the label noise, shape (levels,).
        n: samples of a task.
        d: input dimension.
        m: tasks.

    >>> pretrained(np.random.default_rng(0), 2, [0.1, 1.0], 40, 10, 5).shape
    (2, 2)
    """
    sizes = np.sqrt(np.asarray(noises, dtype=np.float64))
    errors = rng.standard_normal((count, d, m))
    errors /= np.sqrt(rng.chisquare(n - d + 1.0, (count, 1, m)))
    # By rotation the true weights are a single entry; W'W then changes in one row and column only.
    inner = errors.transpose(0, 2, 1) @ errors
    found = []
    for size in sizes:
        gram = size**2 * inner
        gram[:, 0, :] += size * errors[:, 0, :]
        gram[:, :, 0] += size * errors[:, 0, :]
        gram[:, 0, 0] += 1.0
        levels, vectors = np.linalg.eigh(gram)
        top = vectors[:, :, -1]
        along = size * np.einsum("rj,rj->r", errors[:, 0, :], top) + top[:, 0]
        found.append(along**2 / levels[:, -1])
    return np.stack(found, axis=1)


def pretrained_large(rng: np.random.Generator, noise: float, n: int, d: int, m: int) -> float:
    """Draw one squared overlap as ``pretrained`` does, by Lanczos instead of all of W'W.

    >>> 0.0 <= pretrained_large(np.random.default_rng(0), 0.1, 40, 10, 5) <= 1.0
    True
    """
    weights = rng.standard_normal((d, m)) * np.sqrt(noise / rng.chisquare(n - d + 1.0, m))
    weights[0, 0] += 1.0
    left = svds(weights, k=1, v0=rng.standard_normal(m))[0]
    return float(left[0, 0] ** 2)


def probed(rng: np.random.Generator, overlap: Array, noise: float, n: int) -> Array:
    """Draw the excess risk of a one-feature probe, of the overlap's shape; target of length 1.

    The error of the probe's coefficient is normal with variance (noise + miss) / chi-square_n.

    >>> bool(probed(np.random.default_rng(0), np.ones(3), 0.1, 50).mean() > 0)
    True
    """
    miss = 1.0 - overlap
    slip = rng.standard_normal(overlap.shape) ** 2 / rng.chisquare(float(n), overlap.shape)
    return np.asarray(miss + (noise + miss) * slip)


def tested(rng: np.random.Generator, overlap: Array, noise: float, n: int, tests: int) -> Array:
    """Draw the measured mean squared error of the probe on a test set, noise included.

    Errors are Gaussian given the probe: the mean of their squares is chi-square_tests / tests.

    >>> tested(np.random.default_rng(0), np.ones(3), 0.1, 50, 100).shape
    (3,)
    """
    error = probed(rng, overlap, noise, n) + noise
    return np.asarray(error * rng.chisquare(float(tests), overlap.shape) / tests)
