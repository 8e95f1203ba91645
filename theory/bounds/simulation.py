"""Simulations behind the bounds, vectorised over repetitions."""

import numpy as np
from numpy.typing import NDArray
from scipy import special

Array = NDArray[np.float64]
NODES = 16  # of each coordinate of the quadrature


def wishart(rng: np.random.Generator, count: int, n: int, freedom: int) -> Array:
    """Draw F F' for F (n, freedom) of standard normals, shape (count, n, n), by Bartlett's factor.

    >>> wishart(np.random.default_rng(0), 2, 3, 1000).shape
    (2, 3, 3)
    """
    lower = np.tril(rng.standard_normal((count, n, n)), -1)
    diagonal = np.sqrt(rng.chisquare(freedom - np.arange(n), (count, n)))
    lower[:, np.arange(n), np.arange(n)] = diagonal
    return lower @ lower.transpose(0, 2, 1)


def spiked_variance(
    rng: np.random.Generator, count: int, n: int, spikes: int, height: float, flat: int, low: float
) -> Array:
    """Draw the variance of interpolation for unit label noise given the inputs, shape (count,).

    tr[K^-2 X S X'], K = X X', for ``spikes`` eigenvalues ``height`` and ``flat`` eigenvalues
    ``low``: the flat part of K is Wishart, drawn in n^2/2 numbers instead of n x flat.

    >>> spiked_variance(np.random.default_rng(0), 2, 10, 3, 1.0, 500, 0.01).shape
    (2,)
    """
    strong = rng.standard_normal((count, n, spikes))
    outer = strong @ strong.transpose(0, 2, 1)
    rest = wishart(rng, count, n, flat)
    kernel, weighted = height * outer + low * rest, height**2 * outer + low**2 * rest
    solved = np.linalg.solve(kernel, weighted)
    inverse = np.linalg.solve(kernel, solved.transpose(0, 2, 1))
    return np.asarray(np.einsum("rii->r", inverse))


def plain_variance(rng: np.random.Generator, n: int, spectrum: Array) -> float:
    """Draw the same from inputs (n, d) themselves, once, for any spectrum.

    >>> plain_variance(np.random.default_rng(0), 5, np.ones(50)) > 0
    True
    """
    inputs = rng.standard_normal((n, len(spectrum))) * np.sqrt(spectrum)
    solved = np.linalg.solve(inputs @ inputs.T, inputs)
    return float(np.sum(solved**2 * spectrum))


def selected(rng: np.random.Generator, count: int, models: int) -> Array:
    """Draw the largest of so many standard normals, shape (count,), a block at a time."""
    block = max(1, 4_000_000 // models)
    found = [
        rng.standard_normal((min(block, count - start), models), dtype=np.float32).max(axis=1)
        for start in range(0, count, block)
    ]
    return np.concatenate(found).astype(np.float64)


def location_gaps(
    rng: np.random.Generator, count: int, d: int, n: int, noise: float, release: float
) -> Array:
    """Draw test minus training error of a released mean, test error in expectation; (count,).

    >>> location_gaps(np.random.default_rng(0), 2, 3, 10, 1.0, 0.1).shape
    (2,)
    """
    off = np.sqrt(noise / n) * rng.standard_normal((count, d))
    added = np.sqrt(release) * rng.standard_normal((count, d))
    scatter = noise * rng.chisquare(float(d * (n - 1)), count)
    training = scatter / n + np.sum(added**2, axis=1)
    return np.asarray(d * noise + np.sum((off + added) ** 2, axis=1) - training)


def label_densities(
    rng: np.random.Generator,
    count: int,
    inputs: Array,
    penalty: float,
    noise: float,
    release: float,
) -> Array:
    """Draw log p(weights | labels) - log p(weights) of released ridge weights, shape (count,).

    True coefficients are zero: only the label noise is there to be remembered.
    """
    d = inputs.shape[1]
    ridge = np.linalg.solve(inputs.T @ inputs + penalty * np.eye(d), inputs.T)
    kept = np.sqrt(noise) * rng.standard_normal((count, len(inputs))) @ ridge.T
    weights = kept + np.sqrt(release) * rng.standard_normal((count, d))
    spread = noise * ridge @ ridge.T + release * np.eye(d)
    known = -0.5 * np.sum((weights - kept) ** 2, axis=1) / release - 0.5 * d * np.log(release)
    exponent = np.sum(weights * np.linalg.solve(spread, weights.T).T, axis=1)
    return np.asarray(known + 0.5 * exponent + 0.5 * np.linalg.slogdet(spread)[1])


def _nodes(d: int) -> tuple[Array, Array, Array, Array]:
    """Return two normal and one chi-square_{d-2} coordinate of a product rule, and its weights."""
    normal, mass = special.roots_hermitenorm(NODES)
    square, share = special.roots_genlaguerre(NODES, 0.5 * (d - 2.0) - 1.0)
    first, second, left = (v.ravel() for v in np.meshgrid(normal, normal, 2.0 * square))
    one, two, three = (v.ravel() for v in np.meshgrid(mass, mass, share))
    weights = one * two * three
    return first, second, left, weights / weights.sum()


def gibbs_errors(
    rng: np.random.Generator, count: int, scales: Array, n: int, d: int, lead: float, flips: float
) -> tuple[Array, Array, Array]:
    """Draw training and true Gibbs error and divergence of N(scale * mean rule, I).

    Inputs are y lead e_1 + N(0, I_d), labels flipped with probability ``flips`` in training and
    test alike. The true error is the mean of Q(w'mu / |w'|) over w' by Gaussian quadrature: over w'
    along e_1, along the rest of the mean rule, and the squared length of what is left, which is
    chi-square_{d-2}.
    Each returned array has shape (count, scales).
    """
    clean = rng.choice([-1.0, 1.0], (count, n))
    x = rng.standard_normal((count, n, d))
    x[:, :, 0] += lead * clean
    y = clean * np.where(rng.random((count, n)) < flips, -1.0, 1.0)
    mean = np.einsum("rn,rnd->rd", y, x) / n
    margins = y * np.einsum("rnd,rd->rn", x, mean) / np.linalg.norm(x, axis=2)
    first, second, left, weights = _nodes(d)
    training, true = [], []
    for scale in scales:
        training.append(special.ndtr(-scale * margins).mean(axis=1))
        along = scale * mean[:, :1] + first
        aside = scale * np.linalg.norm(mean[:, 1:], axis=1)[:, None] + second
        wrong = special.ndtr(-lead * along / np.sqrt(along**2 + aside**2 + left)) @ weights
        true.append(flips + (1.0 - 2.0 * flips) * wrong)
    divergence = 0.5 * np.asarray(scales) ** 2 * np.sum(mean**2, axis=1, keepdims=True)
    return np.stack(training, axis=1), np.stack(true, axis=1), divergence
