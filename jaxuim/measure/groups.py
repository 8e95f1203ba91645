"""How bad it gets for some: errors of every class and group, and the largest of them."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from jaxuim.measure.checks import checked_groups, checked_logits
from jaxuim.measure.performance import errors_by_group, hits, nan_unless_finite
from jaxuim.measure.sums import group_sums


class GroupTable(NamedTuple):
    """Examples, accuracy and negative log-likelihood of every group, f32[G] each."""

    size: jax.Array
    accuracy: jax.Array
    nll: jax.Array


def worst_class_error(logits: ArrayLike, labels: ArrayLike) -> jax.Array:
    """Return the largest error of any class that occurs among the labels.

    Args:
        logits: f32[n, K].
        labels: i32[n] in [0, K); classes without an example do not count.

    Returns:
        f32[] in [0, 1]; while tracing, NaN if any logit is not finite.

    Raises:
        ValueError: wrong shapes, no example, a value that is not finite, a label that is no class.

    >>> float(worst_class_error([[0.0, 1.0], [0.0, 1.0], [1.0, 0.0]], [1, 1, 1]))
    0.3333...
    """
    scores, classes = checked_logits(logits, labels)
    return _worst(scores, classes, classes, scores.shape[1])


def worst_group_error(
    logits: ArrayLike, labels: ArrayLike, groups: ArrayLike, *, num_groups: int
) -> jax.Array:
    """Return the largest error of any group.

    Args:
        logits: f32[n, K].
        labels: i32[n] in [0, K).
        groups: i32[n] in [0, num_groups).
        num_groups: how many groups there are; static under jit.

    Returns:
        f32[] in [0, 1]; while tracing, NaN if any logit is not finite, and groups without an
        example do not count.

    Raises:
        ValueError: as :func:`worst_class_error`, or a group without an example.

    Source: Sagawa et al. 2020.

    >>> float(worst_group_error([[0.0, 1.0], [0.0, 1.0]], [1, 0], [0, 1], num_groups=2))
    1.0
    """
    scores, classes = checked_logits(logits, labels)
    return _worst(scores, classes, checked_groups(groups, len(scores), num_groups), num_groups)


def group_table(
    logits: ArrayLike, labels: ArrayLike, groups: ArrayLike, *, num_groups: int
) -> GroupTable:
    """Return size, accuracy and negative log-likelihood of every group.

    Args:
        logits: f32[n, K].
        labels: i32[n] in [0, K).
        groups: i32[n] in [0, num_groups).
        num_groups: how many groups there are; static under jit.

    Returns:
        Size in examples, accuracy in [0, 1], mean negative log-likelihood in nats. While tracing,
        a group without an example or with a logit that is not finite has NaN.

    Raises:
        ValueError: as :func:`worst_group_error`.

    >>> group_table([[0.0, 1.0], [0.0, 1.0]], [1, 0], [0, 1], num_groups=2).accuracy.tolist()
    [1.0, 0.0]
    """
    scores, classes = checked_logits(logits, labels)
    member = checked_groups(groups, len(scores), num_groups)
    log_p = jnp.take_along_axis(jax.nn.log_softmax(scores), classes[:, None], axis=1)[:, 0]
    bad = ~jnp.isfinite(scores).all(axis=1)
    content = jnp.where(bad, jnp.nan, jnp.stack([hits(scores, classes), -log_p]))
    content = jnp.concatenate([jnp.ones_like(log_p)[None], content])
    size, right, loss = group_sums(content.T, member, num_groups).T
    return GroupTable(size, right / size, loss / size)


def _worst(scores: jax.Array, labels: jax.Array, groups: jax.Array, count: int) -> jax.Array:
    right = hits(scores, labels)
    size, errors = errors_by_group(right, groups, count)
    return nan_unless_finite(jnp.where(size > 0, errors, -1.0).max(), scores, right)
