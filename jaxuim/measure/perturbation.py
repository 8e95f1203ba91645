"""What a perturbation of all weights of a fixed size costs."""

import jax
from jax.typing import ArrayLike

from jaxuim.measure.checks import shape
from jaxuim.measure.performance import negative_log_likelihood


def sensitivity(logits: ArrayLike, perturbed_logits: ArrayLike, labels: ArrayLike) -> jax.Array:
    """Return the rise of the negative log-likelihood under a perturbation of the weights.

    Args:
        logits: f32[n, K].
        perturbed_logits: f32[n, K], of the same examples, after Gaussian noise of a fixed size was
            added to all weights.
        labels: i32[n] in [0, K).

    Returns:
        f32[], in nats; negative where the perturbation helps; while tracing, NaN if a logit is
        not finite.

    Raises:
        ValueError: wrong or different shapes, no example, a value that is not finite, a label that
            is no class.

    Source: Springer et al. 2025, for the loss after a Gaussian perturbation.

    >>> round(float(sensitivity([[9.0, -9.0]], [[0.0, 0.0]], [0])), 4)
    0.6931
    """
    n, classes = shape("logits", logits, "n K")
    shape("perturbed_logits", perturbed_logits, "n K", n=n, K=classes)
    after = negative_log_likelihood(perturbed_logits, labels)
    return after - negative_log_likelihood(logits, labels)
