"""The Brier score, its split into reliability, resolution and uncertainty, and temperature."""

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax.typing import ArrayLike

from jaxuim.measure.bins import check_bins, classwise_sums
from jaxuim.measure.calibration import BINS
from jaxuim.measure.checks import checked_logits
from jaxuim.measure.performance import at_label, nan_unless_finite


class BrierParts(NamedTuple):
    """Terms of the Brier score, f32[] each.

    score = reliability - resolution + uncertainty + within_variance - 2 within_covariance
    """

    score: jax.Array
    reliability: jax.Array
    resolution: jax.Array
    uncertainty: jax.Array
    within_variance: jax.Array
    within_covariance: jax.Array


def brier_score(logits: ArrayLike, labels: ArrayLike) -> jax.Array:
    """Return the mean over examples of ``sum_k (p_k - 1[label = k])^2``, p the softmax.

    This is Brier's sum over all classes: with two classes it is twice the mean squared error of
    the probability of class 1, which also goes by the name.

    Args:
        logits: f32[n, K].
        labels: i32[n] in [0, K).

    Returns:
        f32[] in [0, 2]; while tracing, NaN if any logit is not finite.

    Raises:
        ValueError: wrong shapes, no example, a value that is not finite, a label that is no class.

    Source: Brier 1950.

    >>> float(brier_score([[0.0, 0.0]], [1]))
    0.5
    """
    scores, classes = checked_logits(logits, labels)
    probability = jax.nn.softmax(scores, axis=-1)
    event = jax.nn.one_hot(classes, scores.shape[1])
    value = ((probability - event) ** 2).sum(axis=1).mean()
    return nan_unless_finite(value, scores, at_label(scores, classes))


def brier_reliability(logits: ArrayLike, labels: ArrayLike, *, bins: int = BINS) -> jax.Array:
    """Return the Brier score's part that is due to miscalibration (see :func:`brier_parts`).

    Args:
        logits: f32[n, K].
        labels: i32[n] in [0, K).
        bins: how many, at least 1; static under jit.

    Returns:
        f32[] in [0, 2]; while tracing, NaN if any logit is not finite.

    Raises:
        ValueError: as :func:`brier_parts`.

    Source: Murphy 1973.

    >>> float(brier_reliability([[0.0, 100.0], [0.0, 100.0]], [1, 0]))
    0.5
    """
    return brier_parts(logits, labels, bins=bins).reliability


def brier_resolution(logits: ArrayLike, labels: ArrayLike, *, bins: int = BINS) -> jax.Array:
    """Return by how much forecasts that differ tell outcomes apart (see :func:`brier_parts`).

    Args:
        logits: f32[n, K].
        labels: i32[n] in [0, K).
        bins: how many, at least 1; static under jit.

    Returns:
        f32[] from 0 to the uncertainty, below 1; while tracing, NaN if any logit is not finite.

    Raises:
        ValueError: as :func:`brier_parts`.

    Source: Murphy 1973.

    >>> float(brier_resolution([[0.0, 100.0], [100.0, 0.0]], [1, 0]))
    0.5
    """
    return brier_parts(logits, labels, bins=bins).resolution


def brier_parts(logits: ArrayLike, labels: ArrayLike, *, bins: int = BINS) -> BrierParts:
    """Return the Brier score split into reliability, resolution, uncertainty and rest.

    Of each class k the forecasts p_k are grouped by bins of equal width, bin b of B holding
    ((b - 1)/B, b/B]. With mean forecast P_bk, frequency O_bk of the class in the bin and O_k
    overall, summed over classes:

        reliability         sum_b n_bk/n (P_bk - O_bk)^2      0 if calibrated
        resolution          sum_b n_bk/n (O_bk - O_k)^2
        uncertainty         O_k (1 - O_k)
        within_variance     of the forecasts about P_bk
        within_covariance   of the forecasts with the outcomes, inside the bins

    Murphy's three terms are exact where all forecasts of a bin are equal: both terms within the
    bins are 0 then. With them the sum is exact for any forecasts.

    Args:
        logits: f32[n, K].
        labels: i32[n] in [0, K).
        bins: how many, at least 1; static under jit.

    Returns:
        Terms, f32[] each, at least 0 but for the covariance; while tracing, NaN if any logit is
        not finite.

    Raises:
        ValueError: wrong shapes, no example, a value that is not finite, a label that is no
            class, bins below 1.

    Source: Murphy 1973; Stephenson, Coelho and Jolliffe 2008 for the terms within bins.

    >>> parts = brier_parts([[0.0, 0.0], [0.0, 0.0]], [0, 1])
    >>> float(parts.reliability), float(parts.resolution), float(parts.uncertainty)
    (0.0, 0.0, 0.5)
    """
    check_bins(bins)
    scores, classes = checked_logits(logits, labels)
    probability, own = jax.nn.softmax(scores, axis=-1), at_label(scores, classes)
    size, total, events = classwise_sums(probability, classes, bins)
    n, filled = len(scores), jnp.maximum(size, 1.0)
    weight, forecast, frequency = size / n, total / filled, events / filled
    base = events.sum(axis=0) / n
    squares, joint = (probability**2).sum() / n, at_label(probability, classes).mean()
    parts = (
        jnp.maximum(squares - 2.0 * joint + 1.0, 0.0),
        (weight * (forecast - frequency) ** 2).sum(),
        (weight * (frequency - base) ** 2).sum(),
        (base * (1.0 - base)).sum(),
        jnp.maximum(squares - (weight * forecast**2).sum(), 0.0),
        joint - (weight * forecast * frequency).sum(),
    )
    return BrierParts(*(nan_unless_finite(value, scores, own) for value in parts))


class Temperature(NamedTuple):
    """A temperature T, and the mean negative log-likelihood before and with it, f32[] each."""

    temperature: jax.Array
    nll_before: jax.Array
    nll_after: jax.Array


def fit_temperature(logits: ArrayLike, labels: ArrayLike, *, steps: int = 40) -> Temperature:
    """Return the temperature T that minimises the negative log-likelihood of softmax(logits / T).

    The likelihood is convex in 1/T; its derivative is driven to 0 by Newton steps, halving the
    bracket instead wherever they leave it. With the largest spread max - min of the logits of any
    example as the unit, T is sought from exp(-12) to exp(12), so that it scales with the logits.
    Where there is no minimum it ends at the upper limit (no better than chance), or near 0 with a
    likelihood that is 0 to rounding (every example right).

    Args:
        logits: f32[n, K], of examples that the network was not trained on.
        labels: i32[n] in [0, K).
        steps: of the search; static under jit.

    Returns:
        Temperature and likelihoods in nats; while tracing, NaN if any logit is not finite.

    Raises:
        ValueError: wrong shapes, no example, a value that is not finite, a label that is no class.

    Source: Guo et al. 2017.

    >>> found = fit_temperature([[0.0, 2.0], [0.0, 2.0], [0.0, 2.0]], [1, 1, 0])
    >>> round(float(found.temperature), 3)  # softmax(2 / T) = 2/3
    2.885
    """
    scores, classes = checked_logits(logits, labels)
    return _temperature(scores, classes, steps)


@partial(jax.jit, static_argnames="steps")
def _temperature(scores: jax.Array, classes: jax.Array, steps: int) -> Temperature:
    # half of each, as the spread itself could overflow; what is left lies in [-1, 0]
    below = 0.5 * scores - 0.5 * scores.max(axis=-1, keepdims=True)
    unit = jnp.where(below.min() < 0.0, -below.min(), 0.5)
    z = below / unit
    own = at_label(z, classes)

    def step(_: int, state: tuple[jax.Array, jax.Array, jax.Array]) -> tuple[jax.Array, ...]:
        low, high, log_beta = state
        beta = jnp.exp(log_beta)
        p = jax.nn.softmax(beta * z, axis=-1)
        mean = (p * z).sum(axis=-1)
        slope = (mean - own).mean() * beta
        spread = (p * (z - mean[:, None]) ** 2).sum(axis=-1).mean()
        low, high = jnp.where(slope < 0, log_beta, low), jnp.where(slope < 0, high, log_beta)
        newton = log_beta - slope / (spread * beta**2 + slope)  # in log beta
        inside = (newton > low) & (newton < high)
        return low, high, jnp.where(inside, newton, 0.5 * (low + high))

    start = jnp.float32(-12.0), jnp.float32(12.0), jnp.float32(0.0)
    beta = jnp.exp(jax.lax.fori_loop(0, steps, step, start)[2])
    loss = lambda logits: -at_label(jax.nn.log_softmax(logits, axis=-1), classes).mean()
    found = 2.0 * unit / beta, loss(scores), loss(beta * z)
    return Temperature(*(nan_unless_finite(value, scores) for value in found))
