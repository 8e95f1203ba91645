"""Small ReLU convolutional network."""

import jax
import jax.numpy as jnp
from flax import nnx

from jaxuim.models.layers import Conv3x3, Head


class CNN(nnx.Module):
    """``depth`` 3 x 3 convolutions of ``width`` channels, pooled to one vector, and a linear head.

    After every layer but the last the image is averaged down by two while its sides are even and
    at least 4. ``features()`` is the mean of the last layer over the image. Inputs come flattened
    (row-major height, width, channel) and are reshaped to ``image_shape``. ``parametrisation``
    says how the head depends on the width (see ``jaxuim.models.parametrisation``).

    >>> model = CNN(image_shape=(8, 8, 1), classes=3, width=4, depth=2, rngs=nnx.Rngs(0))
    >>> model(jnp.ones((5, 64))).shape
    (5, 3)
    """

    def __init__(
        self,
        *,
        image_shape: tuple[int, int, int],
        classes: int,
        width: int,
        depth: int,
        parametrisation: str = "standard",
        rngs: nnx.Rngs,
    ) -> None:
        self.image_shape = image_shape
        channels = [image_shape[2]] + [width] * (depth - 1)
        self.layers = nnx.List([Conv3x3(size, width, rngs=rngs) for size in channels])
        self.head = Head(width, classes, parametrisation=parametrisation, rngs=rngs)

    def features(self, x: jax.Array) -> jax.Array:
        """Return the last layer's activations averaged over the image, f32[batch, width]."""
        x = x.reshape(len(x), *self.image_shape)
        last = len(self.layers) - 1
        for number, layer in enumerate(self.layers):
            x = jax.nn.relu(layer(x))
            if number < last:
                x = _halve(x)
        return x.mean(axis=(1, 2))

    def __call__(self, x: jax.Array) -> jax.Array:
        """Return the logits f32[batch, classes]."""
        return self.head(self.features(x))


def _halve(x: jax.Array) -> jax.Array:
    """Average 2 x 2 pixels where both sides are even and at least 4, else return the image."""
    batch, height, width, channels = x.shape
    if height < 4 or width < 4 or height % 2 or width % 2:
        return x
    return jnp.mean(x.reshape(batch, height // 2, 2, width // 2, 2, channels), axis=(2, 4))
