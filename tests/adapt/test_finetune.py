"""Tests for jaxuim/adapt/finetune.py."""

import jax
import jax.numpy as jnp
import numpy as np

from jaxuim.adapt import finetune, linear_probe
from jaxuim.models import build

NETWORK = build("mlp", width=16, depth=1, inputs=6, classes=3)


def task(seed=0, count=60):
    rng = np.random.default_rng(seed)
    y = rng.integers(0, 3, count).astype(np.int32)
    x = rng.normal(size=(count, 6)).astype(np.float32) + 3 * np.eye(6, dtype=np.float32)[y]
    return jnp.asarray(x), jnp.asarray(y)


def tune(params, x, y, steps=200, key=0):
    return finetune.adapt(
        NETWORK.features,
        params,
        x,
        y,
        3,
        jax.random.key(key),
        steps=steps,
        batch_size=16,
        learning_rate=1e-2,
    )


def test_it_learns_the_task():
    x, y = task()
    fitted = tune(NETWORK.init(jax.random.key(0)), x, y)
    assert bool(fitted.converged)
    assert np.mean(np.argmax(fitted.logits(x), 1) == y) > 0.95


def test_the_pretrained_head_plays_no_part():
    x, y = task()
    params = NETWORK.init(jax.random.key(0))
    other = {**params, "head": jax.tree.map(lambda leaf: leaf + 5.0, params["head"])}
    np.testing.assert_array_equal(tune(params, x, y).logits(x), tune(other, x, y).logits(x))


def test_the_pretrained_body_does():
    x, y = task()
    one, other = (NETWORK.init(jax.random.key(seed)) for seed in (0, 1))
    assert not np.allclose(tune(one, x, y).logits(x), tune(other, x, y).logits(x))


def test_more_classes_than_upstream_are_possible():
    x, y = task()
    params = build("mlp", width=16, depth=1, inputs=6, classes=2).init(jax.random.key(0))
    assert tune(params, x, y, steps=1).logits(x).shape == (60, 3)


def test_a_network_without_biases_gets_a_head_without_one():
    network = build("linear", width=16, depth=1, inputs=6, classes=2)
    x, y = task()
    params = network.init(jax.random.key(0))
    options = {"steps": 200, "batch_size": 16, "learning_rate": 1e-2}
    fitted = finetune.adapt(network.features, params, x, y, 3, jax.random.key(0), **options)
    assert float(jnp.abs(fitted.logits(0 * x)).max()) == 0.0
    assert np.mean(np.argmax(fitted.logits(x), 1) == y) > 0.9


def test_weights_that_are_not_finite_are_a_status():
    x, y = task()
    params = jax.tree.map(lambda leaf: leaf * jnp.nan, NETWORK.init(jax.random.key(0)))
    assert not bool(tune(params, x, y, steps=2).converged)


def test_the_probe_leaves_the_features_and_predicts_from_them():
    x, y = task()
    params = NETWORK.init(jax.random.key(0))
    fitted = linear_probe.adapt(NETWORK.features, params, x, y, 3, jax.random.key(0), l2=1e-2)
    probe = linear_probe.fit(NETWORK.features(params, x), y, 3, 1e-2)
    expected = NETWORK.features(params, x) @ probe.weights + probe.bias
    np.testing.assert_allclose(fitted.logits(x), expected, atol=1e-5)
