"""Contamination and canaries: what is shown instead, how much of it, nested in the level."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxuim.biases import Draw, Examples, Facts, clean
from jaxuim.biases.canaries import canaries, inserted, population_slots
from jaxuim.biases.contamination import (
    ood,
    permuted,
    population_leaked,
    population_moments,
    population_ood_class_share,
    render_ood,
    synthetic,
    test_set,
)
from jaxuim.worlds.synthetic import generated, ridge

K, N, SOURCE = 4, 20_000, 40
test_set.__test__ = False  # a bias, not a test
levels = st.floats(0.0, 1.0, width=32)
seeds = st.integers(0, 2**32 - 1)


@pytest.mark.parametrize("level", [0.0, 0.3, 1.0])
def test_examples_of_another_law_have_random_labels(random_facts, compiled, level: float) -> None:
    slots, facts = random_facts(1, N, K)
    got = compiled(ood)(slots, level, facts)
    hit = np.asarray(got.marks) > 0
    assert abs(hit.mean() - level) <= 5 * np.sqrt(level * (1 - level) / N)
    prior = np.array([0.7, 0.1, 0.1, 0.1])  # labels of the slots are made skew
    skew = slots._replace(label=jnp.asarray(np.random.default_rng(0).choice(K, N, p=prior)))
    label = np.asarray(compiled(ood)(skew, level, facts).label)
    p = population_ood_class_share(level, np.bincount(np.asarray(skew.label)) / N)
    share = np.bincount(label, minlength=K) / N
    assert np.all(np.abs(share - p) <= 5 * np.sqrt(p * (1 - p) / N) * (level > 0) + 1e-12)
    assert np.array_equal(label[~hit], np.asarray(skew.label)[~hit])


def test_features_of_another_law_are_permuted_alike() -> None:
    x = jax.random.normal(jax.random.key(0), (5, 12))
    hit = jnp.array([True, False, True, True, False])
    got = np.asarray(render_ood(x, hit, Draw(jnp.zeros((3, 5)), jax.random.key(1), hit, None)))
    order = permuted(12)
    assert sorted(order) == list(range(12)) and not np.array_equal(order, np.arange(12))
    assert np.array_equal(got[np.asarray(hit)], np.asarray(x)[np.asarray(hit)][:, order])
    assert np.array_equal(got[~np.asarray(hit)], np.asarray(x)[~np.asarray(hit)])


@pytest.mark.parametrize("samples", [12, 40, 100])
def test_the_leaked_share_of_the_test_part(random_facts, compiled, samples: int) -> None:
    runs, found = 100, {level: [] for level in (0.0, 0.4, 1.0)}
    for seed in range(runs):
        slots, facts = random_facts(seed, 120, K)
        for level in found:
            got = compiled(test_set)(slots, level, facts)
            leaked = np.unique(np.asarray(got.index)[:samples])
            found[level].append(np.sum(leaked >= 120) / SOURCE)
    for level, shares in found.items():
        error = np.std(shares) / np.sqrt(runs)
        assert abs(np.mean(shares) - population_leaked(level, samples, SOURCE)) <= 5 * error + 1e-9
    assert population_leaked(1.0, samples, SOURCE) == min(samples / SOURCE, 1.0)


@pytest.mark.parametrize("bias", [test_set, synthetic, canaries])
@given(seed=seeds, one=levels, two=levels)
def test_what_is_shown_instead_has_its_own_label_and_is_nested(
    random_facts, compiled, bias, seed: int, one: float, two: float
) -> None:
    slots, facts = random_facts(seed)
    low, high = (compiled(bias)(slots, level, facts) for level in sorted((one, two)))
    changed = np.asarray(low.index != slots.index)
    assert np.array_equal(np.asarray(low.index)[changed], np.asarray(high.index)[changed])
    for got in (low, high):
        assert np.array_equal(got.label, np.asarray(facts.examples.label)[got.index])
        assert np.all(np.asarray(got.index)[np.asarray(got.index != slots.index)] >= 120)
        assert np.array_equal(got.attribute, slots.attribute)


def test_generated_examples_stand_in_for_their_own(random_facts, compiled) -> None:
    slots, facts = random_facts(5, 40, K)  # as many as there are further examples
    got = compiled(synthetic)(slots, 1.0, facts)
    assert np.array_equal(got.index, np.asarray(slots.index) + 40)
    share = np.mean(
        [
            np.mean(np.asarray(compiled(synthetic)(*run[:1], 0.3, run[1]).index) >= 40)
            for run in (random_facts(seed, 40, K) for seed in range(200))
        ]
    )
    assert abs(share - 0.3) < 5 * np.sqrt(0.3 * 0.7 / (40 * 200))


@pytest.mark.parametrize(("copies", "samples"), [(1, 120), (4, 120), (5, 33), (200, 120)])
def test_canaries_stand_in_as_many_slots_as_stated(
    random_facts, compiled, copies: int, samples: int
) -> None:
    m, level, found = SOURCE // 2, 0.4, []
    for seed in range(60):
        slots, facts = random_facts(seed, dial=copies)
        facts = facts._replace(samples=jnp.int32(samples))
        full, part = (compiled(canaries)(slots, b, facts) for b in (1.0, level))
        index = np.asarray(part.index)[:samples]
        found.append(np.sum(index >= 120))
        often = np.bincount(np.asarray(full.index)[:samples], minlength=160)
        assert not often[120 + m :].any()  # references are never shown
        assert often[120 : 120 + m].sum() == population_slots(1.0, m, copies, samples)
        chosen = np.asarray(inserted(facts.uniforms, level, 120, SOURCE))
        assert set(index[index >= 120] - 120) <= set(np.flatnonzero(chosen))
        if m * copies <= samples:
            assert set(often[120 : 120 + m]) == {copies}
            assert set(index[index >= 120] - 120) == set(np.flatnonzero(chosen))
    error = np.std(found) / np.sqrt(60)
    assert abs(np.mean(found) - population_slots(level, m, copies, samples)) <= 5 * error


@pytest.mark.parametrize("level", [0.0, 0.4, 1.0])
def test_synthetic_examples_mix_the_moments_as_the_population_says(level: float) -> None:
    n, rng = 200_000, np.random.default_rng(5)
    x, y = rng.exponential(size=(n, 2)), np.zeros(n, int)  # variance 1, third moment 2
    made = generated(x, y, 1)
    slots = clean(np.arange(n), y, y)
    known = Examples(jnp.zeros(2 * n, jnp.int32))
    facts = Facts(n, rng.random((3, 2 * n), np.float32), 1, known, start=n, size=n)
    shown = np.concatenate([x, made.x])[np.asarray(synthetic(slots, level, facts).index)]
    covariance, third = population_moments(np.eye(2), [2.0, 2.0], level, ridge(x, y, 1))
    away = shown - shown.mean(axis=0)
    # standard errors from the sixth moments of the exponential law, the larger of the two
    assert np.all(np.abs(np.cov(shown.T) - covariance) < 5 * np.sqrt(8 / n))
    assert np.all(np.abs((away**3).mean(axis=0) - third) < 5 * np.sqrt(261 / n))
