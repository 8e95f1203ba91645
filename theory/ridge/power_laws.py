"""Exponents, tempered floor and crossover of ridge regression on power-law spectra."""

import jax
import jax.numpy as jnp
from jax.scipy.special import gammaln
from jax.typing import ArrayLike

from theory.numerics.kappa import df1, df2

BISECTIONS = 90


def learning_rate_exponent(a: ArrayLike, b: ArrayLike) -> jax.Array:
    """Return nu = min(b - 1, 2a): without noise the excess risk falls as n^-nu.

    Args:
        a: exponent of the eigenvalues, l_i = i^-a, a > 1.
        b: exponent of the signal, l_i beta_i^2 = i^-b, b > 1. Beyond b = 2a + 1 the rate saturates.

    Source: Caponnetto and De Vito 2007; Cui et al. 2021 (arXiv 2105.15004), whose source exponent
    is r = (b - 1) / (2a).

    >>> float(learning_rate_exponent(2.0, 3.0)), float(learning_rate_exponent(1.5, 6.0))
    (2.0, 3.0)
    """
    return jnp.minimum(jnp.asarray(b, dtype=float) - 1.0, 2.0 * jnp.asarray(a, dtype=float))


def noise_exponent(a: ArrayLike, b: ArrayLike) -> jax.Array:
    """Return nu / (nu + 1): with the best ridge the excess risk is (noise / n)^(nu / (nu + 1)).

    Doubling the noise multiplies the inherited error by 2^(nu / (nu + 1)), not by 2.

    Args:
        a: as for ``learning_rate_exponent``.
        b: as for ``learning_rate_exponent``.

    Source: Caponnetto and De Vito 2007.

    >>> float(noise_exponent(2.0, 2.0))
    0.5
    """
    nu = learning_rate_exponent(a, b)
    return nu / (nu + 1.0)


def tempered_floor(a: ArrayLike, noise: ArrayLike) -> jax.Array:
    """Return noise (a - 1), what interpolating n noisy labels costs however large n is.

    The limit of gamma / (1 - gamma) as n grows, d much larger than n, without ridge.

    Args:
        a: exponent of the eigenvalues, a > 1.
        noise: variance of the label noise.

    Source: Mallinar et al. 2022 (arXiv 2207.06569).

    >>> float(tempered_floor(1.5, 2.0))
    1.0
    """
    return jnp.asarray(noise) * (jnp.asarray(a, dtype=float) - 1.0)


def crossover_samples(spectrum: ArrayLike, beta: ArrayLike, noise: ArrayLike) -> jax.Array:
    """Return n_x at which inherited noise and ignorance cost the same, without ridge.

    Below n_x the excess risk is mostly bias E0 / (1 - gamma), above mostly noise. Without ridge
    n = df1(kappa), so that kappa solves E0(kappa) = noise df2(kappa) / df1(kappa), by bisection.

    Args:
        spectrum: eigenvalues, shape (d,); n_x must stay well below d.
        beta: coefficients, shape (d,).
        noise: variance of the label noise, positive.

    Source: derived here.

    >>> i = jnp.arange(1.0, 401.0)
    >>> bool(35 < crossover_samples(i**-2, jnp.ones(400), 0.05) < 50)
    True
    """
    spectrum, beta = jnp.asarray(spectrum, dtype=float), jnp.asarray(beta, dtype=float)
    noise = jnp.asarray(noise, dtype=float)

    def surplus(log_kappa: jax.Array, l: jax.Array, b: jax.Array, s: jax.Array) -> jax.Array:
        kappa = jnp.exp(log_kappa)
        missed = jnp.sum(l * jnp.square(kappa * b / (l + kappa)))
        return missed - s * df2(l, kappa) / df1(l, kappa)

    held = jax.lax.stop_gradient((spectrum, beta, noise))

    def halve(_: int, ends: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, jax.Array]:
        middle = 0.5 * (ends[0] + ends[1])
        above = surplus(middle, *held) > 0
        return jnp.where(above, ends[0], middle), jnp.where(above, middle, ends[1])

    ends = jnp.log(1e-3 * jnp.min(held[0])), jnp.log(1e3 * jnp.sum(held[0]))
    low, high = jax.lax.fori_loop(0, BISECTIONS, halve, ends)
    root = 0.5 * (low + high)
    # One step with live parameters gives the derivative of the implicit function.
    slope = jax.grad(surplus)(root, *held)
    return df1(spectrum, jnp.exp(root - surplus(root, spectrum, beta, noise) / slope))


def crossover_limit(a: ArrayLike, b: ArrayLike, noise: ArrayLike) -> jax.Array:
    """Return the limit of ``crossover_samples`` for little noise and d = infinity, b - 1 < 2a.

    With s = (b - 1)/a, C = (pi/a)/sin(pi/a) and G = Gamma(2 - s) Gamma(s) / a, bias is G kappa^s
    and n_x = C (noise (1 - 1/a) / G)^(-1/(b - 1)): proportional to noise^(-1/nu).

    Args:
        a: exponent of the eigenvalues, a > 1.
        b: exponent of the signal, 1 < b < 2a + 1.
        noise: variance of the label noise.

    Source: derived here.

    >>> round(float(crossover_limit(2.0, 2.0, 0.01) / crossover_limit(2.0, 2.0, 0.02)), 4)
    2.0
    """
    a, b = jnp.asarray(a, dtype=float), jnp.asarray(b, dtype=float)
    s = (b - 1.0) / a
    size = jnp.exp(gammaln(2.0 - s) + gammaln(s)) / a
    constant = (jnp.pi / a) / jnp.sin(jnp.pi / a)
    return constant * (noise * (1.0 - 1.0 / a) / size) ** (-1.0 / (b - 1.0))
