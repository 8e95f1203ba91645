"""The PAC-Bayes-kl bound for randomised linear classifiers."""

import jax
import jax.numpy as jnp
from jax.scipy.special import ndtr, xlogy
from jax.typing import ArrayLike

HALVINGS = 60


def binary_kl(q: ArrayLike, p: ArrayLike) -> jax.Array:
    """Return kl(q || p) of two Bernoulli laws in nats, infinite where p is 0 or 1 and q is not.

    >>> round(float(binary_kl(0.1, 0.3)), 4), float(binary_kl(0.0, 0.0))
    (0.1163, 0.0)
    """
    q, p = jnp.asarray(q), jnp.asarray(p)
    return xlogy(q, q) - xlogy(q, p) + xlogy(1 - q, 1 - q) - xlogy(1 - q, 1 - p)


def kl_inverse(q: ArrayLike, budget: ArrayLike) -> jax.Array:
    """Return the largest p with kl(q || p) <= budget, by bisection on [q, 1].

    >>> round(float(kl_inverse(0.1, 0.1163)), 3), round(float(kl_inverse(0.0, 0.1)), 4)
    (0.3, 0.0952)
    """
    q, budget = jnp.broadcast_arrays(jnp.asarray(q, dtype=float), jnp.asarray(budget, dtype=float))

    def halve(_: int, ends: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, jax.Array]:
        middle = 0.5 * (ends[0] + ends[1])
        fits = binary_kl(q, middle) <= budget
        return jnp.where(fits, middle, ends[0]), jnp.where(fits, ends[1], middle)

    return jax.lax.fori_loop(0, HALVINGS, halve, (q, jnp.ones_like(q)))[0]


def error_bound(
    empirical: ArrayLike, divergence: ArrayLike, n: ArrayLike, delta: ArrayLike
) -> jax.Array:
    """Return the bound on the true Gibbs error that holds with probability 1 - delta.

    kl(empirical || true) <= (KL(posterior || prior) + log(2 sqrt(n) / delta)) / n, inverted.

    Args:
        empirical: Gibbs error on the training set (mean over the posterior).
        divergence: KL(posterior || prior) in nats; |w|^2 / 2 for N(w, I) against N(0, I).
        n: training samples.
        delta: chance that the bound fails; in practice it fails far more rarely.

    Source: Seeger 2002; Maurer 2004 (arXiv cs/0411099).

    >>> round(float(error_bound(0.1, 2.0, 500, 0.05)), 3)
    0.165
    """
    n = jnp.asarray(n, dtype=float)
    return kl_inverse(empirical, (divergence + jnp.log(2.0 * jnp.sqrt(n) / delta)) / n)


def gibbs_error(weights: ArrayLike, x: ArrayLike, y: ArrayLike) -> jax.Array:
    """Return Phi(-y w'x / |x|), the share of classifiers from N(w, I) that get (x, y) wrong.

    Args:
        weights: shape (d,).
        x: shape (..., d).
        y: -1 or 1, shape (...).

    Source: Langford and Shawe-Taylor 2003.

    >>> float(gibbs_error(jnp.zeros(2), jnp.ones(2), 1.0))
    0.5
    """
    x = jnp.asarray(x)
    return ndtr(-jnp.asarray(y) * (x @ jnp.asarray(weights)) / jnp.linalg.norm(x, axis=-1))
