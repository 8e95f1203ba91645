"""Refits of laws that are a floor and power laws added up, for many noisy data sets at once."""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
STEPS = 6
BLOCK = 2000


def refitted(
    rng: np.random.Generator, constants: Array, x: Array, noise: float, count: int
) -> Array:
    """Return constants fitted by Gauss-Newton from the truth, shape (count, 1 + 2 k).

    Args:
        rng: generator.
        constants: E, the factors, the exponents of E + sum_k A_k x_k^-alpha_k, shape (1 + 2 k,).
        x: inputs, shape (n, k).
        noise: sd of a single response.
        count: data sets.
    """
    clean, found = _law(constants[None], x)[0], []
    for start in range(0, count, BLOCK):
        rows = min(BLOCK, count - start)
        y = clean + noise * rng.standard_normal((rows, len(x)))
        at = np.repeat(constants[None], rows, axis=0)
        for _ in range(STEPS):
            at = at + _step(at, x, y)
        found.append(at)
    return np.concatenate(found)


def _powers(constants: Array, x: Array) -> Array:
    """Return x_k^-alpha_k, shape (rows, n, k)."""
    k = x.shape[1]
    return np.asarray(np.exp(-constants[:, None, 1 + k :] * np.log(x)))


def _law(constants: Array, x: Array) -> Array:
    k = x.shape[1]
    terms = constants[:, None, 1 : 1 + k] * _powers(constants, x)
    return np.asarray(constants[:, :1] + terms.sum(axis=-1))


def _step(at: Array, x: Array, y: Array) -> Array:
    """Return the Gauss-Newton steps of all rows, on slopes of length 1."""
    k, powers = x.shape[1], _powers(at, x)
    bent = -at[:, None, 1 : 1 + k] * powers * np.log(x)
    slopes = np.concatenate([np.ones((*powers.shape[:2], 1)), powers, bent], axis=-1)
    size = np.linalg.norm(slopes, axis=1, keepdims=True)
    basis, upper = np.linalg.qr(slopes / size)
    left = np.matmul(basis.transpose(0, 2, 1), (y - _law(at, x))[..., None])
    return np.asarray(np.linalg.solve(upper, left)[..., 0] / size[:, 0])
