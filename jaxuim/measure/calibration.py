"""Whether a classifier's confidence is the rate at which it is right."""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from jaxuim.measure.performance import hits, nan_unless_finite

BINS = 15


def expected_calibration_error(logits: ArrayLike, labels: ArrayLike) -> jax.Array:
    """Return ``sum_b n_b/n |accuracy_b - confidence_b|`` over 15 bins of equal width.

    The confidence is the largest softmax probability; bin b holds confidences in
    ((b - 1)/15, b/15]. Ties are broken at random, in expectation: constant logits are calibrated.

    Args:
        logits: f32[n, K].
        labels: i32[n] in [0, K).

    Returns:
        f32[] in [0, 1]; NaN if any logit is not finite or there is no example.

    Source: Naeini et al. 2015; Guo et al. 2017, with their 15 bins.

    >>> float(expected_calibration_error([[0.0, 100.0], [0.0, 100.0]], [1, 0]))
    0.5
    """
    scores = jnp.asarray(logits, jnp.float32)
    confidence = jax.nn.softmax(scores, axis=-1).max(axis=-1)
    gap = hits(scores, labels) - confidence
    bins = jnp.clip(jnp.ceil(confidence * BINS) - 1, 0, BINS - 1)
    inside = bins[:, None] == jnp.arange(BINS)[None]
    total = jnp.abs(jnp.where(inside, gap[:, None], 0.0).sum(axis=0)).sum()
    return nan_unless_finite(total / gap.shape[0] if gap.shape[0] else total * jnp.nan, scores)
