"""From labelled parts to a world: shortcut attributes, groups and the four tasks."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from jaxuim.worlds.data import Part, Task, WorldData
from jaxuim.worlds.fixed import integers, permutation, uniforms
from jaxuim.worlds.images import BRIGHTNESS, border_stamps

# Shares of pool, id training part and id test part, about those of digits; half and half far OOD.
SHARES = (0.64, 0.16, 0.20)
FAR_SHARES = (0.5, 0.5)
_SPLIT, _ATTRIBUTE, _TIE = 101, 201, 401  # keys of fixed draws


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
    second_shortcut: bool = False,
    downstream_tie: float = 0.0,
    groups: int = 0,
    info: dict[str, float | str],
) -> WorldData:
    """Build a world; with a shortcut, downstream inputs get an attribute independent of the label.

    The pool's subgroups are those of its part, where it has any. Groups of the tasks are the
    caller's (``groups`` of them, on every part) where that is positive. Otherwise, with a
    shortcut, they are ``attribute == label`` for id and near_ood, and the attribute for far_ood
    and few_shot. The shortcut is a lit border pixel of an image, or K appended inputs.

    In the training parts of the tasks the attribute is the label (modulo their number) with
    probability ``downstream_tie``, by fixed draws: a bias of the downstream data.

    With a second one attribute ``a1 + K a2`` stands for both, at pixels or inputs of their own;
    groups are then ``(a1 == label) + 2 (a2 == label)``, and a1 for far_ood and few_shot.

    Raises:
        ValueError: if a class has fewer than ``shots`` training examples in far_ood, there are
            more attributes than border pixels, or a second shortcut or a tie without a shortcut.
    """
    if downstream_tie and not shortcut:
        raise ValueError("world.downstream_tie > 0 needs world.shortcut = true")
    if second_shortcut and not shortcut:
        raise ValueError("world.second_shortcut = true needs world.shortcut = true")
    classes, far_classes = int(parts.pool.y.max()) + 1, int(parts.far_train.y.max()) + 1
    rarest = int(np.bincount(parts.far_train.y, minlength=far_classes).min())
    if shots > rarest:
        raise ValueError(
            f"world.shots = {shots} is more than the {rarest} training examples of the rarest "
            f"far_ood class; at most {rarest} are allowed"
        )
    stamps = None
    if shortcut:
        values = 2 * classes if second_shortcut else classes
        if image_shape is None:
            parts = Parts(*(_widen(part, values) for part in parts))
        stamps = _stamps(classes, values, image_shape, parts.pool.x.shape[1])
    pool, test = parts.pool, parts.id_test
    world = WorldData(
        name,
        classes,
        image_shape,
        _f32(pool.x),
        _i32(pool.y),
        stamps,
        _tasks(parts, classes, far_classes, stamps, downstream_tie, groups, shots),
        info,
        pool_groups=None if pool.groups is None else _i32(pool.groups),
        aux=None if stamps is None else {"test": Part(_f32(test.x), _i32(test.y))},
    )
    _freeze(world)
    return world


def _stamps(
    classes: int, values: int, image_shape: tuple[int, int, int] | None, width: int
) -> np.ndarray:
    """Return the stamps of one shortcut f32[K, width], or of each pair of values of two [K^2]."""
    if image_shape is not None:
        single = border_stamps(values, image_shape)
    else:
        single = (BRIGHTNESS * np.eye(values, width, width - values)).astype(np.float32)
    if values == classes:
        return single
    pairs = single[None, :classes] + single[classes:, None]  # [a2, a1]: number a1 + K a2
    return pairs.reshape(classes**2, width)


def _tasks(
    parts: Parts,
    classes: int,
    far: int,
    stamps: np.ndarray | None,
    tie: float,
    groups: int,
    shots: int,
) -> dict[str, Task]:
    """Return the four tasks by name; near_ood shares id's attributes and training arrays."""
    id_x, id_y, _ = _render(parts.id_train, stamps, 0, tie)
    far_x, far_y, _ = _render(parts.far_train, stamps, 1, tie)
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
            given = own[test].groups
            members, count = None if given is None else _i32(given), groups
        elif attribute is not None and stamps is not None:
            members, count = _shortcut_groups(attribute, y, classes, len(stamps), upstream)
        return Task(name, head, classes if upstream else far, *train, x, y, members, count, k)

    return {
        "id": task("id", "id", "id", None),
        "near_ood": task("near_ood", "id", "near_ood", None),
        "far_ood": task("far_ood", "far_ood", "far_ood", None),
        "few_shot": task("few_shot", "few_shot", "far_ood", shots),
    }


def _shortcut_groups(
    attribute: np.ndarray, y: np.ndarray, classes: int, kinds: int, upstream: bool
) -> tuple[np.ndarray, int]:
    """Return the groups that a shortcut makes, and how many: agreement upstream, else its value."""
    first, second = attribute % classes, attribute // classes
    if not upstream:
        return _i32(first), classes
    if kinds == classes:
        return _i32(first == y), 2
    return _i32((first == y) + 2 * (second == y)), 4


def _render(
    part: Part, stamps: np.ndarray | None, key: int, tie: float = 0.0
) -> tuple[np.ndarray, np.ndarray, np.ndarray | None]:
    """Return inputs with a fixed attribute rendered, labels and the attribute (or None).

    The attribute is random, but the label where a fixed uniform number is below ``tie``.
    """
    if stamps is None:
        return _f32(part.x), _i32(part.y), None
    attribute = integers(_ATTRIBUTE + key, len(part.y), len(stamps))
    if tie:
        tied = uniforms(_TIE + key, len(part.y)) < tie
        attribute = np.where(tied, part.y % len(stamps), attribute)
    return _f32(part.x + stamps[attribute]), _i32(part.y), attribute


def _widen(part: Part, classes: int) -> Part:
    """Append one zero input for each attribute."""
    return part._replace(x=np.pad(part.x, ((0, 0), (0, classes))))


def _freeze(world: WorldData) -> None:
    """Make every array read-only: a built world is shared by all who ask for it."""
    owners = (world, *world.tasks.values(), *(world.aux or {}).values())
    for value in (value for owner in owners for value in owner):
        if isinstance(value, np.ndarray):
            value.flags.writeable = False


def _f32(x: np.ndarray) -> np.ndarray:
    return np.array(x, np.float32)


def _i32(y: np.ndarray) -> np.ndarray:
    return np.array(y, np.int32)
