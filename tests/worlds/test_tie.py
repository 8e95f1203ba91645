"""The downstream tie: a shortcut in the tasks' own training data, and nowhere else."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxuim.worlds.digits import build
from jaxuim.worlds.fixed import uniforms

CLEAN = build(shortcut=True)


def attributes(x, stamps):
    """The stamp that each input shows: the brightest of the stamped pixels."""
    return (x @ (stamps > 0).T.astype(np.float32)).argmax(axis=1)


def agreement(world, task):
    part = world.tasks[task]
    return np.mean(attributes(part.train_x, world.stamps) == part.train_y)


@pytest.mark.parametrize("task", ["id", "far_ood"])
@pytest.mark.parametrize("tie", [0.0, 0.5, 1.0])
def test_the_attribute_of_training_inputs_is_the_label_as_often_as_said(task, tie):
    world = build(shortcut=True, downstream_tie=tie)
    p, n = tie + (1 - tie) / 7, len(world.tasks[task].train_y)
    assert abs(agreement(world, task) - p) < 5 * np.sqrt(p * (1 - p) / n) + 0.02


@given(st.floats(0, 1))
def test_tests_and_the_pool_stay_as_they_are(tie):
    world = build(shortcut=True, downstream_tie=tie)
    np.testing.assert_array_equal(world.pool_x, CLEAN.pool_x)
    for name, task in world.tasks.items():
        np.testing.assert_array_equal(task.test_x, CLEAN.tasks[name].test_x)
        np.testing.assert_array_equal(task.train_y, CLEAN.tasks[name].train_y)


def test_a_tie_needs_a_shortcut():
    with pytest.raises(ValueError, match=r"downstream_tie > 0 needs world.shortcut = true"):
        build(downstream_tie=0.5)


def test_uniforms_are_fixed_and_uniform():
    u = uniforms(5, 10_000)
    np.testing.assert_array_equal(u, uniforms(5, 10_000))
    assert abs(u.mean() - 0.5) < 5 * np.sqrt(1 / 12 / 10_000)
