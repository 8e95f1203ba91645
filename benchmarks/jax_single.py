"""One run in plain JAX and optax, as the two JAX peers use it."""

from typing import Any

import jax
import jax.numpy as jnp
import optax
from jax import Array

from benchmarks.work import LEARNING_RATE

ADAM = optax.adam(LEARNING_RATE)


def loss(params: Any, x: Array, y: Array) -> Array:
    """Mean cross-entropy of a ReLU network on one batch."""
    for kernel, bias in params[:-1]:
        x = jax.nn.relu(x @ kernel + bias)
    kernel, bias = params[-1]
    return optax.softmax_cross_entropy_with_integer_labels(x @ kernel + bias, y).mean()


def train(params: Any, labels: Array, order: Array, x: Array) -> Any:
    """Train one network over its batches ``order`` (``i32[t, b]``) and return its weights."""

    def step(carry: Any, batch: Array) -> tuple[Any, None]:
        params, state = carry
        gradients = jax.grad(loss)(params, x[batch], labels[batch])
        updates, state = ADAM.update(gradients, state)
        return (optax.apply_updates(params, updates), state), None

    (params, _), _ = jax.lax.scan(step, (params, ADAM.init(params)), order)
    return params


def draw_and_train(
    sizes: tuple[int, ...], key: Array, labels: Array, order: Array, x: Array
) -> Any:
    """Draw the initial weights inside the program, then train: what a first version does."""
    params = [
        (jax.random.normal(k, (a, b)) * jnp.sqrt(2 / a), jnp.zeros(b))
        for k, a, b in zip(
            jax.random.split(key, len(sizes) - 1), sizes[:-1], sizes[1:], strict=True
        )
    ]
    return train(params, labels, order, x)
