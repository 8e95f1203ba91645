"""Ridge regression on mixtures of clean and biased labels, and on labels partly its own."""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from theory.model_collapse.pooling import noise_factor
from theory.ridge import equivalent


def mixture_risk(
    spectrum: ArrayLike,
    beta: ArrayLike,
    delta: ArrayLike,
    n: ArrayLike,
    share: ArrayLike,
    ridge: ArrayLike,
    noise: ArrayLike,
) -> jax.Array:
    """Return the risk for clean data of ridge regression with a share p of biased samples.

    The fit sees the target beta + p delta and the noise s2 + p (1 - p) delta' S delta; with m =
    p delta - kappa (S + kappa)^-1 (beta + p delta), risk = m' S m + gamma E, E its test error. A
    deterministic equivalent: corrections are of order 1 / df1.

    Args:
        spectrum: eigenvalues of the input covariance S, shape (d,).
        beta: clean coefficients in the eigenbasis, shape (d,).
        delta: bias of the biased labels' coefficients, shape (d,).
        n: samples, clean and biased together.
        share: p = n2 / n.
        ridge: penalty in the 1/n-normalised loss, in units of the eigenvalues.
        noise: s2, variance of the label noise.

    Source: derived here; setting of Dohmatob et al. 2024 (arXiv 2410.04840).

    >>> one = jnp.ones(10)
    >>> round(float(mixture_risk(one, one, one, 1e7, 0.1, 1e-6, 1.0)), 4)  # p^2 |delta|^2
    0.1
    """
    spectrum, beta, delta = (jnp.asarray(v) for v in (spectrum, beta, delta))
    seen = beta + share * delta
    chance = share * (1.0 - share) * jnp.sum(spectrum * jnp.square(delta))
    found = equivalent(spectrum, seen, n, ridge, noise + chance)
    mean = share * delta - found.kappa * seen / (spectrum + found.kappa)
    return jnp.sum(spectrum * jnp.square(mean)) + found.gamma * found.test


def collapse_floor(spectrum: ArrayLike, delta: ArrayLike, share: ArrayLike) -> jax.Array:
    """Return p^2 delta' S delta, what remains of ``mixture_risk`` for n to infinity without ridge.

    >>> round(float(collapse_floor(jnp.ones(10), jnp.ones(10), 0.1)), 6)
    0.1
    """
    squares = jnp.asarray(spectrum) * jnp.square(jnp.asarray(delta))
    return jnp.square(jnp.asarray(share)) * jnp.sum(squares)


def mixed_labels(
    d: ArrayLike, n: ArrayLike, noise: ArrayLike, real: ArrayLike, exact: bool = True
) -> jax.Array:
    """Return the stationary error when each label is real with probability p, else the model's own.

    noise phi / (1 - q^2 - p q phi r), q = 1 - p, with inputs that are fresh in each generation; r =
    (d + 2)(n - 2) / (d (n + 2)) makes it exact for standard Gaussian inputs, r = 1 is the limit of
    high dimension.

    Args:
        d: input dimension.
        n: labels in a generation, more than d + 1.
        noise: variance of the label noise, on real and own labels alike.
        real: p in (0, 1], probability that a label is real.
        exact: include r.

    Source: derived here.

    >>> round(float(mixed_labels(40, 200, 1.0, 0.3, exact=False)), 5)
    0.55028
    """
    d, n = jnp.asarray(d, dtype=float), jnp.asarray(n, dtype=float)
    own = 1.0 - jnp.asarray(real)
    factor = noise_factor(d, n)
    size = (d + 2.0) * (n - 2.0) / (d * (n + 2.0)) if exact else 1.0
    return jnp.asarray(noise) * factor / (1.0 - jnp.square(own) - real * own * factor * size)
