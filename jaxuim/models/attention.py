"""Pre-norm blocks of self-attention and a ReLU network, for sequences and for image patches."""

import jax
import jax.numpy as jnp
from flax import nnx

from jaxuim.models.layers import head_init, hidden_init
from jaxuim.models.parametrisation import width_ratio

RATIO = 4  # hidden units of a block's own network, in units of the width
_SMALL = 1e-6  # keeps the norm of a zero vector finite


def uniform(key: jax.Array, shape: tuple[int, ...], deviation: float) -> jax.Array:
    """Return draws f32[shape], uniform around 0 with this standard deviation."""
    limit = deviation * 3**0.5
    return jax.random.uniform(key, shape, minval=-limit, maxval=limit)


def normalise(x: jax.Array, gain: jax.Array) -> jax.Array:
    """Return ``gain x / rms(x)`` over the last axis (Zhang and Sennrich 2019)."""
    return x * jax.lax.rsqrt(jnp.square(x).mean(-1, keepdims=True) + _SMALL) * gain


class Block(nnx.Module):
    """``x + attention(norm(x))``, then ``x + network(norm(x))``; no biases.

    Queries, keys and values come from one product; the scores are divided by the root of a head's
    size d, under mup by ``d / sqrt(d at width 32)``. The network has 4 ``width`` ReLU units. The
    kernels that write into the residual stream start ``1/sqrt(2 depth)`` smaller.

    Args:
        heads: number of heads; must divide the width.
        causal: whether a position sees only itself and those before it.

    Source: Vaswani et al. 2017; pre-norm as in Xiong et al. 2020; residual scale as in GPT-2.

    >>> block = Block(width=8, depth=1, heads=2, causal=True, rngs=nnx.Rngs(0))
    >>> block(jnp.ones((3, 5, 8))).shape
    (3, 5, 8)
    """

    def __init__(
        self,
        *,
        width: int,
        depth: int,
        heads: int,
        causal: bool,
        parametrisation: str = "standard",
        rngs: nnx.Rngs,
    ) -> None:
        if width % heads:
            raise ValueError(f"width {width} is no multiple of the number of heads {heads}")
        self.heads, self.causal = heads, causal
        size = width // heads
        self.scale = (width_ratio(parametrisation, width) * size) ** -0.5
        damped = (2 * depth) ** -0.5
        self.norm1 = nnx.Param(jnp.ones((width,)))
        self.norm2 = nnx.Param(jnp.ones((width,)))
        self.qkv = nnx.Param(head_init(rngs.params(), (width, 3 * width)))
        self.out = nnx.Param(damped * head_init(rngs.params(), (width, width)))
        self.up = nnx.Param(hidden_init(rngs.params(), (width, RATIO * width)))
        self.down = nnx.Param(damped * head_init(rngs.params(), (RATIO * width, width)))

    def __call__(self, x: jax.Array) -> jax.Array:
        """Return f32[batch, T, width] of f32[batch, T, width]."""
        x = x + self._attend(normalise(x, self.norm1[...])) @ self.out[...]
        hidden = jax.nn.relu(normalise(x, self.norm2[...]) @ self.up[...])
        return x + hidden @ self.down[...]

    def _attend(self, x: jax.Array) -> jax.Array:
        batch, length, width = x.shape
        mixed = (x @ self.qkv[...]).reshape(batch, length, 3, self.heads, width // self.heads)
        query, key, value = mixed.transpose(2, 0, 3, 1, 4)
        scores = (query * self.scale) @ key.swapaxes(-1, -2)
        if self.causal:
            scores = jnp.where(jnp.tril(jnp.ones((length, length), bool)), scores, -1e9)
        seen = jax.nn.softmax(scores) @ value
        return seen.transpose(0, 2, 1, 3).reshape(batch, length, width)
