"""How near generated samples are to held-out ones, how varied, and how often copies."""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from jaxuim.measure.checks import finite, flags, shape
from jaxuim.measure.performance import nan_unless_finite

COPY = 1.0 / 3.0  # of the distance to the second nearest example


def sample_frechet(generated: ArrayLike, held_out: ArrayLike) -> jax.Array:
    """Return the Frechet distance ``|m1 - m2|^2 + tr (C1 + C2 - 2 (C1 C2)^(1/2))`` of two samples.

    It is the squared Wasserstein-2 distance of the Gaussians with their means and covariances
    (which divide by n - 1). Classes are not told apart. Biased upwards by about d/n of the traces.

    Args:
        generated: f32[m, d], m at least 2.
        held_out: f32[n, d], n at least 2.

    Returns:
        f32[] at least 0, in squared units of the inputs; NaN for a value that is not finite.

    Raises:
        ValueError: wrong shapes, a single sample, or a concrete value that is not finite.

    Source: Heusel et al. 2017, here on inputs in place of an Inception network's features.

    >>> round(float(sample_frechet([[0.0], [2.0]], [[3.0], [5.0]])), 5)
    9.0
    """
    x, y = _pair(generated, held_out)
    found = _squared(x.mean(0) - y.mean(0), _covariance(x), _covariance(y))
    return nan_unless_finite(found, x, y)


def class_frechet(
    made_means: ArrayLike,
    made_covariance: ArrayLike,
    true_means: ArrayLike,
    true_covariance: ArrayLike,
) -> jax.Array:
    """Return the mean over classes of the Frechet distance of generated to true Gaussians.

    ``mean_k |m_k - mu_k|^2 + tr (R + S - 2 (R S)^(1/2))`` for ``N(m_k, R)`` against
    ``N(mu_k, S)``, the squared Wasserstein-2 distance given the class.

    Args:
        made_means: m f32[K, d].
        made_covariance: R f32[d, d], symmetric and positive semi-definite.
        true_means: mu f32[K, d].
        true_covariance: S f32[d, d].

    Returns:
        f32[] at least 0, in squared units of the inputs; NaN for a value that is not finite.

    Raises:
        ValueError: wrong shapes, or concrete values that are not finite.

    Source: Dowson and Landau 1982.

    >>> round(float(class_frechet([[0.0], [1.0]], [[1.0]], [[0.0], [3.0]], [[4.0]])), 5)
    3.0
    """
    k, d = shape("made_means", made_means, "K d")
    shape("true_means", true_means, "K d", K=k, d=d)
    shape("made_covariance", made_covariance, "d d", d=d)
    shape("true_covariance", true_covariance, "d d", d=d)
    made, true = finite("made_means", made_means), finite("true_means", true_means)
    r = finite("made_covariance", made_covariance)
    s = finite("true_covariance", true_covariance)
    shift = jnp.square(made - true).sum(axis=1).mean()
    found = shift + _squared(jnp.zeros((d,)), r, s)
    return nan_unless_finite(found, made, true, r, s)


def sample_spread(generated: ArrayLike, held_out: ArrayLike) -> jax.Array:
    """Return the root mean squared distance of two samples over that of two held-out examples.

    ``sqrt(tr C1 / tr C2)``: below 1 samples are less varied than what they should look like.

    Args:
        generated: f32[m, d], m at least 2.
        held_out: f32[n, d], n at least 2, not all equal.

    Returns:
        f32[] at least 0; NaN for a value that is not finite, infinite where held-out examples are
        all equal.

    Raises:
        ValueError: wrong shapes, a single sample, or a concrete value that is not finite.

    >>> round(float(sample_spread([[0.0], [2.0]], [[0.0], [4.0]])), 5)
    0.5
    """
    x, y = _pair(generated, held_out)
    spread = jnp.sqrt(x.var(axis=0, ddof=1).sum() / y.var(axis=0, ddof=1).sum())
    return nan_unless_finite(spread, x, y)


def nearest_copy_rate(
    generated: ArrayLike, pool_inputs: ArrayLike, pool_used: ArrayLike
) -> jax.Array:
    """Return the share of samples far closer to one example shown in training than to any other.

    A copy is at most 1/3 as far from the nearest as from the second nearest. Equal examples count
    as two: a sample of one that was shown twice is no copy here.

    Args:
        generated: f32[m, d].
        pool_inputs: f32[N, d], as they were shown, N at least 2.
        pool_used: bool[N], which of them were shown at all, at least 2.

    Returns:
        f32[] in [0, 1]; NaN for a value that is not finite, or fewer than two examples shown.

    Raises:
        ValueError: wrong shapes, or concrete values that are not finite or no truth values.

    Source: Yoon et al. 2023, with their factor 1/3; :func:`jaxuim.measure.copy_rate` has an
    interval.

    >>> float(nearest_copy_rate([[0.1], [0.5]], [[0.0], [1.0], [0.1]], [1, 1, 0]))
    0.5
    """
    _, d = shape("generated", generated, "m d")
    n, _ = shape("pool_inputs", pool_inputs, "N d", d=d)
    shape("pool_used", pool_used, "N", N=n)
    x, known = finite("generated", generated), finite("pool_inputs", pool_inputs)
    used = flags("pool_used", pool_used)

    def nearest(one: jax.Array) -> jax.Array:
        apart = jnp.where(used, jnp.square(known - one).sum(axis=1), jnp.inf)
        return -jax.lax.top_k(-apart, 2)[0]

    first, second = jax.lax.map(nearest, x).T
    rate = (first <= COPY**2 * second).mean()
    return nan_unless_finite(jnp.where(used.sum() < 2, jnp.nan, rate), x, known)


def _pair(generated: ArrayLike, held_out: ArrayLike) -> tuple[jax.Array, jax.Array]:
    m, d = shape("generated", generated, "m d")
    n, _ = shape("held_out", held_out, "n d", d=d)
    if min(m, n) < 2:
        raise ValueError(f"generated and held_out have {m} and {n} examples; allowed is at least 2")
    return finite("generated", generated), finite("held_out", held_out)


def _covariance(x: jax.Array) -> jax.Array:
    centred = x - x.mean(axis=0)
    return centred.T @ centred / (len(x) - 1)


def _squared(shift: jax.Array, cov: jax.Array, cov2: jax.Array) -> jax.Array:
    """Return the squared distance of two Gaussians.

    The part of the covariances is ``min_U |C1^(1/2) - C2^(1/2) U|^2`` over rotations, a sum of
    squares: traces that nearly cancel would leave little of a small distance in 32 bit.
    """
    root, root2 = _root(cov), _root(cov2)
    left, _, right = jnp.linalg.svd(root2 @ root)
    return shift @ shift + jnp.square(root - root2 @ (left @ right)).sum()


def _root(cov: jax.Array) -> jax.Array:
    # LAPACK may not end on numbers that are not finite
    values, vectors = jnp.linalg.eigh(jnp.where(jnp.isfinite(cov), cov, 0.0))
    return (vectors * jnp.sqrt(jnp.maximum(values, 0.0))) @ vectors.T
