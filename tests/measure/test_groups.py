"""Worst class and worst group against a loop; absent ones do not count."""

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxuim.measure import error, worst_class_error, worst_group_error

N, K, G = 30, 4, 6
seeds = st.integers(0, 2**32 - 1)
worst_class = jax.jit(worst_class_error)
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


def test_no_example_is_nan_and_no_group_is_refused() -> None:
    empty = np.zeros((0, K), np.float32), np.zeros(0, np.int32)
    assert np.isnan(worst_class_error(*empty))
    with pytest.raises(ValueError, match="num_groups = 0 must be at least 1"):
        worst_group_error(*empty, np.zeros(0, np.int32), num_groups=0)
