"""Whether classes are recognised as often as they were seen: accuracy against class frequency."""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from jaxuim.measure.checks import checked_logits, shape, whole
from jaxuim.measure.performance import hits, nan_unless_finite


def frequency_correlation(
    logits: ArrayLike, labels: ArrayLike, class_counts: ArrayLike
) -> jax.Array:
    """Return Pearson's correlation over classes of accuracy and log pre-training frequency.

    Classes without a test example, and those never seen in pre-training, are left out.

    Args:
        logits: f32[n, K].
        labels: i32[n] in [0, K).
        class_counts: i32[K], how often each class was shown in pre-training.

    Returns:
        f32[] in [-1, 1]; NaN where accuracies or frequencies do not vary, or a logit is not finite.

    Raises:
        ValueError: wrong shapes, or concrete values that are no logits, labels or counts.

    Source: Wen et al. 2024, arXiv 2405.21070.

    >>> logits = jnp.array([[1.0, 0.0], [1.0, 0.0]])
    >>> float(frequency_correlation(logits, jnp.array([0, 1]), jnp.array([90, 10])))
    1.0
    """
    scores, y = checked_logits(logits, labels)
    shape("class_counts", class_counts, "K", K=scores.shape[-1])
    counts = whole("class_counts", class_counts, 2**31 - 1).astype(jnp.float32)
    member = y[:, None] == jnp.arange(scores.shape[-1])[None]
    tested = member.sum(axis=0)
    right = jnp.where(member, hits(scores, y)[:, None], 0.0).sum(axis=0)
    used = ((tested > 0) & (counts > 0)).astype(jnp.float32)
    accuracy = right / jnp.maximum(tested, 1)
    return nan_unless_finite(_correlation(accuracy, jnp.log(jnp.maximum(counts, 1)), used), scores)


def _correlation(x: jax.Array, y: jax.Array, weight: jax.Array) -> jax.Array:
    """Return the weighted correlation; NaN where either does not vary."""
    total = jnp.maximum(weight.sum(), 1.0)
    dx, dy = ((v - (weight * v).sum() / total) * weight for v in (x, y))
    power = (dx * dx).sum() * (dy * dy).sum()
    return jnp.where(power > 0, jnp.clip((dx * dy).sum() / jnp.sqrt(power), -1, 1), jnp.nan)
