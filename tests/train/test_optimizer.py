"""Tests for jaxuim/train/optimizer.py."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxuim import models
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


MUP = (("parametrisation", "mup"),)
WIDE = {"layers": {1: {"kernel": jnp.ones((2, 2))}}, "head": {"kernel": jnp.ones((2, 2))}}


@pytest.mark.parametrize(("width", "factor"), [(32, 1.0), (128, 0.25)])
def test_mup_scales_the_updates_of_hidden_matrices_alone(make_shape, width, factor):
    rates = jnp.float32(0.1), jnp.float32(0.2)
    chains = [
        optimizer.build(make_shape(width=width, model_settings=s, decays=True), *rates)
        for s in ((), MUP)
    ]
    usual, scaled = (chain.update(WIDE, chain.init(WIDE), WIDE)[0] for chain in chains)
    np.testing.assert_array_equal(scaled["head"]["kernel"], usual["head"]["kernel"])
    hidden = [updates["layers"][1]["kernel"] for updates in (scaled, usual)]
    np.testing.assert_array_equal(hidden[0], factor * hidden[1])


def test_mup_is_refused_where_its_table_is_not_that_of_the_optimizer(make_shape):
    with pytest.raises(ValueError, match=r"rates of adam, adamw, and pretrain.optimizer is 'sgd'"):
        optimizer.build(
            make_shape(optimizer="sgd", model_settings=MUP), jnp.float32(0.1), jnp.float32(0.0)
        )


X = np.random.default_rng(0).normal(size=(16, 6)).astype(np.float32)
Y = (X.sum(axis=1) > 0).astype(np.int32)


def moved(make_shape, width, settings):
    """Log of how far four steps of Adam move the logits, for each of eight seeds."""
    shape = make_shape(width=width, model_settings=settings)
    network = models.build("mlp", width=width, depth=2, inputs=6, classes=3, settings=settings)
    chain = optimizer.build(shape, jnp.float32(1e-2), jnp.float32(0.0))

    def loss(params):
        logits = network.apply(params, X)
        return optax.softmax_cross_entropy_with_integer_labels(logits, Y).mean()

    def step(state, _):
        params, opt_state = state
        updates, opt_state = chain.update(jax.grad(loss)(params), opt_state, params)
        return (optax.apply_updates(params, updates), opt_state), None

    def one(key):
        start = network.init(key)
        (end, _), _ = jax.lax.scan(step, (start, chain.init(start)), None, length=4)
        return jnp.sqrt(jnp.square(network.apply(end, X) - network.apply(start, X)).mean())

    keys = jax.random.split(jax.random.key(0), 8)
    return np.log(jax.jit(lambda keys: jax.lax.map(one, keys))(keys))


def test_coordinates_move_as_far_in_wide_networks_under_mup_and_further_otherwise(make_shape):
    """The coordinate check of Yang et al. 2022: widths 32, where both are one, and 256."""
    narrow = moved(make_shape, 32, ())
    for settings, grows in (((), True), (MUP, False)):
        growth = moved(make_shape, 256, settings) - narrow
        error = growth.std(ddof=1) / np.sqrt(len(growth))
        assert error < 0.3
        assert growth.mean() > 5 * error if grows else growth.mean() < 3 * error
