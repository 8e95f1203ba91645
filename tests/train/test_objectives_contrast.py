"""Contrastive and image-text objectives against their floors, and what they draw."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxuim import models
from jaxuim.models import Network
from jaxuim.models.dual_encoder import WORDS
from jaxuim.train.objectives import Sizes, build
from jaxuim.train.objectives.captions import VARIANTS, draw, table
from jaxuim.train.objectives.contrastive import nt_xent, nt_xent_floor, views
from jaxuim.train.objectives.image_text import floor, info_nce

PLAIN = Network(
    init=lambda key: {}, apply=lambda params, x: x, features=lambda params, x: x, module=lambda p: p
)


def simplex(corners):
    return np.eye(corners) - 1 / corners


@pytest.mark.parametrize(("batch", "temperature"), [(2, 0.5), (8, 0.2)])
def test_nt_xent_reaches_its_floor_at_a_simplex_and_never_goes_below(batch, temperature):
    settings = (("temperature", temperature), ("mask", 0.0), ("noise", 0.0))
    objective = build("contrastive", Sizes(inputs=batch, classes=2), settings)
    least = nt_xent_floor(batch, temperature)
    best = jnp.asarray(simplex(batch), jnp.float32)
    y, key = jnp.zeros(batch, jnp.int32), jax.random.key(0)
    loss = jax.jit(lambda x: objective.loss(PLAIN, {}, x, y, key))
    assert float(loss(best)) == pytest.approx(least, rel=1e-4)
    anywhere = jnp.asarray(np.random.default_rng(0).normal(size=(200, 2 * batch, 3)), jnp.float32)
    assert np.all(jax.jit(jax.vmap(lambda z: nt_xent(z, temperature)))(anywhere) > least)


def test_nt_xent_is_written_out():
    z = np.random.default_rng(1).normal(size=(6, 4))
    unit = z / np.linalg.norm(z, axis=1, keepdims=True)
    total = 0.0
    for i in range(6):
        scores = [np.exp(unit[i] @ unit[j] / 0.3) for j in range(6) if j != i]
        total -= np.log(np.exp(unit[i] @ unit[(i + 3) % 6] / 0.3) / sum(scores))
    assert float(nt_xent(jnp.asarray(z, jnp.float32), 0.3)) == pytest.approx(total / 6, rel=1e-4)


def test_views_lose_the_stated_share_and_gain_the_stated_noise():
    x = jnp.full((200, 50), 10.0)
    seen = np.asarray(views(x, jax.random.key(0), None, mask=0.3, noise=0.5, shift=1))
    kept = seen > 5
    assert abs(kept.mean() - 0.7) < 5 * np.sqrt(0.21 / kept.size)
    added = seen - 10 * kept
    error = np.sqrt(0.8 / added.size) * 0.25  # of the square of a uniform number
    assert abs((added**2).mean() - 0.25) < 5 * error


def test_images_move_to_all_nine_places_alike():
    image = np.zeros((1, 4, 4, 1), np.float32)
    image[0, 1, 2, 0] = 1.0
    many = jnp.asarray(np.repeat(image.reshape(1, -1), 900, axis=0))
    seen = np.asarray(views(many, jax.random.key(0), (4, 4, 1), mask=0.0, noise=0.0, shift=1))
    places, counts = np.unique(seen.reshape(900, -1).argmax(axis=1), return_counts=True)
    np.testing.assert_array_equal(places, [r * 4 + c for r in (0, 1, 2) for c in (1, 2, 3)])
    assert np.all(seen.sum(axis=1) == 1)
    assert np.abs(counts - 100).max() < 5 * np.sqrt(100 * 8 / 9)


def test_captions_of_a_class_share_no_name_with_another():
    said = table(256)
    assert said.min() == 0
    assert said.max() == WORDS - 1
    names = {tuple(caption[1:]): c for c in range(256) for caption in said[c]}
    assert len(names) == 2 * 256
    assert all(names[tuple(caption[1:])] == c for c in range(256) for caption in said[c])
    drawn = np.asarray(draw(said, jnp.full(800, 7), jax.random.key(0)))
    _, counts = np.unique(drawn, axis=0, return_counts=True)
    assert len(counts) == VARIANTS
    assert np.abs(counts - 100).max() < 5 * np.sqrt(100 * 7 / 8)


def test_info_nce_reaches_its_floor_where_only_classes_are_known():
    labels = jnp.array([0, 1, 1, 2, 2, 2])
    perfect = 100.0 * jax.nn.one_hot(labels, 3) @ jax.nn.one_hot(labels, 3).T
    assert float(info_nce(perfect)) == pytest.approx(float(floor(labels)), rel=1e-4)
    assert float(floor(jnp.arange(5))) == 0.0
    assert float(floor(jnp.zeros(8, int))) == pytest.approx(np.log(8), rel=1e-6)


def test_no_dual_encoder_is_below_the_floor_on_average():
    """Whatever it is: the captions of a class are drawn apart from the inputs."""
    sizes = Sizes(inputs=6, classes=3)
    objective = build("image_text", sizes)
    network = models.build("dual_encoder", width=16, depth=1, inputs=6, classes=32)
    labels = jnp.array([0, 0, 0, 0, 1, 1, 1, 2])
    x = jax.random.normal(jax.random.key(0), (8, 6)) + 2 * jnp.eye(6)[labels]

    @jax.jit
    def trained(key):
        params = network.init(key)
        loss = lambda p, k: objective.loss(network, p, x, labels, k)
        step = lambda p, k: (
            jax.tree.map(lambda w, g: w - 0.05 * g, p, jax.grad(loss)(p, k)),
            None,
        )
        params, _ = jax.lax.scan(step, params, jax.random.split(key, 300))
        again = jax.random.split(jax.random.fold_in(key, 1), 400)
        found = objective.logits(network, params, x).argmax(axis=1)
        return jax.vmap(lambda k: loss(params, k))(again), found

    losses, found = trained(jax.random.key(3))
    spread = float(losses.std() / np.sqrt(len(losses)))
    above = float(losses.mean() - floor(labels))
    assert above > -3 * spread
    assert above < 0.5  # it has learnt: at the start the loss is above log 8
    np.testing.assert_array_equal(found, labels)
