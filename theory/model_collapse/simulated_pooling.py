"""Simulated fits to clean and biased samples: pooled, weighted, interpolated, with ridge."""

import numpy as np
from numpy.typing import ArrayLike

from theory.model_collapse.sampling import Array, gram, solved, stacked, times, wishart_roots


def pooled(
    rng: np.random.Generator,
    repetitions: int,
    d: int,
    clean: int,
    biased: int,
    weight: float = 1.0,
) -> Array:
    """Return u.u, u.v, v.v and r.r of data sets, shape (repetitions, 4), for ``pooled_errors``.

    The pooled fit is off by c u + s v for bias c and noise s of unit variance: u = S^-1 w S2 e for
    a unit vector e (any, by symmetry), v the fit to noise alone; r is the fit to the noise of the
    same clean samples alone. One data set serves all levels of bias. ``weight`` is that of a biased
    sample, a clean one weighing 1.
    """

    def many(count: int) -> Array:
        first, second = (wishart_roots(rng, count, d, n) for n in (clean, biased))
        own, other = (times(root, rng.standard_normal((count, d))) for root in (first, second))
        alone, extra = gram(first), weight * gram(second)
        both = np.stack([extra[..., 0], own + weight * other], axis=-1)
        u, v = np.moveaxis(np.linalg.solve(alone + extra, both), -1, 0)
        r = solved(alone, own)
        return np.stack([np.sum(a * b, axis=1) for a, b in ((u, u), (u, v), (v, v), (r, r))], 1)

    return stacked(many, repetitions, d)


def pooled_errors(moments: Array, noise: float, bias: ArrayLike) -> Array:
    """Return squared errors of the pooled fit from what ``pooled`` returns, shape (..., 4).

    >>> float(pooled_errors(np.array([1.0, 0.5, 2.0, 0.0]), 4.0, 1.0))
    11.0
    """
    bias = np.asarray(bias)
    uu, uv, vv, _ = np.moveaxis(moments, -1, 0)
    errors: Array = bias * uu + 2.0 * np.sqrt(bias * noise) * uv + noise * vv
    return errors


def interpolated(
    rng: np.random.Generator,
    repetitions: int,
    setting: tuple[int, int, int, float, float],
    shares: ArrayLike,
) -> Array:
    """Return squared errors of (1 - a) w1 + a w2 for each share a, shape (repetitions, shares).

    ``setting`` is d, clean, biased, noise, squared bias. The error of least squares is a normal
    vector over the root of an independent chi-square with n - d + 1 degrees of freedom, so that
    four draws stand for two data sets.
    """
    d, clean, biased, noise, bias = setting

    def off(n: int) -> Array:
        scale = np.sqrt(noise / rng.chisquare(n - d + 1, (repetitions, 1)))
        return scale * rng.standard_normal((repetitions, d))

    first, second = off(clean), off(biased)
    second[:, 0] += np.sqrt(bias)
    a = np.asarray(shares)
    products = [
        np.sum(v * w, axis=1) for v, w in ((first, first), (first, second), (second, second))
    ]
    powers = np.square(1.0 - a), 2.0 * a * (1.0 - a), np.square(a)
    return np.stack(products, axis=1) @ np.stack(powers)


def mixture(
    rng: np.random.Generator,
    repetitions: int,
    target: tuple[ArrayLike, ArrayLike, ArrayLike],
    counts: tuple[int, int],
    penalty: float,
    noise: float,
) -> Array:
    """Return risks for clean data of ridge fits to ``counts`` clean and biased samples.

    ``target`` is the spectrum, the clean coefficients and the bias of the biased ones.
    """
    spectrum, beta, delta = (np.asarray(v) for v in target)
    d = len(spectrum)

    def many(count: int) -> Array:
        total = np.broadcast_to(sum(counts) * penalty * np.eye(d), (count, d, d))
        moment = np.zeros((count, d))
        for n, own in zip(counts, (beta, beta + delta), strict=True):
            root = np.sqrt(spectrum)[:, None] * wishart_roots(rng, count, d, n)
            labels = own @ root + np.sqrt(noise) * rng.standard_normal((count, d))
            total, moment = total + gram(root), moment + times(root, labels)
        return np.square(solved(total, moment) - beta) @ spectrum

    return stacked(many, repetitions, d)
