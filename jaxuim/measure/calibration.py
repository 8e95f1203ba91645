"""Whether a classifier's confidence is the rate at which it is right."""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from jaxuim.measure.bins import (
    binned_sums,
    check_bins,
    classwise_sums,
    equal_mass_bins,
    equal_width_bins,
)
from jaxuim.measure.checks import checked_logits
from jaxuim.measure.performance import at_label, hits, nan_unless_finite
from jaxuim.measure.sums import run_means

BINS = 15


def expected_calibration_error(
    logits: ArrayLike, labels: ArrayLike, *, bins: int = BINS
) -> jax.Array:
    """Return ``sum_b n_b/n |accuracy_b - confidence_b|`` over bins of equal width.

    The confidence is the largest softmax probability; bin b of B holds confidences in
    ((b - 1)/B, b/B]. Ties are broken at random, in expectation: constant logits are calibrated.

    Args:
        logits: f32[n, K].
        labels: i32[n] in [0, K).
        bins: how many, at least 1; static under jit.

    Returns:
        f32[] in [0, 1]; while tracing, NaN if any logit is not finite.

    Raises:
        ValueError: wrong shapes, no example, a value that is not finite, a label that is no class.

    Source: Naeini et al. 2015; Guo et al. 2017, with their 15 bins.

    >>> float(expected_calibration_error([[0.0, 100.0], [0.0, 100.0]], [1, 0]))
    0.5
    """
    scores, gap, confidence = _gaps(logits, labels, bins)
    _, total = binned_sums(equal_width_bins(confidence, bins), bins, gap)
    return nan_unless_finite(jnp.abs(total).sum() / len(gap), scores, gap)


def equal_mass_calibration_error(
    logits: ArrayLike, labels: ArrayLike, *, bins: int = BINS
) -> jax.Array:
    """Return the expected calibration error over bins that hold equally many examples.

    The examples are sorted by confidence and cut into bins whose sizes differ by at most one,
    the first ones being larger. Examples of equal confidence share the mean of their gaps, so
    that their order does not matter where a cut falls among them.

    Args:
        logits: f32[n, K].
        labels: i32[n] in [0, K).
        bins: how many, at least 1; more than n count as n; static under jit.

    Returns:
        f32[] in [0, 1]; while tracing, NaN if any logit is not finite.

    Raises:
        ValueError: as :func:`expected_calibration_error`.

    Source: Nguyen and O'Connor 2015; Nixon et al. 2019 (top class only, not their mean over
    classes).

    >>> float(equal_mass_calibration_error([[0.0, 100.0], [0.0, 100.0]], [1, 0], bins=1))
    0.5
    """
    scores, gap, confidence = _gaps(logits, labels, bins)
    order = jnp.argsort(confidence)
    level, gap = confidence[order], gap[order]
    shared = run_means(gap, jnp.concatenate([jnp.ones(1, bool), level[1:] != level[:-1]]))
    _, total = binned_sums(equal_mass_bins(len(gap), bins), bins, shared)
    return nan_unless_finite(jnp.abs(total).sum() / len(gap), scores, gap)


def maximum_calibration_error(
    logits: ArrayLike, labels: ArrayLike, *, bins: int = BINS
) -> jax.Array:
    """Return the largest ``|accuracy_b - confidence_b|`` of any bin of equal width with examples.

    The bins are those of :func:`expected_calibration_error`.

    Args:
        logits: f32[n, K].
        labels: i32[n] in [0, K).
        bins: how many, at least 1; static under jit.

    Returns:
        f32[] in [0, 1]; while tracing, NaN if any logit is not finite.

    Raises:
        ValueError: as :func:`expected_calibration_error`.

    Source: Naeini et al. 2015.

    >>> float(maximum_calibration_error([[0.0, 100.0], [0.0, 0.0]], [0, 0]))
    1.0
    """
    scores, gap, confidence = _gaps(logits, labels, bins)
    size, total = binned_sums(equal_width_bins(confidence, bins), bins, gap)
    return nan_unless_finite((jnp.abs(total) / jnp.maximum(size, 1.0)).max(), scores, gap)


def classwise_calibration_error(
    logits: ArrayLike, labels: ArrayLike, *, bins: int = BINS
) -> jax.Array:
    """Return the mean over classes k of ``sum_b n_bk/n |frequency_bk - probability_bk|``.

    Of each class the probabilities of all examples are binned by themselves, bin b of B holding
    ((b - 1)/B, b/B], and compared with how often the class is the label. Every class counts
    equally, those that never occur too.

    Args:
        logits: f32[n, K].
        labels: i32[n] in [0, K).
        bins: how many, at least 1; static under jit.

    Returns:
        f32[] in [0, 1]; while tracing, NaN if any logit is not finite.

    Raises:
        ValueError: as :func:`expected_calibration_error`.

    Source: Kull et al. 2019; Nixon et al. 2019 (static calibration error).

    >>> float(classwise_calibration_error([[0.0, 100.0], [0.0, 100.0]], [1, 0]))
    0.5
    """
    check_bins(bins)
    scores, classes = checked_logits(logits, labels)
    probability = jax.nn.softmax(scores, axis=-1)
    _, total, events = classwise_sums(probability, classes, bins)
    value = jnp.abs(events - total).sum() / scores.size
    return nan_unless_finite(value, scores, at_label(scores, classes))


def _gaps(
    logits: ArrayLike, labels: ArrayLike, bins: int
) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Return the checked logits, and of every example how right it is less its confidence."""
    check_bins(bins)
    scores, classes = checked_logits(logits, labels)
    confidence = jax.nn.softmax(scores, axis=-1).max(axis=-1)
    return scores, hits(scores, classes) - confidence, confidence
