"""The pre-training objective's own loss, and what a perturbation of the weights adds to it."""

import jax
from jax.typing import ArrayLike

from jaxuim.measure.checks import finite, shape
from jaxuim.measure.performance import nan_unless_finite


def pretrain_loss(objective_loss: ArrayLike) -> jax.Array:
    """Return the loss of the pre-training objective on clean held-out data, in its own unit.

    Args:
        objective_loss: f32[].

    Returns:
        f32[]; NaN in compiled code where it is not finite.

    Raises:
        ValueError: if it is no single finite number.

    >>> float(pretrain_loss(0.5))
    0.5
    """
    return _number("objective_loss", objective_loss)


def loss_sensitivity(objective_loss: ArrayLike, perturbed_loss: ArrayLike) -> jax.Array:
    """Return ``L(w + e) - L(w)``: what a random perturbation e of fixed size adds to the loss.

    In a sweep e is normal with standard deviation ``0.3/sqrt(fan_in)`` for every weight matrix.

    Args:
        objective_loss: f32[], L(w) on clean held-out data.
        perturbed_loss: f32[], L(w + e) on the same.

    Returns:
        f32[]; NaN in compiled code where either is not finite.

    Raises:
        ValueError: if either is no single finite number.

    Source: Springer et al. 2025, arXiv 2503.19206.

    >>> float(loss_sensitivity(0.5, 0.75))
    0.25
    """
    before = _number("objective_loss", objective_loss)
    return _number("perturbed_loss", perturbed_loss) - before


def _number(name: str, value: ArrayLike) -> jax.Array:
    shape(name, value, "")
    return nan_unless_finite(finite(name, value), value)
