"""Risks of least squares on clean and biased samples: pooled, interpolated, or weighted."""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike


def noise_factor(d: ArrayLike, n: ArrayLike) -> jax.Array:
    """Return phi = d / (n - d - 1), the share of label noise that n samples leave.

    >>> round(float(noise_factor(60, 300)), 5)
    0.25105
    """
    return jnp.asarray(d) / (jnp.asarray(n) - d - 1.0)


def mixing_factor(d: ArrayLike, n: ArrayLike) -> jax.Array:
    """Return psi, by which the chance split of directions between both parts adds to the risk.

    2 / (n + 2) + n (n + 1) (d - 1) / ((n - 1) (n + 2) (n - d - 1)), which tends to ``noise_factor``
    in high dimension.

    Args:
        d: input dimension.
        n: samples of both parts together, more than d + 1.

    Source: derived here, from second moments of the matrix beta distribution.

    >>> round(float(mixing_factor(1, 8)), 6)
    0.2
    """
    d, n = jnp.asarray(d, dtype=float), jnp.asarray(n, dtype=float)
    return 2.0 / (n + 2.0) + n * (n + 1.0) * (d - 1.0) / ((n - 1.0) * (n + 2.0) * (n - d - 1.0))


def pooled_risk(
    d: ArrayLike, clean: ArrayLike, biased: ArrayLike, noise: ArrayLike, bias: ArrayLike
) -> jax.Array:
    """Return the risk for clean data of one least-squares fit to clean and biased samples.

    noise phi + c^2 (p^2 + p (1 - p) psi), p = n2 / n: a share p of biased data leaves the floor
    p^2 c^2 however large n is. Exact for standard Gaussian inputs.

    Args:
        d: input dimension.
        clean: n1, samples with labels x'beta + noise.
        biased: n2, samples with labels x'(beta + delta) + noise; n1 + n2 > d + 1.
        noise: variance of the label noise, in units of y^2.
        bias: c^2 = |delta|^2, the squared bias of the labels.

    Source: setting of Dohmatob et al. 2024 (arXiv 2410.04840); the exact form is derived here.

    >>> round(float(pooled_risk(60, 200, 200, 1.0, 0.5)), 4)
    0.3244
    """
    n = jnp.asarray(clean, dtype=float) + biased
    share = biased / n
    floor = jnp.square(share) + share * (1.0 - share) * mixing_factor(d, n)
    return jnp.asarray(noise) * noise_factor(d, n) + jnp.asarray(bias) * floor


def tipping_bias(d: ArrayLike, clean: ArrayLike, biased: ArrayLike, noise: ArrayLike) -> jax.Array:
    """Return c^2*, the squared bias above which the biased samples do harm; as ``pooled_risk``.

    Pooling beats the n1 clean samples alone iff c^2 < c^2*; exact, with n1 > d + 1.

    >>> round(float(tipping_bias(60, 200, 100, 1.0)), 3)
    1.079
    """
    n = jnp.asarray(clean, dtype=float) + biased
    share = biased / n
    gained = jnp.asarray(noise) * (noise_factor(d, clean) - noise_factor(d, n))
    return gained / (jnp.square(share) + share * (1.0 - share) * mixing_factor(d, n))


def tipping_bias_limit(
    d: ArrayLike, clean: ArrayLike, biased: ArrayLike, noise: ArrayLike
) -> jax.Array:
    """Return noise d (1/n1 + 1/n2), what ``tipping_bias`` tends to for n1, n2 much above d.

    >>> round(float(tipping_bias_limit(60, 2000, 1000, 1.0)), 6)
    0.09
    """
    return (
        jnp.asarray(noise) * jnp.asarray(d) * (1.0 / jnp.asarray(clean) + 1.0 / jnp.asarray(biased))
    )


def interpolated_risk(
    d: ArrayLike,
    clean: ArrayLike,
    biased: ArrayLike,
    noise: ArrayLike,
    bias: ArrayLike,
    share: ArrayLike,
) -> jax.Array:
    """Return the risk of (1 - a) w1 + a w2, both fitted apart: (1-a)^2 V1 + a^2 (V2 + c^2).

    V_i = noise d / (n_i - d - 1). Exact for standard Gaussian inputs.

    Args:
        d: input dimension.
        clean: n1 > d + 1.
        biased: n2 > d + 1.
        noise: variance of the label noise.
        bias: c^2, squared bias of the biased labels.
        share: a, weight of the fit to biased samples.

    Source: derived here.

    >>> round(float(interpolated_risk(60, 200, 100, 1.0, 0.5, 0.0)), 4)
    0.4317
    """
    a = jnp.asarray(share)
    first, second = (jnp.asarray(noise) * noise_factor(d, n) for n in (clean, biased))
    return jnp.square(1.0 - a) * first + jnp.square(a) * (second + bias)


def best_share(
    d: ArrayLike, clean: ArrayLike, biased: ArrayLike, noise: ArrayLike, bias: ArrayLike
) -> jax.Array:
    """Return V1 / (V1 + V2 + c^2), the share at which ``interpolated_risk`` is least.

    The risk there is V1 (V2 + c^2) / (V1 + V2 + c^2) <= V1, so that interpolation never harms.

    >>> a = best_share(60, 200, 100, 1.0, 0.5)
    >>> bool(interpolated_risk(60, 200, 100, 1.0, 0.5, a) < noise_factor(60, 200))
    True
    """
    first, second = (jnp.asarray(noise) * noise_factor(d, n) for n in (clean, biased))
    return first / (first + second + bias)


def weighted_risk(
    d: ArrayLike,
    clean: ArrayLike,
    biased: ArrayLike,
    noise: ArrayLike,
    bias: ArrayLike,
    clean_weight: ArrayLike,
    biased_weight: ArrayLike,
    naive: bool = False,
) -> jax.Array:
    """Return the risk for clean data of weighted least squares, in high dimension.

    t = sum_i w_i / (1 + w_i d / t) and a_i = w_i / (1 + w_i d / t); with p = sum_biased a / t and
    D = d / t^2, risk = c^2 p^2 + D [sum_clean a^2 (noise + p^2 c^2) + sum_biased a^2 (noise +
    (1-p)^2 c^2)] / (1 - D sum a^2). Corrections are of order 1 / d.

    Args:
        d: input dimension, below the number of samples.
        clean: n1.
        biased: n2.
        noise: variance of the label noise.
        bias: c^2, squared bias of the biased labels.
        clean_weight: weight of a clean sample.
        biased_weight: weight of a biased sample.
        naive: use the weights themselves for a, which ignores that heavy samples are fitted.

    Source: derived here, as the deterministic equivalent for inputs of unequal size.

    >>> round(float(weighted_risk(60, 200, 100, 1.0, 0.5, 1.0, 1.0)), 3)  # nearly pooled_risk
    0.333
    """
    d = jnp.asarray(d, dtype=float)
    weights = jnp.stack([jnp.asarray(v, dtype=float) for v in (clean_weight, biased_weight)])
    counts = jnp.stack([jnp.asarray(v, dtype=float) for v in (clean, biased)])
    t = _scale(d, counts, weights)
    a = weights if naive else weights / (1.0 + weights * d / t)
    t = jnp.sum(counts * a)
    p = counts[1] * a[1] / t
    left = jnp.stack([jnp.square(p), jnp.square(1.0 - p)]) * bias + noise
    squares = d / jnp.square(t) * counts * jnp.square(a)
    return jnp.asarray(bias) * jnp.square(p) + jnp.sum(squares * left) / (1.0 - jnp.sum(squares))


def _scale(d: jax.Array, counts: jax.Array, weights: jax.Array) -> jax.Array:
    """Return t, the larger root of sum n w / (t + w d) = 1 (a quadratic for two weights)."""
    (n1, n2), (w1, w2) = counts, weights
    half = (n1 * w1 + n2 * w2 - (w1 + w2) * d) / 2.0
    product = w1 * w2 * d * (n1 + n2 - d)
    return half + jnp.sqrt(jnp.square(half) + product)
