"""The best ridge: closed form for a prior without direction, numerically for a given target."""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from theory.numerics.kappa import df1, df2, effective_ridge

PLACES = 129
BISECTIONS = 60


def prior_ridge(noise: ArrayLike, n: ArrayLike, variance: ArrayLike) -> jax.Array:
    """Return noise / (n variance), the best ridge for coefficients of one prior variance.

    Holds for every covariance of the inputs and every n (it is the Bayes estimator for a Gaussian
    prior); penalty of the 1/n-normalised loss.

    Args:
        noise: variance of the label noise.
        n: samples.
        variance: prior variance of each coefficient.

    Source: Dobriban and Wager 2018 (arXiv 1507.03003).

    >>> round(float(prior_ridge(0.5, 150, 0.35)), 7)
    0.0095238
    """
    return jnp.asarray(noise) / (jnp.asarray(n) * jnp.asarray(variance))


def tuned_ridge(
    spectrum: ArrayLike, beta: ArrayLike, n: ArrayLike, noise: ArrayLike
) -> tuple[jax.Array, jax.Array]:
    """Return the ridge with the least excess risk by the deterministic equivalent, and that risk.

    In kappa everything is explicit, ridge = kappa (1 - df1/n) included, so that the search needs no
    solver: the best of a grid, then bisection of the derivative. The gradient of the risk is that
    at a fixed kappa (envelope theorem); the ridge itself passes no gradient on.

    Args:
        spectrum: eigenvalues, shape (d,).
        beta: coefficients, shape (d,).
        n: samples.
        noise: variance of the label noise, positive.

    Source: derived here.

    >>> i = jnp.arange(1.0, 101.0)
    >>> ridge, _ = tuned_ridge(1 / i, 0.1 * jnp.ones(100), 50, 0.2)
    >>> round(float(ridge), 2)  # all coefficients alike: noise / (n 0.01)
    0.4
    """
    spectrum, beta = jnp.asarray(spectrum, dtype=float), jnp.asarray(beta, dtype=float)
    n, noise = jnp.asarray(n, dtype=float), jnp.asarray(noise, dtype=float)

    def risk(
        log_kappa: jax.Array, l: jax.Array, b: jax.Array, m: jax.Array, s: jax.Array
    ) -> jax.Array:
        kappa = jnp.exp(log_kappa)
        share = df2(l, kappa) / m
        return (jnp.sum(l * jnp.square(kappa * b / (l + kappa))) + share * s) / (1.0 - share)

    held = jax.lax.stop_gradient((spectrum, beta, n, noise))
    # Start just inside: without ridge and with n = d the risk itself is infinite.
    least = jnp.maximum(effective_ridge(held[0], held[2], 0.0), 1e-6 * jnp.min(held[0]))
    places = jnp.linspace(jnp.log(least) + 1e-6, jnp.log(1e3 * jnp.sum(held[0])), PLACES)
    best = jnp.argmin(jax.vmap(lambda t: risk(t, *held))(places))

    def halve(_: int, ends: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, jax.Array]:
        middle = 0.5 * (ends[0] + ends[1])
        rising = jax.grad(risk)(middle, *held) > 0
        return jnp.where(rising, ends[0], middle), jnp.where(rising, middle, ends[1])

    ends = places[jnp.maximum(best - 1, 0)], places[jnp.minimum(best + 1, PLACES - 1)]
    low, high = jax.lax.fori_loop(0, BISECTIONS, halve, ends)
    found = 0.5 * (low + high)
    kappa = jnp.exp(found)
    ridge = jnp.maximum(kappa * (1.0 - df1(held[0], kappa) / held[2]), 0.0)
    return ridge, risk(found, spectrum, beta, n, noise)
