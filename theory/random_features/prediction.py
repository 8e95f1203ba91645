"""Excess risk of ridge regression on random features, and how much of the noise it amplifies."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

BISECTIONS = 70
SPAN = 70.0  # logarithms that are searched below the upper end


class FeatureRisk(NamedTuple):
    """What ridge regression on random features amounts to, all scalars.

    ``kappa`` is the effective ridge, ``z`` and ``q`` its degrees of freedom of first and second
    kind, ``excess`` the excess risk, ``amplification`` = d excess / d noise = 1 / den - 1.
    """

    kappa: jax.Array
    z: jax.Array
    q: jax.Array
    excess: jax.Array
    amplification: jax.Array


def _freedom(spectrum: jax.Array, tail: jax.Array, kappa: jax.Array) -> jax.Array:
    return jnp.sum(spectrum / (spectrum + kappa)) + tail / kappa


def _balance(
    spectrum: jax.Array,
    tail: jax.Array,
    n: jax.Array,
    p: jax.Array,
    ridge: jax.Array,
    kappa: jax.Array,
) -> jax.Array:
    z = _freedom(spectrum, tail, kappa)
    return kappa * (1.0 - z / n) * (1.0 - z / p) - ridge


@jax.custom_jvp
def _solved(
    spectrum: jax.Array, tail: jax.Array, n: jax.Array, p: jax.Array, ridge: jax.Array
) -> jax.Array:
    least = jnp.minimum(n, p)

    def halve(_: int, ends: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, jax.Array]:
        middle = 0.5 * (ends[0] + ends[1])
        kappa = jnp.exp(middle)
        inside = _freedom(spectrum, tail, kappa) < least
        above = inside & (_balance(spectrum, tail, n, p, ridge, kappa) > 0)
        return jnp.where(above, ends[0], middle), jnp.where(above, middle, ends[1])

    # At this upper end z <= trace / kappa, so that both factors together are at least ridge/kappa.
    trace = jnp.sum(spectrum) + tail
    high = jnp.log(ridge + trace / n + trace / p)
    low, high = jax.lax.fori_loop(0, BISECTIONS, halve, (high - SPAN, high))
    interpolates = (ridge <= 0) & (least >= spectrum.size) & (tail <= 0)
    return jnp.where(interpolates, 0.0, jnp.exp(0.5 * (low + high)))


@_solved.defjvp
def _solved_jvp(primals, tangents):  # type: ignore[no-untyped-def]
    """Differentiate the balance instead of the bisection."""
    kappa = _solved(*primals)
    # With kappa = 0 and no tail, z = d: the sums stay finite for any positive number.
    safe = jnp.where(kappa > 0, kappa, jnp.finfo(kappa.dtype).tiny)
    _, change = jax.jvp(lambda *theta: _balance(*theta, safe), primals, tangents)
    slope = jax.grad(_balance, argnums=5)(*primals, safe)
    return kappa, -change / slope


def feature_ridge(
    spectrum: ArrayLike, n: ArrayLike, p: ArrayLike, ridge: ArrayLike, tail: ArrayLike = 0.0
) -> jax.Array:
    """Return kappa, the root of ridge = kappa (1 - z/n)(1 - z/p) with z < min(n, p).

    z = sum_i l_i / (l_i + kappa) + tail / kappa. Without ridge z = min(n, p), or kappa = 0 where no
    tail is given and min(n, p) >= d. Symmetric in n and p; p -> infinity is ridge regression.

    Args:
        spectrum: eigenvalues of the features' kernel, shape (d,), positive.
        n: samples.
        p: random features.
        ridge: penalty of the 1/n-normalised loss on features divided by sqrt(p).
        tail: total trace of eigenvalues too small to be learnt one by one.

    Source: Simon et al. 2023 (arXiv 2311.14646), Atanasov et al. 2024 (2405.00592); the tail in
    this form is derived here.

    >>> kappa = feature_ridge(jnp.ones(100), 200.0, 50.0, 0.0)
    >>> round(float(kappa), 3)  # 100 / (1 + kappa) = 50
    1.0
    """
    arguments = (spectrum, tail, n, p, ridge)
    return _solved(*(jnp.asarray(v, dtype=float) for v in arguments))


def feature_risk(
    spectrum: ArrayLike,
    signal: ArrayLike,
    n: ArrayLike,
    p: ArrayLike,
    ridge: ArrayLike,
    noise: ArrayLike,
    tail: ArrayLike = 0.0,
    missed: ArrayLike = 0.0,
) -> FeatureRisk:
    """Return the deterministic equivalent of ridge regression on p random features.

    With q = sum_i (l_i / (l_i + kappa))^2 and den = 1 - (q (p - 2z) + z^2) / (n (p - q)), excess =
    (sum_i v_i^2 (kappa/(l_i + kappa) - kappa l_i/(l_i + kappa)^2 (p - z)/(p - q)) + missed +
    noise) / den - noise. Without ridge den falls to 0 at p = n.

    Args:
        spectrum: as for ``feature_ridge``.
        signal: power v_i^2 of the target in each mode, shape (d,): l_i beta_i^2 for linear
            features of x; for nonlinear features of y = beta'x + ... it is beta_i^2 (the power of
            the target), not c1^2 beta_i^2 / d.
        n: samples.
        p: random features.
        ridge: as for ``feature_ridge``.
        noise: variance of the label noise.
        tail: as for ``feature_ridge``.
        missed: power of the target outside the modes; it acts as noise that counts as error.

    Source: Simon et al. 2023 (arXiv 2311.14646), Atanasov et al. 2024 (2405.00592), Defilippis et
    al. 2024 (2405.15699); the tail in this form is derived here.

    >>> risk = feature_risk(jnp.ones(100), jnp.zeros(100), 200.0, 1e9, 0.0, 1.0)
    >>> round(float(risk.excess), 3)  # least squares: d / (n - d)
    1.0
    """
    spectrum, signal = jnp.asarray(spectrum, dtype=float), jnp.asarray(signal, dtype=float)
    n, p = jnp.asarray(n, dtype=float), jnp.asarray(p, dtype=float)
    kappa = feature_ridge(spectrum, n, p, ridge, tail)
    share = spectrum / (spectrum + kappa)
    beyond = jnp.asarray(tail, dtype=float) / jnp.where(kappa > 0, kappa, 1.0)
    z, q = jnp.sum(share) + beyond, jnp.sum(jnp.square(share))
    den = 1.0 - (q * (p - 2.0 * z) + jnp.square(z)) / (n * (p - q))
    unlearnt = jnp.sum(signal * (1.0 - share) * (1.0 - share * (p - z) / (p - q)))
    excess = (unlearnt + missed + noise) / den - noise
    return FeatureRisk(kappa, z, q, excess, 1.0 / den - 1.0)


def projected_least_squares(n: ArrayLike, p: ArrayLike) -> jax.Array:
    """Return the exact noise amplification p / (n - p - 1) of p < n - 1 features without ridge.

    Holds for any number of Gaussian features at every n and p; the equivalent is p / (n - p).

    Args:
        n: samples.
        p: features.

    Source: mean of the inverse Wishart distribution.

    >>> round(float(projected_least_squares(120, 100)), 3)
    5.263
    """
    n, p = jnp.asarray(n, dtype=float), jnp.asarray(p, dtype=float)
    return p / (n - p - 1.0)
