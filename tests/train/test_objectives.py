"""Tests for jaxuim/train/objectives: what learns labels."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxuim import models
from jaxuim.train.objectives import Sizes, build

NETWORK = models.build("mlp", width=8, depth=1, inputs=6, classes=3)
PARAMS = NETWORK.init(jax.random.key(0))
X = jax.random.normal(jax.random.key(1), (9, 6))
Y = jnp.arange(9) % 3
KEY = jax.random.key(2)
SUPERVISED = ("supervised", "squared_error")


def loss_of(name):
    objective = build(name, Sizes(inputs=6, classes=3))
    return lambda network, params, x, y: objective.loss(network, params, x, y, KEY)


@pytest.mark.parametrize("name", SUPERVISED)
def test_the_loss_is_the_mean_of_the_losses_of_the_examples(name):
    objective = build(name, Sizes(inputs=6, classes=3))
    losses = objective.losses(NETWORK, PARAMS, X, Y)
    assert losses.shape == (9,)
    np.testing.assert_allclose(losses.mean(), loss_of(name)(NETWORK, PARAMS, X, Y), rtol=1e-6)


@pytest.mark.parametrize("name", SUPERVISED)
def test_it_is_a_mean_over_the_batch_that_training_lowers(name):
    loss = loss_of(name)
    whole = loss(NETWORK, PARAMS, X, Y)
    parts = [loss(NETWORK, PARAMS, X[i : i + 3], Y[i : i + 3]) for i in (0, 3, 6)]
    np.testing.assert_allclose(whole, np.mean(parts), rtol=1e-5)
    slope = jax.grad(lambda p: loss(NETWORK, p, X, Y))(PARAMS)
    after = jax.tree.map(lambda w, g: w - 1e-2 * g, PARAMS, slope)
    assert loss(NETWORK, after, X, Y) < whole


@pytest.mark.parametrize("name", SUPERVISED)
def test_it_does_not_depend_on_the_order_of_the_classes(name):
    turned = dict(PARAMS, head=jax.tree.map(lambda leaf: jnp.roll(leaf, 1, -1), PARAMS["head"]))
    loss = loss_of(name)
    other = loss(NETWORK, turned, X, (Y + 1) % 3)
    np.testing.assert_allclose(loss(NETWORK, PARAMS, X, Y), other, rtol=1e-5)


def test_the_squared_error_is_written_out():
    logits = np.asarray(NETWORK.apply(PARAMS, X))
    total = 0.0
    for row, label in zip(logits, np.asarray(Y), strict=True):
        total += sum((value - (k == label)) ** 2 for k, value in enumerate(row)) / 2
    found = loss_of("squared_error")(NETWORK, PARAMS, X, Y)
    np.testing.assert_allclose(found, total / 9, rtol=1e-5)
