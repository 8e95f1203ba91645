"""Least squares on finite samples with a spurious feature, from sufficient statistics."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from theory.shortcut.groups import Features

Array = NDArray[np.float64]


class Moments(NamedTuple):
    """Sums over a set of samples of 1, z_c, z_s, z_c^2, z_s^2 and z_c z_s, arrays of one shape.

    z are the standard normal parts of the features, multiplied by the label.
    """

    size: Array
    core: Array
    spurious: Array
    core2: Array
    spurious2: Array
    both: Array


def nested_moments(
    rng: np.random.Generator, n: int, levels: Array, count: int
) -> tuple[Moments, Moments]:
    """Return the moments where attribute and label agree, and where not, shapes (count, levels).

    The attribute of a sample agrees iff its uniform number is below (1 + r) / 2, the same number at
    every level r. Samples between neighbouring levels are a multinomial count with a normal mean
    and a Wishart scatter (Bartlett 1933), so the cost does not depend on n.

    Args:
        rng: generator.
        n: samples.
        levels: increasing correlations in [0, 1], shape (levels,).
        count: data sets.
    """
    edges = np.r_[0.0, (1.0 + np.asarray(levels)) / 2.0, 1.0]
    sizes = rng.multinomial(n, np.diff(edges), size=count).astype(np.float64)
    shape = sizes.shape
    core, spurious = (np.sqrt(sizes) * rng.standard_normal(shape) for _ in range(2))
    first = np.sqrt(2.0 * rng.standard_gamma(np.maximum(sizes - 1.0, 0.0) / 2.0))
    second = 2.0 * rng.standard_gamma(np.maximum(sizes - 2.0, 0.0) / 2.0)
    cross = np.where(sizes > 1, rng.standard_normal(shape), 0.0)
    some = np.maximum(sizes, 1.0)
    parts = Moments(
        sizes, core, spurious, first**2 + core**2 / some,
        cross**2 + second + spurious**2 / some, first * cross + core * spurious / some,
    )  # fmt: skip
    sums = [np.cumsum(part, axis=1) for part in parts]
    agree = Moments(*(s[:, :-1] for s in sums))
    return agree, Moments(*(s[:, -1:] - s[:, :-1] for s in sums))


def _products(features: Features, z: Moments, sign: float) -> Array:
    """Return sums of x_c, x_s, x_c^2, x_s^2, x_c x_s, times the label, (5, ...)."""
    core, s_c, other, s_s = (np.asarray(v, dtype=np.float64) for v in features)
    other = sign * other
    return np.stack([
        z.size * core + s_c * z.core,
        z.size * other + s_s * z.spurious,
        z.size * core**2 + 2 * core * s_c * z.core + s_c**2 * z.core2,
        z.size * other**2 + 2 * other * s_s * z.spurious + s_s**2 * z.spurious2,
        z.size * core * other + core * s_s * z.spurious
        + other * s_c * z.core + s_c * s_s * z.both,
    ])  # fmt: skip


def trained(
    features: Features,
    moments: tuple[Moments, Moments],
    ridge: ArrayLike = 0.0,
    *,
    weight: ArrayLike = 1.0,
    start: tuple[float, float] = (0.0, 0.0),
) -> tuple[Array, Array]:
    """Return least-squares weights of every data set; disagreeing samples count ``weight`` times.

    Minimises (1/n) sum (y - w x)^2 + ridge |w - start|^2; n counts weights. Arguments broadcast.
    """
    agree, disagree = moments
    weight = np.asarray(weight, dtype=np.float64)
    total = agree.size + weight * disagree.size
    sums = _products(features, agree, 1.0) + weight * _products(features, disagree, -1.0)
    right, wrong, own, other, shared = sums / total
    ridge = np.asarray(ridge, dtype=np.float64)
    own, other = own + ridge, other + ridge
    right, wrong = right + ridge * start[0], wrong + ridge * start[1]
    scale = own * other - shared**2
    return (other * right - shared * wrong) / scale, (own * wrong - shared * right) / scale


def errors(features: Features, weights: tuple[Array, Array]) -> tuple[Array, Array]:
    """Return population errors of the agreeing and of the worst group."""
    core, s_c, other, s_s = (np.asarray(v, dtype=np.float64) for v in features)
    sd = np.hypot(weights[0] * s_c, weights[1] * s_s)
    right, wrong = weights[0] * core, weights[1] * other
    return np.asarray(ndtr(-(right + wrong) / sd)), np.asarray(ndtr(-(right - wrong) / sd))


def interpolated(
    rng: np.random.Generator,
    features: Features,
    r: float,
    n: int,
    noise: tuple[float, int],
    count: int,
) -> Array:
    """Return (w_c, w_s) of the interpolator of least norm with many noise coordinates, (count, 2).

    Args:
        rng: generator.
        features: means and standard deviations.
        r: correlation of attribute and label.
        n: samples.
        noise: total variance of the noise coordinates and their number D > n. Their Gram matrix is
            drawn by Bartlett's factor.
        count: data sets.
    """  # fmt: skip
    variance, coordinates = noise
    core, s_c, other, s_s = (np.asarray(v, dtype=np.float64) for v in features)
    found = np.empty((count, 2))
    for i in range(count):
        agree = np.where(rng.random(n) < (1.0 + r) / 2.0, 1.0, -1.0)
        z = rng.standard_normal((n, 2))
        x = np.stack([core + s_c * z[:, 0], agree * other + s_s * z[:, 1]], axis=1)
        lower = np.tril(rng.standard_normal((n, n)), -1)
        np.fill_diagonal(lower, np.sqrt(rng.chisquare(coordinates - np.arange(n))))
        gram = x @ x.T + variance / coordinates * (lower @ lower.T)
        found[i] = x.T @ np.linalg.solve(gram, np.ones(n))
    return found
