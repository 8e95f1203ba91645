"""Worst class and worst group against a loop; absent ones do not count."""

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxuim.measure import (
    error,
    group_table,
    negative_log_likelihood,
    worst_class_error,
    worst_group_error,
)

N, K, G = 30, 4, 6
seeds = st.integers(0, 2**32 - 1)
worst_class = jax.jit(worst_class_error)
table_of = jax.jit(group_table, static_argnames="num_groups")
worst_group = jax.jit(worst_group_error, static_argnames="num_groups")


@given(seeds, st.integers(1, G), st.integers(1, K))
def test_both_equal_the_loop(seed: int, groups_seen: int, classes_seen: int) -> None:
    rng = np.random.default_rng(seed)
    logits = rng.standard_normal((N, K), np.float32)
    labels = rng.integers(0, classes_seen, N)
    groups = rng.integers(0, groups_seen, N)
    wrong = logits.argmax(1) != labels
    expected = max(wrong[groups == g].mean() for g in np.unique(groups))
    assert worst_group(logits, labels, groups, num_groups=G) == pytest.approx(expected)
    expected = max(wrong[labels == k].mean() for k in np.unique(labels))
    assert worst_class(logits, labels) == pytest.approx(expected)
    assert worst_class(logits, labels) >= error(logits, labels) - 1e-6


@given(seeds, st.permutations(range(G)))
def test_names_of_groups_do_not_matter(seed: int, names: list[int]) -> None:
    rng = np.random.default_rng(seed)
    logits, labels = rng.standard_normal((N, K), np.float32), rng.integers(0, K, N)
    groups = rng.integers(0, G, N)
    renamed = worst_group(logits, labels, np.array(names)[groups], num_groups=G)
    assert renamed == worst_group(logits, labels, groups, num_groups=G)


def test_one_group_gives_the_error() -> None:
    rng = np.random.default_rng(0)
    logits, labels = rng.standard_normal((N, K), np.float32), rng.integers(0, K, N)
    one = worst_group(logits, labels, np.zeros(N, int), num_groups=1)
    assert one == pytest.approx(float(error(logits, labels)))


@given(seeds)
def test_the_table_holds_what_each_group_has(seed: int) -> None:
    rng = np.random.default_rng(seed)
    logits, labels = rng.standard_normal((N, K), np.float32), rng.integers(0, K, N)
    groups = rng.permutation(np.arange(N) % G)
    table = table_of(logits, labels, groups, num_groups=G)
    for g in range(G):
        inside = groups == g
        assert table.size[g] == inside.sum()
        assert table.accuracy[g] == pytest.approx((logits.argmax(1) == labels)[inside].mean())
        expected = float(negative_log_likelihood(logits[inside], labels[inside]))
        assert table.nll[g] == pytest.approx(expected, rel=1e-5)
    assert 1 - table.accuracy.min() == worst_group(logits, labels, groups, num_groups=G)


def test_a_traced_group_without_example_or_with_a_bad_logit_has_nan() -> None:
    logits = np.array([[0, 1], [np.nan, 1], [0, 1]], np.float32)
    table = table_of(logits, np.array([1, 1, 0]), np.array([0, 1, 0]), num_groups=3)
    assert table.size.tolist() == [2.0, 1.0, 0.0]
    assert np.isnan(table.accuracy).tolist() == [False, True, True]


@pytest.mark.parametrize(
    ("groups", "count", "words"),
    [
        ([0, 0], 2, "group 1 of num_groups = 2 has no example"),
        ([0, 2], 2, "groups\\[1\\] = 2; allowed are whole numbers from 0 to 1"),
        ([0], 1, "groups has shape \\(1,\\); allowed is \\[n\\] with n = 2"),
        ([0, 0], 0, "num_groups = 0 must be at least 1"),
    ],
)
def test_groups_that_cannot_be_are_refused(groups: list[int], count: int, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        worst_group_error([[0.0, 1.0], [1.0, 0.0]], [1, 0], groups, num_groups=count)
