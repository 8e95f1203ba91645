"""Networks with free features trained by the library: deep linear networks on one-hot inputs."""

from collections.abc import Sequence

import jax
import numpy as np
from numpy.typing import ArrayLike, NDArray

from jaxuim.models import Params
from jaxuim.train.ensemble import LONGEST_SEGMENT, Ensemble
from jaxuim.train.hyper import stack
from jaxuim.types.shape import Shape
from jaxuim.worlds.data import WorldData
from theory.imbalance.minimise import one_hot, product

Array = NDArray[np.float64]


def train(
    counts: Sequence[int],
    decays: ArrayLike,
    *,
    factors: int = 2,
    objective: str = "squared_error",
    starts: ArrayLike | None = None,
    optimizer: str = "momentum",
    rate: float = 0.1,
    steps: int = 600,
) -> list[Array]:
    """Return the trained factors, features first, each of shape (runs, ...).

    Full-batch gradient descent with weight decay (added to the gradient). Every sample
    has its own one-hot input, so the first factor holds a feature vector for each.

    Args:
        counts: samples of each class.
        decays: weight decay of each run, shape (runs,).
        factors: M, weight matrices including the features.
        objective: name of a pre-training objective of the library.
        starts: strength of every class at the start, shape (runs,), on top of small random
            weights; without it, weights are random as the library draws them.
        optimizer: of the library; momentum from far above a strength can shoot below it.
        rate: learning rate over the number of samples.
        steps: of descent.
    """
    with jax.enable_x64(False):  # the library trains in 32 bit
        ensemble = _ensemble(tuple(counts), factors, objective, optimizer, steps)
        rates, size = np.asarray(decays, dtype=np.float64), sum(counts)
        runs = len(rates)
        hyper = stack(np.arange(runs), np.zeros((runs, 0)), size, rate * size, rates)
        chunk = ensemble.begin(hyper)
        if starts is not None:
            padded = np.resize(np.asarray(starts, dtype=np.float64), len(chunk.hyper.seed))
            params = _structured(chunk.state.params, counts, padded)
            chunk = chunk._replace(state=chunk.state._replace(params=params))
        for done in range(0, steps, LONGEST_SEGMENT):
            chunk = ensemble.advance(chunk, done, min(LONGEST_SEGMENT, steps - done))
        params = chunk.state.params
        kernels = [params["layers"][number]["kernel"] for number in range(factors - 1)]
        return [_column_form(kernel)[:runs] for kernel in (*kernels, params["head"]["kernel"])]


def class_logits(factors: Sequence[Array], counts: Sequence[int]) -> Array:
    """Return the mean logits of each class's samples, shape (runs, K logits, K classes)."""
    total = factors[0]
    for factor in factors[1:]:
        total = factor @ total
    average = np.repeat(np.eye(len(counts)), counts, axis=0) / np.asarray(counts)
    return np.asarray(total @ average)


def strengths(factors: Sequence[Array], counts: Sequence[int]) -> Array:
    """Return the singular value of every class, shape (runs, K): own logit times sqrt(n_k)."""
    logits = class_logits(factors, counts)
    return np.asarray(np.einsum("rkk->rk", logits) * np.sqrt(counts))


def keeping_costs(factors: Sequence[Array], counts: Sequence[int], decay: float) -> Array:
    """Return the objective of a network less that without each class in turn, shape (K,).

    Both objectives, squared error and decay, are evaluated on the factors. A class is taken out of
    all of them: its samples lose their features, its row of the last factor is zeroed, and the
    factors between lose the direction of its mean feature. Keeping it pays where this is negative.

    Args:
        factors: of one trained network, features first.
        counts: samples of each class.
        decay: of every factor.
    """
    labels, ends = one_hot(counts), np.cumsum(counts)
    whole, costs = objective(factors, labels, decay), []
    for k, count in enumerate(counts):
        without = [factor.copy() for factor in factors]
        mine = slice(ends[k] - count, ends[k])
        direction = factors[0][:, mine].mean(axis=1)
        for middle in without[1:-1]:
            ahead = middle @ direction
            middle -= np.outer(ahead, direction) / (direction @ direction)
            direction = ahead
        without[0][:, mine] = 0.0
        without[-1][k] = 0.0
        costs.append(whole - objective(without, labels, decay))
    return np.array(costs)


def objective(factors: Sequence[Array], labels: Array, decay: float) -> float:
    """Return half the mean squared error of the product plus the decay of all factors."""
    error = np.sum(np.square(product(factors) - labels)) / (2 * labels.shape[1])
    return float(error + 0.5 * decay * sum(np.sum(np.square(factor)) for factor in factors))


def _ensemble(
    counts: tuple[int, ...], factors: int, objective: str, optimizer: str, steps: int
) -> Ensemble:
    size, classes = sum(counts), len(counts)
    labels = np.repeat(np.arange(classes), counts).astype(np.int32)
    inputs = np.eye(size, dtype=np.float32)
    world = WorldData("one input a sample", classes, None, inputs, labels, None, {}, {})
    shape = Shape(
        world=(("kind", "one_hot"),),
        biases=(),
        bias_settings=(),
        model="linear",
        width=classes + 1,
        depth=factors - 1,
        objective=objective,
        optimizer=optimizer,
        schedule="constant",
        warmup=0,
        batch_size=size,
        steps=steps,
        measure_at=(steps,),
        decays=True,
        batches="distinct",
    )
    return Ensemble(shape, world)


def _structured(params: Params, counts: Sequence[int], starts: Array) -> Params:
    """Return weights whose product is every class at its run's strength, and a little noise."""
    classes, factors = len(counts), len(params["layers"]) + 1
    size = (starts ** (1 / factors))[:, None, None]
    members = (
        np.repeat(np.eye(classes), counts, axis=0) / np.sqrt(np.repeat(counts, counts))[:, None]
    )
    width = params["head"]["kernel"].shape[-2]
    first = np.pad(members, ((0, 0), (0, width - classes)))
    middle, last = np.eye(width), np.eye(width, classes)
    goals = {
        "layers": {
            number: {"kernel": size * (middle if number else first)}
            for number in range(factors - 1)
        },
        "head": {"kernel": size * last},
    }
    return jax.tree.map(lambda leaf, goal: (0.02 * leaf + goal).astype(leaf.dtype), params, goals)


def _column_form(kernel: jax.Array) -> Array:
    """Return a kernel as the matrix that acts from the left, in 64 bit."""
    return np.swapaxes(np.asarray(kernel, dtype=np.float64), -1, -2)
