"""The deterministic equivalent of ridge regression: risks as functions of one effective ridge."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from theory.numerics.kappa import df1, df2, effective_ridge


class Equivalent(NamedTuple):
    """What ridge regression with n samples amounts to, all scalars.

    ``kappa`` is the effective ridge, ``df1`` and ``df2`` the degrees of freedom there, ``gamma`` =
    df2 / n the inherited share of noise, ``bias`` = E0 / (1 - gamma) and ``variance`` =
    noise gamma / (1 - gamma) the two parts of the excess risk, ``excess`` their sum, ``test`` the
    test mean squared error excess + noise, ``train`` the training error (ridge / kappa)^2 test
    (noise (1 - d/n) where kappa is 0).
    """

    kappa: jax.Array
    df1: jax.Array
    df2: jax.Array
    gamma: jax.Array
    bias: jax.Array
    variance: jax.Array
    excess: jax.Array
    test: jax.Array
    train: jax.Array


def equivalent(
    spectrum: ArrayLike, beta: ArrayLike, n: ArrayLike, ridge: ArrayLike, noise: ArrayLike
) -> Equivalent:
    """Return the deterministic equivalent of argmin_w (1/n)|y - Xw|^2 + ridge |w|^2.

    With kappa from ``effective_ridge`` and E0 = kappa^2 sum_i l_i beta_i^2 / (l_i + kappa)^2,
    excess = (E0 + gamma noise) / (1 - gamma); relative corrections are of order 1 / df1.

    Args:
        spectrum: eigenvalues l of the input covariance, shape (d,).
        beta: true coefficients in the eigenbasis, shape (d,).
        n: samples.
        ridge: penalty in the 1/n-normalised loss, in units of the eigenvalues (a penalty L of the
            unnormalised loss is ridge = L / n).
        noise: variance of the label noise, in units of y^2.

    Source: Hastie et al. 2019 (arXiv 1903.08560), Simon et al. 2021 (2110.03922); training error:
    the generalised cross-validation identity.

    >>> out = equivalent(jnp.ones(50), jnp.zeros(50), 200.0, 0.0, 1.0)
    >>> round(float(out.excess), 4)  # d / (n - d)
    0.3333
    """
    spectrum, beta = jnp.asarray(spectrum), jnp.asarray(beta)
    kappa = effective_ridge(spectrum, n, ridge)
    second = df2(spectrum, kappa)
    gamma = second / n
    missed = jnp.square(kappa) * jnp.sum(spectrum * jnp.square(beta / (spectrum + kappa)))
    # Where gamma is 1 (n = d without ridge) nothing is missed and only the noise diverges.
    bias = missed / jnp.where(missed > 0, 1.0 - gamma, 1.0)
    variance = jnp.asarray(noise) * gamma / (1.0 - gamma)
    test = bias + variance + noise
    # Without effective ridge the fit is least squares, whose residual keeps n - d of n directions.
    kept = ridge / jnp.where(kappa > 0, kappa, 1.0)
    train = jnp.where(kappa > 0, jnp.square(kept) * test, noise * (1.0 - spectrum.size / n))
    return Equivalent(
        kappa, df1(spectrum, kappa), second, gamma, bias, variance, bias + variance, test, train
    )


def excess_risk(
    spectrum: ArrayLike, beta: ArrayLike, n: ArrayLike, ridge: ArrayLike, noise: ArrayLike
) -> jax.Array:
    """Return the excess risk E (w - beta)' S (w - beta); arguments as for ``equivalent``.

    >>> round(float(excess_risk(jnp.ones(50), jnp.zeros(50), 200.0, 0.0, 1.0)), 4)
    0.3333
    """
    return equivalent(spectrum, beta, n, ridge, noise).excess


def mean_weights(spectrum: ArrayLike, beta: ArrayLike, n: ArrayLike, ridge: ArrayLike) -> jax.Array:
    """Return E w = l beta / (l + kappa), shape (d,); arguments as for ``equivalent``.

    >>> mean_weights(jnp.ones(2), jnp.ones(2), 1e6, 1.0).round(3).tolist()
    [0.5, 0.5]
    """
    spectrum = jnp.asarray(spectrum)
    kappa = effective_ridge(spectrum, n, ridge)
    return spectrum * jnp.asarray(beta) / (spectrum + kappa)


def quadratic_error(
    spectrum: ArrayLike,
    beta: ArrayLike,
    n: ArrayLike,
    ridge: ArrayLike,
    noise: ArrayLike,
    weight: ArrayLike,
) -> jax.Array:
    """Return E (w - beta)' A (w - beta) for a positive semi-definite A in the same basis.

    kappa^2 beta'(S+kappa)^-1 A (S+kappa)^-1 beta + (test / n) tr[A S (S+kappa)^-2].

    Args:
        spectrum: eigenvalues of S, shape (d,).
        beta: shape (d,).
        n: samples.
        ridge: as for ``equivalent``.
        noise: as for ``equivalent``.
        weight: A, shape (d, d), or its diagonal, shape (d,).

    Source: as ``equivalent``.

    >>> s, b = jnp.ones(4), jnp.zeros(4)
    >>> bool(jnp.isclose(quadratic_error(s, b, 40, 0.1, 1.0, s), excess_risk(s, b, 40, 0.1, 1.0)))
    True
    """
    spectrum, beta, weight = jnp.asarray(spectrum), jnp.asarray(beta), jnp.asarray(weight)
    found = equivalent(spectrum, beta, n, ridge, noise)
    shrunk = found.kappa * beta / (spectrum + found.kappa)
    full = weight if weight.ndim == 2 else jnp.diag(weight)
    spread = jnp.diagonal(full) * spectrum / jnp.square(spectrum + found.kappa)
    return shrunk @ full @ shrunk + found.test / n * jnp.sum(spread)
