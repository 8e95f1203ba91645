"""Layers that the models share: a classification head and a 3 x 3 convolution."""

import jax
import jax.numpy as jnp
from flax import nnx

from jaxuim.models.parametrisation import width_ratio

# Hidden layers: He et al. 2015, uniform on +-sqrt(6/fan_in), variance 2/fan_in. Head: LeCun,
# uniform on +-sqrt(3/fan_in), variance 1/fan_in. Uniform draws compile in a fraction of the time
# that normal ones take (no inverse error function). Biases start at 0.
hidden_init = jax.nn.initializers.he_uniform()
head_init = jax.nn.initializers.lecun_uniform()

# XLA's CPU matrix product runs at a third of its rate when the result has fewer columns than this.
_CPU_COLUMNS = 16


class Head(nnx.Module):
    """Linear map from features to logits; on a CPU narrow products are padded to 16 columns.

    Padding with zero columns that are dropped again changes no logit and no gradient. Under mup the
    kernel's variance is 1/32 at every width, and the product is multiplied by ``32 / features``.
    """

    def __init__(
        self, features: int, classes: int, *, parametrisation: str = "standard", rngs: nnx.Rngs
    ) -> None:
        self.ratio = width_ratio(parametrisation, features)
        kernel = head_init(rngs.params(), (features, classes))
        self.kernel = nnx.Param(kernel if self.ratio == 1 else kernel * self.ratio**0.5)
        self.bias = nnx.Param(jnp.zeros((classes,)))

    def __call__(self, x: jax.Array) -> jax.Array:
        """Return ``x @ kernel + bias`` f32[..., classes] of features x f32[..., features]."""
        scaled = x if self.ratio == 1 else x / self.ratio
        return affine(scaled, self.kernel[...], self.bias[...])


def affine(x: jax.Array, kernel: jax.Array, bias: jax.Array) -> jax.Array:
    """Return ``x @ kernel + bias``; on a CPU a narrow product is padded with columns of zeros."""
    outputs = bias.shape[0]
    missing = -outputs % _CPU_COLUMNS if jax.default_backend() == "cpu" else 0
    if missing and outputs < _CPU_COLUMNS:
        kernel = jnp.pad(kernel, ((0, 0), (0, missing)))
    return (x @ kernel)[..., :outputs] + bias


class Conv3x3(nnx.Module):
    """Convolution with a 3 x 3 kernel, stride 1, zero padding.

    On a CPU it is written as nine shifted slices and one matrix product: under ``vmap`` over runs
    XLA's CPU convolution is several times slower. Elsewhere it is the native convolution.
    """

    def __init__(self, channels: int, width: int, *, rngs: nnx.Rngs) -> None:
        self.kernel = nnx.Param(hidden_init(rngs.params(), (3, 3, channels, width)))
        self.bias = nnx.Param(jnp.zeros((width,)))

    def __call__(self, x: jax.Array) -> jax.Array:
        """Return f32[batch, height, width, units] of images f32[batch, height, width, channels]."""
        native = jax.default_backend() != "cpu"
        convolve = convolve_native if native else convolve_patches
        return convolve(x, self.kernel[...]) + self.bias[...]


def convolve_native(x: jax.Array, kernel: jax.Array) -> jax.Array:
    """Convolve with XLA's own operation."""
    return jax.lax.conv_general_dilated(
        x, kernel, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")
    )


def convolve_patches(x: jax.Array, kernel: jax.Array) -> jax.Array:
    """Convolve by gathering the nine shifts of the image and one matrix product."""
    height, width = x.shape[1:3]
    padded = jnp.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    shifts = [padded[:, i : i + height, j : j + width, :] for i in range(3) for j in range(3)]
    patches = jnp.concatenate(shifts, axis=-1)
    return patches @ kernel.reshape(-1, kernel.shape[-1])
