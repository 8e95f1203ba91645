"""From settings to a built world, by the catalogue."""

from functools import lru_cache

from jaxuim.types.registry import catalogue
from jaxuim.types.shape import Settings
from jaxuim.worlds.data import WorldData


@lru_cache(maxsize=4)
def build(settings: Settings) -> WorldData:
    """Return the world that ``settings`` describe; the last few are kept for the process.

    ``settings`` are ``(name, value)`` pairs with ``kind`` among them; a value of None means the
    default. ``kind = "tfds:NAME"`` reads NAME from tensorflow-datasets. The arrays are read-only.

    Raises:
        ValueError: if there is no kind, if it is unknown, or if the world cannot be built.

    >>> build((("kind", "digits"), ("shots", 3))).tasks["few_shot"].shots
    3
    """
    given = {name: value for name, value in settings if value is not None}
    if "kind" not in given:
        raise ValueError("world.kind is missing")
    kind, colon, name = str(given.pop("kind")).partition(":")
    known = catalogue("worlds")
    if kind not in known or (colon and kind != "tfds"):
        raise ValueError(
            f"world.kind = {kind + colon + name!r} is unknown; "
            f"allowed are {', '.join(sorted(known))}, with tfds written 'tfds:NAME'"
        )
    if kind == "tfds":
        if not name:
            raise ValueError("world.kind = 'tfds' lacks a data set; write 'tfds:NAME'")
        given["name"] = name
    world = known[kind].load()(**given)
    if not isinstance(world, WorldData):
        raise ValueError(f"world.kind = {kind!r} did not build a WorldData")
    return world
