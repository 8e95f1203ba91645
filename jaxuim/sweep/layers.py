"""The matrix products of a network, by model kind and objective, without JAX."""

from typing import Any, NamedTuple

from jaxuim.types.declare import World
from jaxuim.types.objectives import TIME_FEATURES
from jaxuim.types.registry import catalogue
from jaxuim.types.shape import Settings, Shape

_KERNEL = 9  # a CNN's filters are 3 x 3
_RATIO = 4  # hidden units of a block's own network, in units of the width
_WORDS = 68  # of captions
_VOCABULARY = 256  # assumed where a world of tokens does not say


class Layer(NamedTuple):
    """``weights`` of a matrix that is applied ``uses`` times an example; 0 for a look-up.

    ``learnt`` is False for products of activations, of which ``weights`` counts the same work.
    """

    weights: int
    uses: int = 1
    learnt: bool = True


def sizes(shape: Shape) -> tuple[int, int]:
    """Return the inputs and outputs of the network that a shape's objective trains."""
    world = _world(shape)
    inputs, classes = world_inputs(shape), _classes(shape, world)
    given = _settings("objectives", shape.objective, shape.objective_settings)
    match shape.objective:
        case "contrastive":
            return inputs, given["projection"]
        case "image_text":
            return inputs, given["embedding"]
        case "masked_reconstruction" | "denoising":
            return inputs, inputs
        case "diffusion":
            return inputs + TIME_FEATURES + classes, inputs
        case "conditional_gaussian":
            return classes, inputs
        case "next_token":
            return inputs, _vocabulary(shape)
    return inputs, classes


def passes(shape: Shape) -> int:
    """Return how often each example goes through the network in a step: twice as two views."""
    return 2 if shape.objective == "contrastive" else 1


def layers(shape: Shape) -> tuple[Layer, ...]:
    """Return the matrices of a network from its input to its head; without biases and gains."""
    inputs, outputs = sizes(shape)
    width, depth = shape.width, shape.depth
    given = _settings("models", shape.model, shape.model_settings)
    match shape.model:
        case "cnn":
            hidden = [Layer(_KERNEL * width * width, inputs)] * (depth - 1)
            return (Layer(_KERNEL * width, inputs), *hidden, Layer(width * outputs))
        case "transformer":
            lookups = (Layer(_vocabulary(shape) * width, 0), Layer(inputs * width, 0))
            return (*lookups, *_blocks(inputs, width, depth), Layer(width * outputs, inputs))
        case "vit":
            area = given["patch"] ** 2
            count = max(inputs // area, 1)
            first = (Layer(area * width, count), Layer(count * width, 0))
            return (*first, *_blocks(count, width, depth), Layer(width * outputs))
        case "dual_encoder":
            caption = [Layer(_WORDS * width, 0), *[Layer(width * width)] * depth]
            return (*_tower(inputs, outputs, width, depth), *caption, Layer(width * outputs))
    return _tower(inputs, outputs, width, depth)


def activations(shape: Shape) -> int:
    """Return how many numbers an example leaves behind for the gradient, roughly."""
    positions = max(layer.uses for layer in layers(shape))
    one = 2 * shape.width
    if shape.model in ("transformer", "vit"):
        heads = _settings("models", shape.model, shape.model_settings)["heads"]
        one = (6 + 2 * _RATIO) * shape.width + 2 * heads * positions
    return passes(shape) * one * shape.depth * positions


def world_inputs(shape: Shape) -> int:
    """Return the world's input features, or the length of its sequences."""
    settings, world = dict(shape.world), _world(shape)
    if "image_size" in settings:
        return int(settings["image_size"] or 0) ** 2
    return int(settings["length"] or 0) if world.tokens and "length" in settings else world.inputs


def _tower(inputs: int, outputs: int, width: int, depth: int) -> tuple[Layer, ...]:
    hidden = [Layer(width * width)] * (depth - 1)
    return (Layer(inputs * width), *hidden, Layer(width * outputs))


def _blocks(length: int, width: int, depth: int) -> tuple[Layer, ...]:
    """Return the matrices of attention blocks; scores and weighted values cost as two more."""
    own = [Layer(n * width * width, length) for n in (3, 1, _RATIO, _RATIO)]
    return (*own, Layer(2 * length * width, length, learnt=False)) * depth


def _settings(kind: str, name: str, changed: Settings) -> dict[str, Any]:
    """Return the settings of a declared thing, defaults included."""
    declared = catalogue(kind)[name].parameters
    return {item.name: item.default for item in declared} | dict(changed)


def _world(shape: Shape) -> World:
    world: World = catalogue("worlds")[shape.world_kind.partition(":")[0]]
    return world


def _classes(shape: Shape, world: World) -> int:
    settings = dict(shape.world)
    if "superclasses" in settings:
        return int(settings["superclasses"] or 0) * int(settings["subclasses"] or 0)
    return world.classes


def _vocabulary(shape: Shape) -> int:
    return int(dict(shape.world).get("vocabulary") or _VOCABULARY)
