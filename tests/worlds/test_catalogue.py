"""One table test over every world: the contract of WorldData, disjoint parts, determinism."""

import inspect
from collections.abc import Callable

import numpy as np
import pytest

from jaxuim.types.registry import catalogue
from jaxuim.types.worlds import TASKS
from jaxuim.worlds import WORLDS, Task, WorldData

KINDS = ("digits", "gaussian_mixture", "arrays flat", "arrays images", "arrays groups", "tfds")


@pytest.fixture(params=[(kind, shortcut) for kind in KINDS for shortcut in (False, True)], ids=str)
def built(
    request, npz: Callable[..., str], tfds_dir: str
) -> tuple[str, bool, WorldData, WorldData]:
    """A kind, whether it has a shortcut, and two independent builds."""
    kind, shortcut = request.param
    rng = np.random.default_rng(0)
    y = rng.permutation(np.arange(150) % 5)
    given = {"shortcut": shortcut}
    if kind == "arrays flat":
        given["path"] = npz(x=rng.standard_normal((150, 3)) + y[:, None], y=y)
    elif kind == "arrays images":
        given["path"] = npz(features=rng.random((150, 6, 5, 2)), labels=y)
    elif kind == "arrays groups":
        given["path"] = npz(x=rng.random((150, 3)), y=y, groups=rng.integers(0, 3, 150) * 10)
    elif kind == "tfds":
        given |= {"name": "blob_images", "data_dir": tfds_dir, "image_size": 4}
    build = catalogue("worlds")[kind.split()[0]].load()
    return kind, shortcut, build(**given), build(**given)


def parts(task: Task) -> list[tuple[np.ndarray, np.ndarray]]:
    return [(task.train_x, task.train_y), (task.test_x, task.test_y)]


def test_the_world_keeps_its_contract(built) -> None:
    kind, shortcut, world, _ = built
    width = world.pool_x.shape[1]
    assert tuple(world.tasks) == TASKS == WORLDS[kind.split()[0]].tasks
    every = [(world.pool_x, world.pool_y)]
    for name, task in world.tasks.items():
        assert task.name == name
        every += parts(task)
        for _, y in parts(task):
            assert set(np.unique(y)) == set(range(task.classes))
    for x, y in every:
        assert x.dtype == np.float32 and x.shape == (len(y), width) and np.isfinite(x).all()
        assert y.dtype == np.int32 and y.ndim == 1 and len(y) > 0
        assert not x.flags.writeable and not y.flags.writeable
    assert set(np.unique(world.pool_y)) == set(range(world.classes))
    assert world.tasks["id"].classes == world.tasks["near_ood"].classes == world.classes >= 2
    assert np.abs(world.pool_x).max() < 10
    assert world.info["near_ood"]
    if world.image_shape is not None:
        assert np.prod(world.image_shape) == width and world.pool_x.min() >= 0
        assert world.pool_x.max() <= 1
    if shortcut:
        assert world.stamps is not None and world.stamps.dtype == np.float32
        assert world.stamps.shape == (world.classes, width)
        assert not np.any(world.pool_x @ world.stamps.T) or world.image_shape
    else:
        assert world.stamps is None


def test_tasks_share_what_they_should(built) -> None:
    *_, world, _ = built
    own, near, far, few = (world.tasks[name] for name in TASKS)
    assert (own.head, near.head, far.head, few.head) == ("id", "id", "far_ood", "few_shot")
    assert near.train_x is own.train_x and near.train_y is own.train_y
    assert few.train_x is far.train_x and few.test_x is far.test_x
    assert np.array_equal(near.test_y, own.test_y)
    assert np.array_equal(near.test_groups, own.test_groups)  # the same attributes, or both None
    assert not np.array_equal(near.test_x, own.test_x)
    assert (own.shots, near.shots, far.shots, few.shots) == (None, None, None, 5)


def test_no_example_is_in_two_parts(built) -> None:
    kind, shortcut, world, _ = built
    if shortcut:
        return  # the same parts as without
    own, far = world.tasks["id"], world.tasks["far_ood"]
    arrays = [world.pool_x, own.train_x, own.test_x, far.train_x, far.test_x]
    rows = [row.tobytes() for x in arrays for row in x]
    assert len(rows) == len(set(rows))
    total = {"digits": 1797, "gaussian_mixture": 2000 + 2 * 500 + 2 * 2000}
    assert len(rows) == total.get(kind, 150)


SUBGROUPS = {"digits": 2, "gaussian_mixture": 4, "arrays groups": 3}


def test_groups_are_what_is_promised(built) -> None:
    kind, shortcut, world, _ = built
    if kind in SUBGROUPS:
        assert world.pool_groups.dtype == np.int32 and not world.pool_groups.flags.writeable
        assert set(np.unique(world.pool_groups)) == set(range(SUBGROUPS[kind]))
        assert world.pool_groups.shape == world.pool_y.shape
    else:
        assert world.pool_groups is None
    for name, task in world.tasks.items():
        if kind not in SUBGROUPS and not shortcut:
            assert task.test_groups is None and task.groups == 0
            continue
        groups = task.test_groups
        assert groups.dtype == np.int32 and groups.shape == task.test_y.shape
        assert set(np.unique(groups)) == set(range(task.groups))
        if kind == "arrays groups" or not shortcut:
            assert task.groups == SUBGROUPS[kind]
        elif name in ("id", "near_ood"):
            assert task.groups == 2
        else:
            assert task.groups == world.classes


def test_a_world_is_the_same_every_time(built) -> None:
    *_, one, two = built
    assert np.array_equal(one.pool_x, two.pool_x) and one.info == two.info
    for name in TASKS:
        for a, b in zip(one.tasks[name], two.tasks[name], strict=True):
            assert np.array_equal(a, b)


@pytest.mark.parametrize("kind", sorted(catalogue("worlds")))
def test_declared_settings_are_those_of_the_implementation(kind: str) -> None:
    world = catalogue("worlds")[kind]
    given = inspect.signature(world.load()).parameters
    declared = {p.name: p.default for p in world.parameters}
    built = {name: p.default for name, p in given.items() if name != "name"}
    assert {p.kind for p in given.values()} == {inspect.Parameter.KEYWORD_ONLY}
    assert declared == {n: None if v is inspect.Parameter.empty else v for n, v in built.items()}
