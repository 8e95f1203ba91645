"""How bad it gets for some: the largest error of any class or group."""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from jaxuim.measure.performance import hits, nan_unless_finite


def worst_class_error(logits: ArrayLike, labels: ArrayLike) -> jax.Array:
    """Return the largest error of any class that occurs among the labels.

    Args:
        logits: f32[n, K].
        labels: i32[n] in [0, K).

    Returns:
        f32[] in [0, 1]; NaN if any logit is not finite or there is no example.

    >>> float(worst_class_error([[0.0, 1.0], [0.0, 1.0], [1.0, 0.0]], [1, 1, 1]))
    0.3333...
    """
    return worst_group_error(logits, labels, labels, num_groups=jnp.asarray(logits).shape[-1])


def worst_group_error(
    logits: ArrayLike, labels: ArrayLike, groups: ArrayLike, *, num_groups: int
) -> jax.Array:
    """Return the largest error of any group that occurs.

    Args:
        logits: f32[n, K].
        labels: i32[n] in [0, K).
        groups: i32[n] in [0, num_groups).
        num_groups: how many groups there may be; static under jit.

    Returns:
        f32[] in [0, 1]; NaN if any logit is not finite or there is no example.

    Raises:
        ValueError: if ``num_groups`` is less than 1.

    Source: Sagawa et al. 2020.

    >>> float(worst_group_error([[0.0, 1.0], [0.0, 1.0]], [1, 0], [0, 1], num_groups=2))
    1.0
    """
    if num_groups < 1:
        raise ValueError(f"num_groups = {num_groups} must be at least 1")
    member = jnp.asarray(groups)[:, None] == jnp.arange(num_groups)[None]
    size = member.sum(axis=0)
    missed = jnp.where(member, 1.0 - hits(logits, labels)[:, None], 0.0).sum(axis=0)
    worst = jnp.where(size > 0, missed / jnp.maximum(size, 1), -jnp.inf).max()
    return nan_unless_finite(jnp.where(worst >= 0.0, worst, jnp.nan), logits)
