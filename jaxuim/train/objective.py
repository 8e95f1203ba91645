"""Pre-training objectives: the loss of one batch."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import optax

from jaxuim.models import Network, Params
from jaxuim.types.objectives import OBJECTIVES as DECLARED

Loss = Callable[[Network, Params, jax.Array, jax.Array], jax.Array]


def supervised(network: Network, params: Params, x: jax.Array, y: jax.Array) -> jax.Array:
    """Return the mean cross-entropy in nats of labels y i32[batch] given inputs x f32[batch, d]."""
    logits = network.apply(params, x)
    return optax.softmax_cross_entropy_with_integer_labels(logits, y).mean()


def squared_error(network: Network, params: Params, x: jax.Array, y: jax.Array) -> jax.Array:
    """Return the mean of |logits - one_hot(y)|^2 / 2 over the batch, summed over the classes."""
    logits = network.apply(params, x)
    difference = logits - jax.nn.one_hot(y, logits.shape[-1], dtype=logits.dtype)
    return 0.5 * jnp.square(difference).sum(-1).mean()


OBJECTIVES: dict[str, Loss] = {name: declared.load() for name, declared in DECLARED.items()}
