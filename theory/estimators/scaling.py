"""What data can tell about scaling laws: compute-optimal allocation, Fisher sd, identifiability."""

from collections.abc import Callable
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

Law = Callable[[jax.Array, jax.Array], jax.Array]
FLOPS = 6.0  # for each parameter and token


class Constants(NamedTuple):
    """Constants of L = E + A N^-alpha + B D^-beta; any numbers or traced scalars."""

    E: Any
    A: Any
    B: Any
    alpha: Any
    beta: Any


def chinchilla_loss(constants: ArrayLike, parameters: ArrayLike, tokens: ArrayLike) -> jax.Array:
    """Return L = E + A N^-alpha + B D^-beta.

    Args:
        constants: E, A, B, alpha, beta, shape (5,); L and E in nats for each token.
        parameters: N.
        tokens: D.

    Source: Hoffmann et al. 2022 (arXiv 2203.15556).

    >>> round(float(chinchilla_loss(jnp.array([1.5, 400.0, 2000.0, 0.5, 0.5]), 1e6, 1e8)), 3)
    2.1
    """
    e, a, b, alpha, beta = jnp.asarray(constants)
    return e + a * jnp.asarray(parameters) ** -alpha + b * jnp.asarray(tokens) ** -beta


def optimal_parameters(compute: ArrayLike, constants: Constants) -> jax.Array:
    """Return N = G (C / 6)^(beta / (alpha + beta)), with the least loss at compute C = 6 N D.

    G = (alpha A / (beta B))^(1 / (alpha + beta)). The tokens are D = C / (6 N).

    Args:
        compute: C, floating-point operations.
        constants: of the law; E does not matter.

    Source: Hoffmann et al. 2022 (arXiv 2203.15556).

    >>> law = Constants(1.5, 400.0, 400.0, 0.5, 0.5)
    >>> round(float(optimal_parameters(6e18, law)) / 1e9, 4)
    1.0
    """
    _, a, b, alpha, beta = constants
    total = jnp.asarray(alpha + beta)
    scale = (alpha * a / (beta * b)) ** (1.0 / total)
    return scale * (jnp.asarray(compute, dtype=float) / FLOPS) ** (beta / total)


def frontier_exponent(constants: Constants) -> Any:
    """Return alpha beta / (alpha + beta): the least loss above E falls as C to minus that.

    >>> frontier_exponent(Constants(1.5, 400.0, 400.0, 0.5, 0.5))
    0.25
    """
    _, _, _, alpha, beta = constants
    return alpha * beta / (alpha + beta)


def saturating(constants: ArrayLike, samples: ArrayLike) -> jax.Array:
    """Return L = E + A n^-alpha; constants E, A, alpha, shape (3,).

    >>> round(float(saturating(jnp.array([0.1, 2.0, 0.5]), 100.0)), 3)
    0.3
    """
    e, a, alpha = jnp.asarray(constants)
    return e + a * jnp.asarray(samples) ** -alpha


def fisher_sd(law: Law, constants: ArrayLike, x: ArrayLike, noise: ArrayLike) -> jax.Array:
    """Return the sd of constants fitted by least squares, s sqrt(diag (J'J)^-1).

    Accurate where the law is nearly linear in its constants over a few of these sd. Infinite or
    meaningless where the data do not identify all constants, see ``identified``.

    Args:
        law: ``law(constants, x)`` returns responses, shape (n,).
        constants: true values, shape (p,).
        x: what the law takes.
        noise: s, sd of a single response.

    Source: standard (Gauss-Newton); derived here.

    >>> line = lambda c, x: c[0] + c[1] * x
    >>> fisher_sd(line, jnp.array([0.0, 1.0]), jnp.array([-1.0, 1.0]), 2.0).round(3).tolist()
    [1.4140000343322754, 1.4140000343322754]
    """
    slopes = jax.jacfwd(law)(jnp.asarray(constants), jnp.asarray(x))
    size = jnp.linalg.norm(slopes, axis=0)
    unit = slopes / size
    return noise * jnp.sqrt(jnp.diagonal(jnp.linalg.inv(unit.T @ unit))) / size


def identified(law: Law, constants: ArrayLike, x: ArrayLike) -> jax.Array:
    """Return the singular values of the law's slopes with columns of length 1, largest first.

    Their ratio is the condition number; zeros are directions of the constants that the data do not
    see. Runs on the compute-optimal frontier of ``chinchilla_loss`` see 3 of its 5: A N^-alpha and
    B D^-beta are the same power of C there, so that E, one factor and one exponent are all that
    shows.

    Args:
        law: ``law(constants, x)`` returns responses, shape (n,).
        constants: shape (p,).
        x: what the law takes.

    Source: derived here.

    >>> same = lambda c, x: (c[0] + c[1]) * x
    >>> identified(same, jnp.array([1.0, 1.0]), jnp.array([1.0, 2.0])).round(3).tolist()
    [1.4140000343322754, 0.0]
    """
    slopes = jax.jacfwd(law)(jnp.asarray(constants), jnp.asarray(x))
    return jnp.linalg.svd(slopes / jnp.linalg.norm(slopes, axis=0), compute_uv=False)
