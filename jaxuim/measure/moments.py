"""The shape of the distribution of features and logits: skewness, kurtosis, entropy."""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from jaxuim.measure.checks import finite, shape
from jaxuim.measure.features import centred, column_means, shifted_features
from jaxuim.measure.performance import nan_unless_finite


def feature_skewness(features: ArrayLike) -> jax.Array:
    """Return the mean over dimensions of ``m_3 / m_2^(3/2)``.

    Moments are central and divide by n (the biased estimator, scipy's default). Dimensions that
    do not vary (dead units) are left out.

    Args:
        features: f32[n, D].

    Returns:
        f32[]; 0 for symmetric features; NaN where no dimension varies or, while tracing, any
        feature is not finite.

    Raises:
        ValueError: not two axes, an empty axis, or, outside of tracing, a value that is not finite.

    >>> round(float(feature_skewness([[0.0], [0.0], [3.0]])), 4)
    0.7071
    """
    return _moment(shifted_features(features), 3)


def feature_kurtosis(features: ArrayLike) -> jax.Array:
    """Return the mean over dimensions of the excess kurtosis ``m_4 / m_2^2 - 3``.

    This is Fisher's definition, 0 for a Gaussian; moments divide by n (the biased estimator,
    scipy's default). Dimensions that do not vary are left out.

    Args:
        features: f32[n, D].

    Returns:
        f32[], at least -2; NaN where no dimension varies or, while tracing, any feature is not
        finite.

    Raises:
        ValueError: as :func:`feature_skewness`.

    >>> float(feature_kurtosis([[1.0], [-1.0]]))
    -2.0
    """
    return _moment(shifted_features(features), 4) - 3.0


@jax.jit(static_argnums=1)
def _moment(features: jax.Array, order: int) -> jax.Array:
    """Return the mean standardised moment over the dimensions that vary."""
    c = centred(features)
    largest = jnp.abs(c).max(axis=0)
    varies = largest > 0.0
    c = c / jnp.where(varies, largest, 1.0)
    variance = column_means(c**2)
    moments = column_means(c**order) / jnp.where(varies, variance, 1.0) ** (order / 2)
    mean = jnp.where(varies, moments, 0.0).sum() / varies.sum()
    return nan_unless_finite(mean, features)


def logit_entropy(logits: ArrayLike) -> jax.Array:
    """Return the mean over examples of ``-sum_k p_k log p_k``, p = softmax(logits), in nats.

    Args:
        logits: f32[n, K].

    Returns:
        f32[] from 0 (sure) to log K (uniform); while tracing, NaN if any logit is not finite.

    Raises:
        ValueError: not two axes, an empty axis, or, outside of tracing, a value that is not finite.

    >>> round(float(logit_entropy([[0.0, 0.0]])), 4)
    0.6931
    """
    shape("logits", logits, "n K")
    scores = finite("logits", logits)
    log_p = jax.nn.log_softmax(scores, axis=-1)
    return nan_unless_finite(-(jnp.exp(log_p) * log_p).sum(axis=-1).mean(), scores)
