"""Arrays: scaling, held-out classes, groups, and one clear sentence for every bad file."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from jaxuim.worlds.arrays import build

Y = np.arange(150) % 5
X = np.random.default_rng(0).standard_normal((150, 3)) * [1.0, 100.0, 1e-3] + Y[:, None]


def test_flat_features_are_standardised_by_the_pool(npz: Callable[..., str]) -> None:
    world = build(path=npz(x=np.c_[X, np.full(150, 7.0)], y=Y))
    assert np.allclose(world.pool_x[:, :3].mean(0), 0, atol=1e-5)
    assert np.allclose(world.pool_x[:, :3].std(0), 1, atol=1e-5)
    assert np.all(world.pool_x[:, 3] == 0)
    assert world.name == "arrays:data.npz"
    shift = world.tasks["near_ood"].test_x - world.tasks["id"].test_x
    assert np.allclose(np.abs(shift), 0.5, atol=1e-5) and np.ptp(shift, axis=0).max() < 1e-5


@pytest.mark.parametrize(("held_out", "far"), [(0.1, 2), (0.3, 2), (0.6, 3), (0.9, 3)])
def test_the_last_classes_are_held_out(npz: Callable[..., str], held_out: float, far: int) -> None:
    names = np.array(["ant", "bee", "cat", "dog", "elk"])[Y]
    x = np.c_[X, 10.0 * Y]  # the last feature tells the class
    world = build(path=npz(x=x, y=names), held_out=held_out)
    task = world.tasks["far_ood"]
    assert (world.classes, task.classes) == (5 - far, far)
    level = [world.pool_x[world.pool_y == k, 3].mean() for k in range(world.classes)]
    level += [task.test_x[task.test_y == k, 3].mean() for k in range(far)]
    assert np.all(np.diff(level) > 0)


def test_each_class_is_split_by_the_stated_shares(npz: Callable[..., str]) -> None:
    world = build(path=npz(x=np.repeat(X, 4, 0), y=np.repeat(Y, 4)))  # 120 of each class
    own, far = world.tasks["id"], world.tasks["far_ood"]
    assert [set(np.bincount(y)) for y in (world.pool_y, own.train_y, own.test_y)] == [
        {77},
        {19},
        {24},
    ]
    assert np.bincount(far.train_y).tolist() == np.bincount(far.test_y).tolist() == [60, 60]


def test_images_are_scaled_and_keep_their_shape(npz: Callable[..., str]) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (150, 4, 6)).astype(np.uint8)
    world = build(path=npz(x=pixels, y=Y))
    assert world.image_shape == (4, 6, 1)
    known = {row.tobytes() for row in (pixels / np.float32(255)).reshape(150, -1)}
    assert all(row.tobytes() in known for row in world.pool_x)
    floats = build(path=npz(x=pixels * 3.0 - 100.0, y=Y))
    assert floats.pool_x.min() >= 0 and floats.pool_x.max() <= 1


def test_groups_are_the_users_own(npz: Callable[..., str]) -> None:
    groups = np.where(X[:, 0] > np.median(X[:, 0]), "high", "low")  # a property of the input
    world = build(path=npz(x=X, y=Y, groups=groups), shortcut=True)
    for name in ("id", "far_ood"):
        task = world.tasks[name]
        high = task.test_x[task.test_groups == 0, 0].min()
        assert task.groups == 2 and high > task.test_x[task.test_groups == 1, 0].max()
    assert np.array_equal(world.tasks["id"].test_groups, world.tasks["near_ood"].test_groups)


BAD = {
    "must hold either x or features, but holds y": {"y": Y},
    "must hold either y or labels, but holds x": {"x": X},
    "must hold either x or features, but holds x, features, y": {"x": X, "features": X, "y": Y},
    r"x has shape \(150,\); allowed are": {"x": Y, "y": Y},
    r"x has shape \(0, 3\); allowed are": {"x": X[:0], "y": Y[:0]},
    "x must hold real numbers": {"x": np.where(X > 1, np.nan, X), "y": Y},
    r"x must hold real numbers of at most 1e\+30": {"x": np.where(X > 1, 1e31, X), "y": Y},
    "x must hold real numbers of": {"x": X.astype(str), "y": Y},
    r"y has shape \(149,\) and type int64; it must hold one integer or text for each of the 150": {
        "x": X,
        "y": Y[:-1],
    },
    "y has shape .* and type float64": {"x": X, "y": Y + 0.5},
    r"groups has shape \(2,\)": {"x": X, "y": Y, "groups": Y[:2]},
    "has 3 classes; at least 4 are needed": {"x": X, "y": Y % 3},
    "has 9 examples of class 9; at least 10": {"x": X, "y": np.r_[np.full(9, 9), Y[9:]]},
    "cannot be read as an npz file of plain arrays": {"x": X, "y": Y.astype(object)},
}


@pytest.mark.parametrize("message", BAD)
def test_bad_contents_are_refused(npz: Callable[..., str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        build(path=npz(**BAD[message]))


@pytest.mark.parametrize("content", [b"", b"not a zip", b"PK\x03\x04 broken", b"\x93NUMPY\x01\x00"])
def test_a_foreign_file_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "data.npz"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="cannot be read as an npz file"):
        build(path=str(path))


def test_a_truncated_or_single_array_file_is_refused(
    npz: Callable[..., str], tmp_path: Path
) -> None:
    path = Path(npz(x=X, y=Y))
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(ValueError, match="cannot be read as an npz file"):
        build(path=str(path))
    np.save(tmp_path / "one.npy", X)
    with pytest.raises(ValueError, match="cannot be read as an npz file"):
        build(path=str(tmp_path / "one.npy"))
    with pytest.raises(ValueError, match="is not a file"):
        build(path=str(tmp_path))


def test_too_many_shots_and_stamps_are_refused(npz: Callable[..., str]) -> None:
    path = npz(x=X, y=Y)
    with pytest.raises(
        ValueError, match=r"world\.shots = 16 is more than the 15 training examples"
    ):
        build(path=path, shots=16)
    y = np.arange(150) % 12
    tiny = npz(x=np.random.default_rng(0).random((150, 2, 2)), y=y)
    with pytest.raises(ValueError, match=r"each of the 8 .* images of 2 x 2 pixels have 4"):
        build(path=tiny, shortcut=True)
