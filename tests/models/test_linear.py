"""Tests for jaxuim/models/linear.py."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxuim.models import build
from jaxuim.sweep.spec import Spec


@pytest.mark.parametrize("depth", [1, 3])
def test_it_is_the_product_of_its_kernels_and_has_nothing_else(depth):
    network = build("linear", width=7, depth=depth, inputs=5, classes=3)
    params = network.init(jax.random.key(0))
    kernels = [params["layers"][number]["kernel"] for number in range(depth)]
    kernels.append(params["head"]["kernel"])
    assert len(jax.tree.leaves(params)) == depth + 1
    x = jax.random.normal(jax.random.key(1), (4, 5))
    features, logits = network.features(params, x), network.apply(params, x)
    np.testing.assert_allclose(features, x @ _product(kernels[:-1]), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(logits, x @ _product(kernels), rtol=1e-4, atol=1e-5)


def test_it_is_zero_at_zero_and_scales_with_its_input():
    network = build("linear", width=7, depth=2, inputs=5, classes=3)
    params = network.init(jax.random.key(0))
    x = jax.random.normal(jax.random.key(1), (4, 5))
    assert float(jnp.abs(network.apply(params, 0 * x)).max()) == 0.0
    np.testing.assert_allclose(
        network.apply(params, -3 * x), -3 * network.apply(params, x), rtol=1e-4, atol=1e-6
    )


def test_initial_kernels_keep_the_second_moment():
    params = build("linear", width=256, depth=2, inputs=64, classes=200).init(jax.random.key(0))
    for kernel in jax.tree.leaves(params):
        variance = 1 / kernel.shape[0]
        error = np.sqrt(0.8 / kernel.size) * variance  # of a uniform's square
        assert abs(float(jnp.mean(kernel**2)) - variance) < 5 * error


def test_a_sweep_may_ask_for_it():
    raw = {
        "name": "linear",
        "world": {"kind": "digits"},
        "bias": {"kind": "long_tail", "level": [0.0, 1.0]},
        "model": {"kind": "linear", "width": 8},
        "pretrain": {
            "objective": "squared_error",
            "samples": 64,
            "steps": 5,
            "batch_size": 64,
            "batches": "distinct",
        },
    }
    spec = Spec.from_dict(raw)
    assert spec.model.kind == "linear"
    with pytest.raises(ValueError, match=r"pretrain\.objective"):
        Spec.from_dict(raw, ['pretrain.objective="squared"'])


def _product(kernels):
    total = kernels[0]
    for kernel in kernels[1:]:
        total = total @ kernel
    return total
