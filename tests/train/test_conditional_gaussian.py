"""The generative objective that can be solved: its optimum, what it generates, what noise gains."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxuim.measure.generation import class_frechet
from jaxuim.models import Network
from jaxuim.train.objectives import Sizes, build
from jaxuim.train.objectives.conditional_gaussian import (
    class_moments,
    corrupted_law,
    tipping_level,
)
from jaxuim.train.objectives.noising import corrupted
from jaxuim.train.objectives.objective import Seen

K, D = 3, 4
SIZE, MOST = 16, 400
SIZES = Sizes(inputs=D, classes=K)


def linear():
    """A linear network whose parameters are its weights f32[K, d]."""
    apply = lambda params, x: x @ params
    return Network(init=lambda key: jnp.zeros((K, D)), apply=apply, features=apply, module=None)


def objective(level):
    return build("conditional_gaussian", SIZES, (("condition_noise", level),))


def population(seed):
    """Class means, shares and a covariance."""
    rng = np.random.default_rng(seed)
    mixing = rng.standard_normal((D, D))
    return rng.standard_normal((K, D)), rng.dirichlet(np.full(K, 5.0)), mixing @ mixing.T / D


def examples(seed, size):
    means, shares, covariance = population(seed)
    rng = np.random.default_rng(seed + 1)
    y = rng.choice(K, size, p=shares)
    x = means[y] + rng.multivariate_normal(np.zeros(D), covariance, size)
    return jnp.asarray(x, jnp.float32), jnp.asarray(y, jnp.int32)


@given(seed=st.integers(0, 2**31), level=st.floats(0.0, 10.0))
@settings(max_examples=25)
def test_the_law_is_the_regression_on_noisy_conditions(seed, level):
    """Against the normal equations of all second moments, written out."""
    means, shares, covariance = population(seed)
    kept, spread = corrupted_law(means, shares, covariance, level)
    inner = np.diag(shares) + level**2 / K * np.eye(K)
    cross = means.T * shares  # E[x c']
    weights = cross @ np.linalg.inv(inner)
    second = covariance + cross @ means
    np.testing.assert_allclose(kept, weights.T, atol=1e-9)
    np.testing.assert_allclose(spread, second - weights @ inner @ weights.T, atol=1e-9)


@pytest.mark.parametrize("level", [0.0, 1.0])
def test_the_loss_is_least_at_the_law_of_the_examples(level):
    """Monte Carlo over the noise: other weights cost more, and the least loss is the law's."""
    x, y = examples(0, 600)
    counts, means, within = class_moments(Seen(x, y, jnp.ones(600, bool)), K)
    best, spread = corrupted_law(np.array(means), np.array(counts) / 600, np.array(within), level)
    loss = objective(level).loss
    keys = jax.random.split(jax.random.key(1), 400)
    one = jax.jit(lambda w: jax.lax.map(lambda key: loss(linear(), w, x, y, key), keys))
    found = np.asarray(one(jnp.asarray(best, jnp.float32)))
    error = found.std(ddof=1) / np.sqrt(len(found)) + 1e-6
    assert error < 0.01
    assert abs(found.mean() - np.trace(spread) / D) < 5 * error
    for off in (0.8, 1.2):
        more = np.asarray(one(jnp.asarray(off * best, jnp.float32))) - found
        assert more.mean() > 5 * more.std(ddof=1) / np.sqrt(len(more))


@given(level=st.floats(0.0, 3.0), seed=st.integers(0, 99))
@settings(max_examples=10)
def test_what_is_generated_at_the_optimum_is_the_law(level, seed):
    """The residuals' covariance from 2K points equals that of the normal equations."""
    x, y = examples(seed, 200)
    seen = Seen(x, y, jnp.arange(200) < 150)
    counts, means, within = class_moments(seen, K)
    best, spread = corrupted_law(np.array(means), np.array(counts) / 150, np.array(within), level)
    law = objective(level).law(linear(), jnp.asarray(best, jnp.float32), seen)
    np.testing.assert_allclose(law.means, best, atol=1e-5)
    np.testing.assert_allclose(law.covariance, spread, atol=1e-4 * np.trace(spread))


def test_noise_in_conditions_has_the_stated_length():
    noise = np.asarray(corrupted(jnp.zeros((20_000, K)), jax.random.key(0), 0.7))
    square = (noise**2).sum(axis=1)
    assert abs(square.mean() - 0.49) < 5 * square.std() / np.sqrt(len(square))


@jax.jit
def distances(key, samples, levels):
    """Squared distances f32[levels] of one data set of two classes with orthogonal means."""
    means = 1.7 * jnp.eye(2, SIZE)
    key_means, key_within = jax.random.split(key)
    noise = jax.random.normal(key_means, (2, SIZE)) * jnp.sqrt(2.0 / samples)
    draws = jax.random.normal(key_within, (MOST, SIZE)) * (jnp.arange(MOST) < samples - 2)[:, None]
    within, found = draws.T @ draws / samples, means + noise

    def one(level):
        h = level**2 / (1 + level**2)
        spread = h * found.T @ found / 2
        return class_frechet(found * (1 - h), within + spread, means, jnp.eye(SIZE))

    return jax.lax.map(one, levels)


@pytest.mark.parametrize("samples", [100, 400])
def test_noise_helps_below_the_tipping_level_and_harms_above(samples):
    """The gain of exact fits to Gaussian data changes its sign near the closed form."""
    tip = tipping_level(samples, 1.7 * np.eye(2, SIZE), 1.0)
    levels = jnp.array([0.0, 0.4 * tip, 0.7 * tip, 1.3 * tip, 1.6 * tip], jnp.float32)
    keys = jax.random.split(jax.random.key(0), 400)
    found = np.asarray(jax.lax.map(lambda key: distances(key, jnp.float32(samples), levels), keys))
    gain = found[:, :1] - found[:, 1:]
    z = gain.mean(axis=0) / (gain.std(axis=0, ddof=1) / np.sqrt(len(gain)))
    assert (z[:2] > 4).all() and (z[2:] < -4).all()


@given(samples=st.integers(10, 10_000), variance=st.floats(0.1, 10.0), known=st.booleans())
def test_the_tipping_level_falls_as_the_root_of_the_examples(samples, variance, known):
    means = np.eye(2, 5)
    level = tipping_level(samples, means, variance, covariance=not known)
    assert tipping_level(4 * samples, means, variance, covariance=not known) == pytest.approx(
        level / 2
    )
    scaled = tipping_level(samples, 3 * means, 9 * variance, covariance=not known)
    assert scaled == pytest.approx(level)  # units do not matter
