"""How often, and how surely, a classifier is right: errors and negative log-likelihood."""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from jaxuim.measure.checks import checked_logits
from jaxuim.measure.sums import group_sums


def hits(logits: ArrayLike, labels: ArrayLike) -> jax.Array:
    """Return f32[n]: the probability that an example is classified rightly, ties broken at random.

    It is 1 where the label has the highest logit alone, 1/t where it shares it with t - 1 others,
    else 0; thus no class is preferred by its number, and constant logits are right 1/K of the time.

    >>> hits([[0.0, 1.0], [2.0, 2.0]], [1, 0])
    Array([1. , 0.5], dtype=float32)
    """
    scores = jnp.asarray(logits)
    top = scores == scores.max(axis=-1, keepdims=True)
    return at_label(top, labels) / top.sum(axis=-1)


def prediction_shares(scores: jax.Array) -> jax.Array:
    """Return f32[n, K]: 1 for the predicted class, 1/t for each of t that share the highest logit.

    >>> prediction_shares(jnp.array([[0.0, 1.0], [2.0, 2.0]])).tolist()
    [[0.0, 1.0], [0.5, 0.5]]
    """
    top = scores == scores.max(axis=-1, keepdims=True)
    return top / top.sum(axis=-1, keepdims=True)


def error(logits: ArrayLike, labels: ArrayLike) -> jax.Array:
    """Return the share of examples whose highest logit is not the label; accuracy is 1 minus it.

    Ties are broken at random, in expectation (see :func:`hits`).

    Args:
        logits: f32[n, K].
        labels: i32[n] in [0, K).

    Returns:
        f32[] in [0, 1]; while tracing, NaN if any logit is not finite.

    Raises:
        ValueError: wrong shapes, no example, a value that is not finite, a label that is no class.

    >>> float(error([[0.0, 1.0], [0.0, 1.0]], [1, 0]))
    0.5
    """
    scores, classes = checked_logits(logits, labels)
    return nan_unless_finite((1.0 - hits(scores, classes)).mean(), scores)


def negative_log_likelihood(logits: ArrayLike, labels: ArrayLike) -> jax.Array:
    """Return the mean of ``-log softmax(logits)[label]``, in nats.

    Args:
        logits: f32[n, K]; large ones do not overflow.
        labels: i32[n] in [0, K).

    Returns:
        f32[], at least 0; while tracing, NaN if any logit is not finite.

    Raises:
        ValueError: as :func:`error`.

    >>> round(float(negative_log_likelihood([[0.0, 0.0]], [1])), 4)
    0.6931
    """
    scores, classes = checked_logits(logits, labels)
    log_p = jax.nn.log_softmax(scores, axis=-1)
    return nan_unless_finite(-at_label(log_p, classes).mean(), scores)


def top_k_error(logits: ArrayLike, labels: ArrayLike, *, k: int = 5) -> jax.Array:
    """Return the share of examples whose label is not among the k highest logits.

    With ``a`` logits above the label's and ``t`` equal to it (itself included) the label is among
    the k highest with probability ``clip((k - a)/t, 0, 1)``: ties are broken at random, in
    expectation. With k of K or more classes the error is 0.

    Args:
        logits: f32[n, K].
        labels: i32[n] in [0, K).
        k: how many guesses are allowed, at least 1; static under jit.

    Returns:
        f32[] in [0, 1]; while tracing, NaN if any logit is not finite.

    Raises:
        ValueError: as :func:`error`, or k below 1.

    Source: Russakovsky et al. 2015, with k = 5.

    >>> float(top_k_error([[3.0, 2.0, 1.0], [3.0, 2.0, 1.0]], [1, 2], k=2))
    0.5
    """
    if k < 1:
        raise ValueError(f"k = {k} must be at least 1")
    scores, classes = checked_logits(logits, labels)
    own = at_label(scores, classes)[:, None]
    above, equal = (scores > own).sum(axis=-1), (scores == own).sum(axis=-1)
    inside = jnp.clip((k - above) / jnp.maximum(equal, 1), 0.0, 1.0)
    # a label that is no class compares with NaN: nothing is above it, and it must not look right
    return nan_unless_finite((1.0 - inside).mean(), scores, own)


def balanced_error(logits: ArrayLike, labels: ArrayLike) -> jax.Array:
    """Return the mean over the classes that occur of the error within the class.

    It is 1 minus the balanced accuracy (macro-averaged recall): every class counts equally,
    however rare. Classes without an example do not count.

    Args:
        logits: f32[n, K].
        labels: i32[n] in [0, K).

    Returns:
        f32[] in [0, 1]; while tracing, NaN if any logit is not finite.

    Raises:
        ValueError: as :func:`error`.

    Source: Brodersen et al. 2010.

    >>> float(balanced_error([[1.0, 0.0], [1.0, 0.0], [1.0, 0.0], [1.0, 0.0]], [0, 0, 0, 1]))
    0.5
    """
    scores, classes = checked_logits(logits, labels)
    right = hits(scores, classes)
    size, errors = errors_by_group(right, classes, scores.shape[1])
    mean = errors.sum() / jnp.maximum((size > 0).sum(), 1)
    return nan_unless_finite(mean, scores, right)


def errors_by_group(right: jax.Array, groups: ArrayLike, count: int) -> tuple[jax.Array, jax.Array]:
    """Return how many examples each of ``count`` groups has and their error, f32[count] each.

    The error of a group without an example is 0; ``right`` is f32[n] from :func:`hits`.

    >>> errors_by_group(jnp.array([1.0, 0.0, 0.0]), [0, 0, 2], 3)[1].tolist()
    [0.5, 0.0, 1.0]
    """
    member = jnp.asarray(groups)
    both = jnp.stack([jnp.ones_like(right), 1.0 - right], axis=1)
    size, missed = group_sums(both, member, count).T
    return size, missed / jnp.maximum(size, 1.0)


def nan_unless_finite(value: jax.Array, *inputs: ArrayLike) -> jax.Array:
    """Return ``value``, or NaN where any of ``inputs`` is infinite or NaN.

    >>> nan_unless_finite(jnp.float32(1.0), [jnp.inf])
    Array(nan, dtype=float32)
    """
    for array in inputs:
        value = jnp.where(jnp.isfinite(jnp.asarray(array)).all(), value, jnp.nan)
    return value


def at_label(values: jax.Array, labels: ArrayLike) -> jax.Array:
    """Return f32[n], ``values[i, labels[i]]``; NaN where a traced label is no class.

    >>> at_label(jnp.array([[1.0, 2.0], [3.0, 4.0]]), [1, 0]).tolist()
    [2.0, 3.0]
    """
    columns = jnp.asarray(labels, jnp.int32)[..., None]
    return jnp.take_along_axis(values.astype(jnp.float32), columns, axis=-1)[..., 0]
