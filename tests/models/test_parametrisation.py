"""Tests for jaxuim/models/parametrisation.py: which parameters are slowed down, and by how much."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxuim.models import build
from jaxuim.models.parametrisation import rate_factors, width_ratio

SIZES = {"inputs": 16, "classes": 5, "image_shape": (4, 4, 1), "vocabulary": 11}
MUP = (("parametrisation", "mup"),)
SLOWED = {
    "mlp": {("layers", 1, "kernel")},
    "cnn": {("layers", 1, "kernel")},
    "transformer": {("blocks", b, part) for b in (0, 1) for part in ("qkv", "out", "up", "down")},
    "vit": {("blocks", b, part) for b in (0, 1) for part in ("qkv", "out", "up", "down")},
    "dual_encoder": {("layers", 1, "kernel")}
    | {("caption_layers", layer, "kernel") for layer in (0, 1)},
}


@pytest.mark.parametrize("kind", SLOWED)
def test_matrices_from_width_to_width_are_slowed_and_nothing_else(kind):
    network = build(kind, width=128, depth=2, settings=MUP, **SIZES)
    params = jax.eval_shape(network.init, jax.random.key(0))
    found = jax.tree_util.tree_leaves_with_path(rate_factors(params, 128))
    factors = {tuple(step.key for step in path): factor for path, factor in found}
    assert {path for path, factor in factors.items() if factor != 1.0} == SLOWED[kind]
    assert all(factors[path] == 0.25 for path in SLOWED[kind])


def test_at_the_base_width_nothing_is_slowed():
    params = build("mlp", width=32, depth=3, inputs=4, classes=2).init(jax.random.key(0))
    assert set(jax.tree.leaves(rate_factors(params, 32))) == {1.0}
    assert width_ratio("mup", 32) == 1.0


def test_a_head_under_mup_keeps_the_variance_of_its_weights_and_shrinks_its_output():
    network = build("mlp", width=128, depth=1, inputs=4, classes=50, settings=MUP)
    params = network.init(jax.random.key(0))
    kernel = params["head"]["kernel"]
    error = np.sqrt(0.8 / kernel.size) / 32  # of a uniform number's square
    assert abs(float(jnp.mean(kernel**2)) - 1 / 32) < 5 * error
    x = jax.random.normal(jax.random.key(1), (3, 4))
    expected = network.features(params, x) @ kernel * 32 / 128
    np.testing.assert_allclose(network.apply(params, x), expected, rtol=1e-4, atol=1e-6)
