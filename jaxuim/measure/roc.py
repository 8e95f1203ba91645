"""How well a score tells two groups apart: area under the ROC curve, rate at few false alarms."""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike
from numpy.typing import NDArray

from jaxuim.measure.checks import flags, is_traced, shape
from jaxuim.measure.host import reals, truths
from jaxuim.measure.intervals import clopper_pearson
from jaxuim.measure.ranks import ranks


class Rate(NamedTuple):
    """A true positive rate with its exact interval, at the false positive rate that was reached.

    A score above ``threshold`` counts as positive.
    """

    rate: float
    low: float
    high: float
    false_positive_rate: float
    threshold: float


def roc_auc(scores: ArrayLike, positive: ArrayLike) -> jax.Array:
    """Return the share of pairs whose positive has the higher score, ties counted half.

    Args:
        scores: f[n]; concrete ones are compared in their own precision.
        positive: bool[n].

    Returns:
        f32[] in [0, 1], 1/2 for scores that tell nothing; while tracing, NaN if a score is not
        finite or one group is empty.

    Raises:
        ValueError: wrong shapes, a value that is not finite, an empty group.

    >>> float(roc_auc([0.0, 1.0, 1.0], [False, True, False]))
    0.75
    """
    values, member = checked_scores(scores, positive)
    return _area(values, member, jnp.isfinite(values).all())


def true_positive_rate(
    scores: ArrayLike, positive: ArrayLike, at: float = 0.01, confidence: float = 0.95
) -> Rate:
    """Return the highest true positive rate of which the false positive rate is at most ``at``.

    Nothing is interpolated; equal scores fall on one side of the threshold together. With fewer
    than 1/at negatives, no false positive at all is allowed.

    Args:
        scores: f[n], concrete, compared in float64.
        positive: bool[n].
        at: the false positive rate that is allowed, in [0, 1).
        confidence: of the interval of Clopper and Pearson for the rate at this threshold.

    Returns:
        A :class:`Rate`.

    Raises:
        ValueError: as :func:`roc_auc`, or ``at`` outside [0, 1).

    >>> true_positive_rate([3.0, 2.0, 1.0, 0.0], [True, True, False, False], at=0.4).rate
    1.0
    """
    if not 0.0 <= at < 1.0:
        raise ValueError(f"at = {at}; allowed is a false positive rate in [0, 1)")
    values = reals("scores", scores, "n")
    member = truths("positive", positive, "n", n=len(values))
    _refuse_one_group(member)
    negative = np.sort(values[~member])[::-1]
    allowed = int(at * len(negative) * (1.0 + 1e-12))  # 0.3 of 10 is 3, whatever it rounds to
    threshold = float(negative[min(allowed, len(negative) - 1)])
    caught, total = int((values[member] > threshold).sum()), int(member.sum())
    low, high = clopper_pearson(caught, total, confidence)
    false = float((values[~member] > threshold).mean())
    return Rate(caught / total, float(low), float(high), false, threshold)


def area(scores: jax.Array, positive: jax.Array, usable: jax.Array) -> jax.Array:
    """Return the area under the ROC curve over the examples that are ``usable`` (broadcast).

    >>> area(jnp.array([0.0, 1.0, 9.0]), jnp.array([0, 1, 0]) > 0, jnp.array([1, 1, 0]) > 0)
    Array(1., dtype=float32)
    """
    one, zero = positive & usable, ~positive & usable
    ordered = jnp.sort(jnp.where(zero, scores, jnp.inf))
    below = jnp.searchsorted(ordered, scores, side="left")
    upto = jnp.searchsorted(ordered, scores, side="right")
    beaten = jnp.where(one, 0.5 * (below + upto), 0.0).sum() / zero.sum()
    return beaten / one.sum()


_area = jax.jit(area)


def rate_at(
    scores: jax.Array, positive: jax.Array, usable: jax.Array, at: float = 0.01
) -> jax.Array:
    """Return the true positive rate at false positive rate ``at`` over the ``usable`` examples.

    >>> rate_at(jnp.array([0.0, 1.0]), jnp.array([False, True]), jnp.array(True))
    Array(1., dtype=float32)
    """
    one, zero = positive & usable, ~positive & usable
    allowed = jnp.floor(at * zero.sum() + 1e-3).astype(jnp.int32)
    threshold = jnp.sort(jnp.where(zero, scores, -jnp.inf))[::-1][allowed]
    rate = (one & (scores > threshold)).sum() / one.sum()
    return jnp.where(zero.any(), rate, jnp.nan)


def checked_scores(scores: ArrayLike, positive: ArrayLike) -> tuple[jax.Array, jax.Array]:
    """Return the order of the scores as f32[n], and bool[n]; both groups must occur.

    Raises:
        ValueError: wrong shapes, a value that is not finite, an empty group.

    >>> checked_scores([1.0], [True])
    Traceback (most recent call last):
    ValueError: positive holds 1 of 1 examples; some, but not all, must be positive
    """
    (count,) = shape("scores", scores, "n")
    shape("positive", positive, "n", n=count)
    (order,) = ranks(scores=scores)
    member = flags("positive", positive)
    if not is_traced(positive):
        _refuse_one_group(np.asarray(positive))
    return order, member


def _refuse_one_group(positive: NDArray[Any]) -> None:
    count, total = np.count_nonzero(positive), len(positive)
    if not 0 < count < total:
        raise ValueError(
            f"positive holds {count} of {total} examples; some, but not all, must be positive"
        )
