"""Effective ranks of a covariance and the benign-overfitting bound on the variance."""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from theory.ridge import equivalent


def _tails(spectrum: ArrayLike) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Return the spectrum and the sums of l_i and l_i^2 over i > k for k = 0..d-1."""
    spectrum = jnp.asarray(spectrum, dtype=float)
    first = jnp.cumsum(spectrum[::-1])[::-1]
    return spectrum, first, jnp.cumsum(jnp.square(spectrum)[::-1])[::-1]


def effective_ranks(spectrum: ArrayLike) -> tuple[jax.Array, jax.Array]:
    """Return r_k = sum_{i>k} l_i / l_{k+1} and R_k = (sum_{i>k} l_i)^2 / sum_{i>k} l_i^2.

    Both for k = 0..d-1, shapes (d,). Always 1 <= r_k <= R_k <= min(r_k^2, d - k).

    Args:
        spectrum: eigenvalues of the covariance in falling order, shape (d,), positive. Sums run
            from the smallest; use 64-bit numbers for long spectra.

    Source: Bartlett, Long, Lugosi and Tsigler 2020 (arXiv 1906.11300).

    >>> small, large = effective_ranks(jnp.array([2.0, 1.0, 1.0]))
    >>> small.tolist(), large.round(3).tolist()
    ([2.0, 2.0, 1.0], [2.6670000553131104, 2.0, 1.0])
    """
    spectrum, first, second = _tails(spectrum)
    return first / spectrum, jnp.square(first) / second


def benign_index(spectrum: ArrayLike, n: ArrayLike) -> jax.Array:
    """Return k* = min {k : r_k >= n}, the number of directions that are fitted; d if there is none.

    The constant b of the theorem is taken as 1. Arguments as for ``benign_bound``.

    >>> int(benign_index(jnp.concatenate([jnp.ones(3), 0.01 * jnp.ones(200)]), 20))
    3
    """
    ranks, _ = effective_ranks(spectrum)
    enough = ranks >= n
    return jnp.where(jnp.any(enough), jnp.argmax(enough), ranks.size)


def benign_bound(spectrum: ArrayLike, n: ArrayLike) -> jax.Array:
    """Return k*/n + n/R_{k*}: the size of the variance of interpolation, for unit label noise.

    The theorem bounds the variance by an unknown universal constant times this. With constant 1 it
    is *not* an upper bound: k* strong directions alone cost k*/(n - k*).

    Args:
        spectrum: eigenvalues in falling order, shape (d,), positive.
        n: samples, fewer than d.

    Source: Bartlett, Long, Lugosi and Tsigler 2020 (arXiv 1906.11300), Tsigler and Bartlett 2023.

    >>> round(float(benign_bound(jnp.concatenate([jnp.ones(3), 0.01 * jnp.ones(200)]), 20)), 3)
    0.25
    """
    _, large = effective_ranks(spectrum)
    index = benign_index(spectrum, n)
    return index / n + n / large[jnp.minimum(index, large.size - 1)]


def interpolation_variance(spectrum: ArrayLike, n: ArrayLike) -> jax.Array:
    """Return gamma / (1 - gamma), the variance of minimum-norm interpolation for unit label noise.

    The deterministic equivalent of ``theory.ridge`` without ridge; corrections are of order 1/n.

    >>> round(float(interpolation_variance(jnp.ones(300), 100)), 3)
    0.5
    """
    spectrum = jnp.asarray(spectrum, dtype=float)
    return equivalent(spectrum, jnp.zeros_like(spectrum), n, 0.0, 1.0).variance
