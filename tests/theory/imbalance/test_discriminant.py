"""Tests for theory/imbalance: discriminants that are wrong about a rare class."""

import jax
import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import stats

from theory.imbalance import (
    centroid_error,
    centroid_error_normal,
    prior_error,
    tipping_count,
    tipping_prior,
)
from theory.imbalance.sampling import centroid_errors, prior_errors

DISTANCE2 = st.floats(0.5, 9.0)
SAMPLES = st.floats(5.0, 500.0)


@settings(max_examples=30, deadline=None)
@given(st.floats(0.3, 4.0), st.floats(0.01, 0.5))
def test_the_error_is_one_half_at_the_tipping_prior(separation, prior):
    place = float(tipping_prior(separation))
    np.testing.assert_allclose(prior_error(separation, place), 0.5, atol=1e-9)
    error = float(prior_error(separation, prior))
    if abs(prior - place) > 1e-9:
        assert (error > 0.5) == (prior < place)
    np.testing.assert_allclose(prior_error(separation, 0.5), stats.norm.sf(separation / 2))


@settings(max_examples=20, deadline=None)
@given(DISTANCE2, st.sampled_from([50, 300]), SAMPLES, st.floats(0.2, 5.0))
def test_the_tipping_count_is_below_the_majority_and_scales(distance2, d, majority, c):
    place = float(tipping_count(distance2, d, majority))
    assert place < majority
    np.testing.assert_allclose(tipping_count(c * distance2, c * d, majority), place, rtol=1e-9)
    np.testing.assert_allclose(centroid_error_normal(distance2, d, place, majority), 0.5, atol=1e-9)


@settings(max_examples=10, deadline=None)
@given(DISTANCE2, st.sampled_from([6, 60]), SAMPLES, SAMPLES)
def test_exact_error_falls_with_the_minority_and_sums_to_one_when_classes_swap(
    distance2, d, minority, majority
):
    assume(abs(minority - majority) > 1.0)
    error = float(centroid_error(distance2, d, minority, majority))
    assert 0 < error < 1
    assert float(centroid_error(distance2, d, 1.2 * minority, majority)) < error
    # With equal counts nothing tells the classes apart but the distance: better than chance.
    assert float(centroid_error(distance2, d, minority, minority)) < 0.5
    assert float(centroid_error(distance2, d, 1e-3, majority)) > 0.5


def test_exact_error_without_noise_of_the_centroids_is_that_of_known_means():
    found = float(centroid_error(4.0, 10, 1e9, 1e9))
    np.testing.assert_allclose(found, stats.norm.sf(1.0), atol=1e-7)


def test_exact_error_without_distance_is_that_of_two_quadratic_forms():
    """Without distance: a difference of two independent chi-squares, an F distribution."""
    minority, majority, d = 10.0, 40.0, 8
    a2, c2 = 1 / minority, 1 / majority
    q = a2 + c2 + a2 * c2
    half = 0.5 * (c2 - a2)
    up, down = 0.5 * (half + np.sqrt(half**2 + q)), 0.5 * (np.sqrt(half**2 + q) - half)
    expected = stats.f.cdf(down / up, d, d)
    np.testing.assert_allclose(centroid_error(0.0, d, minority, majority), expected, atol=1e-7)


def test_exact_error_is_that_of_drawn_samples():
    """Samples, centroids and test points drawn one by one."""
    rng = np.random.default_rng(0)
    d, minority, majority, repetitions = 12, 6, 15, 20_000
    mean = np.zeros(d)
    mean[0] = 1.5
    far = rng.standard_normal((repetitions, majority, d)).mean(1)
    near = mean + rng.standard_normal((repetitions, minority, d)).mean(1)
    x = mean + rng.standard_normal((repetitions, d))
    wrong = ((x - near) ** 2).sum(1) > ((x - far) ** 2).sum(1)
    predicted = float(centroid_error(2.25, d, float(minority), float(majority)))
    assert abs(wrong.mean() - predicted) < 4 * np.sqrt(predicted * (1 - predicted) / repetitions)
    drawn = centroid_errors(rng, 20_000, 2.25, d, [6.0], 15.0)[:, 0]
    assert abs(drawn.mean() - predicted) < 4 * drawn.std() / np.sqrt(len(drawn))


def test_normal_margins_are_the_limit_of_many_dimensions():
    settings = [(d / 50, d, 50.0, 400.0) for d in (20, 200, 2000)]
    errors = [abs(float(centroid_error(*s) - centroid_error_normal(*s))) for s in settings]
    assert errors[0] > errors[1] > errors[2]


def test_drawn_points_follow_the_prior_rule():
    drawn = prior_errors(np.random.default_rng(1), 300, 1.5, [0.1, 0.4], 200)
    for column, prior in enumerate((0.1, 0.4)):
        values = drawn[:, column]
        gap = values.mean() - float(prior_error(1.5, prior))
        assert abs(gap) < 4 * values.std() / np.sqrt(len(values))


def test_gradients_are_those_of_finite_differences():
    for function, at in (
        (lambda p: prior_error(2.0, p), 0.1),
        (lambda n: centroid_error(4.0, 50, n, 100.0), 20.0),
        (lambda g: centroid_error(g, 50, 20.0, 100.0), 4.0),
        (lambda n: centroid_error_normal(4.0, 50, 20.0, n), 100.0),
        (lambda g: tipping_count(g, 50, 100.0), 4.0),
    ):
        step = 1e-4 * at
        numeric = (function(at + step) - function(at - step)) / (2 * step)
        np.testing.assert_allclose(jax.jit(jax.grad(function))(at), numeric, rtol=1e-5)
