"""What holds for every declared model."""

import inspect
from functools import cache

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from jaxuim.models import MODELS, build, to_module

WIDTH = 8
SIZES = {"inputs": 16, "classes": 5, "image_shape": (4, 4, 1), "vocabulary": 11}


@cache
def made(kind, settings=(), width=WIDTH):
    network = build(kind, width=width, depth=2, settings=settings, **SIZES)
    x = jax.random.normal(jax.random.key(2), (3, 16))
    if "tokens" in MODELS[kind].needs:
        x = jax.random.randint(jax.random.key(2), (3, 16), 0, 11)
    return network, jax.jit(network.init)(jax.random.key(1)), x


@pytest.mark.parametrize("kind", MODELS)
def test_pure_functions_equal_the_module(kind):
    network, params, x = made(kind)
    module = to_module(network, params)
    assert isinstance(module, nnx.Module)
    outputs, features = network.apply(params, x), network.features(params, x)
    np.testing.assert_array_equal(outputs, module(x))
    np.testing.assert_array_equal(features, module.features(x))
    assert features.shape == (3, WIDTH)
    assert outputs.shape == ((3, 16, 5) if kind == "transformer" else (3, 5))
    # what a new head is fitted on is what the old one saw, or its mean over the sequence
    seen = module.head(module.features(x))
    alone = outputs.mean(axis=1) if kind == "transformer" else outputs
    np.testing.assert_allclose(seen, alone, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("kind", MODELS)
def test_changing_one_member_of_a_vmap_changes_no_other(kind):
    network, _, x = made(kind)
    own = made(kind)[1]
    params = jax.tree.map(lambda leaf: jnp.stack([leaf + 0.1, leaf, -leaf]), own)
    outputs = jax.vmap(network.apply, (0, None))(params, x)
    alone = network.apply(own, x)
    np.testing.assert_allclose(outputs[1], alone, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("kind", MODELS)
def test_no_example_of_a_batch_sees_another(kind):
    network, params, x = made(kind)
    changed = x.at[1].set(0)
    rest = jnp.array([0, 2])
    np.testing.assert_allclose(
        network.apply(params, x)[rest], network.apply(params, changed)[rest], rtol=1e-6, atol=1e-7
    )


@pytest.mark.parametrize("kind", MODELS)
def test_declared_settings_are_those_of_the_implementation(kind):
    wanted = inspect.signature(MODELS[kind].load().__init__).parameters
    sizes = {"self", "rngs", "classes", "inputs", "image_shape", "vocabulary", "length"}
    declared = {item.name: item for item in MODELS[kind].parameters}
    assert set(wanted) - sizes == set(declared)
    for name in set(declared) - {"width", "depth"}:
        assert wanted[name].default == declared[name].default


@pytest.mark.parametrize(
    "kind", [k for k, m in MODELS.items() if "parametrisation" in [p.name for p in m.parameters]]
)
def test_mup_is_standard_at_the_base_width_and_not_elsewhere(kind):
    mup = (("parametrisation", "mup"),)
    for width, same in ((32, True), (64, False)):
        network, params, x = made(kind, width=width)
        other, weights, _ = made(kind, mup, width=width)
        equal = np.array_equal(network.apply(params, x), other.apply(weights, x))
        assert equal == same
    with pytest.raises(ValueError, match="parametrisation 'ntk' is unknown"):
        made(kind, (("parametrisation", "ntk"),))


@pytest.mark.parametrize("kind", ["transformer", "vit"])
def test_heads_divide_the_width(kind):
    with pytest.raises(ValueError, match="width 8 is no multiple of the number of heads 3"):
        made(kind, (("heads", 3),))
