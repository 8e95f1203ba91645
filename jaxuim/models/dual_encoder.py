"""Two towers, one for inputs and one for captions, that meet in a shared embedding."""

import math

import jax
import jax.numpy as jnp
from flax import nnx

from jaxuim.models.attention import uniform
from jaxuim.models.layers import Head, hidden_init
from jaxuim.models.mlp import MLP

WORDS = 68  # of the caption language, see jaxuim.train.objectives.captions
_SCALE = math.log(1 / 0.07)  # of the similarities at the start
_LARGEST = math.log(100.0)


class DualEncoder(nnx.Module):
    """An MLP over inputs and an MLP over the mean of the caption's word embeddings.

    Both towers have ``depth`` ReLU layers of ``width`` units and end in a linear map to the shared
    embedding. ``features()`` is the last hidden layer of the tower of inputs, calling the model
    gives its embedding; ``caption`` that of captions. ``scale()`` multiplies the cosines; it is
    learnt as ``exp(temperature)``, starts at 1/0.07 and stays at or below 100.

    Args:
        inputs: input features d.
        classes: size of the shared embedding.
        width: units in each hidden layer of both towers.
        depth: hidden layers of both towers.
        parametrisation: "standard" or "mup", see :mod:`jaxuim.models.parametrisation`.
        rngs: where the initial weights are drawn.

    Source: Radford et al. 2021 (arXiv 2103.00020).

    >>> model = DualEncoder(inputs=4, classes=6, width=8, depth=2, rngs=nnx.Rngs(0))
    >>> model(jnp.ones((5, 4))).shape, model.caption(jnp.zeros((3, 3), jnp.int32)).shape
    ((5, 6), (3, 6))
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
        tower = MLP(
            inputs=inputs,
            classes=classes,
            width=width,
            depth=depth,
            parametrisation=parametrisation,
            rngs=rngs,
        )
        self.layers, self.head = tower.layers, tower.head
        self.embedding = nnx.Param(uniform(rngs.params(), (WORDS, width), 1.0))
        self.caption_layers = nnx.List(
            [nnx.Linear(width, width, kernel_init=hidden_init, rngs=rngs) for _ in range(depth)]
        )
        self.caption_head = Head(width, classes, parametrisation=parametrisation, rngs=rngs)
        self.temperature = nnx.Param(jnp.float32(_SCALE))

    def features(self, x: jax.Array) -> jax.Array:
        """Return the last hidden layer f32[batch, width] for inputs x f32[batch, inputs]."""
        for layer in self.layers:
            x = jax.nn.relu(layer(x))
        return x

    def __call__(self, x: jax.Array) -> jax.Array:
        """Return the embeddings f32[batch, classes] of inputs."""
        return self.head(self.features(x))

    def caption(self, words: jax.Array) -> jax.Array:
        """Return the embeddings f32[batch, classes] of captions i32[batch, length]."""
        x = self.embedding[...][words].mean(axis=1)
        for layer in self.caption_layers:
            x = jax.nn.relu(layer(x))
        return self.caption_head(x)

    def scale(self) -> jax.Array:
        """Return the factor f32[] on cosines, at most 100."""
        return jnp.exp(jnp.minimum(self.temperature[...], _LARGEST))
