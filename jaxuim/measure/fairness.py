"""Whether a classifier treats groups alike: parity, equalised odds, calibration by group.

Conventions are those of fairlearn: a difference is the largest gap between any two groups, a ratio
the smallest. With two classes rates are those of predicting class 1, the favourable one; with more,
the worst over all classes is taken (one class against the rest). Where logits tie, a prediction
counts in equal shares for the classes that tie, so that constant logits are fair.
"""

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from jaxuim.measure.bins import check_bins, equal_width_bins
from jaxuim.measure.calibration import BINS
from jaxuim.measure.checks import checked_groups, checked_logits, finite, is_traced, shape
from jaxuim.measure.performance import hits, nan_unless_finite, prediction_shares
from jaxuim.measure.sums import group_sums


def demographic_parity_difference(
    logits: ArrayLike, groups: ArrayLike, *, num_groups: int
) -> jax.Array:
    """Return ``max_c [max_g - min_g] P(prediction = c | group g)``.

    Args:
        logits: f32[n, K]; with K = 2 only c = 1 counts, which is no restriction.
        groups: i32[n] in [0, num_groups).
        num_groups: how many groups there are; static under jit.

    Returns:
        f32[] in [0, 1], 0 where predictions do not depend on the group; while tracing, NaN if any
        logit is not finite, and groups without an example do not count.

    Raises:
        ValueError: wrong shapes, a value that is not finite, fewer than two groups, a group
            without an example.

    Source: Agarwal et al. 2018; fairlearn's ``demographic_parity_difference``.

    >>> float(demographic_parity_difference([[0.0, 1.0], [1.0, 0.0]], [0, 1], num_groups=2))
    1.0
    """
    scores, size, rates = _selection(logits, groups, num_groups)
    return nan_unless_finite(_gap(rates, size[:, None] > 0).max(), scores)


def demographic_parity_ratio(logits: ArrayLike, groups: ArrayLike, *, num_groups: int) -> jax.Array:
    """Return ``min_c [min_g / max_g] P(prediction = c | group g)``, 1 where a rate is 0 for all.

    Args:
        logits: f32[n, K]; with K = 2 only c = 1, the favourable class, counts.
        groups: i32[n] in [0, num_groups).
        num_groups: how many groups there are; static under jit.

    Returns:
        f32[] in [0, 1], 1 where predictions do not depend on the group; while tracing, NaN if any
        logit is not finite, and groups without an example do not count.

    Raises:
        ValueError: as :func:`demographic_parity_difference`.

    Source: fairlearn's ``demographic_parity_ratio``; 0.8 is the "four-fifths rule".

    >>> logits = [[0.0, 1.0], [0.0, 1.0], [0.0, 1.0], [1.0, 0.0]]
    >>> float(demographic_parity_ratio(logits, [0, 0, 1, 1], num_groups=2))
    0.5
    """
    scores, size, rates = _selection(logits, groups, num_groups)
    present = size[:, None] > 0
    high = jnp.where(present, rates, -jnp.inf).max(axis=0)
    low = jnp.where(present, rates, jnp.inf).min(axis=0)
    ratio = jnp.where(high > 0, low / jnp.where(high > 0, high, 1.0), 1.0)
    return nan_unless_finite(_favourable(ratio).min(), scores)


def equalized_odds_difference(
    logits: ArrayLike, labels: ArrayLike, groups: ArrayLike, *, num_groups: int
) -> jax.Array:
    """Return ``max_{y,c} [max_g - min_g] P(prediction = c | label y, group g)``.

    With two classes this is the larger of the gaps in true and in false positive rate. Pairs of a
    label and a group without an example do not count (fairlearn takes their rate as 0).

    Args:
        logits: f32[n, K].
        labels: i32[n] in [0, K).
        groups: i32[n] in [0, num_groups).
        num_groups: how many groups there are; static under jit.

    Returns:
        f32[] in [0, 1], 0 where predictions do not depend on the group given the label; while
        tracing, NaN if any logit is not finite or no label occurs in two groups, and groups
        without an example do not count.

    Raises:
        ValueError: as :func:`demographic_parity_difference`, a label that is no class, or no
            label that occurs in two groups.

    Source: Hardt, Price and Srebro 2016; fairlearn's ``equalized_odds_difference``.

    >>> logits, labels = [[0.0, 1.0], [1.0, 0.0]], [1, 1]
    >>> float(equalized_odds_difference(logits, labels, [0, 1], num_groups=2))
    1.0
    """
    scores, size, rates = _rates(logits, labels, groups, num_groups)
    compared = _compared(size)
    _refuse_apart(compared, "no label occurs")
    gap = jnp.where(compared.any(), _gap(rates, size[..., None] > 0).max(), jnp.nan)
    return nan_unless_finite(gap, scores)


def equal_opportunity_difference(
    logits: ArrayLike, labels: ArrayLike, groups: ArrayLike, *, num_groups: int
) -> jax.Array:
    """Return ``max_y [max_g - min_g] P(prediction = y | label y, group g)``.

    With two classes only y = 1, the favourable label, counts. Pairs of a label and a group
    without an example do not count.

    Args:
        logits: f32[n, K].
        labels: i32[n] in [0, K).
        groups: i32[n] in [0, num_groups).
        num_groups: how many groups there are; static under jit.

    Returns:
        f32[] in [0, 1], 0 where recall does not depend on the group; while tracing, NaN if any
        logit is not finite or no label that counts occurs in two groups, and groups without an
        example do not count.

    Raises:
        ValueError: as :func:`equalized_odds_difference`.

    Source: Hardt, Price and Srebro 2016; fairlearn's ``equal_opportunity_difference``.

    >>> logits, labels = [[0.0, 1.0], [1.0, 0.0]], [1, 1]
    >>> float(equal_opportunity_difference(logits, labels, [0, 1], num_groups=2))
    1.0
    """
    scores, size, rates = _rates(logits, labels, groups, num_groups)
    compared = _favourable(_compared(size))
    _refuse_apart(compared, "no label occurs" if len(compared) > 1 else "label 1 does not occur")
    recall = jnp.diagonal(rates, axis1=1, axis2=2)
    gap = _favourable(_gap(recall, size > 0)).max()
    return nan_unless_finite(jnp.where(compared.any(), gap, jnp.nan), scores)


def group_calibration_gap(
    logits: ArrayLike, labels: ArrayLike, groups: ArrayLike, *, num_groups: int, bins: int = BINS
) -> jax.Array:
    """Return the largest less the smallest expected calibration error of any group.

    Each group's error is that of :func:`jaxuim.measure.expected_calibration_error` on its own
    examples. It is biased upwards in small groups: compare groups of like size.

    Args:
        logits: f32[n, K].
        labels: i32[n] in [0, K).
        groups: i32[n] in [0, num_groups).
        num_groups: how many groups there are; static under jit.
        bins: of equal width; static under jit.

    Returns:
        f32[] in [0, 1]; while tracing, NaN if any logit is not finite, and groups without an
        example do not count.

    Raises:
        ValueError: as :func:`demographic_parity_difference`, a label that is no class, or bins
            below 1.

    Source: Pleiss et al. 2017 ask for calibration in each group; the gap is derived here.

    >>> logits, labels = [[0.0, 100.0], [0.0, 100.0]], [1, 0]
    >>> float(group_calibration_gap(logits, labels, [0, 1], num_groups=2))
    1.0
    """
    check_bins(bins)
    scores, classes = checked_logits(logits, labels)
    member = _two_groups(groups, len(scores), num_groups)
    confidence = jax.nn.softmax(scores, axis=-1).max(axis=-1)
    cell = member * bins + equal_width_bins(confidence, bins)
    gap = hits(scores, classes) - confidence
    content = jnp.stack([jnp.ones_like(gap), gap], axis=1)
    total = group_sums(content, cell, num_groups * bins).reshape(num_groups, bins, 2)
    size = total[..., 0].sum(axis=1)
    errors = jnp.abs(total[..., 1]).sum(axis=1) / jnp.maximum(size, 1.0)
    return nan_unless_finite(_gap(errors, size > 0), scores, gap)


def _two_groups(groups: ArrayLike, examples: int, num_groups: int) -> jax.Array:
    if num_groups < 2:
        raise ValueError(f"num_groups = {num_groups} must be at least 2 to compare groups")
    return checked_groups(groups, examples, num_groups)


def _selection(
    logits: ArrayLike, groups: ArrayLike, num_groups: int
) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Return the logits, sizes f32[G] and how often each group gets each class, f32[G, K]."""
    examples, _ = shape("logits", logits, "n K")
    scores = finite("logits", logits)
    member = jax.nn.one_hot(_two_groups(groups, examples, num_groups), num_groups)
    size = member.sum(axis=0)
    rates = member.T @ prediction_shares(scores) / jnp.maximum(size, 1.0)[:, None]
    return scores, size, rates


def _rates(
    logits: ArrayLike, labels: ArrayLike, groups: ArrayLike, num_groups: int
) -> tuple[jax.Array, jax.Array, jax.Array]:
    """Return the logits, sizes f32[G, K] of group and label, rates f32[G, K, K] of prediction."""
    scores, classes = checked_logits(logits, labels)
    member, k = _two_groups(groups, len(scores), num_groups), scores.shape[1]
    cell = member * k + classes
    size = group_sums(jnp.ones_like(cell, jnp.float32), cell, num_groups * k)
    rates = group_sums(prediction_shares(scores), cell, num_groups * k)
    rates = rates / jnp.maximum(size, 1.0)[:, None]
    return scores, size.reshape(num_groups, k), rates.reshape(num_groups, k, k)


def _compared(size: jax.Array) -> jax.Array:
    """Return bool[K]: whether a label occurs in two groups; sizes f32[G, K]."""
    return (size > 0).sum(axis=0) > 1


def _refuse_apart(compared: jax.Array, problem: str) -> None:
    """Raise ``ValueError`` unless a label can be compared between groups; not while tracing."""
    if not is_traced(compared) and not compared.any():
        raise ValueError(f"{problem} in two groups; given the label, none can be compared")


def _gap(rates: jax.Array, present: jax.Array) -> jax.Array:
    """Return the largest less the smallest rate of the groups (first axis) that are present."""
    high = jnp.where(present, rates, -jnp.inf).max(axis=0)
    low = jnp.where(present, rates, jnp.inf).min(axis=0)
    return jnp.maximum(high - low, 0.0)  # where none is present, -inf


def _favourable(by_class: jax.Array) -> jax.Array:
    """Return the values of the classes that count: all, or of two classes only the second."""
    return by_class[1:] if by_class.shape[0] == 2 else by_class
