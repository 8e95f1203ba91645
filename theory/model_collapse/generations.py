"""Errors of models that are fitted to labels of their predecessors, over generations."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from theory.numerics.kappa import df2, effective_ridge


def one_round(d: ArrayLike, samples: ArrayLike, noise: ArrayLike) -> jax.Array:
    """Return noise d / (T - d - 1), the squared error of one least-squares fit.

    Exact for standard Gaussian inputs and T > d + 1.

    Args:
        d: input dimension.
        samples: T, labels in a generation.
        noise: variance of the label noise, in units of y^2.

    Source: mean of an inverse Wishart matrix.

    >>> round(float(one_round(40, 160, 0.5)), 5)
    0.16807
    """
    return jnp.asarray(noise * jnp.asarray(d) / (jnp.asarray(samples) - d - 1.0))


def replaced(
    d: ArrayLike, samples: ArrayLike, noise: ArrayLike, generation: ArrayLike
) -> jax.Array:
    """Return G noise d / (T - d - 1): each generation sees labels of the last one only.

    Exact; inputs are fresh in each generation. Arguments as for ``one_round``, and

    Args:
        d: input dimension.
        samples: T, labels in a generation.
        noise: variance of the label noise.
        generation: G, 1 for the first fit to true labels.

    Source: Gerstgrasser et al. 2024 (arXiv 2404.01413).

    >>> round(float(replaced(40, 160, 0.5, 4)), 5)
    0.67227
    """
    return jnp.asarray(generation) * one_round(d, samples, noise)


def accumulated_same(
    d: ArrayLike, samples: ArrayLike, noise: ArrayLike, generations: int
) -> jax.Array:
    """Return the errors of generations 1..G, shape (G,), that keep all labels of the same inputs.

    one_round * sum_{i <= g} 1 / i^2, never more than pi^2 / 6 times one round. Exact.

    Args:
        d: input dimension.
        samples: T, labels in a generation.
        noise: variance of the label noise.
        generations: G, static.

    Source: Gerstgrasser et al. 2024 (arXiv 2404.01413).

    >>> round(float(accumulated_same(40, 160, 0.5, 3)[-1]), 5)
    0.22876
    """
    index = jnp.arange(1, generations + 1, dtype=float)
    return one_round(d, samples, noise) * jnp.cumsum(1.0 / jnp.square(index))


def accumulated_fresh(
    d: ArrayLike, samples: ArrayLike, noise: ArrayLike, generations: int
) -> jax.Array:
    """Return the errors of generations 1..G, shape (G,), that keep all labels, inputs being fresh.

    noise d sum_{i <= g} 1 / (i (i T - d - 1)). Exact: the steps w_g - w_{g-1} = S_g^-1 X_g' e_g are
    uncorrelated (S_g = all inputs so far), and by exchangeability of the generations' inputs each
    has the mean square noise d / (g (g T - d - 1)).

    Args:
        d: input dimension.
        samples: T, labels in a generation.
        noise: variance of the label noise.
        generations: G, static.

    Source: derived here; the setting is that of Gerstgrasser et al. 2024 (arXiv 2404.01413).

    >>> [round(float(e), 4) for e in accumulated_fresh(8, 24, 1.0, 2)]
    [0.5333, 0.6359]
    """
    index = jnp.arange(1, generations + 1, dtype=float)
    step = index * (index * samples - d - 1.0)
    return jnp.asarray(noise) * jnp.asarray(d) * jnp.cumsum(1.0 / step)


def ridge_generations(
    spectrum: ArrayLike,
    beta: ArrayLike,
    n: ArrayLike,
    ridge: ArrayLike,
    noise: ArrayLike,
    generations: int,
) -> jax.Array:
    """Return the excess risks of generations 1..G, shape (G,), of ridge regression that replaces.

    With kappa and gamma of ``theory.ridge`` and S_i = l_i / (l_i + kappa), the mean m_i and second
    moment v_i of each coefficient follow m <- S m, v <- S^2 v + (E/n) l / (l + kappa)^2, where
    E = (kappa^2 sum v l / (l + kappa)^2 + noise) / (1 - gamma); risk = sum l (v - 2 beta m +
    beta^2). A deterministic equivalent: corrections are of order 1 / df1; generation 1 is
    ``theory.ridge.excess_risk``.

    Args:
        spectrum: eigenvalues l of the input covariance, shape (d,).
        beta: true coefficients in the eigenbasis, shape (d,).
        n: samples in a generation.
        ridge: penalty in the 1/n-normalised loss, in units of the eigenvalues.
        noise: variance of the label noise added in each generation.
        generations: G, static.

    Source: iterates the equivalent of Hastie et al. 2019 (arXiv 1903.08560); setting of Dohmatob
    et al. 2024 (2402.07712).

    >>> risks = ridge_generations(jnp.ones(50), jnp.zeros(50), 200.0, 0.0, 1.0, 2)
    >>> [round(float(r), 4) for r in risks]
    [0.3333, 0.6667]
    """
    spectrum, beta = jnp.asarray(spectrum), jnp.asarray(beta)
    kappa = effective_ridge(spectrum, n, ridge)
    gamma = df2(spectrum, kappa) / n
    kept = spectrum / (spectrum + kappa)
    spread = spectrum / jnp.square(spectrum + kappa)

    def step(
        state: tuple[jax.Array, jax.Array], _: None
    ) -> tuple[tuple[jax.Array, jax.Array], jax.Array]:
        mean, second = state
        test = (jnp.square(kappa) * jnp.sum(second * spread) + noise) / (1.0 - gamma)
        mean, second = kept * mean, jnp.square(kept) * second + test / n * spread
        return (mean, second), jnp.sum(spectrum * (second - 2.0 * beta * mean + jnp.square(beta)))

    advance: Callable[..., tuple[tuple[jax.Array, jax.Array], jax.Array]] = step
    _, risks = jax.lax.scan(advance, (beta, jnp.square(beta)), length=generations)
    return risks
