"""Vision transformer: blocks of self-attention over the patches of a small image."""

import jax
import jax.numpy as jnp
from flax import nnx

from jaxuim.models.attention import Block, normalise, uniform
from jaxuim.models.layers import Head, head_init

_DEVIATION = 0.1  # of the entries of the position embeddings at the start


class ViT(nnx.Module):
    """``depth`` pre-norm blocks on linear patch embeddings with learned positions, and a head.

    Images are cut into squares of ``patch`` x ``patch`` pixels; every patch sees all others.
    ``features()`` is the mean over the patches of the last normalised layer. Inputs come flattened
    (row-major height, width, channel).

    Args:
        image_shape: height, width and channels; ``patch`` must divide the first two.
        classes: number of outputs.
        width: size of the residual stream, a multiple of ``heads``.
        depth: number of blocks.
        heads: attention heads in each block.
        patch: side of a patch in pixels.
        parametrisation: "standard" or "mup", see :mod:`jaxuim.models.parametrisation`.
        rngs: where the initial weights are drawn.

    Raises:
        ValueError: for a patch that does not divide the image, or heads that do not the width.

    Source: Dosovitskiy et al. 2021 (arXiv 2010.11929); mean pooling as in Beyer et al. 2022.

    >>> model = ViT(image_shape=(4, 4, 1), classes=3, width=8, depth=1, heads=2, rngs=nnx.Rngs(0))
    >>> model(jnp.ones((5, 16))).shape, model.features(jnp.ones((5, 16))).shape
    ((5, 3), (5, 8))
    """

    def __init__(
        self,
        *,
        image_shape: tuple[int, int, int],
        classes: int,
        width: int,
        depth: int,
        heads: int = 4,
        patch: int = 2,
        parametrisation: str = "standard",
        rngs: nnx.Rngs,
    ) -> None:
        height, breadth, channels = image_shape
        if height % patch or breadth % patch:
            raise ValueError(f"patches of {patch} pixels do not fill images of {height}x{breadth}")
        self.image_shape, self.patch = image_shape, patch
        count = (height // patch) * (breadth // patch)
        self.patches = nnx.Param(head_init(rngs.params(), (patch * patch * channels, width)))
        self.positions = nnx.Param(uniform(rngs.params(), (count, width), _DEVIATION))
        self.blocks = nnx.List(
            [
                Block(
                    width=width,
                    depth=depth,
                    heads=heads,
                    causal=False,
                    parametrisation=parametrisation,
                    rngs=rngs,
                )
                for _ in range(depth)
            ]
        )
        self.norm = nnx.Param(jnp.ones((width,)))
        self.head = Head(width, classes, parametrisation=parametrisation, rngs=rngs)

    def features(self, x: jax.Array) -> jax.Array:
        """Return the mean over patches of the last normalised layer, f32[batch, width]."""
        x = self._cut(x) @ self.patches[...] + self.positions[...]
        for block in self.blocks:
            x = block(x)
        return normalise(x, self.norm[...]).mean(axis=1)

    def __call__(self, x: jax.Array) -> jax.Array:
        """Return the logits f32[batch, classes]."""
        return self.head(self.features(x))

    def _cut(self, x: jax.Array) -> jax.Array:
        """Return the patches f32[batch, patches, pixels] of flattened images."""
        (height, breadth, channels), side = self.image_shape, self.patch
        rows, columns = height // side, breadth // side
        cut = x.reshape(len(x), rows, side, columns, side, channels)
        return cut.transpose(0, 1, 3, 2, 4, 5).reshape(len(x), rows * columns, -1)
