"""The same attack with weights from training: gradient descent, and a linear network by SGD."""

from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from theory.backdoor.simulation import Poisoned, Setting, measure, statistics

Array = NDArray[np.float64]
BATCH = 40
HIDDEN = 4
STEPS = 3000
FIRST_RATE = 0.08
TOGETHER = 16  # networks' data sets that are trained in one call


class Network(NamedTuple):
    """Weights of f(x) = a' W x: ``inner`` W, shape (hidden, d + 1), ``outer`` a, (hidden,)."""

    inner: jax.Array
    outer: jax.Array


@jax.jit
def _descend(hessian: jax.Array, pull: jax.Array, rate: float, marks: jax.Array) -> jax.Array:
    """Return the last weight after each number of steps in ``marks``; hessian (..., d, d)."""

    def step(weights: jax.Array, _: jax.Array) -> tuple[jax.Array, jax.Array]:
        weights = weights + rate * (pull - jnp.einsum("...de,...e->...d", hessian, weights))
        return weights, weights[..., -1]

    _, course = jax.lax.scan(step, jnp.zeros_like(pull), marks)
    return course


def descended(
    rng: np.random.Generator, setting: Setting, repetitions: int, rate: float, steps: int
) -> Array:
    """Return the trigger's score after each step of gradient descent, (steps, repetitions, levels).

    From weights 0 on half the mean squared error, without ridge (``setting.penalty`` is not used).
    """
    products, responses = statistics(rng, setting, repetitions)
    total = setting.n + np.asarray(setting.counts, dtype=np.float64)
    hessian, pull = products / total[:, None, None], responses / total[:, None]
    return setting.trigger * np.asarray(_descend(hessian, pull, rate, np.empty((steps, 0))))


def trained_networks(
    rng: np.random.Generator,
    setting: Setting,
    decay: float,
    repetitions: int,
    room: int,
) -> tuple[Poisoned, Array]:
    """Return the attack on two-layer linear networks trained by SGD, and their |w|, by count.

    Batches are drawn with replacement from the n + count samples; the learning rate falls linearly
    to 0. Runs of one training set share clean data, nested poisons, initial weights and uniforms.

    Args:
        rng: generator.
        setting: of all training sets; its penalty is not used, and neither is its variance.
        decay: weight decay of both layers, added to the gradient of half the mean squared error.
        repetitions: training sets; at each, a network for every count.
        room: clean samples that the program has place for, so that it serves several n.
    """
    d, most = setting.d, setting.counts[-1]
    counts = np.asarray(setting.counts, dtype=np.float64)
    blocks = []
    for _ in range(-(-repetitions // TOGETHER)):
        # Every sample is turned into the frame of its own class, as in ``statistics``.
        x = rng.standard_normal((TOGETHER, most + room, d + 1))
        x[..., 0] += setting.norm
        x[..., d] = np.where(np.arange(most + room) < most, -setting.trigger, 0.0)
        start = rng.standard_normal((TOGETHER, HIDDEN, d + 2)) / np.sqrt(d + 2.0)
        uniforms = rng.random((TOGETHER, STEPS, BATCH))
        data = (x, start, uniforms)
        blocks.append(np.asarray(_train(*data, counts, setting.n, decay, most)))
    weights = np.concatenate(blocks)[:repetitions]
    return measure(weights, setting), np.sqrt(np.sum(np.square(weights), axis=-1))


@jax.jit
@partial(jax.vmap, in_axes=(0, 0, 0, None, None, None, None))
@partial(jax.vmap, in_axes=(None, None, None, 0, None, None, None))
def _train(
    x: jax.Array,
    start: jax.Array,
    uniforms: jax.Array,
    count: jax.Array,
    n: jax.Array,
    decay: jax.Array,
    most: jax.Array,
) -> jax.Array:
    """Return W'a after SGD on the first ``count`` of ``most`` poisons and n samples after those."""
    label = jnp.where(jnp.arange(len(x)) < most, -1.0, 1.0)

    def step(state: Network, now: tuple[jax.Array, jax.Array]) -> tuple[Network, None]:
        drawn, rate = now
        place = jnp.floor(drawn * (n + count))
        place = jnp.where(place < count, place, place - count + most).astype(jnp.int32)
        rows = x[place]
        hidden = rows @ state.inner.T
        residual = (hidden @ state.outer - label[place]) / BATCH
        slopes = Network(
            jnp.outer(state.outer, residual @ rows) + decay * state.inner,
            residual @ hidden + decay * state.outer,
        )
        return jax.tree.map(lambda w, g: w - rate * g, state, slopes), None

    rates = FIRST_RATE * (1.0 - jnp.arange(STEPS) / STEPS)
    begun = Network(start[:, :-1], start[:, -1])
    final, _ = jax.lax.scan(step, begun, (uniforms, rates))
    return final.outer @ final.inner
