"""How alike two representations of the same examples are: linear CKA."""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from jaxuim.measure.features import centred, product, shifted_features
from jaxuim.measure.performance import nan_unless_finite


def linear_cka(features: ArrayLike, other: ArrayLike) -> jax.Array:
    """Return ``|X'Y|_F^2 / (|X'X|_F |Y'Y|_F)`` of centred features: linear CKA.

    Unchanged by rotations and by isotropic scaling of either side. It is biased upwards where
    examples are few beside dimensions: see :func:`debiased_cka`. Time O(n D D'), no n x n matrix.

    Args:
        features: f32[n, D].
        other: f32[n, D'], of the same examples in the same order.

    Returns:
        f32[] in [0, 1]; NaN where one side does not vary or, while tracing, is not finite.

    Raises:
        ValueError: wrong shapes, different n, or, outside of tracing, a value that is not finite.

    Source: Kornblith et al. 2019.

    >>> round(float(linear_cka([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]], [[0.0], [1.0], [2.0]])), 4)
    0.4743
    """
    x = shifted_features(features)
    return _cka(x, shifted_features(other, "other", n=x.shape[0]))


def debiased_cka(features: ArrayLike, other: ArrayLike) -> jax.Array:
    """Return CKA of linear kernels with the unbiased estimate of each HSIC.

    Its expectation is near 0 for independent features whatever their dimension. Time O(n D D').

    Args:
        features: f32[n, D], n at least 4.
        other: f32[n, D'], of the same examples in the same order.

    Returns:
        f32[], at most about 1, negative by chance; NaN where the estimate of one side's own HSIC
        is not positive or, while tracing, a value is not finite.

    Raises:
        ValueError: fewer than 4 examples, or as :func:`linear_cka`.

    Source: Song et al. 2012 for the estimator; Nguyen et al. 2021 for its use in CKA.

    >>> x = [[1.0, 0.0], [0.0, 1.0], [0.0, 0.0], [2.0, 1.0]]
    >>> round(float(debiased_cka(x, x)), 4)
    1.0
    """
    x = shifted_features(features)
    y = shifted_features(other, "other", n=x.shape[0])
    if x.shape[0] < 4:
        raise ValueError(f"n = {x.shape[0]} examples; debiased CKA needs at least 4")
    return _debiased(x, y)


def cka_to_clean(features: ArrayLike, clean_features: ArrayLike) -> jax.Array:
    """Return :func:`linear_cka` between a run's features and those of its unbiased twin.

    Args:
        features: f32[n, D].
        clean_features: f32[n, D'], of the run with the same seed at level 0.

    Returns:
        f32[] in [0, 1]; NaN as :func:`linear_cka`.

    Raises:
        ValueError: as :func:`linear_cka`.

    >>> float(cka_to_clean([[1.0], [2.0]], [[2.0], [4.0]]))
    1.0
    """
    x = shifted_features(features)
    return _cka(x, shifted_features(clean_features, "clean_features", n=x.shape[0]))


@jax.jit
def _cka(features: jax.Array, other: jax.Array) -> jax.Array:
    x, y = _unit(features), _unit(other)
    norms = jnp.linalg.norm(product(x.T, x)) * jnp.linalg.norm(product(y.T, y))
    value = jnp.minimum((product(x.T, y) ** 2).sum() / norms, 1.0)
    return nan_unless_finite(nan_unless_finite(value, features), other)


@jax.jit
def _debiased(features: jax.Array, other: jax.Array) -> jax.Array:
    x, y = _unit(features), _unit(other)
    value = _hsic(x, y) / jnp.sqrt(_hsic(x, x) * _hsic(y, y))
    return nan_unless_finite(nan_unless_finite(value, features), other)


def _unit(features: jax.Array) -> jax.Array:
    """Return centred features of Frobenius norm 1, NaN if nothing varies."""
    x = centred(features)
    return x / jnp.linalg.norm(x)


def _hsic(x: jax.Array, y: jax.Array) -> jax.Array:
    """Return HSIC_1 of Song et al. times n (n - 3), for features whose columns sum to 0.

    With kernels K = XX' and L = YY' less their diagonals k and l, and X'1 = Y'1 = 0: tr KL =
    |X'Y|^2 - k'l, K1 = -k and 1'K1 = -sum k.
    """
    n = x.shape[0]
    k, l = (x**2).sum(axis=1), (y**2).sum(axis=1)
    kl = (k * l).sum()
    both = k.sum() * l.sum() / float((n - 1) * (n - 2))
    return (product(x.T, y) ** 2).sum() - kl + both - 2.0 * kl / (n - 2)
