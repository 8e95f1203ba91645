"""Fine-tuning on isotropic data without data: a tridiagonal system of d chi draws a run."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


class Response(NamedTuple):
    """The excess risk of a run as a polynomial of the norm R of the residual it starts from.

    excess = ``square`` R^2 + 2 ``cross`` R + ``own``, arrays of shape (runs,): one fine-tuning set
    serves every pre-trained vector and the run from scratch.
    """

    square: Array
    cross: Array
    own: Array

    def excess(self, squared: Array) -> Array:
        """Return the excess risk at R^2 = ``squared``, shape (runs, ...)."""
        extra = (slice(None),) + (None,) * (np.ndim(squared) - 1)
        square, cross, own = (term[extra] for term in self)
        return np.asarray(square * squared + 2.0 * cross * np.sqrt(squared) + own)


def fine_tune(
    rng: np.random.Generator, runs: int, dimension: int, samples: int, ridge: float, noise: float
) -> Response:
    """Return exact draws of argmin_w (1/n)|y - Xw|^2 + ridge |w - w_1|^2, X standard Gaussian.

    In the basis of Golub and Kahan's bidiagonalisation started at the residual, X is bidiagonal
    with independent chi entries, whatever the residual's direction: (X'X + n ridge) v =
    -n ridge R e_1 + X' noise is tridiagonal. Starting points of one run share these numbers, that
    is the data up to a rotation that takes one residual to the other.

    Args:
        rng: generator.
        runs: how many.
        dimension: d.
        samples: n_2; fewer than d need a ridge above 0.
        ridge: penalty of the 1/n-normalised loss.
        noise: variance of label noise.

    Source: bidiagonal form of Gaussian matrices: Silverstein 1985, Dumitriu and Edelman 2002.
    """
    upper, across = bidiagonal(rng, runs, dimension, samples)
    penalty = samples * ridge
    diagonal = upper**2 + penalty
    diagonal[:, 1:] += across**2
    right = np.zeros((2, runs, dimension))
    right[0, :, 0] = -penalty
    draws = np.sqrt(noise) * rng.standard_normal((runs, dimension))
    right[1] = upper * draws
    right[1, :, 1:] += across * draws[:, :-1]
    shift, spread = solve_tridiagonal(diagonal, upper[:, :-1] * across, right)
    return Response(
        np.sum(shift**2, axis=1), np.sum(shift * spread, axis=1), np.sum(spread**2, axis=1)
    )


def bidiagonal(
    rng: np.random.Generator, runs: int, dimension: int, samples: int
) -> tuple[Array, Array]:
    """Return diagonal (runs, d) and superdiagonal (runs, d - 1) of a bidiagonalised Gaussian X."""
    order = np.arange(dimension)
    down = np.where(order < samples, samples - order, 0)
    across = np.where(order[:-1] < samples, dimension - 1 - order[:-1], 0)
    return _chi(rng, runs, down), _chi(rng, runs, across)


def solve_tridiagonal(diagonal: Array, beside: Array, right: Array) -> Array:
    """Solve symmetric tridiagonal systems by elimination: diagonal (runs, d), beside (runs, d - 1).

    ``right`` has shape (columns, runs, d), and so has the solution. Positive definite systems need
    no pivoting.
    """
    pivot, solution = diagonal.T.copy(), np.moveaxis(right, -1, 0).copy()
    off = beside.T
    for i in range(len(off)):
        factor = off[i] / pivot[i]
        pivot[i + 1] -= factor * off[i]
        solution[i + 1] -= factor * solution[i]
    solution[-1] /= pivot[-1]
    for i in range(len(off) - 1, -1, -1):
        solution[i] = (solution[i] - off[i] * solution[i + 1]) / pivot[i]
    return np.moveaxis(solution, 0, -1)


def interpolate(
    rng: np.random.Generator, runs: int, dimension: int, samples: int, noise: float
) -> Response:
    """Return exact draws of the interpolant nearest to the starting point, samples < d - 1.

    The share of the residual outside the span of the data is a beta variable, and the noise that is
    fitted within has squared norm noise chi^2_n / chi^2_{d-n+1}; the two are orthogonal.
    """
    outside = rng.beta((dimension - samples) / 2.0, samples / 2.0, runs)
    fitted = rng.chisquare(samples, runs) / rng.chisquare(dimension - samples + 1, runs)
    return Response(outside, np.zeros(runs), noise * fitted)


def _chi(rng: np.random.Generator, runs: int, dof: NDArray[np.int64]) -> Array:
    return np.asarray(np.sqrt(2.0 * rng.standard_gamma(dof / 2.0, size=(runs, len(dof)))))
