"""Majority votes: exact sums against enumeration, limits, symmetry, gradients."""

import itertools
from math import factorial, prod

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from theory.label_noise import (
    binary_error,
    critical_noise,
    decay_rate,
    labels_bound,
    majority_error,
    majority_error_normal,
    margin,
    scaling_error,
)
from theory.label_noise.simulation import lost_votes, pair_flip_errors, symmetric_chances
from theory.label_noise.votes_study import COUNTS, needed


def enumerated(eta: float, classes: int, m: int) -> float:
    """Sum over all counts, ties shared."""
    chances = symmetric_chances(eta, classes)
    lost = 0.0
    for counts in itertools.product(range(m + 1), repeat=classes):
        if sum(counts) == m:
            chance = factorial(m) * prod(
                p**c / factorial(c) for p, c in zip(chances, counts, strict=True)
            )
            top = max(counts)
            lost += chance * (1.0 - (counts[0] == top) / counts.count(top))
    return lost


@settings(max_examples=12, deadline=None)
@given(st.floats(0.01, 0.99), st.sampled_from([(2, 5), (3, 6)]))
def test_exact_error_equals_enumeration(eta: float, case: tuple[int, int]) -> None:
    assert float(majority_error(eta, *case, 20)) == pytest.approx(enumerated(eta, *case), abs=1e-12)


def test_padding_for_more_labels_changes_nothing() -> None:
    alone = float(majority_error(0.55, 3, 7))
    rows = jax.vmap(majority_error, in_axes=(0, None, 0, None))
    found = rows(np.array([0.55, 0.3]), 3, np.array([7, 20]), 20)
    assert found[0] == pytest.approx(alone, abs=1e-12)
    assert found[1] < found[0]


@settings(max_examples=20, deadline=None)
@given(st.floats(0.02, 0.98), st.integers(0, 9))
def test_two_classes_are_the_binomial_tail(eta: float, half: int) -> None:
    m = 2 * half + 1
    tail = stats.binom.sf(half, m, eta)
    assert float(binary_error(eta, float(m))) == pytest.approx(tail, rel=1e-9)
    assert float(majority_error(eta, 2, m, 20)) == pytest.approx(tail, abs=1e-12)
    if half:
        assert float(majority_error(eta, 2, m + 1, 20)) == pytest.approx(tail, abs=1e-12)


@settings(max_examples=15, deadline=None)
@given(st.sampled_from([2, 3, 5, 10]), st.floats(0.5, 5000.0))
def test_at_the_critical_noise_labels_do_not_matter(classes: int, m: float) -> None:
    chance = 1.0 - 1.0 / classes
    tip = critical_noise(classes)
    assert float(margin(tip, classes)) == pytest.approx(0.0, abs=1e-15)
    assert float(majority_error_normal(tip, classes, m)) == pytest.approx(chance, rel=1e-6)
    assert float(scaling_error(0.0, classes)) == pytest.approx(chance, rel=1e-6)


@settings(max_examples=15, deadline=None)
@given(st.sampled_from([2, 3, 10]), st.floats(-3.0, 3.0), st.floats(0.01, 1.0))
def test_common_curve_decreases(classes: int, u: float, step: float) -> None:
    assert scaling_error(u + step, classes) < scaling_error(u, classes)


@settings(max_examples=15, deadline=None)
@given(st.floats(-4.0, 4.0))
def test_common_curve_of_two_classes_is_a_gaussian_tail(u: float) -> None:
    expected = stats.norm.sf(u / np.sqrt(2.0))
    assert float(scaling_error(u, 2)) == pytest.approx(expected, abs=1e-8)


def test_normal_form_becomes_exact_near_the_tip() -> None:
    gaps = []
    for m, lead in ((5, 0.4), (20, 0.2), (80, 0.1)):
        eta = (1.0 - lead) * 2 / 3
        gaps.append(float(majority_error_normal(eta, 3, m) / majority_error(eta, 3, m, 80)) - 1)
    assert abs(gaps[0]) > 1.8 * abs(gaps[1]) > 3.2 * abs(gaps[2])


@settings(max_examples=15, deadline=None)
@given(st.sampled_from([2, 3]), st.floats(0.02, 0.9))
def test_bound_on_labels_holds(classes: int, share: float) -> None:
    eta = share * critical_noise(classes)
    m = int(np.ceil(float(labels_bound(eta, classes, 0.2))))
    if m <= 20:
        assert float(majority_error(eta, classes, m, 20)) <= 0.2


@settings(max_examples=15, deadline=None)
@given(st.sampled_from([2, 4, 10]), st.floats(1e-4, 1e-3))
def test_decay_rate_near_the_tip(classes: int, lead: float) -> None:
    eta = (1.0 - lead) * critical_noise(classes)
    expected = classes * lead**2 / 4.0
    assert float(decay_rate(eta, classes)) == pytest.approx(expected, rel=classes * lead + 1e-5)


def test_gradients_equal_finite_differences() -> None:
    @jax.jit
    def all_of_them(eta: jax.Array) -> jax.Array:
        return jnp.stack([
            majority_error(eta, 3, 7, 20), majority_error_normal(eta, 3, 50.0),
            scaling_error(eta, 3), decay_rate(eta, 3),
        ])  # fmt: skip

    slopes, h = jax.jit(jax.jacfwd(all_of_them)), 1e-6
    for eta in (0.2, 0.55, 0.7):
        expected = (all_of_them(eta + h) - all_of_them(eta - h)) / (2 * h)
        np.testing.assert_allclose(slopes(eta), expected, rtol=1e-6, atol=1e-9)
    rise = float(binary_error(0.3 + h, 9.0) - binary_error(0.3 - h, 9.0)) / (2 * h)
    assert float(jax.grad(binary_error)(0.3, 9.0)) == pytest.approx(rise, rel=1e-6)


def test_votes_do_not_depend_on_the_order_of_other_classes() -> None:
    chances = np.array([0.4, 0.3, 0.2, 0.1])
    first = lost_votes(np.random.default_rng(0), chances, 9, 40_000)
    second = lost_votes(np.random.default_rng(1), chances[[0, 3, 1, 2]], 9, 40_000)
    error = np.hypot(first.std(), second.std()) / np.sqrt(40_000)
    assert abs(first.mean() - second.mean()) < 4.5 * error


def test_pair_flips_are_binomial_votes() -> None:
    levels = np.array([0.4, 0.5])
    found = pair_flip_errors(np.random.default_rng(0), levels, 500)
    expected = stats.binom.sf(12, 25, levels)
    error = found.std(axis=0) / np.sqrt(500)
    assert np.all(np.abs(found.mean(axis=0) - expected) < 4.5 * error)


def test_labels_needed_are_read_off_a_line() -> None:
    slope, start = -0.2, 0.1
    shares = stats.norm.cdf(start + slope * np.sqrt(COUNTS))
    expected = ((stats.norm.ppf(0.1) - start) / slope) ** 2
    assert float(needed(shares)) == pytest.approx(expected, rel=1e-9)
