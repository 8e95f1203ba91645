"""Digits: the split of the design, real images, a shift that hurts moderately, a visible stamp."""

import numpy as np
from sklearn.datasets import load_digits
from sklearn.neural_network import MLPClassifier

from jaxuim.worlds.digits import build


def test_the_split_is_that_of_the_design() -> None:
    world = build()
    pixels, labels = load_digits(return_X_y=True)
    own, far = world.tasks["id"], world.tasks["far_ood"]
    assert (world.classes, len(world.pool_y), len(own.train_y)) == (7, 800, 200)
    assert len(own.test_y) == (labels < 7).sum() - 1000
    halves = [np.bincount(y) for y in (far.train_y, far.test_y)]
    assert np.array_equal(sum(halves), np.bincount(labels)[7:]) and far.classes == 3
    assert np.abs(halves[0] - halves[1]).max() <= 1
    known = {row.tobytes(): label for row, label in zip(pixels / 16, labels, strict=True)}
    for x, y, first in (
        (world.pool_x, world.pool_y, 0),
        (own.test_x, own.test_y, 0),
        (far.train_x, far.train_y, 7),
    ):
        assert [known[row.astype(float).tobytes()] for row in x] == (y + first).tolist()


def test_the_shift_hurts_a_clean_network_moderately() -> None:
    world = build()
    network = MLPClassifier((64,), max_iter=400, tol=1e-3, random_state=0)
    network.fit(world.pool_x, world.pool_y)
    error = {
        name: 1 - network.score(task.test_x, task.test_y)
        for name, task in world.tasks.items()
        if name in ("id", "near_ood")
    }
    assert error["id"] < 0.06 and 0.10 < error["near_ood"] < 0.35


def test_the_attribute_is_readable_and_carries_nothing() -> None:
    world, plain = build(shortcut=True), build()
    assert np.array_equal(world.pool_x, plain.pool_x)  # the pool is without stamp
    for name, task in world.tasks.items():
        added = task.test_x - plain.tasks[name].test_x
        attribute = added.reshape(-1, 8, 8)[:, :, 0].argmax(1)
        assert np.array_equal(added, world.stamps[attribute])
        agrees = attribute == task.test_y
        expected = agrees if name in ("id", "near_ood") else attribute
        assert np.array_equal(task.test_groups, expected)
        # agreement is by chance: 1/7 of the examples, within 5 standard errors
        p = 1 / 7
        assert abs(agrees.mean() - p) < 5 * np.sqrt(p * (1 - p) / len(agrees))
    assert plain.pool_x.reshape(-1, 8, 8)[:, :, 0].max() < world.stamps.max() / 2
