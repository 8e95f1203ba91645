"""Tests for jaxuim/train/objective.py: every declared objective."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxuim.models import build
from jaxuim.train.objective import OBJECTIVES
from jaxuim.types.objectives import OBJECTIVES as DECLARED

NETWORK = build("mlp", width=8, depth=1, inputs=6, classes=3)
PARAMS = NETWORK.init(jax.random.key(0))
X = jax.random.normal(jax.random.key(1), (9, 6))
Y = jnp.arange(9) % 3


def test_every_declared_objective_is_there():
    assert set(OBJECTIVES) == set(DECLARED)


@pytest.mark.parametrize("name", sorted(OBJECTIVES))
def test_it_is_a_mean_over_the_batch_that_training_lowers(name):
    loss = OBJECTIVES[name]
    whole = loss(NETWORK, PARAMS, X, Y)
    parts = [loss(NETWORK, PARAMS, X[i : i + 3], Y[i : i + 3]) for i in (0, 3, 6)]
    np.testing.assert_allclose(whole, np.mean(parts), rtol=1e-5)
    slope = jax.grad(lambda p: loss(NETWORK, p, X, Y))(PARAMS)
    after = jax.tree.map(lambda w, g: w - 1e-2 * g, PARAMS, slope)
    assert loss(NETWORK, after, X, Y) < whole


@pytest.mark.parametrize("name", sorted(OBJECTIVES))
def test_it_does_not_depend_on_the_order_of_the_classes(name):
    turned = dict(PARAMS, head=jax.tree.map(lambda leaf: jnp.roll(leaf, 1, -1), PARAMS["head"]))
    loss = OBJECTIVES[name]
    other = loss(NETWORK, turned, X, (Y + 1) % 3)
    np.testing.assert_allclose(loss(NETWORK, PARAMS, X, Y), other, rtol=1e-5)


def test_the_squared_error_is_written_out():
    logits = np.asarray(NETWORK.apply(PARAMS, X))
    total = 0.0
    for row, label in zip(logits, np.asarray(Y), strict=True):
        total += sum((value - (k == label)) ** 2 for k, value in enumerate(row)) / 2
    found = OBJECTIVES["squared_error"](NETWORK, PARAMS, X, Y)
    np.testing.assert_allclose(found, total / 9, rtol=1e-5)
