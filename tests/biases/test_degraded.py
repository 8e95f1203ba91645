"""Rendering: every bias that renders, and the population values of degraded inputs."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxuim.biases import Draw, render
from jaxuim.biases.degraded import (
    additive_noise,
    block_matrix,
    blur,
    blur_matrix,
    degraded,
    low_resolution,
    missing_features,
    occluded,
    occlusion,
    population_mean,
    population_missing,
    population_variance,
)
from jaxuim.types.registry import catalogue

SHAPE, N = (6, 5, 2), 2000
WIDTH = 60
RENDERED = sorted(name for name, bias in catalogue("biases").items() if bias.render)
TRACES: dict[str, int] = {}


def settings_of(name: str) -> tuple:
    parameters = catalogue("biases")[name].parameters
    return tuple((item.name, item.default) for item in parameters if not item.traced)


@partial(jax.jit, static_argnums=3)
def shown(x, marks, index, name):
    TRACES[name] = TRACES.get(name, 0) + 1
    uniforms = (jnp.full((3, 50), 0.5),)
    keys = (jax.random.key(7),)
    return render(x, marks, index, (name,), (settings_of(name),), uniforms, keys, SHAPE)


@pytest.mark.parametrize("name", RENDERED)
def test_marked_examples_change_alike_at_every_visit_and_others_not_at_all(name: str) -> None:
    x = jax.random.uniform(jax.random.key(1), (20, WIDTH)) + 0.1
    index = jnp.arange(20) + 5
    none, every, half = jnp.zeros(20, int), jnp.ones(20, int), jnp.arange(20) % 2
    assert np.array_equal(shown(x, none, index, name), x)
    assert np.array_equal(shown(x, 2 * every, index, name), x)  # the bit of another bias
    full, mixed = (np.asarray(shown(x, marks, index, name)) for marks in (every, half))
    assert np.all(np.any(full != np.asarray(x), axis=1))
    assert np.array_equal(mixed, np.where(np.asarray(half)[:, None] == 1, full, x))
    turned = np.asarray(shown(x[::-1], every, index[::-1], name))
    assert np.allclose(turned[::-1], full, atol=1e-6)  # wherever in whichever batch it stands
    assert TRACES[name] == 1


def population(function, level: float, **severity: float) -> tuple[np.ndarray, np.ndarray]:
    """Inputs [N, WIDTH] before and after a bias at a level."""
    rng = np.random.default_rng(0)
    x = (rng.random((N, WIDTH)) + np.linspace(0, 2, WIDTH)).astype(np.float32)
    hit = jnp.asarray(rng.random(N) < level)
    draw = Draw(jnp.zeros((3, N)), jax.random.key(3), jnp.arange(N), SHAPE)
    return x, np.asarray(function(jnp.asarray(x), hit, draw, **severity))


@pytest.mark.parametrize("level", [0.0, 0.4, 1.0])
def test_noise_adds_its_variance(level: float) -> None:
    before, after = population(additive_noise, level, deviation=1.5)
    expected = population_variance(before.var(axis=0), level, 1.5).mean()
    error = np.std((after - before) ** 2) / np.sqrt(N * WIDTH)
    error += 1.5**2 * np.sqrt(level * (1 - level) / N)
    assert abs(after.var(axis=0).mean() - expected) <= 5 * error + 1e-6
    assert abs((after - before).mean()) <= 5 * 1.5 / np.sqrt(N * WIDTH)


@pytest.mark.parametrize("level", [0.0, 0.4, 1.0])
def test_as_many_values_are_missing_as_stated(level: float) -> None:
    before, after = population(missing_features, level, share=0.3)
    p = population_missing(level, 0.3)
    spread = np.sqrt(p * (1 - p) / (N * WIDTH)) + 0.3 * np.sqrt(level * (1 - level) / N)
    assert abs(np.mean(after == 0) - p) <= 5 * spread
    assert np.array_equal(after[after != 0], before[after != 0])


@pytest.mark.parametrize("level", [0.0, 0.4, 1.0])
def test_an_occlusion_covers_the_stated_area_at_every_place(level: float) -> None:
    before, after = population(occlusion, level, side=0.5)
    tall, wide = occluded(6, 0.5), occluded(5, 0.5)
    gone = (after == 0).reshape(N, *SHAPE)
    sizes = gone.sum(axis=(1, 2, 3))
    assert set(sizes.tolist()) <= {0, 2 * tall * wide}
    p = population_missing(level, tall * wide / 30)
    assert abs(gone.mean() - p) <= 5 * tall * wide / 30 * np.sqrt(level * (1 - level) / N) + 1e-9
    tops = gone[sizes > 0].any(axis=(2, 3)).argmax(axis=1)
    places = np.bincount(tops, minlength=6 - tall + 1)
    assert level == 0 or (places.min() > 0.8 * places.mean() and len(places) == 6 - tall + 1)
    assert np.array_equal(after[after != 0], before[after != 0])


@pytest.mark.parametrize("level", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("kind", ["blur", "low_resolution"])
def test_mean_images_are_the_stated_ones(kind: str, level: float) -> None:
    function, severity, matrix = {
        "blur": (blur, {"deviation": 0.8}, lambda n: blur_matrix(n, 0.8)),
        "low_resolution": (low_resolution, {"factor": 2}, lambda n: block_matrix(n, 2)),
    }[kind]
    before, after = population(function, level, **severity)
    mean, found = (x.mean(axis=0).reshape(SHAPE) for x in (before, after))
    largest = np.abs(after - before).max()
    for channel in range(2):
        p = population_mean(mean[..., channel], level, matrix(6), matrix(5))
        assert np.all(np.abs(found[..., channel] - p) <= 5 * largest * 0.5 / np.sqrt(N) + 1e-5)
    if level == 1:
        same = np.asarray(function(jnp.ones((1, WIDTH)), jnp.array([True]), _draw(1), **severity))
        assert np.allclose(same, 1, atol=1e-6)  # a constant image stays as it is


def _draw(n: int, image_shape=SHAPE) -> Draw:
    return Draw(jnp.zeros((3, n)), jax.random.key(0), jnp.arange(n), image_shape)


@pytest.mark.parametrize("level", [0.0, 0.3, 1.0])
def test_the_chosen_are_a_nested_share(random_facts, compiled, level: float) -> None:
    slots, facts = random_facts(1, 20_000)
    hit = np.asarray(compiled(degraded)(slots, level, facts).marks) > 0
    more = np.asarray(compiled(degraded)(slots, min(level + 0.1, 1.0), facts).marks) > 0
    assert np.all(hit <= more)
    assert abs(hit.mean() - level) <= 5 * np.sqrt(level * (1 - level) / 20_000)


def test_what_needs_images_or_numbers_refuses_others() -> None:
    x, hit = jnp.ones((2, 4)), jnp.array([True, True])
    for function in (partial(blur, deviation=1.0), partial(low_resolution, factor=2)):
        with pytest.raises(ValueError, match="needs images"):
            function(x, hit, _draw(2, None))
    with pytest.raises(ValueError, match="occlusion needs images"):
        occlusion(x, hit, _draw(2, None), side=0.5)
    tokens = x.astype(int)
    with pytest.raises(ValueError, match="real numbers, not tokens"):
        additive_noise(tokens, hit, _draw(2), deviation=1.0)
    with pytest.raises(ValueError, match="real numbers, not tokens"):
        missing_features(tokens, hit, _draw(2), share=0.5)
