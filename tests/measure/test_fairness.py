"""Group fairness against loops in fairlearn's definitions, for independent groups and the worst."""

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxuim.measure import (
    demographic_parity_difference,
    demographic_parity_ratio,
    equal_opportunity_difference,
    equalized_odds_difference,
    expected_calibration_error,
    group_calibration_gap,
)

N, G = 80, 4
seeds = st.integers(0, 2**32 - 1)
parity = jax.jit(demographic_parity_difference, static_argnames="num_groups")
ratio = jax.jit(demographic_parity_ratio, static_argnames="num_groups")
odds = jax.jit(equalized_odds_difference, static_argnames="num_groups")
opportunity = jax.jit(equal_opportunity_difference, static_argnames="num_groups")
calibration = jax.jit(group_calibration_gap, static_argnames="num_groups")
WITH_LABELS = (odds, opportunity, calibration)


def draw(seed: int, classes: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    logits = rng.standard_normal((N, classes), np.float32)
    return logits, rng.integers(0, classes, N), rng.permutation(np.arange(N) % G)


def rates(said: np.ndarray, where: np.ndarray, groups: np.ndarray) -> list[float]:
    """How often something is said in each group, among the examples that count."""
    cells = [where & (groups == g) for g in range(G)]
    return [float(said[cell].mean()) for cell in cells if cell.any()]


@given(seeds)
def test_two_classes_follow_fairlearns_definitions(seed: int) -> None:
    logits, labels, groups = draw(seed, 2)
    said, every = logits.argmax(1) == 1, np.ones(N, bool)
    chosen = rates(said, every, groups)
    assert parity(logits, groups, num_groups=G) == pytest.approx(max(chosen) - min(chosen))
    assert ratio(logits, groups, num_groups=G) == pytest.approx(min(chosen) / max(chosen))
    true_rates, false_rates = rates(said, labels == 1, groups), rates(said, labels == 0, groups)
    gaps = [max(found) - min(found) for found in (true_rates, false_rates)]
    assert odds(logits, labels, groups, num_groups=G) == pytest.approx(max(gaps), abs=1e-6)
    assert opportunity(logits, labels, groups, num_groups=G) == pytest.approx(gaps[0], abs=1e-6)


@given(seeds)
def test_more_classes_count_by_the_worst_against_the_rest(seed: int) -> None:
    k = 3
    logits, labels, groups = draw(seed, k)
    predicted, every = logits.argmax(1), np.ones(N, bool)
    chosen = [rates(predicted == c, every, groups) for c in range(k)]
    gap = max(max(found) - min(found) for found in chosen)
    assert parity(logits, groups, num_groups=G) == pytest.approx(gap, abs=1e-6)
    least = min(min(found) / max(found) for found in chosen)
    assert ratio(logits, groups, num_groups=G) == pytest.approx(least, abs=1e-6)
    given_label = {
        (y, c): rates(predicted == c, labels == y, groups) for y in range(k) for c in range(k)
    }
    gaps = {pair: max(found) - min(found) for pair, found in given_label.items()}
    worst, recall = max(gaps.values()), max(gaps[y, y] for y in range(k))
    assert odds(logits, labels, groups, num_groups=G) == pytest.approx(worst, abs=1e-6)
    assert opportunity(logits, labels, groups, num_groups=G) == pytest.approx(recall, abs=1e-6)


@given(seeds)
def test_the_calibration_gap_is_that_of_the_groups_alone(seed: int) -> None:
    logits, labels, groups = draw(seed, 3)
    each = [
        float(expected_calibration_error(logits[groups == g], labels[groups == g]))
        for g in range(G)
    ]
    found = calibration(logits, labels, groups, num_groups=G)
    assert found == pytest.approx(max(each) - min(each), abs=1e-6)


@given(seeds, st.permutations(range(G)))
def test_equal_groups_are_fair_and_names_do_not_matter(seed: int, names: list[int]) -> None:
    logits, labels, _ = draw(seed, 3)
    logits, labels = np.tile(logits, (G, 1)), np.tile(labels, G)
    groups = np.repeat(np.array(names), N)  # every group holds the same examples
    assert parity(logits, groups, num_groups=G) == pytest.approx(0.0, abs=1e-6)
    assert ratio(logits, groups, num_groups=G) == pytest.approx(1.0, abs=1e-6)
    for measure in WITH_LABELS:
        assert measure(logits, labels, groups, num_groups=G) == pytest.approx(0.0, abs=1e-6)


def test_independent_groups_approach_zero_as_examples_grow() -> None:
    rng = np.random.default_rng(0)
    n = 40_000
    logits, labels = rng.standard_normal((n, 2), np.float32), rng.integers(0, 2, n)
    groups = np.arange(n) % 2
    # the difference of two rates of n/4 examples each has standard error sqrt(2 pq / (n/4))
    error = np.sqrt(2 * 0.25 / (n / 4))
    assert odds(logits, labels, groups, num_groups=2) < 5 * error
    assert parity(logits, groups, num_groups=2) < 5 * error
    assert ratio(logits, groups, num_groups=2) > 1 - 5 * error / 0.4


def test_a_group_that_decides_is_the_worst() -> None:
    groups = np.arange(20) % 2
    logits = np.eye(2, dtype=np.float32)[groups]
    labels = np.arange(20) // 10
    assert parity(logits, groups, num_groups=2) == 1.0
    assert ratio(logits, groups, num_groups=2) == 0.0
    assert odds(logits, labels, groups, num_groups=2) == 1.0
    assert opportunity(logits, labels, groups, num_groups=2) == 1.0


def test_parity_may_hold_where_odds_differ() -> None:
    labels = np.array([0, 1, 0, 1])
    groups = np.array([0, 0, 1, 1])
    said = np.array([0, 1, 1, 0])  # always right in one group, always wrong in the other
    logits = np.eye(2, dtype=np.float32)[said]
    assert parity(logits, groups, num_groups=2) == 0.0
    assert odds(logits, labels, groups, num_groups=2) == 1.0


def test_a_label_that_a_group_lacks_does_not_count() -> None:
    labels, groups = np.array([0, 0, 1]), np.array([0, 1, 0])
    logits = np.eye(2, dtype=np.float32)[[0, 0, 1]]
    assert odds(logits, labels, groups, num_groups=2) == 0.0


def test_while_tracing_absent_groups_do_not_count() -> None:
    logits, labels, groups = draw(0, 3)
    for measure in WITH_LABELS:
        found = [float(measure(logits, labels, groups, num_groups=count)) for count in (G, G + 3)]
        assert found[0] == found[1]
    assert parity(logits, groups, num_groups=G + 3) == parity(logits, groups, num_groups=G)


def test_one_group_or_an_empty_one_is_refused() -> None:
    logits, labels, _ = draw(0, 2)
    with pytest.raises(ValueError, match="num_groups = 1 must be at least 2 to compare groups"):
        demographic_parity_difference(logits, np.zeros(N, int), num_groups=1)
    with pytest.raises(ValueError, match="group 1 of num_groups = 2 has no example"):
        equalized_odds_difference(logits, labels, np.zeros(N, int), num_groups=2)


def test_groups_that_share_no_label_cannot_be_compared() -> None:
    logits, labels = np.eye(2, dtype=np.float32)[[0, 1, 1]], np.array([0, 0, 1])
    apart, partly = labels, np.array([0, 1, 0])  # label 0 in both groups, label 1 in one
    for measure in (odds, opportunity):
        assert np.isnan(measure(logits, labels, apart, num_groups=2))
    assert odds(logits, labels, partly, num_groups=2) == 1.0
    assert np.isnan(opportunity(logits, labels, partly, num_groups=2))
    with pytest.raises(ValueError, match="no label occurs in two groups; given the label, none"):
        equalized_odds_difference(logits, labels, apart, num_groups=2)
    with pytest.raises(ValueError, match="label 1 does not occur in two groups"):
        equal_opportunity_difference(logits, labels, partly, num_groups=2)
    with pytest.raises(ValueError, match="no label occurs in two groups"):
        equal_opportunity_difference(np.eye(3), [0, 1, 2], [0, 1, 1], num_groups=2)
