"""A long tail of classes: the mass of what was never seen, and a tail cut by pre-training."""

from functools import partial

import jax
import jax.numpy as jnp
from jax.scipy.special import gammaln
from jax.typing import ArrayLike

HEAD = 1 << 17  # ranks that are summed one by one; the rest is closed
_ZETA_HEAD = 24


def zeta(a: ArrayLike) -> jax.Array:
    """Return Riemann's zeta for a > 1 (Euler and Maclaurin), differentiable.

    >>> round(float(zeta(2.0)), 5)
    1.64493
    """
    a = jnp.asarray(a, dtype=float)
    head = jnp.sum(jnp.arange(1, _ZETA_HEAD, dtype=float) ** -a)
    return head + tail_sum(_ZETA_HEAD, a)


def tail_sum(first: ArrayLike, a: ArrayLike) -> jax.Array:
    """Return the sum of k^-a from ``first`` (at least 20) on, by Euler and Maclaurin.

    >>> round(float(tail_sum(100, 2.0)), 6)
    0.01005
    """
    k, a = jnp.asarray(first, dtype=float), jnp.asarray(a, dtype=float)
    bend = a / (12.0 * k) - a * (a + 1.0) * (a + 2.0) / (720.0 * k**3)
    return k**-a * (k / (a - 1.0) + 0.5 + bend)


def missing_mass(samples: ArrayLike, a: ArrayLike) -> jax.Array:
    """Return the expected probability of the classes that n samples never show, sum p (1-p)^n.

    Class k has probability k^-a/zeta(a), without end: ranks beyond 2^17 count to second order,
    so samples must stay below 2^(17 a)/100.

    Args:
        samples: n.
        a: exponent of the tail, above 1.

    Source: definition.

    >>> round(float(missing_mass(1000.0, 1.5)), 4)
    0.0941
    """
    return _missing(jnp.asarray(samples, dtype=float), jnp.asarray(a, dtype=float))


@jax.jit
def _missing(n: jax.Array, a: jax.Array) -> jax.Array:
    total = zeta(a)
    p = jnp.arange(1, HEAD, dtype=float) ** -a / total
    rest = tail_sum(HEAD, a) / total - n * tail_sum(HEAD, 2.0 * a) / total**2
    return jnp.sum(p * jnp.exp(n * jnp.log1p(-p))) + rest


def missing_mass_law(samples: ArrayLike, a: ArrayLike) -> jax.Array:
    """Return zeta(a)^(-1/a) Gamma(1-1/a)/a n^-(1-1/a), the missing mass of many samples.

    Arguments as for ``missing_mass``. Source: Hutter 2021 (arXiv 2102.04074), constant derived
    here.

    >>> round(float(missing_mass_law(1000.0, 1.5)), 4)
    0.0942
    """
    power = 1.0 - 1.0 / jnp.asarray(a, dtype=float)
    constant = jnp.exp(gammaln(power)) / a * zeta(a) ** (power - 1.0)
    return constant * jnp.asarray(samples, dtype=float) ** -power


def missing_mass_refined(samples: ArrayLike, a: ArrayLike) -> jax.Array:
    """Return the law of missing mass times 1 - (1-1/a)(2-1/a)/(2n), its next order.

    (1-p)^n is exp(-np) (1 - n p^2/2) to this order; what is left out is relative O(1/n^2).
    Arguments as for ``missing_mass``. Source: derived here.

    >>> round(float(missing_mass_refined(10.0, 2.0) / missing_mass_law(10.0, 2.0)), 4)
    0.9625
    """
    n, inverse = jnp.asarray(samples, dtype=float), 1.0 / jnp.asarray(a, dtype=float)
    return missing_mass_law(n, a) * (1.0 - (1.0 - inverse) * (2.0 - inverse) / (2.0 * n))


def truncated_missing_mass(samples: ArrayLike, a: ArrayLike, ranks: int) -> jax.Array:
    """Return the missing mass of a tail that ends at ``ranks`` classes, exactly.

    >>> round(float(truncated_missing_mass(5000.0, 1.5, 1 << 14)), 4)
    0.0493
    """
    return _truncated(jnp.asarray(samples, dtype=float), jnp.asarray(a, dtype=float), ranks)


@partial(jax.jit, static_argnums=2)
def _truncated(n: jax.Array, a: jax.Array, ranks: int) -> jax.Array:
    p = jnp.arange(1, ranks + 1, dtype=float) ** -a
    p = p / jnp.sum(p)
    return jnp.sum(p * jnp.exp(n * jnp.log1p(-p)))


def tail_mass(cut: ArrayLike, a: ArrayLike) -> jax.Array:
    """Return the mass beyond rank k0, (k0 + 1/2)^(1-a)/((a-1) zeta(a)), correct to O(1/k0^2).

    What pre-training on the k0 first classes alone never shows, however many samples it has.

    Args:
        cut: k0, the last rank that pre-training has.
        a: exponent of the tail, above 1.

    Source: Dohmatob et al. 2024 (arXiv 2402.07043) for the plateau; the 1/2 is derived here.

    >>> round(float(tail_mass(500, 1.5)), 5)
    0.03422
    """
    a = jnp.asarray(a, dtype=float)
    return (jnp.asarray(cut) + 0.5) ** (1.0 - a) / ((a - 1.0) * zeta(a))


def crossover_samples(cut: ArrayLike, a: ArrayLike) -> jax.Array:
    """Return n_x, where the law of missing mass meets the plateau of a tail cut at rank k0.

    [(a-1) zeta(a)^(1-1/a) Gamma(1-1/a)/a]^(a/(a-1)) (k0 + 1/2)^a: more samples help no further.
    Arguments as for ``tail_mass``.

    Source: derived here.

    >>> round(float(crossover_samples(500, 1.5)) / 1e4, 2)
    2.08
    """
    a = jnp.asarray(a, dtype=float)
    power = 1.0 - 1.0 / a
    base = (a - 1.0) * zeta(a) ** power * jnp.exp(gammaln(power)) / a
    return base ** (1.0 / power) * (jnp.asarray(cut) + 0.5) ** a


def kept_ranks(top: ArrayLike, collapse: ArrayLike, a: ArrayLike) -> jax.Array:
    """Return (n_top/n*)^(1/a), the rank from which on classes of a Zipf tail collapse.

    Args:
        top: samples of the most frequent class.
        collapse: n*, see ``collapse_count``.
        a: exponent of the tail.

    Source: derived here.

    >>> round(float(kept_ranks(1000.0, 8.0, 1.5)), 3)
    25.0
    """
    return (jnp.asarray(top, dtype=float) / jnp.asarray(collapse)) ** (1.0 / jnp.asarray(a))
