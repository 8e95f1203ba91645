"""Spurious correlation: the attribute follows the label with the stated probability."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxuim.biases import Examples, Facts, clean
from jaxuim.biases.poisoning import backdoor
from jaxuim.biases.spurious import (
    population_agreement,
    population_two_agree,
    shortcut,
    two_shortcuts,
)

K = 7


@partial(jax.jit, static_argnums=4)
def tie(slots, level, samples, uniforms, classes):
    known = Examples(jnp.zeros_like(slots.label).at[slots.index].set(slots.label))
    return shortcut(slots, level, Facts(samples, uniforms, classes, known))


levels = st.floats(0.0, 1.0, width=32)
seeds = st.integers(0, 2**32 - 1)


@given(seeds, levels, levels)
def test_ties_are_nested_in_the_level(random_run, seed: int, one: float, two: float) -> None:
    slots, uniforms, _ = random_run(seed)
    low, high = (tie(slots, level, 120, uniforms, K) for level in sorted((one, two)))
    label = np.asarray(slots.label)
    changed = np.asarray(low.attribute != slots.attribute)
    assert np.array_equal(np.asarray(low.attribute)[changed], label[changed])
    assert np.array_equal(np.asarray(high.attribute)[changed], label[changed])
    assert np.array_equal(low.label, slots.label) and np.array_equal(low.index, slots.index)


@given(seeds)
def test_at_level_one_the_attribute_is_the_label(random_run, seed: int) -> None:
    slots, uniforms, _ = random_run(seed)
    assert np.array_equal(tie(slots, 1.0, 120, uniforms, K).attribute, slots.label)


@pytest.mark.parametrize("level", [0.0, 0.3, 0.8])
def test_population_value(random_run, level: float) -> None:
    n = 200_000
    slots, uniforms, _ = random_run(2, n=n)
    agree = np.mean(tie(slots, level, n, uniforms, K).attribute == slots.label)
    p = population_agreement(level, K)
    assert abs(agree - p) < 5 * np.sqrt(p * (1 - p) / n)


def test_one_class_is_refused(random_run) -> None:
    slots, uniforms, _ = random_run(0)
    with pytest.raises(ValueError, match="at least 2 classes, got 1"):
        tie(slots, 0.5, 120, uniforms, 1)


@pytest.mark.parametrize("bias", [shortcut, two_shortcuts])
def test_attributes_follow_the_own_label_of_poisoned_examples(random_run, bias) -> None:
    slots, uniforms, labels = random_run(3)
    facts = Facts(120, uniforms, K, Examples(jnp.asarray(labels)), dial=50.0)
    poisoned = backdoor(slots, 1.0, facts)
    assert not np.array_equal(poisoned.label, slots.label)
    tied = bias(poisoned, 1.0, facts).attribute
    assert np.array_equal(tied % K, slots.label)
    if bias is two_shortcuts:
        assert np.array_equal(tied // K, slots.label)


@pytest.mark.parametrize("level", [0.0, 0.4, 1.0])
def test_two_shortcuts_agree_as_often_as_the_population(level: float) -> None:
    n, rng = 200_000, np.random.default_rng(4)
    labels, attributes = rng.integers(0, K, n), rng.integers(0, K * K, n)
    slots = clean(np.arange(n), labels, attributes)
    facts = Facts(n, rng.random((3, n), np.float32), K, Examples(slots.label))
    attribute = np.asarray(two_shortcuts(slots, level, facts).attribute)
    first, second = attribute % K == labels, attribute // K == labels
    share = np.bincount(first + 2 * second, minlength=4) / n
    p = population_two_agree(level, K)
    assert np.all(np.abs(share - p) <= 5 * np.sqrt(p * (1 - p) / n))
