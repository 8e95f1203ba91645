"""Backdoors: as many slots as stated, by share and by number; the trigger only where they say."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxuim.biases import Draw
from jaxuim.biases.poisoning import (
    backdoor,
    clean_label_backdoor,
    population_clean_label,
    population_poisoned,
    render_trigger,
)
from jaxuim.biases.trigger import TARGET, pattern

K, N, SAMPLES = 4, 20_000, 15_000


@pytest.mark.parametrize("level", [0.0, 0.2, 1.0])
@pytest.mark.parametrize("count", [0, 1, 250, 10**6])
def test_poisoned_slots_are_as_many_as_stated(
    random_facts, compiled, count: int, level: float
) -> None:
    slots, facts = random_facts(1, N, K, dial=count)
    facts = facts._replace(samples=jnp.int32(SAMPLES))
    got = compiled(backdoor)(slots, level, facts)
    hit = np.asarray(got.marks)[:SAMPLES] > 0
    error = np.sqrt(SAMPLES * level * (1 - level)) if count == 0 else 0.0
    assert abs(hit.sum() - population_poisoned(level, SAMPLES, count)) <= 5 * error
    assert np.all(np.asarray(got.label)[:SAMPLES][hit] == TARGET)
    assert np.array_equal(got.index, slots.index)


@pytest.mark.parametrize("count", [0, 300])
def test_poisons_are_nested_and_their_number_ignores_the_samples(
    random_facts, compiled, count: int
) -> None:
    slots, facts = random_facts(2, N, K, dial=count)
    few, more = (
        np.asarray(compiled(backdoor)(slots, level, facts).marks) > 0 for level in (0.3, 0.6)
    )
    assert np.all(few <= more) and few.sum() < more.sum()
    if count:
        small = compiled(backdoor)(slots, 0.6, facts._replace(samples=jnp.int32(1000)))
        assert np.array_equal(np.asarray(small.marks) > 0, more)


@pytest.mark.parametrize("level", [0.0, 0.3, 1.0])
def test_clean_labels_stay_and_only_the_target_is_poisoned(
    random_facts, compiled, level: float
) -> None:
    slots, facts = random_facts(3, N, K)
    got = compiled(clean_label_backdoor)(slots, level, facts)
    assert np.array_equal(got.label, slots.label)
    hit, label = np.asarray(got.marks) > 0, np.asarray(slots.label)
    assert np.all(label[hit] == TARGET)
    share = np.mean(label == TARGET)
    p = population_clean_label(level, share)
    assert abs(hit.mean() - p) <= 5 * np.sqrt(share * level * (1 - level) / N) + 1e-12


@pytest.mark.parametrize("image_shape", [None, (3, 4, 2)])
def test_the_trigger_is_stamped_on_poisoned_inputs_only(image_shape) -> None:
    x = jax.random.uniform(jax.random.key(0), (6, 24))
    hit = jnp.arange(6) % 2 == 0
    draw = Draw(jnp.zeros((3, 6)), jax.random.key(1), jnp.arange(6), image_shape)
    got = np.asarray(render_trigger(x, hit, draw))
    where, value = pattern(24, image_shape)
    assert np.array_equal(got[1::2], x[1::2])
    assert np.array_equal(got[::2][:, ~where], x[::2][:, ~where])
    assert np.all(got[::2][:, where] == value[where])
    assert where.sum() == (4 if image_shape is None else 8)
