"""What a network of a generative objective reads: noisy inputs, the time, a condition."""

import jax
import jax.numpy as jnp


def rates(times: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Return the factors ``cos(pi t/2)`` of the data and ``sin(pi t/2)`` of the noise at times t.

    >>> [round(float(rate), 4) for rate in rates(jnp.float32(0.5))]
    [0.7071, 0.7071]
    """
    angle = 0.5 * jnp.pi * times
    return jnp.cos(angle), jnp.sin(angle)


def inputs(x: jax.Array, times: jax.Array, condition: jax.Array) -> jax.Array:
    """Return what the network reads f32[n, d + 6 + K]: x, cos and sin of the time, the condition.

    Args:
        x: noisy inputs f32[n, d].
        times: f32[n] in [0, 1]; their features are cos and sin of pi t/2, pi t and 2 pi t.
        condition: f32[n, K], one-hot or zeros.
    """
    features = [part for k in (1, 2, 4) for part in rates(k * times)]
    return jnp.concatenate([x, jnp.stack(features, axis=-1), condition], axis=-1)


def corrupted(condition: jax.Array, key: jax.Array, level: float) -> jax.Array:
    """Return the condition plus ``level / sqrt(K)`` times standard normal noise in every entry.

    The expected square of the noise's length is ``level^2``, that of a one-hot condition is 1: the
    level is the length of the noise in units of the condition's. At level 0 nothing is drawn.

    Args:
        condition: f32[n, K], one-hot or zeros.
        key: of the noise.
        level: at least 0.

    Source: Gaussian corruption of condition embeddings, Chen et al. 2024 (arXiv 2405.20494).

    >>> corrupted(jnp.eye(2), jax.random.key(0), 0.0).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """
    if not level:
        return condition
    noise = jax.random.normal(key, condition.shape)
    return condition + level * condition.shape[-1] ** -0.5 * noise
