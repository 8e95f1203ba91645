"""What an objective is: a loss, the sizes that it asks of a network, and its way to read one."""

from collections.abc import Callable
from typing import NamedTuple

import jax

from jaxuim.models import Network, Params
from jaxuim.types.registry import catalogue
from jaxuim.types.shape import Settings


class Sizes(NamedTuple):
    """The world's sizes: ``inputs`` d (of tokens: their number), K ``classes``, ``vocabulary`` V.

    ``vocabulary`` is 0 where inputs are no tokens; ``image_shape`` is None where they are no
    images.
    """

    inputs: int
    classes: int
    vocabulary: int = 0
    image_shape: tuple[int, int, int] | None = None


class Seen(NamedTuple):
    """What a run was shown: ``x`` f32[N, d] with labels ``y`` i32[N], where ``used`` bool[N]."""

    x: jax.Array
    y: jax.Array
    used: jax.Array


class Gaussians(NamedTuple):
    """Gaussian laws of the classes: ``means`` f32[K, d] and a common ``covariance`` f32[d, d]."""

    means: jax.Array
    covariance: jax.Array


class Objective(NamedTuple):
    """An objective for one world.

    ``inputs`` and ``outputs`` are the sizes of the network that it trains.
    ``loss(network, params, x, y, key)`` is the mean loss f32[] of a batch x [batch, d], y
    i32[batch]; ``key`` is this step's own. ``features(network, params, x)`` f32[batch, width] is
    what downstream tasks build on; ``logits(network, params, x)`` f32[batch, K] are the predictions
    of the pre-training classes, or None where the network makes none. ``losses(network, params, x,
    y)`` f32[batch] is the loss of each example alone, or None where that has no meaning.
    ``sample(network, params, key, labels)`` f32[m, d] are generated inputs, one for each label
    i32[m], and ``law(network, params, seen)`` is what they are drawn from, where that is known in
    closed form given the data that the run was shown; None where the objective cannot say.
    """

    inputs: int
    outputs: int
    loss: Callable[[Network, Params, jax.Array, jax.Array, jax.Array], jax.Array]
    features: Callable[[Network, Params, jax.Array], jax.Array]
    logits: Callable[[Network, Params, jax.Array], jax.Array] | None = None
    losses: Callable[[Network, Params, jax.Array, jax.Array], jax.Array] | None = None
    sample: Callable[[Network, Params, jax.Array, jax.Array], jax.Array] | None = None
    law: Callable[[Network, Params, Seen], Gaussians] | None = None


def read_features(network: Network, params: Params, x: jax.Array) -> jax.Array:
    """Return the network's own features f32[batch, width]."""
    return network.features(params, x)


def read_outputs(network: Network, params: Params, x: jax.Array) -> jax.Array:
    """Return the network's own outputs f32[batch, outputs]."""
    return network.apply(params, x)


def build(name: str, sizes: Sizes, settings: Settings = ()) -> Objective:
    """Return a declared objective for a world of these sizes.

    Raises:
        ValueError: for an unknown name.

    >>> build("supervised", Sizes(inputs=4, classes=3)).outputs
    3
    """
    known = catalogue("objectives")
    if name not in known:
        raise ValueError(f"objective {name!r} is unknown; known are {', '.join(sorted(known))}")
    objective: Objective = known[name].load()(sizes, **dict(settings))
    return objective
