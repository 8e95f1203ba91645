"""Biases of who is shown: class profiles, a missing subgroup, copies; shares as stated."""

import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxuim.biases.duplication import duplication, population_distinct
from jaxuim.biases.imbalance import (
    population_class_share,
    population_distinct_share,
    step_imbalance,
    step_rates,
    zipf_long_tail,
    zipf_rates,
)
from jaxuim.biases.slots import count_distinct, count_per_class
from jaxuim.biases.subgroup import population_group_share, underrepresented_subgroup

K, N = 5, 40_000
PROFILES = {
    "zipf": (zipf_long_tail, {"exponent": 1.5}, zipf_rates(K, 1.5)),
    "step": (step_imbalance, {"minority": 0.4, "ratio": 20.0}, step_rates(K, 0.4, 20.0)),
}
levels = st.floats(0.0, 1.0, width=32)


@pytest.mark.parametrize("level", [0.0, 0.4, 1.0])
@pytest.mark.parametrize("name", PROFILES)
def test_class_shares_are_those_of_the_profile(
    random_facts, compiled, name: str, level: float
) -> None:
    bias, settings, rates = PROFILES[name]
    slots, facts = random_facts(1, N, K)
    samples = 30_000
    got = compiled(bias, **settings)(slots, level, facts._replace(samples=jnp.int32(samples)))
    prior = np.bincount(np.asarray(slots.label)[:samples], minlength=K) / samples
    share = population_class_share(prior, level, rates)
    distinct = population_distinct_share(prior, level, rates)
    error = np.sqrt(share * (1 - share) * (1 / (distinct * samples) + 1 / samples))
    found = np.asarray(count_per_class(got, samples, K)) / samples
    assert np.all(np.abs(found - share) <= 5 * error * (level > 0) + 1e-12)
    counted = int(count_distinct(got, samples, N)) / samples
    assert abs(counted - distinct) <= 5 * np.sqrt(distinct * (1 - distinct) / samples) + 1e-12


def test_the_profiles_are_those_of_their_names() -> None:
    assert np.allclose(np.exp(-zipf_rates(4, 2.0)), 1 / np.arange(1, 5) ** 2)
    assert np.allclose(np.exp(-step_rates(4, 0.25, 10.0)), [1, 1, 1, 0.1])
    for share in (0.0, 1.0):  # at least one class on either side
        assert np.count_nonzero(step_rates(4, share, 10.0)) == (1 if share == 0 else 3)


@pytest.mark.parametrize("level", [0.0, 0.4, 1.0])
def test_a_subgroup_gets_its_share(random_facts, compiled, level: float) -> None:
    slots, facts = random_facts(2, N, K)
    got = compiled(underrepresented_subgroup, group=2)(slots, level, facts)
    group = np.asarray(facts.examples.group)
    prior = np.bincount(group[np.asarray(slots.index)]) / N
    expected = population_group_share(prior, level, 2)
    found = np.bincount(group[np.asarray(got.index)], minlength=3) / N
    # of the group's own slots some went, and refill draws from what is left
    error = np.sqrt(expected * (1 - expected) * 2 / N)
    assert np.all(np.abs(found - expected) <= (5 * error + 10 / N) * (level > 0) + 1e-12)
    stay = np.unique(np.asarray(got.index)[group[np.asarray(got.index)] == 2])
    assert len(stay) == 1 if level == 1 else len(stay) > 1000


@given(st.integers(0, 2**32 - 1), levels, levels, st.integers(1, 120))
def test_a_smaller_subgroup_is_part_of_the_larger(
    random_facts, compiled, seed: int, one: float, two: float, samples: int
) -> None:
    slots, facts = random_facts(seed)
    facts = facts._replace(samples=jnp.int32(samples))
    bias = compiled(underrepresented_subgroup, group=0)
    group = np.asarray(facts.examples.group)
    low, high = (
        {e for e in np.asarray(bias(slots, level, facts).index)[:samples].tolist() if not group[e]}
        for level in sorted((one, two))
    )
    had = {e for e in np.asarray(slots.index)[:samples].tolist() if not group[e]}
    assert high <= low <= had and bool(high) == bool(had)


def test_a_world_without_subgroups_is_refused(random_facts) -> None:
    slots, facts = random_facts(0)
    bare = facts._replace(examples=facts.examples._replace(group=None))
    with pytest.raises(ValueError, match="needs subgroups"):
        underrepresented_subgroup(slots, 0.5, bare)


@pytest.mark.parametrize(("copies", "level"), [(1, 0.7), (4, 0.0), (4, 0.3), (7, 1.0), (500, 0.5)])
def test_copies_leave_as_many_distinct_examples_as_stated(
    random_facts, compiled, copies: int, level: float
) -> None:
    slots, facts = random_facts(3, N, K)
    samples = 30_001
    facts = facts._replace(samples=jnp.int32(samples), dial=jnp.float32(copies))
    got = compiled(duplication)(slots, level, facts)
    blocks = -(-samples // copies)
    error = (copies - 1) * np.sqrt(blocks * level * (1 - level))
    found = int(count_distinct(got, samples, N))
    assert abs(found - population_distinct(samples, level, copies)) <= 5 * error + 1e-6
    often = np.bincount(np.asarray(got.index)[:samples])
    assert set(often[often > 0].tolist()) <= {1, copies, samples % copies}
    assert np.array_equal(np.asarray(got.index)[samples:], np.asarray(slots.index)[samples:])
    assert np.array_equal(got.label, facts.examples.label[got.index])


@given(st.integers(0, 2**32 - 1), levels, levels, st.integers(1, 130))
def test_copied_blocks_are_nested(
    random_facts, compiled, seed: int, one: float, two: float, copies: int
) -> None:
    slots, facts = random_facts(seed, dial=copies)
    low, high = (compiled(duplication)(slots, level, facts) for level in sorted((one, two)))
    moved = np.asarray(low.index != slots.index)
    assert np.array_equal(np.asarray(low.index)[moved], np.asarray(high.index)[moved])
