"""Pre-training objectives: the loss of one batch."""

from collections.abc import Callable

import jax
import optax

from jaxuim.models import Network, Params

Loss = Callable[[Network, Params, jax.Array, jax.Array], jax.Array]


def supervised(network: Network, params: Params, x: jax.Array, y: jax.Array) -> jax.Array:
    """Return the mean cross-entropy in nats of labels y i32[batch] given inputs x f32[batch, d]."""
    logits = network.apply(params, x)
    return optax.softmax_cross_entropy_with_integer_labels(logits, y).mean()


OBJECTIVES: dict[str, Loss] = {"supervised": supervised}
