"""Tests for jaxuim/train/optimizer.py."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxuim.train import optimizer

PARAMS = {"w": jnp.array([[1.0, -2.0], [3.0, 0.5]]), "b": jnp.array([0.1, -0.2])}


def trajectory(chain, steps=5):
    params, state = PARAMS, chain.init(PARAMS)
    for step in range(steps):
        gradient = jax.tree.map(lambda p, step=step: p * 0.3 + step, params)
        updates, state = chain.update(gradient, state, params)
        params = optax.apply_updates(params, updates)
    return params


REFERENCE = {
    "sgd": lambda wd: optax.chain(optax.add_decayed_weights(wd), optax.sgd(0.1)),
    "momentum": lambda wd: optax.chain(optax.add_decayed_weights(wd), optax.sgd(0.1, momentum=0.9)),
    "adam": lambda wd: optax.chain(optax.add_decayed_weights(wd), optax.adam(0.1)),
    "adamw": lambda wd: optax.adamw(0.1, weight_decay=wd),
}


@pytest.mark.parametrize("decay", [0.0, 0.2])
@pytest.mark.parametrize("name", list(optimizer.OPTIMIZERS))
def test_every_optimizer_equals_its_optax_definition(make_shape, name, decay):
    shape = make_shape(optimizer=name, decays=decay > 0)
    found = trajectory(optimizer.build(shape, jnp.float32(0.1), jnp.float32(decay)))
    for key, expected in trajectory(REFERENCE[name](decay)).items():
        np.testing.assert_allclose(found[key], expected, rtol=1e-5, atol=1e-6)


def test_an_unknown_optimizer_is_refused(make_shape):
    with pytest.raises(ValueError, match="'adagrad' is unknown"):
        optimizer.build(make_shape(optimizer="adagrad"), jnp.float32(0.1), jnp.float32(0.0))


@given(st.sampled_from(["constant", "cosine"]), st.integers(0, 20), st.integers(0, 99))
def test_schedules_stay_in_range_and_start_and_end_where_they_should(kind, warmup, step):
    factor = optimizer.schedule(kind, 100, warmup)
    value = float(factor(jnp.asarray(step)))
    assert 0.0 <= value <= 1.0
    if step < warmup:
        assert value == pytest.approx((step + 1) / warmup, rel=1e-5)
    elif kind == "constant":
        assert value == 1.0
    assert float(factor(jnp.asarray(100))) == pytest.approx(
        1.0 if kind == "constant" else 0.0, abs=1e-6
    )


def test_a_schedule_scales_the_rate(make_shape):
    shape = make_shape(optimizer="sgd", schedule="cosine", steps=10)
    chain = optimizer.build(shape, jnp.float32(0.5), jnp.float32(0.0))
    state = chain.init(PARAMS)
    for step in range(10):
        updates, state = chain.update(jax.tree.map(jnp.ones_like, PARAMS), state, PARAMS)
        expected = -0.5 * (1 + np.cos(np.pi * step / 10)) / 2
        np.testing.assert_allclose(updates["b"], expected, rtol=1e-4, atol=1e-6)
