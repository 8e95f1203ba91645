"""Decoder-only transformer over sequences of tokens."""

import jax
import jax.numpy as jnp
from flax import nnx

from jaxuim.models.attention import Block, normalise, uniform
from jaxuim.models.layers import Head

_DEVIATION = 0.1  # of the entries of embeddings at the start


class Transformer(nnx.Module):
    """``depth`` causal pre-norm blocks on token and learned position embeddings, and a head.

    The head is not tied to the embedding. Every position counts: there is no padding token, so a
    shorter text must be packed or cut to full sequences. ``features()`` is the mean over the
    positions of the last normalised layer. Token numbers outside the vocabulary are clipped to it.

    Args:
        vocabulary: number of tokens V.
        length: longest sequence; shorter ones use the first positions.
        classes: outputs at each position, V for next-token prediction.
        width: size of the residual stream, a multiple of ``heads``.
        depth: number of blocks, each of attention and a ReLU network of 4 ``width`` units.
        heads: attention heads in each block.
        parametrisation: "standard" or "mup", see :mod:`jaxuim.models.parametrisation`.
        rngs: where the initial weights are drawn.

    Source: Vaswani et al. 2017; Radford et al. 2019 (pre-norm decoder).

    >>> model = Transformer(
    ...     vocabulary=7, length=5, classes=7, width=8, depth=1, heads=2, rngs=nnx.Rngs(0)
    ... )
    >>> tokens = jnp.zeros((3, 5), jnp.int32)
    >>> model(tokens).shape, model.features(tokens).shape
    ((3, 5, 7), (3, 8))
    """

    def __init__(
        self,
        *,
        vocabulary: int,
        length: int,
        classes: int,
        width: int,
        depth: int,
        heads: int = 4,
        parametrisation: str = "standard",
        rngs: nnx.Rngs,
    ) -> None:
        self.embedding = nnx.Param(uniform(rngs.params(), (vocabulary, width), _DEVIATION))
        self.positions = nnx.Param(uniform(rngs.params(), (length, width), _DEVIATION))
        self.blocks = nnx.List(
            [
                Block(
                    width=width,
                    depth=depth,
                    heads=heads,
                    causal=True,
                    parametrisation=parametrisation,
                    rngs=rngs,
                )
                for _ in range(depth)
            ]
        )
        self.norm = nnx.Param(jnp.ones((width,)))
        self.head = Head(width, classes, parametrisation=parametrisation, rngs=rngs)

    def states(self, tokens: jax.Array) -> jax.Array:
        """Return the last normalised layer f32[batch, T, width] of tokens i32[batch, T]."""
        x = self.embedding[...].at[tokens].get(mode="clip")
        x = x + self.positions[...][: tokens.shape[1]]
        for block in self.blocks:
            x = block(x)
        return normalise(x, self.norm[...])

    def features(self, tokens: jax.Array) -> jax.Array:
        """Return the mean of the last normalised layer over all positions, f32[batch, width]."""
        return self.states(tokens).mean(axis=1)

    def __call__(self, tokens: jax.Array) -> jax.Array:
        """Return the logits f32[batch, T, classes]; those at t see tokens 0 to t."""
        return self.head(self.states(tokens))
