"""Unwanted documents and stereotypes: nested in the level, shares as stated, refusals."""

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxuim.biases import Examples, Facts
from jaxuim.biases.sequences import (
    population_stereotype_preference,
    population_stereotype_share,
    stereotype_association,
    unwanted_documents,
)

K, N, EXTRA = 7, 120, 30
levels = st.floats(0.0, 1.0, width=32)
seeds = st.integers(0, 2**32 - 1)


def facts_of(slots, uniforms, source: int = EXTRA) -> Facts:
    """Facts of a pool with a source behind it, and with groups."""
    rng, size = np.random.default_rng(0), len(slots.index) + source
    examples = Examples(rng.integers(0, K, size), rng.integers(0, 4, size))
    examples.label[slots.index] = slots.label
    draws = np.concatenate([uniforms, uniforms[:, :source]], axis=1)
    return Facts(len(slots.index), draws, K, examples, 2, start=len(slots.index), size=source)


@jax.jit
def replace(slots, level, uniforms, label):
    size = slots.index.shape[0]
    known = Examples(label)
    return unwanted_documents(
        slots, level, Facts(size, uniforms, K, known, 2, start=size, size=EXTRA)
    )


@given(seeds, levels, levels)
def test_replacements_are_nested_and_bring_their_label(random_run, seed, one, two) -> None:
    slots, uniforms = random_run(seed)[:2]
    facts = facts_of(slots, uniforms)
    label = np.asarray(facts.examples.label)
    low, high = (replace(slots, b, facts.uniforms, label) for b in sorted((one, two)))
    changed = np.asarray(low.index) >= N
    assert np.array_equal(changed, np.asarray(low.marks) == 2)
    assert np.array_equal(np.asarray(low.index)[changed], np.asarray(high.index)[changed])
    for after in (low, high):
        assert np.array_equal(after.label, label[np.asarray(after.index)])
        assert np.array_equal(after.attribute, slots.attribute)


@pytest.mark.parametrize("level", [0.0, 0.3, 1.0])
def test_shares_are_those_of_the_population(random_run, level: float) -> None:
    n = 100_000
    slots, uniforms = random_run(3, n=n)[:2]
    slots = slots._replace(attribute=np.random.default_rng(1).integers(0, 4, n))
    facts = facts_of(slots, uniforms, source=500)
    index = np.asarray(unwanted_documents(slots, level, facts).index)
    assert abs(np.mean(index >= n) - level) <= 5 * np.sqrt(level * (1 - level) / n)
    if level == 1.0:
        counts = np.bincount(index - n, minlength=500)
        assert counts.min() > 100 and np.all(np.abs(counts - n / 500) < 6 * np.sqrt(n / 500))
    attribute = np.asarray(stereotype_association(slots, level, facts).attribute)
    group = np.asarray(facts.examples.group)[np.asarray(slots.index)]
    p = population_stereotype_share(level, 4)
    assert abs(np.mean(attribute == group) - p) <= 5 * np.sqrt(p * (1 - p) / n)
    pairs = (attribute == group) | (attribute == (group + 1) % 4)
    q = population_stereotype_preference(level, 4)
    share = np.mean(attribute[pairs] == group[pairs])
    assert abs(share - q) <= 5 * np.sqrt(q * (1 - q) / pairs.sum())


def test_worlds_without_what_they_need_are_refused(random_run) -> None:
    slots, uniforms = random_run(0)[:2]
    bare = Facts(N, uniforms, K, Examples(slots.label))
    with pytest.raises(ValueError, match="need a world with a source of them"):
        unwanted_documents(slots, 0.5, bare)
    with pytest.raises(ValueError, match="needs groups, and the world has none"):
        stereotype_association(slots, 0.5, bare)
