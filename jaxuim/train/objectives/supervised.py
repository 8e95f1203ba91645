"""Objectives that learn labels: cross-entropy and squared error."""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import optax

from jaxuim.models import Network, Params
from jaxuim.train.objectives.objective import Objective, Sizes, read_features, read_outputs

Losses = Callable[[Network, Params, jax.Array, jax.Array], jax.Array]


def cross_entropy(sizes: Sizes) -> Objective:
    """Return the mean cross-entropy ``-log softmax(logits)[y]`` in nats.

    Its floor is the conditional entropy of the label given the input.
    """

    def losses(network: Network, params: Params, x: jax.Array, y: jax.Array) -> jax.Array:
        logits = network.apply(params, x)
        return optax.softmax_cross_entropy_with_integer_labels(logits, y)

    return _supervised(sizes, losses)


def squared_error(sizes: Sizes) -> Objective:
    """Return the mean of ``|logits - one_hot(y)|^2 / 2`` over the batch, summed over the classes.

    Its floor is half the sum over classes of ``p (1 - p)``, p the label's posterior.
    """

    def losses(network: Network, params: Params, x: jax.Array, y: jax.Array) -> jax.Array:
        logits = network.apply(params, x)
        difference = logits - jax.nn.one_hot(y, logits.shape[-1], dtype=logits.dtype)
        return 0.5 * jnp.square(difference).sum(-1)

    return _supervised(sizes, losses)


def _supervised(sizes: Sizes, losses: Losses) -> Objective:
    def loss(
        network: Network, params: Params, x: jax.Array, y: jax.Array, _: jax.Array
    ) -> jax.Array:
        return losses(network, params, x, y).mean()

    return Objective(sizes.inputs, sizes.classes, loss, read_features, read_outputs, losses)
