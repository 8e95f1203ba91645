"""Distance of two samples by optimal transport: exact on a line, sliced in many dimensions."""

import numpy as np
from jax.typing import ArrayLike
from numpy.typing import NDArray

from jaxuim.measure.host import reals

Array = NDArray[np.float64]
BLOCK = 32  # projections at a time


def wasserstein_1d(samples: ArrayLike, other: ArrayLike, order: float = 1.0) -> float:
    """Return ``(integral_0^1 |F^-1(u) - G^-1(u)|^p du)^(1/p)`` of two samples on a line, exactly.

    Args:
        samples: f[n].
        other: f[m].
        order: p, at least 1.

    Returns:
        At least 0, in the units of the samples.

    Raises:
        ValueError: wrong shapes, no sample, a value that is not finite, or an order below 1.

    >>> wasserstein_1d([0.0, 1.0], [2.0, 3.0])
    2.0
    """
    x, y = reals("samples", samples, "n"), reals("other", other, "m")
    return float(_distances(x[:, None], y[:, None], _checked(order))[0])


def sliced_wasserstein(
    samples: ArrayLike,
    other: ArrayLike,
    *,
    order: float = 2.0,
    projections: int = 256,
    seed: int = 0,
) -> float:
    """Return ``(mean_theta W_p^p(theta'x, theta'y))^(1/p)`` over random directions theta.

    Directions are uniform on the sphere and the same for the same seed.

    Args:
        samples: f[n, d].
        other: f[m, d].
        order: p, at least 1.
        projections: number of directions.
        seed: of the directions.

    Returns:
        At least 0; its relative Monte Carlo error is of the order of 1/sqrt(projections).

    Raises:
        ValueError: wrong shapes, no sample, a value that is not finite, an order below 1 or no
            projection.

    Source: Bonneel et al. 2015.

    >>> round(sliced_wasserstein([[0.0], [1.0]], [[2.0], [3.0]]), 6)
    2.0
    """
    x = reals("samples", samples, "n d")
    y = reals("other", other, "m d", d=x.shape[1])
    if projections < 1:
        raise ValueError(f"projections = {projections}; allowed is at least 1")
    directions = np.random.default_rng(seed).standard_normal((x.shape[1], projections))
    directions /= np.linalg.norm(directions, axis=0)
    p = _checked(order)
    blocks = [directions[:, start : start + BLOCK] for start in range(0, projections, BLOCK)]
    found = np.concatenate([_distances(x @ block, y @ block, p) for block in blocks])
    return float(_mean_power(found[:, None], np.full(projections, 1.0 / projections), p)[0])


def _checked(order: float) -> float:
    if not 1.0 <= order < np.inf:
        raise ValueError(f"order = {order}; allowed is at least 1")
    return order


def _distances(x: Array, y: Array, order: float) -> Array:
    """Return W_p of every column, f64[columns]."""
    x, y = np.sort(x, axis=0), np.sort(y, axis=0)
    if len(x) == len(y):
        return _mean_power(np.abs(x - y), np.full(len(x), 1.0 / len(x)), order)
    n, m = len(x), len(y)
    # both quantile functions are constant between multiples of 1/n and of 1/m: ends in 1/(nm)
    ends = np.union1d(np.arange(n + 1) * m, np.arange(m + 1) * n)
    start, width = ends[:-1], np.diff(ends) / (n * m)
    return _mean_power(np.abs(x[start // m] - y[start // n]), width, order)


def _mean_power(values: Array, weights: Array, order: float) -> Array:
    """Return ``(sum_i w_i v_i^p)^(1/p)`` of every column, whose powers must not overflow."""
    largest = values.max(axis=0)
    mean: Array = weights @ (values / np.where(largest > 0.0, largest, 1.0)) ** order
    return np.asarray(largest * mean ** (1.0 / order))
