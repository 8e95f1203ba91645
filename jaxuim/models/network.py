"""A model as pure functions of (parameters, inputs), which is what trainers map over runs."""

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import jax
from flax import nnx

from jaxuim.types.registry import catalogue
from jaxuim.types.shape import Settings

Params = dict[str, Any]  # nested dictionaries of arrays; the head stands under "head"


class Network(NamedTuple):
    """A model of one static size: ``init(key)``, ``apply(params, x)``, ``features(params, x)``.

    Inputs are f32[batch, inputs], logits f32[batch, classes], features f32[batch, width];
    ``module(params)`` returns the same network as an ordinary flax NNX module.
    """

    init: Callable[[jax.Array], Params]
    apply: Callable[[Params, jax.Array], jax.Array]
    features: Callable[[Params, jax.Array], jax.Array]
    module: Callable[[Params], nnx.Module]


def build(
    kind: str,
    *,
    width: int,
    depth: int,
    inputs: int,
    classes: int,
    image_shape: tuple[int, int, int] | None = None,
    vocabulary: int = 0,
    settings: Settings = (),
) -> Network:
    """Return the network of a declared kind.

    A kind that needs images is built with ``image_shape``, one that needs tokens with
    ``vocabulary`` and ``length = inputs``, any other with ``inputs``.

    Raises:
        ValueError: for an unknown kind, and for inputs that are not what the kind needs.

    >>> import jax.numpy as jnp
    >>> network = build("mlp", width=8, depth=1, inputs=4, classes=3)
    >>> params = network.init(jax.random.key(0))
    >>> network.apply(params, jnp.ones((2, 4))).shape
    (2, 3)
    """
    known = catalogue("models")
    if kind not in known:
        raise ValueError(f"model kind {kind!r} is unknown; known are {', '.join(sorted(known))}")
    size: dict[str, Any] = {"inputs": inputs}
    if "images" in known[kind].needs:
        if image_shape is None:
            raise ValueError(
                f"model kind {kind!r} needs a world of images, and this world has none"
            )
        if math.prod(image_shape) != inputs:
            raise ValueError(
                f"model kind {kind!r} reads images of {math.prod(image_shape)} numbers, and the "
                f"objective gives it {inputs}"
            )
        size = {"image_shape": image_shape}
    if "tokens" in known[kind].needs:
        if not vocabulary:
            raise ValueError(
                f"model kind {kind!r} needs a world of tokens, and this world has none"
            )
        size = {"vocabulary": vocabulary, "length": inputs}
    cls = known[kind].load()
    size |= {"classes": classes, "width": width, "depth": depth, **dict(settings)}
    return from_module(lambda rngs: cls(**size, rngs=rngs))


def from_module(construct: Callable[[nnx.Rngs], Any]) -> Network:
    """Return the pure functions of any NNX module that has ``features()`` and ``head``."""
    graph, abstract = nnx.split(nnx.eval_shape(lambda: construct(nnx.Rngs(0))))

    def init(key: jax.Array) -> Params:
        return nnx.to_pure_dict(nnx.state(construct(nnx.Rngs(params=key)), nnx.Param))

    def module(params: Params) -> Any:
        state = jax.tree.map(lambda leaf: leaf, abstract)
        nnx.replace_by_pure_dict(state, params)
        return nnx.merge(graph, state)

    return Network(
        init=init,
        apply=lambda params, x: module(params)(x),
        features=lambda params, x: module(params).features(x),
        module=module,
    )


def to_module(network: Network, params: Params) -> nnx.Module:
    """Return an ordinary flax NNX module that holds these parameters."""
    return network.module(params)
