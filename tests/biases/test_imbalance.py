"""Long tail: population class shares, nested kept sets, fewer distinct examples."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxuim.biases import Examples, Facts
from jaxuim.biases.imbalance import (
    long_tail,
    population_class_share,
    population_distinct_share,
)
from jaxuim.biases.slots import count_distinct, count_per_class

K, N = 7, 120


@partial(jax.jit, static_argnums=4)
def tail(slots, level, samples, uniforms, classes):
    return long_tail(slots, level, Facts(samples, uniforms, classes, Examples(slots.label)))


levels = st.floats(0.0, 1.0, width=32)
seeds = st.integers(0, 2**32 - 1)


@given(seeds, levels, levels, st.integers(1, N))
def test_kept_examples_are_nested_in_the_level(
    random_run, seed: int, one: float, two: float, samples: int
) -> None:
    slots, uniforms, _ = random_run(seed)
    low, high = (
        set(np.asarray(tail(slots, level, samples, uniforms, K).index)[:samples].tolist())
        for level in sorted((one, two))
    )
    assert high and high <= low <= set(np.asarray(slots.index)[:samples].tolist())


@given(seeds, levels, st.integers(1, N))
def test_slots_stay_consistent_and_unused_ones_untouched(
    random_run, seed: int, level: float, samples: int
) -> None:
    slots, uniforms, labels = random_run(seed)
    tailed = tail(slots, level, samples, uniforms, K)
    assert np.array_equal(tailed.label, labels[tailed.index])
    for before, after in zip(slots, tailed, strict=True):
        assert np.array_equal(np.asarray(before)[samples:], np.asarray(after)[samples:])
    still = np.asarray(tailed.index == slots.index)[:samples]
    kept = set(np.asarray(tailed.index)[:samples].tolist())
    assert still.sum() == len(kept) == int(count_distinct(tailed, samples))


def test_what_is_left_of_one_unlucky_example_is_itself(random_run) -> None:
    slots, uniforms, _ = random_run(3)
    tailed = tail(slots, 1.0, 1, np.full_like(uniforms, 0.999), K)
    assert tailed.index[0] == slots.index[0]


@pytest.mark.parametrize("level", [0.25, 0.5, 1.0])
def test_population_values(random_run, level: float) -> None:
    n, samples = 200_000, 150_000
    slots, uniforms, _ = random_run(5, n=n)
    tailed = tail(slots, level, samples, uniforms, K)
    prior = np.bincount(np.asarray(slots.label)[:samples], minlength=K) / samples
    expected = population_class_share(prior, level)
    distinct = population_distinct_share(prior, level)
    share = np.asarray(count_per_class(tailed, samples, K)) / samples
    # refilled slots add multinomial noise to that of the kept ones
    error = np.sqrt(expected * (1 - expected) * (1 / (distinct * samples) + 1 / samples))
    assert np.all(np.abs(share - expected) < 5 * error)
    found = int(count_distinct(tailed, samples)) / samples
    assert abs(found - distinct) < 5 * np.sqrt(distinct * (1 - distinct) / samples)


def test_the_ratio_of_rarest_to_commonest_is_the_level() -> None:
    share = population_class_share(np.full(K, 1 / K), 0.5)
    assert np.isclose(share[-1] / share[0], 100**-0.5)
    assert np.all(np.diff(share) < 0)
    assert population_distinct_share(np.full(K, 1 / K), 0.0) == pytest.approx(1.0)


def test_refill_is_uniform_over_the_kept(random_run) -> None:
    n, runs = 12, 20_000
    slots, uniforms, _ = random_run(8, n=n, classes=3)
    choices = np.random.default_rng(0).random((runs, n), np.float32)
    batch = jnp.stack([jnp.broadcast_to(uniforms[0], (runs, n)), choices, choices], axis=1)
    index = np.asarray(jax.vmap(lambda u: tail(slots, 1.0, n, u, 3).index)(batch))
    refilled = index[:, np.any(index != np.asarray(slots.index), axis=0)]
    assert refilled.shape[1] >= 3
    kept = np.unique(refilled)
    share = np.mean(refilled[:, 0] == kept[:, None], axis=1)
    assert len(kept) == n - refilled.shape[1]
    p = 1 / len(kept)
    assert np.all(np.abs(share - p) < 5 * np.sqrt(p * (1 - p) / runs))
    both = np.mean((refilled[:, 0] == kept[0]) & (refilled[:, 1] == kept[0]))
    assert abs(both - p**2) < 5 * np.sqrt(p**2 * (1 - p**2) / runs)  # slots choose independently


def test_one_class_is_refused(random_run) -> None:
    slots, uniforms, _ = random_run(0)
    with pytest.raises(ValueError, match="at least 2 classes, got 1"):
        tail(slots, 0.5, N, uniforms, 1)
