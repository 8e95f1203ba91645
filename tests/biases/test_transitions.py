"""Label biases with a transition matrix: the stated one, nested, exact at both ends."""

import jax.numpy as jnp
import numpy as np
import pytest

from jaxuim.biases.boundary_noise import flip_probability, instance_dependent, population_flip
from jaxuim.biases.label_noise import (
    pair_flip,
    population_pair_flip,
    population_swapped,
    swapped_pairs,
)
from jaxuim.biases.poisoning import label_flip, population_label_flip
from jaxuim.biases.transition import class_conditional, population_transition, read_matrix

K, N = 4, 40_000
TEXT = "0.5 0.25 0.25 0; 0 1 0 0; 0.1 0.2 0.3 0.4; 0.25 0.25 0.25 0.25"
LEVELS = (0.0, 0.3, 0.8, 1.0)
CASES = {
    "pair_flip": (pair_flip, {}),
    "matrix": (class_conditional, {"matrix": TEXT}),
    "nearest": (class_conditional, {}),
    "swapped": (swapped_pairs, {}),
    "label_flip": (label_flip, {"source_class": 2, "target_class": 3}),
}


def nearest(facts) -> np.ndarray:
    known = facts.examples
    pairs = np.stack([np.asarray(known.label)[:N], np.asarray(known.runner_up)[:N]])
    return np.eye(K)[[np.bincount(pairs[1, pairs[0] == c], minlength=K).argmax() for c in range(K)]]


def expected(name: str, level: float, facts) -> np.ndarray:
    prior = np.bincount(np.asarray(facts.examples.label)[:N], minlength=K) / N
    return {
        "pair_flip": lambda: population_pair_flip(K, level),
        "matrix": lambda: population_transition(read_matrix(TEXT, K), level),
        "nearest": lambda: population_transition(nearest(facts), level),
        "swapped": lambda: population_swapped(prior, level),
        "label_flip": lambda: population_label_flip(K, level, 2, 3),
    }[name]()


@pytest.mark.parametrize("name", CASES)
def test_labels_follow_the_stated_matrix(random_facts, compiled, name: str) -> None:
    bias, settings = CASES[name]
    slots, facts = random_facts(3, N, K)
    true = np.asarray(slots.label)
    for level in LEVELS:
        got = np.asarray(compiled(bias, **settings)(slots, level, facts).label)
        rows = expected(name, level, facts)
        assert np.allclose(rows.sum(axis=1), 1)
        for c in range(K):
            n = np.sum(true == c)
            assert n > 5000
            share = np.bincount(got[true == c], minlength=K) / n
            error = np.sqrt(rows[c] * (1 - rows[c]) / n)
            assert np.all(np.abs(share - rows[c]) <= 5 * error + 1e-12)


@pytest.mark.parametrize("name", CASES)
def test_what_changes_stays_changed_at_higher_levels(random_facts, compiled, name: str) -> None:
    bias, settings = CASES[name]
    slots, facts = random_facts(4, N, K)
    low, high = (compiled(bias, **settings)(slots, level, facts) for level in (0.3, 0.8))
    changed = np.asarray(low.label != slots.label)
    assert np.array_equal(np.asarray(low.label)[changed], np.asarray(high.label)[changed])
    assert np.asarray(low.marks)[changed].all()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("near", "neither 'nearest' nor 4 rows of 4 numbers"),
        ("1 0; 0 1", r"rows of \[2, 2\], not 4 rows of 4"),
        ("2 -1 0 0; 0 1 0 0; 0 0 1 0; 0 0 0 1", "at least 0 that sum to 1 by row"),
        ("nan 0 0 0; 0 1 0 0; 0 0 1 0; 0 0 0 1", "at least 0 that sum to 1 by row"),
    ],
)
def test_texts_that_are_no_matrix_are_refused(random_facts, text: str, problem: str) -> None:
    slots, facts = random_facts(0, classes=K)
    with pytest.raises(ValueError, match=problem):
        class_conditional(slots, 0.5, facts, matrix=text)


@pytest.mark.parametrize("pair", [(1, 1), (0, 4), (-1, 2)])
def test_a_flip_between_no_two_classes_is_refused(random_facts, pair: tuple[int, int]) -> None:
    slots, facts = random_facts(0, classes=K)
    with pytest.raises(ValueError, match="two of the pre-training classes 0 to 3"):
        label_flip(slots, 0.5, facts, source_class=pair[0], target_class=pair[1])


@pytest.mark.parametrize("level", LEVELS)
def test_noise_near_the_boundary_has_the_stated_profile(
    random_facts, compiled, level: float
) -> None:
    slots, facts = random_facts(5, N, K)
    got = compiled(instance_dependent)(slots, level, facts)
    hit = np.asarray(got.label != slots.label)
    rank = np.asarray(facts.examples.rank)[np.asarray(slots.index)]
    assert np.array_equal(
        np.asarray(got.label)[hit], np.asarray(facts.examples.runner_up)[slots.index][hit]
    )
    assert abs(hit.mean() - level) <= 5 * np.sqrt(level * (1 - level) / N) + 1 / N
    for low in (0.0, 0.2, 0.5, 0.9):
        near = (rank >= low) & (rank < low + 0.1)
        p = population_flip(rank[near], level).mean()
        assert abs(hit[near].mean() - p) <= 5 * np.sqrt(p * (1 - p) / near.sum()) + 1e-12


def test_the_mean_flip_is_the_level() -> None:
    grid = (np.arange(200_000) + 0.5) / 200_000
    for level in (0.05, 0.5, 0.9):
        assert population_flip(grid, level).mean() == pytest.approx(level, abs=1e-4)
        own = np.asarray(flip_probability(jnp.asarray(grid[::500], jnp.float32), level))
        assert np.allclose(own, population_flip(grid[::500], level), atol=1e-5)


def test_boundary_noise_is_nested_and_needs_ranks(random_facts, compiled) -> None:
    slots, facts = random_facts(6, N, K)
    bias = compiled(instance_dependent)
    hits = [np.asarray(bias(slots, level, facts).marks) > 0 for level in (0.1, 0.4, 0.9)]
    assert np.all(hits[0] <= hits[1]) and np.all(hits[1] <= hits[2])
    bare = facts._replace(examples=facts.examples._replace(rank=None))
    with pytest.raises(ValueError, match="needs each example's rank"):
        instance_dependent(slots, 0.5, bare)
