"""Tests for jaxuim/train/run.py: one run as a pure function."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxuim.biases import Slots, count_distinct
from jaxuim.models import build
from jaxuim.rng import run_key, stream
from jaxuim.train import batches, run
from jaxuim.train.hyper import pool_data, stack
from jaxuim.train.objectives import Sizes
from jaxuim.train.objectives import build as build_objective
from jaxuim.train.showing import draw_slots, exhibit, show

OBJECTIVE = build_objective("supervised", Sizes(inputs=6, classes=3))


def one(level=0.0, samples=60, seed=0, rate=1e-2, decay=0.0):
    return jax.tree.map(lambda a: jnp.asarray(a[0]), stack(seed, [level], samples, rate, decay))


@pytest.fixture(scope="module")
def setting(tiny_world, make_shape):
    network = build("mlp", width=8, depth=1, inputs=6, classes=3)
    return network, pool_data(tiny_world.pool_x, tiny_world.pool_y, None), make_shape()


def train(setting, hyper, length=12, start=0, state=None):
    network, pool, shape = setting
    key = run_key(0, hyper.seed)
    slots = draw_slots(key, hyper, pool, shape, 3)
    state = run.begin(network.init(jax.random.key(9)), hyper, shape) if state is None else state
    shown = exhibit(key, slots, pool, shape, None)
    return run.advance(
        network, OBJECTIVE, shape, state, shown, key, hyper, jnp.int32(start), length
    )


@given(st.integers(0, 2**31), st.floats(0, 1, width=32), st.floats(0, 1, width=32))
def test_draws_are_shared_by_levels_and_nested(setting, seed, one_level, other_level):
    _, pool, shape = setting
    low, high = sorted((one_level, other_level))
    key = run_key(0, seed)
    clean, less, more = (draw_slots(key, one(b), pool, shape, 3) for b in (0.0, low, high))
    np.testing.assert_array_equal(clean.index, more.index)
    np.testing.assert_array_equal(clean.label, np.asarray(pool.examples.label)[clean.index])
    hit_less, hit_more = less.label != clean.label, more.label != clean.label
    assert not np.any(hit_less & ~hit_more)
    np.testing.assert_array_equal(less.label[hit_less], more.label[hit_less])


def test_every_seed_permutes_the_pool_and_samples_are_nested(setting):
    _, pool, shape = setting
    slots = draw_slots(run_key(0, 1), one(), pool, shape, 3)
    assert sorted(np.asarray(slots.index)) == list(range(60))
    other = draw_slots(run_key(0, 2), one(), pool, shape, 3)
    assert not np.array_equal(slots.index, other.index)
    fewer = draw_slots(run_key(0, 1), one(samples=10), pool, shape, 3)
    np.testing.assert_array_equal(slots.index, fewer.index)
    assert int(count_distinct(fewer, jnp.int32(10))) == 10


def test_training_is_the_plain_loop(setting):
    """The scan against a loop written out with optax, batch by batch."""
    network, pool, shape = setting
    hyper = one(level=0.4, samples=20)
    key = run_key(0, hyper.seed)
    slots = draw_slots(key, hyper, pool, shape, 3)
    places = batches.independent(stream(key, "batches"), jnp.int32(0), 12, 8, hyper.samples)
    assert int(places.max()) < 20
    params = network.init(jax.random.key(9))
    chain = optax.adam(1e-2)
    state = chain.init(params)
    for place in places:
        x, y = pool.x[slots.index[place]], slots.label[place]

        def loss(p, x=x, y=y):
            return -jnp.mean(jax.nn.log_softmax(network.apply(p, x))[jnp.arange(8), y])

        updates, state = chain.update(jax.grad(loss)(params), state, params)
        params = optax.apply_updates(params, updates)
    found = train(setting, hyper).params
    for one_leaf, other in zip(jax.tree.leaves(found), jax.tree.leaves(params), strict=True):
        np.testing.assert_allclose(one_leaf, other, rtol=1e-4, atol=1e-5)


def test_cutting_a_run_into_segments_changes_nothing(setting):
    hyper = one(level=0.2)
    whole = train(setting, hyper)
    halves = train(setting, hyper, length=6, start=6, state=train(setting, hyper, length=6))
    for a, b in zip(jax.tree.leaves(whole), jax.tree.leaves(halves), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_batches_are_uniform_over_the_slots_in_use(setting):
    places = np.asarray(batches.independent(jax.random.key(0), jnp.int32(0), 500, 64, jnp.int32(7)))
    share = np.bincount(places.ravel(), minlength=7) / places.size
    assert len(share) == 7
    assert np.abs(share - 1 / 7).max() < 5 * np.sqrt(1 / 7 * 6 / 7 / places.size)


@pytest.mark.parametrize(("batch", "samples"), [(7, 7), (21, 7), (5, 7), (10, 7)])
def test_distinct_batches_hold_every_slot_equally_often(batch, samples):
    places = np.asarray(
        batches.distinct(jax.random.key(0), jnp.int32(0), 50, batch, jnp.int32(samples))
    )
    counts = np.stack([np.bincount(row, minlength=samples) for row in places])
    assert counts.shape == (50, samples)
    assert counts.min() == batch // samples and counts.max() == -(-batch // samples)
    assert len(np.unique(places[:, 0])) == samples


def test_a_distinct_batch_of_all_samples_is_full_batch_descent(setting, make_shape):
    network, pool, _ = setting
    shape = make_shape(optimizer="sgd", batch_size=20, batches="distinct")
    hyper = one(samples=20, rate=0.1)
    key = run_key(0, hyper.seed)
    slots = draw_slots(key, hyper, pool, shape, 3)
    x, y = pool.x[slots.index[:20]], slots.label[:20]
    params = network.init(jax.random.key(9))

    def loss(p):
        return -jnp.mean(jax.nn.log_softmax(network.apply(p, x))[jnp.arange(20), y])

    for _ in range(12):
        params = jax.tree.map(lambda w, g: w - 0.1 * g, params, jax.grad(loss)(params))
    found = train((network, pool, shape), hyper).params
    for one_leaf, other in zip(jax.tree.leaves(found), jax.tree.leaves(params), strict=True):
        np.testing.assert_allclose(one_leaf, other, rtol=1e-4, atol=1e-5)


def test_a_bias_free_shape_trains_on_clean_labels(setting, make_shape):
    _, pool, _ = setting
    shape = make_shape(biases=(), bias_settings=())
    slots = draw_slots(run_key(0, 0), one(1.0), pool, shape, 3)
    np.testing.assert_array_equal(slots.label, np.asarray(pool.examples.label)[slots.index])


def test_stamps_are_rendered_for_the_slot_attribute(tiny_world, make_shape):
    stamps = np.float32([[10, 0, 0, 0, 0, 0], [0, 20, 0, 0, 0, 0], [0, 0, 30, 0, 0, 0]])
    pool = pool_data(tiny_world.pool_x, tiny_world.pool_y, stamps)
    shape = make_shape()
    slots = Slots(*jnp.array([[4, 5], [0, 0], [1, 2], [0, 0]]))
    x = show(exhibit(run_key(0, 0), slots, pool, shape, None), slots)
    np.testing.assert_allclose(x, tiny_world.pool_x[[4, 5]] + stamps[[1, 2]])
