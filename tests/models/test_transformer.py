"""Tests for the transformer and the vision transformer."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from jaxuim.models import Transformer, ViT
from jaxuim.models.attention import Block

LENGTH, VOCABULARY = 6, 9


@pytest.fixture(scope="module")
def model():
    return Transformer(
        vocabulary=VOCABULARY, length=LENGTH, classes=4, width=8, depth=2, heads=2, rngs=nnx.Rngs(0)
    )


@pytest.mark.parametrize("place", [0, 3, 5])
def test_a_token_changes_its_own_logits_and_later_ones_only(model, place):
    tokens = jax.random.randint(jax.random.key(0), (2, LENGTH), 0, VOCABULARY)
    changed = tokens.at[:, place].set((tokens[:, place] + 1) % VOCABULARY)
    moved = np.abs(np.asarray(model(tokens) - model(changed))).max(axis=(0, 2))
    assert np.all(moved[:place] == 0)
    assert np.all(moved[place:] > 0)


def test_a_shorter_sequence_gives_the_same_logits(model):
    tokens = jax.random.randint(jax.random.key(0), (2, LENGTH), 0, VOCABULARY)
    np.testing.assert_allclose(model(tokens)[:, :4], model(tokens[:, :4]), rtol=1e-5, atol=1e-6)


def test_the_order_of_earlier_tokens_matters(model):
    tokens = jnp.array([[1, 2, 3], [2, 1, 3]])
    last = np.asarray(model(tokens))[:, -1]
    assert np.abs(last[0] - last[1]).max() > 1e-4


@pytest.mark.parametrize("causal", [True, False])
def test_a_block_is_written_out(causal):
    block = Block(width=6, depth=1, heads=2, causal=causal, rngs=nnx.Rngs(1))
    x = np.asarray(jax.random.normal(jax.random.key(1), (1, 4, 6)), np.float64)[0]
    read = lambda param: np.asarray(param[...], np.float64)
    norm = lambda v: v / np.sqrt((v**2).mean(-1, keepdims=True) + 1e-6)
    query, key, value = np.split(norm(x) @ read(block.qkv), 3, axis=1)
    seen = np.zeros((4, 6))
    for head in (slice(0, 3), slice(3, 6)):
        for t in range(4):
            among = range(t + 1 if causal else 4)
            weight = np.exp([query[t, head] @ key[s, head] / np.sqrt(3) for s in among])
            seen[t, head] = sum(
                w * value[s, head] for w, s in zip(weight / weight.sum(), among, strict=True)
            )
    middle = x + seen @ read(block.out)
    end = middle + np.maximum(norm(middle) @ read(block.up), 0) @ read(block.down)
    np.testing.assert_allclose(block(jnp.asarray(x, jnp.float32)[None])[0], end, rtol=1e-4)


def test_patches_are_squares_of_the_image_and_positions_belong_to_them():
    model = ViT(image_shape=(4, 6, 2), classes=3, width=8, depth=1, heads=2, rngs=nnx.Rngs(0))
    image = np.arange(48, dtype=np.float32).reshape(4, 6, 2)
    patches = np.asarray(model._cut(jnp.asarray(image.reshape(1, -1))))[0]
    assert patches.shape == (6, 8)
    np.testing.assert_array_equal(patches[4], image[2:4, 2:4].reshape(-1))
    # swapping two patches together with their positions changes no feature
    swapped = image.copy()
    swapped[0:2, 0:2], swapped[2:4, 4:6] = image[2:4, 4:6], image[0:2, 0:2]
    before = model.features(jnp.asarray(image.reshape(1, -1)))
    moved = model.features(jnp.asarray(swapped.reshape(1, -1)))
    order = jnp.array([5, 1, 2, 3, 4, 0])
    model.positions[...] = model.positions[...][order]
    after = model.features(jnp.asarray(swapped.reshape(1, -1)))
    np.testing.assert_allclose(before, after, rtol=1e-4, atol=1e-5)
    assert np.abs(np.asarray(before - moved)).max() > 1e-4


def test_patches_that_do_not_fill_the_image_are_refused():
    with pytest.raises(ValueError, match="patches of 3 pixels do not fill images of 4x4"):
        ViT(image_shape=(4, 4, 1), classes=2, width=8, depth=1, patch=3, rngs=nnx.Rngs(0))
