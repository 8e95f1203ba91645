"""Simulations of memorisation and membership inference, vectorised over repetitions."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

Array = NDArray[np.float64]


class Left(NamedTuple):
    """What every training point in turn tells as the one left out, shapes (repetitions, n).

    ``leverage`` is x'A^-1x with A of the other points, ``residual`` the residual of the model that
    never saw the point, ``test`` the root mean squared error of the model on all of them, (r,).
    """

    leverage: Array
    residual: Array
    test: Array


def left_out(
    rng: np.random.Generator,
    count: int,
    spectrum: Array,
    beta: Array,
    n: int,
    ridge: float,
    noise: float,
) -> Left:
    """Draw leverages and leave-one-out residuals of all n points from one inverse a repetition.

    (K + L)^-1, K = XX', L = n ridge, has the diagonal 1 / (L (1 + leverage)), and its product with
    y over its diagonal is the leave-one-out residual.

    Args:
        rng: NumPy generator.
        count: repetitions.
        spectrum: eigenvalues of the input covariance, shape (d,).
        beta: true coefficients, shape (d,).
        n: samples, the point included.
        ridge: penalty of the 1/n-normalised loss.
        noise: variance of the label noise.

    >>> out = left_out(np.random.default_rng(0), 2, np.ones(4), np.zeros(4), 6, 0.1, 1.0)
    >>> out.leverage.shape, out.residual.shape, out.test.shape
    ((2, 6), (2, 6), (2,))
    """
    root, penalty, found = np.sqrt(spectrum), n * ridge, []
    for _ in range(count):
        inputs = rng.standard_normal((n, len(spectrum))) * root
        y = inputs @ beta + np.sqrt(noise) * rng.standard_normal(n)
        inverse = np.linalg.inv(inputs @ inputs.T + penalty * np.eye(n))
        diagonal = inverse.diagonal()
        dual = inverse @ y
        off = inputs.T @ dual - beta
        test = np.sqrt(noise + np.sum(spectrum * off**2))
        found.append((1.0 / (penalty * diagonal) - 1.0, dual / diagonal, test))
    return Left(*(np.stack(part) for part in zip(*found, strict=True)))


def refitted(x: Array, y: Array, point: Array, label: float, copies: int, penalty: float) -> float:
    """Return a point's prediction after a fit on (x, y) and m copies of (point, label).

    >>> refitted(np.eye(2), np.ones(2), np.array([1.0, 0.0]), 3.0, 1, 0.0)
    2.0
    """
    d = x.shape[1]
    gram = x.T @ x + penalty * np.eye(d) + copies * np.outer(point, point)
    return float(point @ np.linalg.solve(gram, x.T @ y + copies * label * point))


def attacked(left: Left, cuts: Array, copies: int = 1) -> Array:
    """Return true minus false positive rate of |residual| < cut s, shape (repetitions, cuts).

    Members are all points in turn; the false positive rate is exact given the model, whose test
    residuals are Gaussian. s is the mean test error's root over repetitions.
    """
    scale = np.sqrt(np.mean(left.test**2))
    member = np.abs(left.residual / (1.0 + copies * left.leverage))
    hits = np.stack([np.mean(member < cut * scale, axis=1) for cut in cuts], axis=1)
    false = 2.0 * special.ndtr(cuts * scale / left.test[:, None]) - 1.0
    return np.asarray(hits - false)


def released_scores(
    rng: np.random.Generator, count: int, d: int, n: int, copies: int, release: float
) -> tuple[Array, Array]:
    """Draw scores z . mean / |z| of a released mean without and with z; shapes (count,).

    Data and z are white. Only the projection on z matters: two normal numbers instead of n x d.

    >>> out, within = released_scores(np.random.default_rng(0), 4, 10, 50, 2, 0.0)
    >>> out.shape == within.shape == (4,)
    True
    """
    length = np.sqrt(rng.chisquare(float(d), count))
    without = np.sqrt(1.0 / n + release) * rng.standard_normal(count)
    spread = np.sqrt((n - copies) / n**2 + release)
    return without, copies * length / n + spread * rng.standard_normal(count)


def exposures(rng: np.random.Generator, count: int, shift: float, candidates: int) -> Array:
    """Draw exposures log2(R / rank) of a canary among R candidates, shape (count,).

    Given its score, the number of the R - 1 others above it is binomial.

    >>> bool(np.all(exposures(np.random.default_rng(0), 5, 1.0, 64) <= 6.0))
    True
    """
    score = shift + rng.standard_normal(count)
    rank = 1 + rng.binomial(candidates - 1, special.ndtr(-score))
    return np.asarray(np.log2(candidates / rank))
