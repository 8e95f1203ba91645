"""Reconstruction and diffusion against the closed-form optimum for Gaussian data."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxuim.models import Network
from jaxuim.train.objectives import Sizes, build
from jaxuim.train.objectives.diffusion import floor, rates
from jaxuim.train.objectives.reconstruction import denoising_floor, masked_floor
from jaxuim.train.objectives.sampling import sample

MIXING = np.array([[1.0, 0.0, 0.0], [0.8, 0.5, 0.0], [-0.3, 0.4, 0.7]])
COVARIANCE = MIXING @ MIXING.T
COUNT, BATCHES = 4000, 16
SIZES = Sizes(inputs=3, classes=2)


def plain(function):
    """A network without parameters."""
    apply = lambda params, x: function(x)
    return Network(init=lambda key: {}, apply=apply, features=apply, module=lambda p: p)


DATA = (np.random.default_rng(0).normal(size=(BATCHES, COUNT, 3)) @ MIXING.T).astype(np.float32)


def check(objective, best, least):
    """The optimum attains the floor; a network that is off by a little lies above it."""
    apply = lambda offset, x: best(x) + offset
    network = plain(best)._replace(apply=apply, features=apply)
    y = jnp.zeros(COUNT, jnp.int32)

    @jax.jit
    def estimates(batches, keys):
        both = jnp.array([0.0, 0.3])
        one = lambda x, key: jax.vmap(lambda off: objective.loss(network, off, x, y, key))(both)
        return jax.lax.map(lambda now: one(*now), (batches, keys))

    losses = np.asarray(estimates(DATA, jax.random.split(jax.random.key(0), BATCHES)))
    found, worse = losses.mean(axis=0)
    error = losses[:, 0].std(ddof=1) / np.sqrt(BATCHES)
    assert error < 0.02 * least
    assert abs(found - least) < 5 * error
    assert worse > least + 5 * error


@pytest.mark.parametrize("noise", [0.3, 1.5])
def test_denoising_attains_its_floor_at_the_linear_optimum(noise):
    shrink = COVARIANCE @ np.linalg.inv(COVARIANCE + noise**2 * np.eye(3))
    objective = build("denoising", SIZES, (("noise", noise),))
    check(objective, lambda x: x @ shrink.T, denoising_floor(COVARIANCE, noise))


@pytest.mark.parametrize("ratio", [0.25, 0.6])
def test_masking_attains_its_floor_at_the_conditional_mean(ratio):
    def best(x):
        seen = x != 0
        inverse = jnp.linalg.inv(
            jnp.where(seen[:, None] & seen[:, :, None], COVARIANCE, jnp.eye(3))
        )
        return jnp.einsum("ij,njk,nk->ni", COVARIANCE, inverse, x)

    check(
        build("masked_reconstruction", SIZES, (("ratio", ratio),)),
        best,
        masked_floor(COVARIANCE, ratio),
    )


def test_the_masked_floor_lies_between_its_limits():
    assert masked_floor(COVARIANCE, 1.0) == pytest.approx(np.trace(COVARIANCE) / 3)
    alone = 1 / np.diag(np.linalg.inv(COVARIANCE))  # variance given all others
    assert masked_floor(COVARIANCE, 1e-6) == pytest.approx(alone.mean(), rel=1e-4)
    with pytest.raises(ValueError, match="at most 12 features, and there are 13"):
        masked_floor(np.eye(13), 0.5)


def optimum(prediction):
    """The best predictor for Gaussian data, which reads the time from what the network is given."""

    def best(read):
        x, a, b = read[:, :3], read[:, 3:4], read[:, 4:5]
        variance, axes = np.linalg.eigh(COVARIANCE)
        variance = variance.astype(np.float32)
        along = x @ axes / (a**2 * variance + b**2)
        return (along * (b if prediction == "noise" else a * variance)) @ axes.T

    return best


@pytest.mark.parametrize("prediction", ["noise", "data"])
def test_diffusion_attains_its_floor_at_the_linear_optimum(prediction):
    objective = build("diffusion", SIZES, (("prediction", prediction),))
    check(objective, optimum(prediction), floor(COVARIANCE, prediction))


@pytest.mark.parametrize("dropout", [0.0, 0.25])
def test_a_condition_is_shown_to_the_stated_share(dropout):
    objective = build("diffusion", SIZES, (("dropout", dropout),))
    shown = []
    network = plain(lambda read: shown.append(read[:, 9:]) or read[:, :3])
    y = jnp.arange(COUNT) % 2
    objective.loss(network, {}, jnp.zeros((COUNT, 3)), y, jax.random.key(0))
    condition = np.asarray(shown[0])
    kept = condition.sum(axis=1) == 1
    np.testing.assert_array_equal(condition[kept].argmax(axis=1), np.asarray(y)[kept])
    assert np.all(condition[~kept] == 0)
    assert abs(kept.mean() - (1 - dropout)) <= 5 * np.sqrt(dropout * (1 - dropout) / COUNT)


@pytest.mark.parametrize(("prediction", "eta"), [("noise", 0.0), ("noise", 1.0), ("data", 0.0)])
def test_samples_of_the_optimum_have_the_law_of_the_data(prediction, eta):
    network = plain(optimum(prediction))

    @jax.jit
    def draw(key):
        labels = jnp.zeros(COUNT, jnp.int32)
        return sample(
            network, {}, key, labels, classes=2, size=3, prediction=prediction, steps=200, eta=eta
        )

    x = np.asarray(jax.vmap(draw)(jax.random.split(jax.random.key(0), 4))).reshape(-1, 3)
    assert np.all(np.abs(x.mean(axis=0)) < 5 * np.sqrt(np.diag(COVARIANCE) / len(x)))
    spread = np.sqrt((COVARIANCE**2 + np.outer(*[np.diag(COVARIANCE)] * 2)) / len(x))
    discretised = 0.02 * np.sqrt(np.outer(*[np.diag(COVARIANCE)] * 2))  # 200 steps
    assert np.all(np.abs(np.cov(x.T) - COVARIANCE) < 5 * spread + discretised)


def test_guidance_extrapolates_from_the_prediction_without_label():
    """A network that predicts data at +-1 by label and 0 without: samples lie at +-w."""
    network = plain(lambda read: jnp.tile(read[:, 9:10] - read[:, 10:11], (1, 3)))
    ask = jnp.array([0, 1, -1])
    for guidance in (1.0, 2.5):
        found = sample(
            network, {}, jax.random.key(0), ask, classes=2, size=3, prediction="data", steps=10,
            guidance=guidance,
        )  # fmt: skip
        np.testing.assert_allclose(found[:, 0], [guidance, -guidance, 0.0], atol=1e-5)


def test_signal_and_noise_keep_the_variance():
    signal, sigma = rates(jnp.linspace(0, 1, 11))
    np.testing.assert_allclose(signal**2 + sigma**2, 1.0, rtol=1e-6)
    assert (float(signal[0]), float(sigma[0])) == (1.0, 0.0)
