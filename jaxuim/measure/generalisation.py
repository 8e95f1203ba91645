"""How much worse a network is on new examples than on those that it was trained on."""

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike

from jaxuim.measure.checks import checked_logits, flags, is_traced, shape
from jaxuim.measure.performance import at_label, hits, nan_unless_finite


def generalisation_gap(
    pool_logits: ArrayLike,
    pool_labels: ArrayLike,
    pool_used: ArrayLike,
    logits: ArrayLike,
    labels: ArrayLike,
) -> jax.Array:
    """Return the error on test examples less that on the training examples, as they were labelled.

    Args:
        pool_logits: f32[N, K], of the pool that the training examples were taken from.
        pool_labels: i32[N] in [0, K), as they were shown in training.
        pool_used: bool[N], or 0 and 1: whether the example was shown at all.
        logits: f32[n, K], of the test examples.
        labels: i32[n] in [0, K).

    Returns:
        f32[] in [-1, 1]; while tracing, NaN if any logit that counts is not finite or no example
        was used.

    Raises:
        ValueError: wrong shapes, no example, a value that is not finite, a label that is no class,
            no used example.

    >>> right, wrong = [[1.0, 0.0]], [[0.0, 1.0]]
    >>> float(generalisation_gap(right, [0], [True], wrong, [0]))
    1.0
    """
    pool, test, used = _checked(pool_logits, pool_labels, pool_used, logits, labels)
    return _gap(1.0 - hits(*test), 1.0 - hits(*pool), used, test[0], pool[0])


def generalisation_gap_nll(
    pool_logits: ArrayLike,
    pool_labels: ArrayLike,
    pool_used: ArrayLike,
    logits: ArrayLike,
    labels: ArrayLike,
) -> jax.Array:
    """Return the negative log-likelihood on test examples less that on the training examples.

    Args:
        pool_logits: f32[N, K], of the pool that the training examples were taken from.
        pool_labels: i32[N] in [0, K), as they were shown in training.
        pool_used: bool[N], or 0 and 1: whether the example was shown at all.
        logits: f32[n, K], of the test examples.
        labels: i32[n] in [0, K).

    Returns:
        f32[] in nats; while tracing, NaN if any logit that counts is not finite or no example was
        used.

    Raises:
        ValueError: as :func:`generalisation_gap`.

    >>> right, even = [[100.0, 0.0]], [[0.0, 0.0]]
    >>> round(float(generalisation_gap_nll(right, [0], [True], even, [0])), 4)
    0.6931
    """
    pool, test, used = _checked(pool_logits, pool_labels, pool_used, logits, labels)
    return _gap(_losses(*test), _losses(*pool), used, test[0], pool[0])


def _checked(
    pool_logits: ArrayLike,
    pool_labels: ArrayLike,
    pool_used: ArrayLike,
    logits: ArrayLike,
    labels: ArrayLike,
) -> tuple[tuple[jax.Array, jax.Array], tuple[jax.Array, jax.Array], jax.Array]:
    pool = checked_logits(pool_logits, pool_labels, names=("pool_logits", "pool_labels"))
    test = checked_logits(logits, labels)
    shape("pool_logits", pool_logits, "N K", K=test[0].shape[1])
    shape("pool_used", pool_used, "N", N=len(pool[0]))
    used = flags("pool_used", pool_used)
    if not is_traced(pool_used) and not np.any(np.asarray(pool_used)):
        raise ValueError(f"pool_used marks 0 of {len(used)} examples; at least one is needed")
    return pool, test, used


def _gap(
    test: jax.Array, pool: jax.Array, used: jax.Array, scores: jax.Array, pool_scores: jax.Array
) -> jax.Array:
    trained = jnp.where(used, pool, 0.0).sum() / used.sum()
    return nan_unless_finite(
        test.mean() - trained, scores, jnp.where(used[:, None], pool_scores, 0.0)
    )


def _losses(scores: jax.Array, labels: jax.Array) -> jax.Array:
    return -at_label(jax.nn.log_softmax(scores, axis=-1), labels)
