"""Sums over groups: those of NumPy in float64, however many examples, and what rests on them."""

from functools import partial

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxuim.measure import (
    classwise_calibration_error,
    equal_mass_calibration_error,
    equalized_odds_difference,
    expected_calibration_error,
    group_calibration_gap,
    group_table,
    worst_group_error,
)
from jaxuim.measure.sums import CHUNK, group_sums, run_means

MANY = 1_000_000
seeds = st.integers(0, 2**32 - 1)
sums, means = jax.jit(group_sums, static_argnums=2), jax.jit(run_means)


@given(seeds, st.sampled_from([(7,), (CHUNK,), (CHUNK + 1, 2), (3 * CHUNK - 1, 2, 2)]))
def test_sums_are_those_of_numpy(seed: int, shape: tuple[int, ...]) -> None:
    rng = np.random.default_rng(seed)
    values, groups = rng.standard_normal(shape, np.float32), rng.integers(0, 4, shape[0])
    expected = [values[groups == g].astype(float).sum(axis=0) for g in range(4)]
    assert np.allclose(sums(values, groups, 4), expected, atol=1e-4)


@given(seeds, st.sampled_from([10, CHUNK, 3 * CHUNK - 1]))
def test_runs_are_replaced_by_their_means(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    values, changes = rng.standard_normal(n, np.float32), rng.random(n) < 3 / n
    run = np.cumsum(changes)
    expected = [values[run == r].mean() for r in run]
    assert np.allclose(means(values, changes), expected, atol=1e-5)


def test_a_million_equal_numbers_do_not_drift() -> None:
    third = np.full(MANY, 1 / 3, np.float32)
    found = sums(third, np.arange(MANY) % 5 // 4, 2)
    assert np.allclose(found, [0.8 * MANY / 3, 0.2 * MANY / 3], rtol=2e-5)
    assert np.allclose(means(third, np.zeros(MANY, bool)), 1 / 3, rtol=2e-5)


def test_a_million_equal_examples_give_what_one_gives() -> None:
    logits = np.tile(np.float32([0.0, 3.0]), (MANY, 1))
    labels, groups = (np.arange(MANY) % 50 > 0).astype(int), np.arange(MANY) % 4 // 3
    gap = abs(0.98 - 1 / (1 + np.exp(-3.0)))
    for measure in (
        expected_calibration_error,
        equal_mass_calibration_error,
        classwise_calibration_error,
    ):
        assert measure(logits, labels) == pytest.approx(gap, abs=2e-5)
    by_group = partial(group_table, logits, labels, groups, num_groups=2)
    loss = np.log1p(np.exp(-3.0)) + 3.0 * (1 - labels)
    expected = [loss[groups == g].mean() for g in range(2)]
    assert np.allclose(by_group().nll, expected, rtol=2e-5)


def test_a_million_ties_are_fair() -> None:
    logits, labels = np.zeros((MANY, 3), np.float32), np.arange(MANY) % 2
    groups = (np.arange(MANY) % 5 == 0).astype(int)
    assert equalized_odds_difference(logits, labels, groups, num_groups=2) < 2e-5
    assert worst_group_error(logits, labels, groups, num_groups=2) == pytest.approx(2 / 3, rel=2e-5)
    # a third of each label is right at confidence a third, in either group
    labels = np.arange(MANY) % 3
    assert group_calibration_gap(logits, labels, groups, num_groups=2) < 2e-5
