"""From labelled parts to a world: shortcut attributes, groups and the four tasks."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from jaxuim.worlds.data import Part, Task, WorldData
from jaxuim.worlds.fixed import integers, permutation
from jaxuim.worlds.images import BRIGHTNESS, border_stamps

# Shares of pool, id training part and id test part, about those of digits; half and half far OOD.
SHARES = (0.64, 0.16, 0.20)
FAR_SHARES = (0.5, 0.5)
_SPLIT, _ATTRIBUTE = 101, 201  # keys of fixed draws


class Parts(NamedTuple):
    """The raw material of a world: labels of the first four are 0..K-1, of the last two 0..C-1."""

    pool: Part
    id_train: Part
    id_test: Part
    near_test: Part
    far_train: Part
    far_test: Part


def stratified(y: np.ndarray, shares: Sequence[float], key: int = _SPLIT) -> list[np.ndarray]:
    """Split 0..n-1 at random, but in each class by the given shares; return the index of each part.

    >>> [len(part) for part in stratified(np.zeros(10, int), (0.6, 0.4))]
    [6, 4]
    """
    order = permutation(key, len(y))
    rank = np.empty(len(y))
    for label in np.unique(y):
        members = order[y[order] == label]
        rank[members] = (np.arange(len(members)) + 0.5) / len(members)
    part = np.searchsorted(np.cumsum(shares)[:-1], rank, side="right")
    return [order[part[order] == k] for k in range(len(shares))]


def assemble(
    name: str,
    parts: Parts,
    *,
    image_shape: tuple[int, int, int] | None,
    shortcut: bool,
    shots: int,
    groups: int = 0,
    info: dict[str, float | str],
) -> WorldData:
    """Build a world; with a shortcut, downstream inputs get an attribute independent of the label.

    Groups are the caller's (``groups`` of them, on every part) where it has any. Otherwise, with a
    shortcut, they are ``attribute == label`` for id and near_ood, and the attribute for far_ood
    and few_shot. The shortcut is a lit border pixel of an image, or K appended inputs.

    Raises:
        ValueError: if a class has fewer than ``shots`` training examples in far_ood, or there are
            more pre-training classes than border pixels.
    """
    classes, far_classes = int(parts.pool.y.max()) + 1, int(parts.far_train.y.max()) + 1
    rarest = int(np.bincount(parts.far_train.y, minlength=far_classes).min())
    if shots > rarest:
        raise ValueError(
            f"world.shots = {shots} is more than the {rarest} training examples of the rarest "
            f"far_ood class; at most {rarest} are allowed"
        )
    stamps = None
    if shortcut and image_shape is not None:
        stamps = border_stamps(classes, image_shape)
    elif shortcut:
        parts = Parts(*(_widen(part, classes) for part in parts))
        stamps = np.eye(classes, parts.pool.x.shape[1], parts.pool.x.shape[1] - classes)
        stamps = (BRIGHTNESS * stamps).astype(np.float32)
    tasks = _tasks(parts, classes, far_classes, stamps, groups, shots)
    world = WorldData(
        name, classes, image_shape, _f32(parts.pool.x), _i32(parts.pool.y), stamps, tasks, info
    )
    _freeze(world)
    return world


def _tasks(
    parts: Parts, classes: int, far: int, stamps: np.ndarray | None, groups: int, shots: int
) -> dict[str, Task]:
    """Return the four tasks by name; near_ood shares id's attributes and training arrays."""
    id_x, id_y, _ = _render(parts.id_train, stamps, 0)
    far_x, far_y, _ = _render(parts.far_train, stamps, 1)
    tests = {
        "id": _render(parts.id_test, stamps, 2),
        "near_ood": _render(parts.near_test, stamps, 2),
        "far_ood": _render(parts.far_test, stamps, 3),
    }

    def task(name: str, head: str, test: str, k: int | None) -> Task:
        upstream = head == "id"
        train = (id_x, id_y) if upstream else (far_x, far_y)
        x, y, attribute = tests[test]
        members: np.ndarray | None = None
        count = 0
        if groups:
            own = {"id": parts.id_test, "near_ood": parts.near_test, "far_ood": parts.far_test}
            members, count = own[test].groups, groups
        elif attribute is not None:
            members = _i32(attribute == y) if upstream else attribute
            count = 2 if upstream else classes
        return Task(name, head, classes if upstream else far, *train, x, y, members, count, k)

    return {
        "id": task("id", "id", "id", None),
        "near_ood": task("near_ood", "id", "near_ood", None),
        "far_ood": task("far_ood", "far_ood", "far_ood", None),
        "few_shot": task("few_shot", "few_shot", "far_ood", shots),
    }


def _render(
    part: Part, stamps: np.ndarray | None, key: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Return inputs with a fixed random attribute rendered, labels and the attribute (or None)."""
    if stamps is None:
        return _f32(part.x), _i32(part.y), None
    attribute = integers(_ATTRIBUTE + key, len(part.y), len(stamps))
    return _f32(part.x + stamps[attribute]), _i32(part.y), attribute


def _widen(part: Part, classes: int) -> Part:
    """Append one zero input for each attribute."""
    return part._replace(x=np.pad(part.x, ((0, 0), (0, classes))))


def _freeze(world: WorldData) -> None:
    """Make every array read-only: a built world is shared by all who ask for it."""
    owners = (world, *world.tasks.values())
    for value in (value for owner in owners for value in owner):
        if isinstance(value, np.ndarray):
            value.flags.writeable = False


def _f32(x: np.ndarray) -> np.ndarray:
    return np.array(x, np.float32)


def _i32(y: np.ndarray) -> np.ndarray:
    return np.array(y, np.int32)
