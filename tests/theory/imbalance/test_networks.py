"""Tests for theory/imbalance: classes that networks with free features keep."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from theory.imbalance import (
    class_objective,
    classifier_norm,
    collapse_count,
    deep_collapse_count,
    deep_singular_value,
    jump_size,
    kept_strength,
    logit_gain,
    logit_gap,
    metastable_count,
    pair_accuracy,
    probability_gap,
    row_distance,
    singular_value,
)
from theory.imbalance.minimise import best_network, one_hot, product

COUNT = st.floats(1.0, 100.0)
SCALE = st.floats(0.3, 3.0)


@settings(max_examples=30, deadline=None)
@given(COUNT, COUNT, st.floats(0.1, 50.0))
def test_strength_grows_with_the_count_from_the_collapse_on(count, other, collapse):
    low, high = sorted((count, other))
    assert singular_value(low, collapse) <= singular_value(high, collapse)
    assert (float(singular_value(count, collapse)) > 0) == (count > collapse)
    gain = float(logit_gain(count, collapse))
    assert 0 <= gain < 1
    np.testing.assert_allclose(gain * np.sqrt(count), singular_value(count, collapse), atol=1e-9)


@settings(max_examples=20, deadline=None)
@given(st.floats(1e-3, 0.1), st.floats(1e-3, 0.1), st.floats(0.1, 10.0))
def test_only_the_product_of_the_decays_counts(decay_w, decay_h, c):
    one = collapse_count(200, decay_w, decay_h)
    np.testing.assert_allclose(collapse_count(200, decay_w * c, decay_h / c), one, rtol=1e-12)
    # The longer the classifier's rows, the shorter the features: w h stays.
    w = classifier_norm(90.0, 200, decay_w, decay_h)
    h = classifier_norm(90.0, 200, decay_h, decay_w)
    np.testing.assert_allclose(jnp.sqrt(w * h), singular_value(90.0, one), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("loss", ["squared_error", "cross_entropy"])
def test_relabelling_and_moving_decay_between_factors_changes_nothing(loss):
    results = []
    for counts, ratio in (((12, 6, 6), 1.0), ((12, 6, 6), 3.0), ((6, 12, 6), 1.0)):
        decay = np.sqrt(4.0) / sum(counts)
        rng = np.random.default_rng(0)
        found = product(best_network(counts, [decay * ratio, decay / ratio], rng, loss=loss))
        results.append(np.sort(np.linalg.svd(found, compute_uv=False)))
    np.testing.assert_allclose(results[1], results[0], atol=1e-6)
    np.testing.assert_allclose(results[2], results[0], atol=1e-6)


def test_the_minimiser_reaches_the_convex_optimum():
    """Soft thresholding of the labels by NumPy alone, and its value of the objective."""
    counts, decay = (9, 4, 2), 0.1
    labels = one_hot(counts)
    found = best_network(counts, [decay, decay], np.random.default_rng(1))
    left, values, right = np.linalg.svd(labels, full_matrices=False)
    exact = left @ np.diag(np.maximum(values - decay * 15, 0)) @ right
    np.testing.assert_allclose(product(found), exact, atol=1e-7)


def test_equal_classes_have_the_gap_whatever_the_others_are():
    rng = np.random.default_rng(2)
    for others in ((20, 20), (3,), (7, 5, 11)):
        counts = (*others, 10, 10)
        decay = np.sqrt(4.0) / sum(counts)
        logits = product(best_network(counts, [decay, decay], rng, loss="cross_entropy"))[:, -1]
        p = np.exp(logits) / np.exp(logits).sum()
        np.testing.assert_allclose(p[-1] - p[-2], probability_gap(10.0, 4.0), atol=1e-6)


@pytest.mark.parametrize(("classes", "ratio"), [(2, 1.0), (4, 1.0), (3, 2.5)])
def test_equal_classes_are_as_far_apart_as_their_log_odds_say(classes, ratio):
    """Minimised networks, with unequal decays too; below n* nothing is left of the distance."""
    counts, rng = (7,) * classes, np.random.default_rng(3)
    for collapse in (3.0, 6.5, 8.0):
        decay = np.sqrt(collapse) / sum(counts)
        decay_w, decay_h = decay / ratio, decay * ratio
        features, classifier = best_network(counts, [decay_h, decay_w], rng, loss="cross_entropy")
        logits = (classifier @ features)[:, -1]
        gap = logit_gap(7.0, collapse, classes)
        np.testing.assert_allclose(logits[-1] - logits[0], gap, atol=1e-6)
        apart = np.linalg.norm(classifier[-1] - classifier[0])
        expected = row_distance(7.0, classes, decay_w, decay_h)
        np.testing.assert_allclose(apart, expected, atol=1e-4)


@settings(max_examples=20, deadline=None)
@given(COUNT, SCALE, st.sampled_from([3, 4, 6]))
def test_the_deep_strength_minimises_the_objective(count, scale, factors):
    root = np.linspace(0.0, 4.0, 40_001)  # of s, to the power of 1/M
    s = root**factors
    value = 0.5 * s**2 - s * np.sqrt(count) + 0.5 * factors * scale * root**2
    found = float(deep_singular_value(count, factors, 1, scale))
    least = float(class_objective(found, count, factors, 1, scale)) if found else 0.0
    assert least <= value.min() + 1e-12
    assert least >= value.min() - 1e-4
    assert (found > 0) == (count > float(deep_collapse_count(factors, 1, scale)))


@settings(max_examples=15, deadline=None)
@given(SCALE, st.sampled_from([3, 4, 6]))
def test_the_jump_is_where_keeping_costs_nothing(scale, factors):
    threshold = float(deep_collapse_count(factors, 1, scale))
    strength = float(kept_strength(threshold, factors, 1, scale))
    np.testing.assert_allclose(strength, jump_size(factors, 1, scale), rtol=1e-6)
    assert abs(float(class_objective(strength, threshold, factors, 1, scale))) < 1e-8
    least = float(metastable_count(factors, 1, scale))
    assert least < threshold
    assert float(kept_strength(0.999 * least, factors, 1, scale)) == 0.0
    end = float(kept_strength(least * (1 + 1e-9), factors, 1, scale))
    stationary = end + scale * end ** (2 / factors - 1)
    np.testing.assert_allclose(stationary, np.sqrt(least), rtol=1e-6)


@settings(max_examples=20, deadline=None)
@given(COUNT, SCALE)
def test_two_factors_are_the_shallow_network(count, scale):
    shallow = singular_value(count, collapse_count(1, scale, scale))
    np.testing.assert_allclose(
        deep_singular_value(count, 2, 1, scale), shallow, rtol=1e-9, atol=1e-12
    )


def test_gradients_are_those_of_finite_differences():
    for function, at in (
        (lambda n: singular_value(n, 4.0), 9.0),
        (lambda c: kept_strength(20.0, 3, 10, c), 0.2),
        (lambda n: kept_strength(n, 4, 10, 0.2), 20.0),
        (lambda c: deep_collapse_count(3, 10, c), 0.2),
        (lambda s: pair_accuracy(s, 3.0, 9.0, 0.2), 1.0),
    ):
        step = 1e-5
        numeric = (function(at + step) - function(at - step)) / (2 * step)
        np.testing.assert_allclose(jax.grad(function)(at), numeric, rtol=1e-6)


def test_the_accuracy_on_noisy_inputs_is_that_of_drawn_ones():
    strength, rival, count, noise = 1.2, 2.5, 16.0, 0.15
    z = np.random.default_rng(0).standard_normal((2, 200_000))
    own = strength / np.sqrt(count) + noise * strength * z[0]
    right = np.mean(own > noise * rival * z[1])
    predicted = float(pair_accuracy(strength, rival, count, noise))
    assert abs(right - predicted) < 4 * np.sqrt(predicted * (1 - predicted) / 200_000)


def test_one_factor_is_refused():
    with pytest.raises(ValueError, match="at least 2"):
        deep_collapse_count(1, 10, 0.1)


def test_the_objective_of_the_minimiser_has_the_right_gradient():
    from theory.imbalance.minimise import _objective

    labels = one_hot((2, 3))
    shapes = [(3, 5), (3, 3), (2, 3)]
    theta = np.random.default_rng(0).standard_normal(15 + 9 + 6)
    for loss in ("squared_error", "cross_entropy"):
        arguments = (shapes, labels, [0.1, 0.2, 0.3], loss)
        numeric = optimize.approx_fprime(theta, lambda t, a=arguments: _objective(t, *a)[0], 1e-6)
        np.testing.assert_allclose(_objective(theta, *arguments)[1], numeric, atol=1e-5)
