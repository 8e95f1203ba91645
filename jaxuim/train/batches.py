"""Which slots make up the batch of each step."""

import jax
import jax.numpy as jnp


def independent(
    key: jax.Array, start: jax.Array, length: int, batch: int, samples: jax.typing.ArrayLike
) -> jax.Array:
    """Return slot numbers i32[length, batch], uniform on [0, samples): drawn with replacement."""
    steps = start + jnp.arange(length)
    keys = jax.vmap(lambda step: jax.random.fold_in(key, step))(steps)
    uniforms = jax.vmap(lambda k: jax.random.uniform(k, (batch,)))(keys)
    return jnp.minimum((uniforms * samples).astype(jnp.int32), samples - 1)


def distinct(
    key: jax.Array, start: jax.Array, length: int, batch: int, samples: jax.typing.ArrayLike
) -> jax.Array:
    """Return slot numbers i32[length, batch], consecutive from a uniform one, modulo samples.

    With as many in a batch as there are samples this is full-batch descent.
    """
    first = independent(key, start, length, 1, samples)
    return (first + jnp.arange(batch)) % samples


DRAWS = {"independent": independent, "distinct": distinct}
