"""How often, and how surely, a classifier is right: error and negative log-likelihood."""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike


def hits(logits: ArrayLike, labels: ArrayLike) -> jax.Array:
    """Return f32[n]: the probability that an example is classified rightly, ties broken at random.

    It is 1 where the label has the highest logit alone, 1/t where it shares it with t - 1 others,
    else 0; thus no class is preferred by its number, and constant logits are right 1/K of the time.

    >>> hits([[0.0, 1.0], [2.0, 2.0]], [1, 0])
    Array([1. , 0.5], dtype=float32)
    """
    scores = jnp.asarray(logits)
    top = scores == scores.max(axis=-1, keepdims=True)
    return _at_label(top, labels) / top.sum(axis=-1)


def error(logits: ArrayLike, labels: ArrayLike) -> jax.Array:
    """Return the share of examples whose highest logit is not the label.

    Ties are broken at random, in expectation (see :func:`hits`).

    Args:
        logits: f32[n, K].
        labels: i32[n] in [0, K).

    Returns:
        f32[] in [0, 1]; NaN if any logit is not finite or there is no example.

    >>> float(error([[0.0, 1.0], [0.0, 1.0]], [1, 0]))
    0.5
    """
    return nan_unless_finite(1.0 - hits(logits, labels).mean(), logits)


def negative_log_likelihood(logits: ArrayLike, labels: ArrayLike) -> jax.Array:
    """Return the mean of ``-log softmax(logits)[label]``, in nats.

    Args:
        logits: f32[n, K]; large ones do not overflow.
        labels: i32[n] in [0, K).

    Returns:
        f32[], at least 0; NaN if any logit is not finite or there is no example.

    >>> round(float(negative_log_likelihood([[0.0, 0.0]], [1])), 4)
    0.6931
    """
    log_p = jax.nn.log_softmax(jnp.asarray(logits, jnp.float32), axis=-1)
    return nan_unless_finite(-_at_label(log_p, labels).mean(), logits)


def nan_unless_finite(value: jax.Array, inputs: ArrayLike) -> jax.Array:
    """Return ``value``, or NaN where any of ``inputs`` is infinite or NaN.

    >>> nan_unless_finite(jnp.float32(1.0), [jnp.inf])
    Array(nan, dtype=float32)
    """
    return jnp.where(jnp.isfinite(jnp.asarray(inputs)).all(), value, jnp.nan)


def _at_label(values: jax.Array, labels: ArrayLike) -> jax.Array:
    """Return f32[n], ``values[i, labels[i]]``."""
    columns = jnp.asarray(labels, jnp.int32)[..., None]
    return jnp.take_along_axis(values.astype(jnp.float32), columns, axis=-1)[..., 0]
