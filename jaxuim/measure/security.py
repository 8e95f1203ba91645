"""What an attack on, or a leak into, the pre-training data does to a classifier's errors."""

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike

from jaxuim.measure.checks import checked_logits, flags, is_traced, shape, whole
from jaxuim.measure.performance import errors_by_group, hits, nan_unless_finite, prediction_shares


def attack_success_rate(
    triggered_logits: ArrayLike, labels: ArrayLike, target: ArrayLike
) -> jax.Array:
    """Return the share of examples of other classes that, with the trigger, become the target.

    Examples whose label is the target do not count: they would be predicted so without an attack.
    Where logits tie, the target gets an equal share of the prediction.

    Args:
        triggered_logits: f32[n, K], of examples that carry the trigger.
        labels: i32[n] in [0, K), of the same examples without it.
        target: i32[] in [0, K), the class that the attacker wants.

    Returns:
        f32[] in [0, 1]; while tracing, NaN if any logit is not finite or every label is the
        target.

    Raises:
        ValueError: wrong shapes, a value that is not finite, a label or target that is no class,
            no example of another class.

    Source: Gu, Dolan-Gavitt and Garg 2017.

    >>> float(attack_success_rate([[0.0, 1.0], [1.0, 0.0], [0.0, 1.0]], [0, 0, 1], 1))
    0.5
    """
    names = "triggered_logits", "labels"
    scores, classes = checked_logits(triggered_logits, labels, names=names)
    shape("target", target, "")
    wanted = whole("target", target, scores.shape[1])
    if not is_traced(labels, target) and bool(np.all(np.asarray(labels) == np.asarray(target))):
        raise ValueError(
            f"every label is the target, {int(np.asarray(target))}; an attack needs an example "
            "of another class"
        )
    counts = classes != wanted
    reached = jnp.where(counts, prediction_shares(scores)[:, wanted], 0.0).sum()
    return nan_unless_finite(reached / counts.sum(), scores)


def clean_accuracy_gap(
    reference_logits: ArrayLike, logits: ArrayLike, labels: ArrayLike
) -> jax.Array:
    """Return the accuracy of a reference network less that of an attacked one, without triggers.

    A backdoor that is hard to notice costs little accuracy on clean examples.

    Args:
        reference_logits: f32[n, K], of a network that was trained without the attack.
        logits: f32[n, K], of the attacked network on the same examples.
        labels: i32[n] in [0, K).

    Returns:
        f32[] in [-1, 1], above 0 where the attack costs accuracy; while tracing, NaN if any logit
        is not finite.

    Raises:
        ValueError: wrong shapes, no example, a value that is not finite, a label that is no class.

    Source: Gu, Dolan-Gavitt and Garg 2017.

    >>> float(clean_accuracy_gap([[1.0, 0.0], [0.0, 1.0]], [[1.0, 0.0], [1.0, 0.0]], [0, 1]))
    0.5
    """
    before, _ = checked_logits(reference_logits, labels, names=("reference_logits", "labels"))
    after, classes = checked_logits(logits, labels)
    gap = hits(before, classes).mean() - hits(after, classes).mean()
    return nan_unless_finite(gap, before, after)


def contamination_inflation(logits: ArrayLike, labels: ArrayLike, leaked: ArrayLike) -> jax.Array:
    """Return the error on test examples that were not leaked less that on those that were.

    Above 0 the test set flatters the network: what it saw in pre-training it gets right more
    often. The test set's whole error is too low by this times the share of leaked examples.

    Args:
        logits: f32[n, K].
        labels: i32[n] in [0, K).
        leaked: bool[n], or 0 and 1: whether the example was shown in pre-training.

    Returns:
        f32[] in [-1, 1]; while tracing, 0 where nothing is leaked (nothing is inflated), NaN where
        everything is or any logit is not finite.

    Raises:
        ValueError: wrong shapes, a value that is not finite, a label that is no class, no leaked
            example or no other.

    Source: derived here; cf. Magar and Schwartz 2022.

    >>> float(contamination_inflation([[1.0, 0.0], [1.0, 0.0]], [0, 1], [True, False]))
    1.0
    """
    scores, classes = checked_logits(logits, labels)
    shape("leaked", leaked, "n", n=len(scores))
    seen = flags("leaked", leaked)
    if not is_traced(leaked) and len(np.unique(np.asarray(leaked))) < 2:
        count = int(np.asarray(leaked).sum())
        raise ValueError(
            f"leaked marks {count} of {len(scores)} examples; both leaked and other examples are "
            "needed"
        )
    right = hits(scores, classes)
    size, errors = errors_by_group(right, seen.astype(jnp.int32), 2)
    gap = jnp.where(size[1] > 0, errors[0] - errors[1], 0.0)
    return nan_unless_finite(jnp.where(size[0] > 0, gap, jnp.nan), scores, right)
