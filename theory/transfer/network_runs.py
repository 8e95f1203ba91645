"""Linear networks trained by gradient descent on flipped labels, then fine-tuned on a task."""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

BATCH = 64
Layers = tuple[jax.Array, jax.Array]  # outer (rates, hidden), inner (rates, hidden, d)


class Training(NamedTuple):
    """How a run is trained: static sizes and step sizes.

    ``dimension`` of the inputs, ``samples1`` and ``samples2`` of both stages, ``steps1`` and
    ``steps2`` and their sizes ``step1`` and ``step2``, ``cosine`` between both tasks of norm 1,
    ``noise1`` and ``noise2`` of additive label noise, ``hidden`` units of the two-layer network.
    """

    dimension: int
    samples1: int
    samples2: int
    steps1: int
    steps2: int
    step1: float
    step2: float
    cosine: float
    noise1: float
    noise2: float
    hidden: int = 3


class Draws(NamedTuple):
    """The random numbers of one run: standard normal but for ``uniform`` and ``order``.

    NumPy draws them, since the compiler takes a second for every call that draws.
    """

    x1: Any
    noise1: Any
    uniform: Any
    x2: Any
    noise2: Any
    order: Any
    layers: Any


def run(
    rng: np.random.Generator,
    one: Callable[..., jax.Array],
    runs: int,
    training: Training,
    argument: jax.Array,
) -> np.ndarray:
    """Return ``one(draws, training, argument)`` of many runs, stacked, in one compiled program."""
    program = jax.jit(jax.vmap(partial(one, training=training, argument=argument)))
    starts = range(0, runs, BATCH)
    blocks = [np.asarray(program(_draw(rng, training))) for _ in starts]
    return np.concatenate(blocks)[:runs]


def _draw(rng: np.random.Generator, training: Training) -> Draws:
    n1, n2, d = training.samples1, training.samples2, training.dimension
    return Draws(
        x1=rng.standard_normal((BATCH, n1, d)),
        noise1=rng.standard_normal((BATCH, n1)),
        uniform=rng.random((BATCH, n1, 1)),
        x2=rng.standard_normal((BATCH, n2, d)),
        noise2=rng.standard_normal((BATCH, n2)),
        order=rng.integers(0, max(n2, 1), (BATCH, training.steps2)),
        layers=0.02 * rng.standard_normal((BATCH, training.hidden, d + 1)),
    )


def single_layer(draws: Draws, training: Training, argument: jax.Array) -> jax.Array:
    """Return (R^2, excess risk) at every flip rate, and from scratch last, shape (rates + 1, 2).

    Pre-training sees every sample once; fine-tuning draws single samples with replacement until it
    interpolates. ``argument`` holds the rates, which share inputs, noise and the order of samples.
    """
    x, labels = _flipped(draws, training, argument)
    start = jnp.zeros((len(argument), training.dimension))

    def one_pass(weights: jax.Array, sample: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, None]:
        inputs, label = sample
        miss = label - jnp.sum(weights * inputs, axis=-1)
        return weights + training.step1 * miss[:, None] * inputs, None

    weights, _ = jax.lax.scan(one_pass, start, (x, labels))
    weights = jnp.concatenate([weights, start[:1]])
    beta = task(training)
    x2, y2 = _downstream(draws, training)

    def tune(state: jax.Array, sample: tuple[jax.Array, jax.Array]) -> tuple[jax.Array, None]:
        inputs, label = sample
        miss = label - jnp.sum(state * inputs, axis=-1)
        return state + training.step2 * miss[:, None] * inputs, None

    tuned, _ = jax.lax.scan(tune, weights, (x2[draws.order], y2[draws.order]))
    before = jnp.sum(jnp.square(weights - beta), axis=-1)
    return jnp.stack([before, jnp.sum(jnp.square(tuned - beta), axis=-1)], axis=-1)


def two_layer(draws: Draws, training: Training, argument: jax.Array) -> jax.Array:
    """Return (excess risk, distance from the predicted end, size of the end), (rates, 3).

    Both layers of v'(Ux) start small, are pre-trained by full-batch descent and fine-tuned by the
    same. The distance is that between the product of the tuned layers and where the conserved
    potential says that this very run ends. ``argument`` holds the flip rates.
    """
    x, labels = _flipped(draws, training, argument)
    gram, target = x.T @ x / len(x), labels.T @ x / len(x)
    shape = (len(argument), training.hidden)
    layers = (
        jnp.broadcast_to(draws.layers[:, 0], shape),
        jnp.broadcast_to(draws.layers[:, 1:], (*shape, training.dimension)),
    )
    layers = _descend(layers, gram, target, training.step1, training.steps1)
    before = _product(layers)
    x2, y2 = _downstream(draws, training)
    gram2, target2 = x2.T @ x2 / len(x2), y2 @ x2 / len(x2)
    target2 = jnp.broadcast_to(target2, before.shape)
    after = _product(_descend(layers, gram2, target2, training.step2, training.steps2))
    return jnp.stack(
        [
            jnp.sum(jnp.square(after - task(training)), axis=-1),
            jnp.linalg.norm(after - _conserved(before, x2, y2), axis=-1),
            jnp.linalg.norm(after, axis=-1),
        ],
        axis=-1,
    )


def stopped_runs(draws: Draws, training: Training, argument: jax.Array) -> jax.Array:
    """Return the excess risk after every step of full-batch fine-tuning, shape (steps2 + 1,).

    Starts at the squared distance ``argument`` from the task, in a fixed direction.
    """
    beta = jnp.sqrt(argument) * jnp.eye(training.dimension)[0]
    x = draws.x2
    y = x @ beta + jnp.sqrt(training.noise2) * draws.noise2

    def step(weights: jax.Array, _: None) -> tuple[jax.Array, jax.Array]:
        weights = weights + training.step2 / len(x) * (y - x @ weights) @ x
        return weights, jnp.sum(jnp.square(weights - beta))

    _, risks = jax.lax.scan(step, jnp.zeros(training.dimension), None, training.steps2)
    return jnp.concatenate([argument[None], risks])


def task(training: Training) -> jax.Array:
    """Return the downstream coefficients; those of pre-training are the first unit vector."""
    sine = (1.0 - training.cosine**2) ** 0.5
    return jnp.zeros(training.dimension).at[:2].set(jnp.array([training.cosine, sine]))


def _flipped(draws: Draws, training: Training, rates: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Return inputs (n, d) and their labels at every rate (n, rates)."""
    sign = jnp.where(draws.uniform < rates, -1.0, 1.0)
    return draws.x1, sign * (draws.x1[:, 0] + training.noise1**0.5 * draws.noise1)[:, None]


def _downstream(draws: Draws, training: Training) -> tuple[jax.Array, jax.Array]:
    return draws.x2, draws.x2 @ task(training) + training.noise2**0.5 * draws.noise2


def _product(layers: Layers) -> jax.Array:
    return jnp.einsum("rh,rhd->rd", *layers)


def _descend(layers: Layers, gram: jax.Array, target: jax.Array, size: float, steps: int) -> Layers:
    """Return both layers after full-batch descent on half the mean squared error."""

    def step(state: Layers, _: None) -> tuple[Layers, None]:
        outer, inner = state
        slope = _product(state) @ gram - target
        outer_slope = jnp.einsum("rhd,rd->rh", inner, slope)
        inner = inner - size * outer[:, :, None] * slope[:, None, :]
        return (outer - size * outer_slope, inner), None

    ended, _ = jax.lax.scan(step, layers, None, steps)
    return ended


def _conserved(before: jax.Array, x: jax.Array, y: jax.Array) -> jax.Array:
    """Return where the conserved potential says that fine-tuning from ``before`` ends."""
    inverse = jnp.linalg.inv(x @ x.T)
    fitted = x.T @ (inverse @ y)
    outside = before - (before @ x.T) @ inverse @ x
    start = jnp.linalg.norm(before, axis=-1)
    half = jnp.sum(jnp.square(outside), axis=-1) / start / 2.0
    end = half + jnp.sqrt(jnp.square(half) + jnp.sum(jnp.square(fitted)))
    return fitted + jnp.sqrt(end / start)[:, None] * outside
