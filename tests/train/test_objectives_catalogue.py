"""What holds for every declared objective, with every model that serves it."""

import inspect

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxuim import models
from jaxuim.models import MODELS
from jaxuim.sweep import layers
from jaxuim.train.objectives import OBJECTIVES, Sizes, build

CONDITIONED = {"diffusion", "conditional_gaussian"}  # read the condition too, so no images
VECTORS = set(OBJECTIVES) - CONDITIONED - {"next_token", "image_text"}
SERVES = {
    "mlp": VECTORS | CONDITIONED,
    "linear": VECTORS | CONDITIONED,
    "cnn": VECTORS,
    "vit": VECTORS,
    "transformer": {"next_token"},
    "dual_encoder": {"image_text"},
}
PAIRS = [(kind, name) for kind in sorted(SERVES) for name in sorted(SERVES[kind])]
SMALL = ("mlp", "dual_encoder", "transformer")  # quick to compile; one of them serves each
FIRST = {name: next(kind for kind in SMALL if name in SERVES[kind]) for name in OBJECTIVES}
IMAGES = Sizes(inputs=16, classes=5, image_shape=(4, 4, 1))
TOKENS = Sizes(inputs=6, classes=5, vocabulary=11)
KEY = jax.random.key(7)


def made(kind, name, seed=0):
    """An objective, a network that serves it, its parameters, and a batch of 8 examples."""
    sizes = TOKENS if kind == "transformer" else IMAGES
    objective = build(name, sizes)
    network = models.build(
        kind,
        width=8,
        depth=1,
        inputs=objective.inputs,
        classes=objective.outputs,
        image_shape=sizes.image_shape,
        vocabulary=sizes.vocabulary,
    )
    key = jax.random.key(seed)
    rng = np.random.default_rng(seed)
    x = jnp.asarray(rng.normal(size=(8, 16)), jnp.float32)
    if sizes.vocabulary:
        x = jnp.asarray(rng.integers(sizes.vocabulary, size=(8, 6)), jnp.int32)
    return objective, network, _started(network, key), x, jnp.arange(8) % 5


def _started(network, key):
    """Parameters without a compiled program: uniform numbers of the right size."""
    abstract = jax.eval_shape(network.init, key)
    rng = np.random.default_rng(0)
    draw = lambda leaf: rng.uniform(-1, 1, leaf.shape) * (3 / max(leaf.shape[:1] or (1,))) ** 0.5
    return jax.tree.map(lambda leaf: jnp.asarray(draw(leaf), jnp.float32), abstract)


def test_the_table_names_every_model_and_objective():
    assert set(SERVES) == set(MODELS)
    assert set().union(*SERVES.values()) == set(OBJECTIVES)


@pytest.mark.parametrize(("kind", "name"), PAIRS)
def test_a_model_that_serves_an_objective_has_a_gradient_of_its_loss(kind, name):
    objective, network, params, x, y = made(kind, name)
    loss = lambda p: objective.loss(network, p, x, y, KEY)
    value, slope = jax.eval_shape(jax.value_and_grad(loss), params)
    assert (value.shape, value.dtype) == ((), jnp.float32)
    shapes = lambda tree: jax.tree.map(lambda leaf: (leaf.shape, leaf.dtype), tree)
    assert shapes(slope) == shapes(params)
    features = jax.eval_shape(lambda p: objective.features(network, p, x), params)
    assert features.shape == (8, 8)


@pytest.mark.parametrize("name", OBJECTIVES)
def test_one_small_step_down_the_gradient_lowers_the_loss(name):
    objective, network, params, x, y = made(FIRST[name], name)

    @jax.jit
    def descend(params, key):
        loss = lambda p: objective.loss(network, p, x, y, key)
        before, slope = jax.value_and_grad(loss)(params)
        size = sum(jnp.sum(g**2) for g in jax.tree.leaves(slope))
        after = loss(jax.tree.map(lambda w, g: w - 1e-2 * g / jnp.sqrt(size), params, slope))
        return before, after

    before, after = descend(params, KEY)
    assert np.isfinite(before)
    assert after < before


@pytest.mark.parametrize("name", OBJECTIVES)
def test_what_an_objective_reads_has_the_documented_shape(name):
    objective, network, params, x, y = made(FIRST[name], name)
    assert (objective.logits is not None) == OBJECTIVES[name].classifies
    if objective.logits is not None:
        assert objective.logits(network, params, x).shape == (8, 5)
    if objective.losses is not None:
        read = jax.jit(lambda x, y: objective.losses(network, params, x, y))
        losses, turned = read(x, y), read(x[::-1], y[::-1])
        assert losses.shape == (8,)
        np.testing.assert_allclose(losses, turned[::-1], rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("name", OBJECTIVES)
def test_labels_enter_the_loss_where_they_are_declared_to(name):
    objective, network, params, x, y = made(FIRST[name], name)
    changed = y.at[0].set((y[0] + 1) % 5)
    loss = jax.jit(lambda labels: objective.loss(network, params, x, labels, KEY))
    assert bool(loss(y) == loss(changed)) != OBJECTIVES[name].uses_labels


@pytest.mark.parametrize("name", OBJECTIVES)
def test_declared_settings_are_those_of_the_implementation(name):
    declared = OBJECTIVES[name]
    wanted = dict(inspect.signature(declared.load()).parameters)
    del wanted["sizes"]
    assert {key: item.default for key, item in wanted.items()} == {
        item.name: item.default for item in declared.parameters
    }
    assert declared.floor


@pytest.mark.parametrize("name", OBJECTIVES)
def test_the_estimate_of_cost_knows_the_sizes_of_the_network(name, make_shape):
    """On digits, 64 inputs and 7 classes; on a language of 99 tokens, sequences of 16."""
    if name == "next_token":
        world = (("kind", "language"), ("length", 16), ("vocabulary", 99))
        sizes = Sizes(inputs=16, classes=8, vocabulary=99)
    else:
        world, sizes = (("kind", "digits"),), Sizes(inputs=64, classes=7, image_shape=(8, 8, 1))
    objective = build(name, sizes)
    shape = make_shape(objective=name, world=world, model=FIRST[name])
    assert layers.sizes(shape) == (objective.inputs, objective.outputs)


@pytest.mark.parametrize("kind", ["cnn", "vit"])
def test_a_network_of_images_cannot_read_what_diffusion_gives_it(kind):
    with pytest.raises(ValueError, match="reads images of 16 numbers, and the objective gives"):
        made(kind, "diffusion")


def test_only_a_dual_encoder_reads_captions():
    objective, network, params, x, y = made("mlp", "image_text")
    with pytest.raises(ValueError, match="needs model kind 'dual_encoder', and a MLP reads no"):
        objective.loss(network, params, x, y, KEY)
    with pytest.raises(ValueError, match="at most 256 classes, and there are 300"):
        build("image_text", Sizes(inputs=4, classes=300))
