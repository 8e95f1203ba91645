"""Further sources of pre-training examples that a bias may show in place of those of the pool."""

from jaxuim.worlds.data import Part, WorldData


def source(world: WorldData, name: str) -> Part:
    """Return the examples of a named source, inputs as the pool's and labels of its classes.

    ``test`` holds the test part of the id task. A world may bring sources of its own.

    Raises:
        ValueError: if the world does not have it.

    >>> from jaxuim.worlds.digits import build
    >>> world = build()
    >>> len(source(world, "test").y) == len(world.tasks["id"].test_y)
    True
    """
    if world.aux and name in world.aux:
        return world.aux[name]
    if name == "test":
        task = world.tasks["id"]
        return Part(task.test_x, task.test_y)
    raise ValueError(f"world {world.name!r} has no source of examples called {name!r}")
