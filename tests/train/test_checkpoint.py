"""Tests for jaxuim/train/checkpoint.py."""

import jax
import numpy as np
import pytest

from jaxuim.models import build, to_module
from jaxuim.train import checkpoint

NETWORK = build("mlp", width=5, depth=2, inputs=4, classes=3)
STACKED = jax.vmap(NETWORK.init)(jax.random.split(jax.random.key(0), 4))
IDS = ["aa", "bb", "cc"]


def test_a_restored_member_is_the_trained_one(tmp_path):
    path = checkpoint.save(tmp_path / "models" / "x", STACKED, IDS)
    assert checkpoint.members(path) == IDS
    params = checkpoint.restore_member(path, "bb")
    expected = jax.tree.map(lambda leaf: np.asarray(leaf)[1], STACKED)
    assert jax.tree.structure(params) == jax.tree.structure(expected)
    jax.tree.map(np.testing.assert_array_equal, params, expected)
    x = np.ones((2, 4), np.float32)
    np.testing.assert_array_equal(to_module(NETWORK, params)(x), NETWORK.apply(expected, x))


def test_padding_is_cut_and_saving_again_replaces(tmp_path):
    checkpoint.save(tmp_path / "x", STACKED, IDS)
    path = checkpoint.save(tmp_path / "x", STACKED, ["dd"])
    assert checkpoint.members(path) == ["dd"]
    assert jax.tree.leaves(checkpoint.restore(path))[0].shape[0] == 1


def test_unknown_members_and_too_many_ids_are_refused(tmp_path):
    path = checkpoint.save(tmp_path / "x", STACKED, IDS)
    with pytest.raises(ValueError, match="holds no run 'zz'"):
        checkpoint.restore_member(path, "zz")
    with pytest.raises(ValueError, match="5 ids were given for 4 runs"):
        checkpoint.save(tmp_path / "y", STACKED, list("abcde"))
