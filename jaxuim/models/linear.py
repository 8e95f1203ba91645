"""Deep linear network without biases, the model of most solvable theory."""

import jax
from flax import nnx

from jaxuim.models.layers import head_init


class Linear(nnx.Module):
    """``depth`` hidden layers of ``width`` units without activation, and a head: depth + 1 factors.

    All kernels start uniform with variance ``1/fan_in``; there are no biases. On one-hot inputs,
    one for each example, the first kernel holds the examples' features: with one hidden layer this
    is the unconstrained-features model.

    >>> model = Linear(inputs=4, classes=3, width=8, depth=2, rngs=nnx.Rngs(0))
    >>> import jax.numpy as jnp
    >>> model(jnp.ones((5, 4))).shape, model.features(jnp.ones((5, 4))).shape
    ((5, 3), (5, 8))
    """

    def __init__(
        self, *, inputs: int, classes: int, width: int, depth: int, rngs: nnx.Rngs
    ) -> None:
        def factor(rows: int, columns: int) -> nnx.Linear:
            return nnx.Linear(rows, columns, use_bias=False, kernel_init=head_init, rngs=rngs)

        self.layers = nnx.List([factor(n, width) for n in [inputs] + [width] * (depth - 1)])
        self.head = factor(width, classes)

    def features(self, x: jax.Array) -> jax.Array:
        """Return the last hidden layer f32[batch, width] for inputs x f32[batch, inputs]."""
        for layer in self.layers:
            x = layer(x)
        return x

    def __call__(self, x: jax.Array) -> jax.Array:
        """Return the logits f32[batch, classes]."""
        return self.head(self.features(x))
