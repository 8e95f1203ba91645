"""Symmetric label noise: nested, persistent, uniform over the other classes."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxuim.biases import Examples, Facts
from jaxuim.biases.label_noise import population_posterior, population_tipping, symmetric

K = 7


@partial(jax.jit, static_argnums=4)
def noise(slots, level, samples, uniforms, classes):
    return symmetric(slots, level, Facts(samples, uniforms, classes, Examples(slots.label)))


levels = st.floats(0.0, 1.0, width=32)
seeds = st.integers(0, 2**32 - 1)


@given(seeds, levels, levels)
def test_corruptions_are_nested_in_the_level(random_run, seed: int, one: float, two: float) -> None:
    slots, uniforms, _ = random_run(seed)
    low, high = (
        np.asarray(noise(slots, level, 120, uniforms, K).label) for level in sorted((one, two))
    )
    hit = low != np.asarray(slots.label)
    assert np.array_equal(low[hit], high[hit])


@given(seeds, levels)
def test_an_example_is_corrupted_once_for_all_its_slots(
    random_run, seed: int, level: float
) -> None:
    slots, uniforms, _ = random_run(seed)
    twice = type(slots)(*(jnp.concatenate([field[:60], field[:60]]) for field in slots))
    noisy = noise(twice, level, 120, uniforms, K)
    first, second = np.split(np.asarray(noisy.label), 2)
    assert np.array_equal(first, second)
    once = noise(slots, level, 120, uniforms, K)
    assert np.array_equal(first, np.asarray(once.label)[:60])


@given(seeds, st.integers(2, 7))
def test_at_level_one_no_label_is_right(random_run, seed: int, classes: int) -> None:
    slots, uniforms, _ = random_run(seed, classes=classes)
    noisy = noise(slots, 1.0, 120, uniforms, classes)
    assert not np.any(noisy.label == slots.label)
    assert noisy.label.min() >= 0 and noisy.label.max() < classes
    assert np.array_equal(noisy.index, slots.index)
    assert np.array_equal(noisy.attribute, slots.attribute)


@pytest.mark.parametrize("extreme", [0.0, np.nextafter(np.float32(1), np.float32(0))])
def test_extreme_uniforms_stay_in_range(random_run, extreme: float) -> None:
    slots, uniforms, _ = random_run(0)
    noisy = noise(slots, 1.0, 120, np.full_like(uniforms, extreme), K)
    assert np.array_equal(noisy.label, (slots.label + (1 if extreme == 0.0 else K - 1)) % K)


@pytest.mark.parametrize("level", [0.1, 0.5, 0.9])
def test_population_value(random_run, level: float) -> None:
    n = 200_000
    slots, uniforms, _ = random_run(11, n=n)
    noisy = np.asarray(noise(slots, level, n, uniforms, K).label)
    for true in range(K):
        seen = noisy[np.asarray(slots.label) == true]
        expected = population_posterior(np.eye(K)[true], level)
        error = np.sqrt(expected * (1 - expected) / len(seen))
        share = np.bincount(seen, minlength=K) / len(seen)
        assert np.all(np.abs(share - expected) < 5 * error)


@given(st.integers(2, 20), levels)
def test_posterior_tips_where_it_says(classes: int, level: float) -> None:
    clean = np.full(classes, 0.9 / (classes - 1)) if classes > 10 else np.zeros(classes)
    clean[0] = 1.0 - clean[1:].sum()
    noisy = population_posterior(clean, level)
    assert abs(noisy.sum() - 1.0) < 1e-12
    margin = clean[0] - clean[1]
    side = population_tipping(classes) - level
    if abs(side) > 1e-6 and margin > 1e-6:
        assert (noisy[0] > noisy[1]) == (side > 0)


def test_one_class_is_refused(random_run) -> None:
    slots, uniforms, _ = random_run(0)
    with pytest.raises(ValueError, match="at least 2 classes, got 1"):
        noise(slots, 0.5, 120, uniforms, 1)
