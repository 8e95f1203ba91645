"""Splitting and fixed draws: stratified, complete, independent of NumPy's generators."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxuim.worlds.assemble import stratified
from jaxuim.worlds.fixed import integers, normals, permutation

labels = st.lists(st.integers(0, 3), min_size=1, max_size=60)


@given(labels, st.sampled_from([(0.64, 0.16, 0.20), (0.5, 0.5), (1.0,)]))
def test_every_class_is_split_by_the_shares(y: list[int], shares: tuple[float, ...]) -> None:
    y = np.array(y)
    parts = stratified(y, shares)
    assert sorted(np.concatenate(parts).tolist()) == list(range(len(y)))
    for label in np.unique(y):
        counts = np.array([np.sum(y[part] == label) for part in parts])
        assert np.all(np.abs(counts - np.array(shares) * counts.sum()) <= 1.0)


@given(labels)
def test_ten_of_a_class_reach_every_part(y: list[int]) -> None:
    y = np.r_[np.array(y), np.repeat(np.unique(y), 10)]
    for part in stratified(y, (0.64, 0.16, 0.20)):
        assert set(y[part]) == set(y)


def test_splits_are_shuffled() -> None:
    first, _ = stratified(np.zeros(1000, int), (0.5, 0.5))
    # the mean of 500 of 0..999 drawn without replacement, within 5 standard errors
    assert abs(first.mean() - 499.5) < 5 * 289 * np.sqrt(0.5 / 500)
    assert not np.all(np.diff(first) > 0)


def test_fixed_draws_never_change() -> None:
    # raw words of PCG64(0), as published by NumPy's stream guarantee
    assert permutation(0, 6).tolist() == PERMUTATION
    assert integers(0, 6, 10).tolist() == INTEGERS
    assert np.allclose(normals(0, (1, 3)), NORMALS, atol=1e-12)


def test_fixed_normals_are_standard() -> None:
    x = normals(3, (1000, 100))
    assert abs(x.mean()) < 5 / np.sqrt(x.size)
    assert abs(x.var() - 1) < 5 * np.sqrt(2 / x.size)
    assert abs(np.mean(x[:, 1:] * x[:, :-1])) < 5 / np.sqrt(x.size)


@pytest.mark.parametrize("high", [2, 7])
def test_fixed_integers_are_uniform(high: int) -> None:
    n = 70_000
    share = np.bincount(integers(5, n, high), minlength=high) / n
    assert np.all(np.abs(share - 1 / high) < 5 * np.sqrt((1 - 1 / high) / high / n))


PERMUTATION = [3, 2, 1, 0, 4, 5]
INTEGERS = [1, 7, 4, 3, 1, 4]
NORMALS = [0.3503492272566, -0.6134581787035, -1.7394988867659]
