"""Further sources of pre-training examples that a bias may show in place of those of the pool."""

import numpy as np

from jaxuim.worlds.data import Part, WorldData
from jaxuim.worlds.fixed import integers
from jaxuim.worlds.synthetic import generated

CANARIES = 32  # that may be inserted; as many more are references
_ROWS, _LABELS = 2001, 2002  # keys of fixed draws


def source(world: WorldData, name: str) -> Part:
    """Return the examples of a named source, inputs as the pool's and labels of its classes.

    ``test`` holds the test part of the id task, without the shortcut where there is one;
    ``synthetic`` what a model of each class of the pool generated; ``canary`` random inputs with
    random labels, half of them to be inserted and half references. A world may bring sources of its
    own.

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
    if name == "synthetic":
        return generated(world.pool_x, world.pool_y, world.classes)
    if name == "canary":
        return canaries(world.pool_x, world.classes)
    raise ValueError(f"world {world.name!r} has no source of examples called {name!r}")


def canaries(x: np.ndarray, classes: int) -> Part:
    """Return 2 m random inputs with random labels, m being 32 or a quarter of the pool if less.

    Each feature of each canary is that of a random example of the pool ``x`` [n, d]: every value
    occurs, their combination does not.

    >>> canaries(np.eye(8), 3).x.shape
    (4, 8)
    """
    count = 2 * min(CANARIES, max(len(x) // 4, 1))
    width = x.shape[1]
    rows = integers(_ROWS, count * width, len(x)).reshape(count, width)
    return Part(x[rows, np.arange(width)], integers(_LABELS, count, classes))
