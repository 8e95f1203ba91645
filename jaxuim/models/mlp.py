"""Fully connected ReLU network."""

import jax
from flax import nnx

from jaxuim.models.layers import Head, hidden_init


class MLP(nnx.Module):
    """ReLU network with ``depth`` hidden layers of ``width`` units and a linear head.

    Hidden kernels start uniform with variance ``2/fan_in``, the head with ``1/fan_in``, biases at
    0 (see ``jaxuim.models.layers``); ``parametrisation`` says how the head depends on the width
    (see ``jaxuim.models.parametrisation``).

    >>> model = MLP(inputs=4, classes=3, width=8, depth=2, rngs=nnx.Rngs(0))
    >>> import jax.numpy as jnp
    >>> model(jnp.ones((5, 4))).shape, model.features(jnp.ones((5, 4))).shape
    ((5, 3), (5, 8))
    """

    def __init__(
        self,
        *,
        inputs: int,
        classes: int,
        width: int,
        depth: int,
        parametrisation: str = "standard",
        rngs: nnx.Rngs,
    ) -> None:
        fan_in = [inputs] + [width] * (depth - 1)
        self.layers = nnx.List(
            [nnx.Linear(size, width, kernel_init=hidden_init, rngs=rngs) for size in fan_in]
        )
        self.head = Head(width, classes, parametrisation=parametrisation, rngs=rngs)

    def features(self, x: jax.Array) -> jax.Array:
        """Return the last hidden layer f32[batch, width] for inputs x f32[batch, inputs]."""
        for layer in self.layers:
            x = jax.nn.relu(layer(x))
        return x

    def __call__(self, x: jax.Array) -> jax.Array:
        """Return the logits f32[batch, classes]."""
        return self.head(self.features(x))
