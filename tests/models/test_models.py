"""Tests for jaxuim/models: the MLP, the CNN and their layers."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from flax import nnx

from jaxuim.models import CNN, MLP, build
from jaxuim.models.layers import Head, convolve_native, convolve_patches


def test_initial_weights_have_the_documented_variance():
    network = build("mlp", width=256, depth=2, inputs=64, classes=200)
    params = network.init(jax.random.key(0))
    kernels = [
        params["layers"][0]["kernel"],
        params["layers"][1]["kernel"],
        params["head"]["kernel"],
    ]
    for kernel, gain in zip(kernels, (2.0, 2.0, 1.0), strict=True):
        fan_in = kernel.shape[0]
        limit = np.sqrt(3 * gain / fan_in)
        assert np.abs(kernel).max() <= limit
        # the variance of a uniform's square is 4/45 limit^4
        error = np.sqrt(4 / 45) * limit**2 / np.sqrt(kernel.size)
        assert abs(np.mean(np.square(kernel)) - gain / fan_in) < 5 * error
    assert all(
        np.all(np.asarray(b) == 0) for b in (params["head"]["bias"], params["layers"][0]["bias"])
    )


def test_hidden_layers_keep_the_second_moment():
    """He initialisation: the mean square of the activations stays that of the inputs."""
    network = build("mlp", width=512, depth=6, inputs=64, classes=3)
    x = jax.random.normal(jax.random.key(0), (256, 64))
    moments = [
        float(jnp.mean(network.features(network.init(jax.random.key(seed)), x) ** 2))
        for seed in range(8)
    ]
    spread = np.std(moments, ddof=1) / np.sqrt(8)
    assert abs(np.mean(moments) - 1.0) < 5 * spread


@pytest.mark.parametrize("classes", [2, 10, 16, 17])
def test_a_padded_head_is_the_plain_product(classes):
    head = Head(12, classes, rngs=nnx.Rngs(0))
    head.bias[...] = jnp.arange(classes, dtype=jnp.float32)
    x = jax.random.normal(jax.random.key(0), (5, 12))
    np.testing.assert_allclose(head(x), x @ head.kernel[...] + head.bias[...], rtol=1e-5, atol=1e-5)


def test_both_convolutions_agree():
    x = jax.random.normal(jax.random.key(0), (2, 8, 6, 3))
    kernel = jax.random.normal(jax.random.key(1), (3, 3, 3, 4))
    np.testing.assert_allclose(
        convolve_patches(x, kernel), convolve_native(x, kernel), rtol=1e-4, atol=1e-4
    )


def test_a_cnn_sees_a_shifted_pattern_the_same_way_in_the_interior():
    model = CNN(image_shape=(8, 8, 1), classes=2, width=4, depth=1, rngs=nnx.Rngs(0))
    image = np.zeros((1, 8, 8, 1), np.float32)
    image[0, 2:4, 2:4, 0] = 1.0
    moved = np.roll(image, (2, 1), axis=(1, 2))
    flat = jnp.asarray(np.concatenate([image, moved])).reshape(2, -1)
    features = model.features(flat)
    np.testing.assert_allclose(features[0], features[1], rtol=1e-5)


def test_bad_input_is_refused_in_one_sentence():
    with pytest.raises(ValueError, match="model kind 'resnet' is unknown"):
        build("resnet", width=8, depth=1, inputs=4, classes=2)
    with pytest.raises(ValueError, match="needs a world of images"):
        build("cnn", width=8, depth=1, inputs=4, classes=2)
    with pytest.raises(ValueError, match="needs a world of tokens"):
        build("transformer", width=8, depth=1, inputs=4, classes=2)
    with pytest.raises(
        ValueError, match="reads images of 64 numbers, and the objective gives it 7"
    ):
        build("cnn", width=8, depth=1, inputs=7, classes=2, image_shape=(8, 8, 1))


def test_mlp_depth_counts_hidden_layers():
    assert len(MLP(inputs=4, classes=2, width=3, depth=4, rngs=nnx.Rngs(0)).layers) == 4
