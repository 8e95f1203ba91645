"""Unlearning by gradient ascent on a point: when it matches retraining, and in what direction."""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from theory.numerics.kappa import df1, df2, effective_ridge


def matching_steps(leverage: ArrayLike, step: ArrayLike, square: ArrayLike) -> jax.Array:
    """Return T* = -log(1 - h) / log(1 + a |x|^2), at which ascent has the residual of retraining.

    Ascent on (y - x'w)^2 / 2 of the point alone multiplies its residual by 1 + a |x|^2 in each
    step; after T* it overshoots and diverges.

    Args:
        leverage: h of the point in [0, 1).
        step: a, step size.
        square: |x|^2.

    Source: derived here.

    >>> round(float(matching_steps(0.5, 0.01, 10.0)), 3)
    7.273
    """
    return -jnp.log1p(-jnp.asarray(leverage)) / jnp.log1p(jnp.asarray(step) * square)


def resolvent_traces(
    spectrum: ArrayLike, n: ArrayLike, ridge: ArrayLike
) -> tuple[jax.Array, jax.Array]:
    """Return tr S R and tr S R^2 in high dimension, R = (X'X / n + ridge)^-1.

    kappa df1 / ridge, and (kappa df1 / ridge - df2 / (1 - gamma)) / ridge, which is minus its
    derivative by the ridge.

    Args:
        spectrum: eigenvalues of the input covariance S, shape (d,).
        n: samples.
        ridge: positive, of the 1/n-normalised loss.

    Source: derived here, from the equivalent of ``theory.ridge``.

    >>> once, twice = resolvent_traces(jnp.ones(10), 1e6, 1.0)
    >>> round(float(once), 3), round(float(twice), 3)
    (5.0, 2.5)
    """
    spectrum = jnp.asarray(spectrum, dtype=float)
    kappa = effective_ridge(spectrum, n, ridge)
    first, second = df1(spectrum, kappa), df2(spectrum, kappa)
    once = kappa * first / ridge
    return once, (once - second / (1.0 - second / n)) / ridge


def alignment(spectrum: ArrayLike, n: ArrayLike, ridge: ArrayLike) -> jax.Array:
    """Return the squared cosine between x, along which ascent moves, and A^-1 x, for a fresh x.

    (tr S R)^2 / (tr S tr S R^2), a ratio of means: errors are of relative order tr S^2 / (tr S)^2,
    5 % for eigenvalues 1/i, i <= 300. Ascent along x misses the share sqrt(1 - cos^2) of the way.
    Arguments as for ``resolvent_traces``.

    Source: derived here.

    >>> round(float(alignment(jnp.ones(300), 1000.0, 100.0)), 3)  # A is nearly the identity
    1.0
    """
    once, twice = resolvent_traces(spectrum, n, ridge)
    return jnp.square(once) / (jnp.sum(jnp.asarray(spectrum)) * twice)


def expected_matching_steps(
    spectrum: ArrayLike, n: ArrayLike, ridge: ArrayLike, step: ArrayLike
) -> jax.Array:
    """Return the steps at which the mean log residual of ascent is that of retraining.

    E log(1 + h_-) / E log(1 + a |x|^2), h_- = x'A_-^-1 x with A_- of the other n - 1 points, both
    to second order in their fluctuations: means tr S R / (n - 1) and a tr S, variances
    2 tr S R^2 / (n - 1)^2 (for a flat spectrum) and 2 a^2 tr S^2.

    Args:
        spectrum: eigenvalues of the input covariance S, shape (d,).
        n: samples, the point included.
        ridge: positive, of the 1/n-normalised loss.
        step: a, step size.

    Source: derived here.

    >>> round(float(expected_matching_steps(jnp.ones(100), 400.0, 0.1, 0.002)), 2)
    1.38
    """
    spectrum, n = jnp.asarray(spectrum, dtype=float), jnp.asarray(n, dtype=float)
    others = n - 1.0
    once, twice = resolvent_traces(spectrum, others, ridge * n / others)
    square = jnp.asarray(step) * jnp.sum(spectrum)
    wanted = _mean_log1p(once / others, 2.0 * twice / jnp.square(others))
    return wanted / _mean_log1p(square, 2.0 * jnp.sum(jnp.square(step * spectrum)))


def _mean_log1p(mean: jax.Array, variance: jax.Array) -> jax.Array:
    """Return E log(1 + v) to second order."""
    return jnp.log1p(mean) - 0.5 * variance / jnp.square(1.0 + mean)
