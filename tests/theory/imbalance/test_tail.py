"""Tests for theory/imbalance/tail.py: the mass of what is never seen."""

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from theory.imbalance import (
    crossover_samples,
    kept_ranks,
    missing_mass,
    missing_mass_law,
    missing_mass_refined,
    singular_value,
    tail_mass,
    truncated_missing_mass,
)
from theory.imbalance.sampling import unseen_mass
from theory.imbalance.tail import tail_sum, zeta

A = st.floats(1.2, 3.0)


@settings(max_examples=20, deadline=None)
@given(A, st.sampled_from([20, 50, 400]))
def test_zeta_and_its_tail_are_those_of_scipy(a, first):
    np.testing.assert_allclose(zeta(a), special.zeta(a), rtol=1e-10)
    np.testing.assert_allclose(tail_sum(first, a), special.zeta(a, first), rtol=1e-8)


@settings(max_examples=15, deadline=None)
@given(A, st.floats(1.0, 5000.0))
def test_missing_mass_falls_with_samples_and_starts_at_one(a, samples):
    np.testing.assert_allclose(missing_mass(0.0, a), 1.0, rtol=1e-6)
    assert 0 < float(missing_mass(1.1 * samples, a)) < float(missing_mass(samples, a)) < 1


@pytest.mark.parametrize("a", [1.3, 2.0])
def test_the_law_is_the_limit_of_many_samples(a):
    misses = [abs(float(missing_mass_law(n, a) / missing_mass(n, a)) - 1) for n in (1e2, 1e4)]
    assert misses[1] < misses[0] < 0.05


@pytest.mark.parametrize("a", [1.3, 1.5, 2.0])
def test_the_next_order_leaves_an_error_of_the_order_after_it(a):
    for n in (300.0, 3000.0):
        miss = float(missing_mass_refined(n, a) / missing_mass(n, a)) - 1
        assert abs(miss) < 1 / n**2 < abs(float(missing_mass_law(n, a) / missing_mass(n, a)) - 1)


def test_a_truncated_tail_is_summed_by_hand():
    p = np.arange(1, 6) ** -1.5
    p /= p.sum()
    by_hand = sum(one * (1 - one) ** 7 for one in p)
    np.testing.assert_allclose(truncated_missing_mass(7.0, 1.5, 5), by_hand, rtol=1e-12)


@settings(max_examples=15, deadline=None)
@given(A, st.integers(20, 2000))
def test_both_laws_meet_at_the_crossover(a, cut):
    place = crossover_samples(cut, a)
    np.testing.assert_allclose(missing_mass_law(place, a), tail_mass(cut, a), rtol=1e-9)
    exact = special.zeta(a, cut + 1) / special.zeta(a)
    np.testing.assert_allclose(tail_mass(cut, a), exact, rtol=1.0 / cut**2)


@settings(max_examples=20, deadline=None)
@given(st.floats(20.0, 1e4), st.floats(1.0, 10.0), A)
def test_ranks_beyond_the_kept_ones_collapse(top, collapse, a):
    rank = float(kept_ranks(top, collapse, a))
    for place in (0.99 * rank, 1.01 * rank):
        alive = float(singular_value(top * place**-a, collapse)) > 0
        assert alive == (place < rank)


def test_drawn_samples_miss_what_is_predicted():
    drawn = unseen_mass(np.random.default_rng(0), 600, 1.5, (30, 300), 500)
    for column, size in enumerate((30.0, 300.0)):
        gap = drawn[:, column].mean() - float(truncated_missing_mass(size, 1.5, 500))
        assert abs(gap) < 4 * drawn[:, column].std() / np.sqrt(600)


def test_gradients_are_those_of_finite_differences():
    for function, at in (
        (zeta, 1.7),
        (lambda a: missing_mass(200.0, a), 1.7),
        (lambda n: missing_mass(n, 1.7), 200.0),
        (lambda a: crossover_samples(100.0, a), 1.7),
        (lambda k: tail_mass(k, 1.7), 100.0),
    ):
        step = 1e-5 * at
        numeric = (function(at + step) - function(at - step)) / (2 * step)
        np.testing.assert_allclose(jax.jit(jax.grad(function))(at), numeric, rtol=1e-5)
