"""Tests for jaxuim/models/dual_encoder.py."""

import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from jaxuim.models import MLP, DualEncoder
from jaxuim.models.dual_encoder import WORDS


@pytest.fixture(scope="module")
def model():
    return DualEncoder(inputs=4, classes=6, width=8, depth=2, rngs=nnx.Rngs(0))


def test_the_tower_of_inputs_is_an_mlp(model):
    tower = MLP(inputs=4, classes=6, width=8, depth=2, rngs=nnx.Rngs(0))
    x = jnp.arange(12.0).reshape(3, 4)
    np.testing.assert_array_equal(model(x), tower(x))


def test_captions_are_told_apart_whatever_the_order_of_their_words(model):
    captions = jnp.array([[0, 4, 20], [20, 0, 4], [0, 5, 20], [0, 4, WORDS - 1]])
    embedded = np.asarray(model.caption(captions))
    np.testing.assert_allclose(embedded[0], embedded[1], rtol=1e-5, atol=1e-6)
    assert np.abs(embedded[0] - embedded[2]).max() > 1e-3
    assert np.abs(embedded[0] - embedded[3]).max() > 1e-3


def test_the_scale_starts_at_its_documented_value_and_is_bounded(model):
    assert float(model.scale()) == pytest.approx(1 / 0.07, rel=1e-5)
    model.temperature[...] = jnp.float32(9.0)
    assert float(model.scale()) == pytest.approx(100.0, rel=1e-5)
