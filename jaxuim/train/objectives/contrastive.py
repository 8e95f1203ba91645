"""Contrastive learning: two random views of an input are told from those of all others."""

import math

import jax
import jax.numpy as jnp

from jaxuim.models import Network, Params
from jaxuim.train.objectives.objective import Objective, Sizes, read_features

_NEVER = -1e9  # similarity of an input to itself, which is no candidate
_SMALL = 1e-12


def contrastive(
    sizes: Sizes,
    *,
    temperature: float = 0.5,
    projection: int = 32,
    mask: float = 0.2,
    noise: float = 0.2,
    shift: int = 1,
) -> Objective:
    """Return the NT-Xent loss in nats between two views of every input of the batch.

    With unit outputs z of the 2B views, and p(i) the other view of i's input, it is the mean over i
    of ``-log(exp(z_i z_p(i) / tau) / sum_{j != i} exp(z_i z_j / tau))``. The network's head is the
    projection; downstream tasks build on the features before it. See ``views`` for the views and
    ``nt_xent_floor`` for the floor.

    Args:
        sizes: those of the world.
        temperature: tau.
        projection: number of the head's outputs.
        mask: probability with which a view loses a feature.
        noise: standard deviation of what is added to each feature.
        shift: pixels by which images are moved at most.

    Source: Chen et al. 2020 (arXiv 2002.05709).
    """

    def loss(
        network: Network, params: Params, x: jax.Array, _: jax.Array, key: jax.Array
    ) -> jax.Array:
        both = jnp.concatenate([x, x])
        seen = views(both, key, sizes.image_shape, mask=mask, noise=noise, shift=shift)
        return nt_xent(network.apply(params, seen), temperature)

    return Objective(sizes.inputs, projection, loss, read_features)


def nt_xent(outputs: jax.Array, temperature: float) -> jax.Array:
    """Return the NT-Xent loss f32[] in nats of outputs f32[2B, p]; rows i and i + B are a pair.

    >>> pairs = jnp.array([[1.0, 0.0], [-1.0, 0.0], [1.0, 0.0], [-1.0, 0.0]])
    >>> bool(jnp.isclose(nt_xent(pairs, 0.5), nt_xent_floor(2, 0.5)))
    True
    """
    count = len(outputs)
    unit = on_sphere(outputs)
    scores = unit @ unit.T / temperature
    scores = jnp.where(jnp.eye(count, dtype=bool), _NEVER, scores)
    partner = jnp.roll(jnp.arange(count), count // 2)
    own = jnp.take_along_axis(scores, partner[:, None], axis=1)[:, 0]
    return (jax.nn.logsumexp(scores, axis=1) - own).mean()


def nt_xent_floor(batch: int, temperature: float) -> float:
    """Return the lowest NT-Xent loss of B inputs, whatever the network.

    ``log(1 + (2B - 2) exp(-(1 + 1/(B - 1)) / tau))``, reached where both views of every input agree
    and the B inputs are the corners of a simplex, which takes B - 1 dimensions. By convexity the
    loss is least where all other similarities are equal, and their mean cannot fall below
    ``-1/(B - 1)`` because the sum of all outputs has no negative length (derived here).

    Args:
        batch: B >= 2.
        temperature: tau.

    >>> nt_xent_floor(2, 0.5) < nt_xent_floor(8, 0.5)
    True
    """
    apart = (1 + 1 / (batch - 1)) / temperature
    return math.log1p((2 * batch - 2) * math.exp(-apart))


def on_sphere(x: jax.Array) -> jax.Array:
    """Return the rows of f32[n, p] divided by their length."""
    return x * jax.lax.rsqrt(jnp.square(x).sum(-1, keepdims=True) + _SMALL)


def views(
    x: jax.Array,
    key: jax.Array,
    image_shape: tuple[int, int, int] | None,
    *,
    mask: float,
    noise: float,
    shift: int,
) -> jax.Array:
    """Return one random view of each row of x f32[n, d].

    Every feature is set to 0 with probability ``mask``, then uniform noise of standard deviation
    ``noise`` is added. Images are first moved by up to ``shift`` pixels along both sides, uniformly
    and each on its own; what is moved in is 0.
    """
    uniforms = jax.random.uniform(key, (len(x), x.shape[1] + 2))
    draw, places = uniforms[:, :-2], uniforms[:, -2:]
    if image_shape is not None and shift:
        x = _moved(x.reshape(len(x), *image_shape), places.T, shift).reshape(x.shape)
    kept = draw >= mask
    # what is left of a uniform number once it has decided is uniform and independent of that
    rest = jnp.where(kept, (draw - mask) / (1 - mask), draw / max(mask, _SMALL))
    return jnp.where(kept, x, 0.0) + noise * 3**0.5 * (2 * rest - 1)


def _moved(images: jax.Array, uniforms: jax.Array, most: int) -> jax.Array:
    """Move each image f32[n, height, width, channels] along both sides, by f32[2, n]."""
    kinds = 2 * most + 1
    chosen = (uniforms * kinds).astype(jnp.int32)
    for axis in (1, 2):
        size = images.shape[axis]
        pad = [(most, most) if side == axis else (0, 0) for side in range(4)]
        padded = jnp.pad(images, pad)
        ways = [jax.lax.slice_in_dim(padded, k, k + size, axis=axis) for k in range(kinds)]
        which = jax.nn.one_hot(jnp.minimum(chosen[axis - 1], kinds - 1), kinds)
        images = jnp.einsum("nk,knhwc->nhwc", which, jnp.stack(ways))
    return images
