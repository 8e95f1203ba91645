"""The objective and the network that a shape asks for on a world."""

from jaxuim import models
from jaxuim.train.objectives import Objective, Sizes, build
from jaxuim.types.shape import Shape
from jaxuim.worlds import WorldData


def objective_and_network(shape: Shape, world: WorldData) -> tuple[Objective, models.Network]:
    """Return the objective of a shape, and a network of the sizes that the objective asks for.

    Raises:
        ValueError: for an unknown model or objective, or one that does not fit the world's inputs.
    """
    sizes = Sizes(world.pool_x.shape[1], world.classes, world.vocabulary, world.image_shape)
    objective = build(shape.objective, sizes, shape.objective_settings)
    network = models.build(
        shape.model,
        width=shape.width,
        depth=shape.depth,
        inputs=objective.inputs,
        classes=objective.outputs,
        image_shape=world.image_shape,
        vocabulary=world.vocabulary,
        settings=shape.model_settings,
    )
    return objective, network
