"""Tests for jaxuim/adapt/linear_probe.py."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from jaxuim.adapt import linear_probe

fit = jax.jit(linear_probe.fit, static_argnums=2)


def problem(seed, count, size, classes, scale=1.0):
    rng = np.random.default_rng(seed)
    features = rng.normal(size=(count, size)).astype(np.float32) * scale
    truth = features @ rng.normal(size=(size, classes)) + rng.gumbel(size=(count, classes))
    labels = truth.argmax(1).astype(np.int32)
    labels[:classes] = np.arange(classes)
    return features, labels


def centred(logits):
    return np.asarray(logits) - np.asarray(logits).mean(1, keepdims=True)


@pytest.mark.parametrize("l2", [1.0, 1e-2, 1e-3])
@pytest.mark.parametrize(("count", "size", "classes"), [(60, 5, 2), (60, 5, 4), (40, 80, 4)])
def test_equals_logistic_regression_of_scikit_learn(count, size, classes, l2):
    features, labels = problem(0, count, size, classes)
    probe = fit(features, labels, classes, l2)
    assert bool(probe.converged)
    reference = LogisticRegression(C=1 / (count * l2), tol=1e-10, max_iter=20000)
    reference.fit(features.astype(np.float64), labels)
    expected = reference.decision_function(features)
    if classes == 2:
        # one logit there, half its weights here: both minimise, the penalties differ by a factor
        reference = LogisticRegression(C=2 / (count * l2), tol=1e-10, max_iter=20000)
        margin = reference.fit(features.astype(np.float64), labels).decision_function(features)
        expected = np.stack([-margin / 2, margin / 2], axis=1)
    found = features @ np.asarray(probe.weights) + np.asarray(probe.bias)
    # a gradient within the tolerance leaves an error of that over l2, the problem's curvature
    scale = np.abs(expected).max()
    np.testing.assert_allclose(centred(found), centred(expected), atol=scale * max(1e-3, 1e-5 / l2))


@given(st.integers(0, 2**31), st.floats(-3, 3, width=32))
def test_the_gradient_vanishes_at_the_optimum(seed, log_scale):
    """First-order condition, computed in float64 and independently of the solver."""
    features, labels = problem(seed, 50, 6, 3, scale=float(np.exp(log_scale / 3)))
    probe = fit(features, labels, 3, 1e-2)
    weights, bias = np.float64(probe.weights), np.float64(probe.bias)
    logits = features @ weights + bias
    shares = np.exp(logits - logits.max(1, keepdims=True))
    shares /= shares.sum(1, keepdims=True)
    residual = shares - np.eye(3)[labels]
    assert bool(probe.converged)
    assert np.abs(features.T @ residual / 50 + 1e-2 * weights).max() < 1e-5
    assert np.abs(residual.mean(0)).max() < 1e-5


def test_a_large_penalty_leaves_the_class_shares():
    features, labels = problem(1, 90, 4, 3)
    probe = fit(features, labels, 3, 1e4)
    share = np.bincount(labels) / 90
    np.testing.assert_allclose(jax.nn.softmax(probe.bias), share, atol=1e-3)
    assert np.abs(probe.weights).max() < 1e-3


@given(st.permutations(range(4)))
def test_relabelling_the_classes_permutes_the_columns(order):
    features, labels = problem(2, 50, 6, 4)
    plain, swapped = fit(features, labels, 4, 1e-2), fit(features, np.int32(order)[labels], 4, 1e-2)
    np.testing.assert_allclose(
        plain.weights, np.asarray(swapped.weights)[:, list(order)], atol=2e-3
    )


def test_vmapped_equals_alone_and_repeats_are_equal():
    many = [problem(seed, 50, 6, 3) for seed in range(4)]
    features = jnp.stack([f for f, _ in many])
    labels = jnp.stack([y for _, y in many])
    together = jax.jit(jax.vmap(lambda f, y: linear_probe.fit(f, y, 3, 1e-2)))(features, labels)
    for k in range(4):
        alone = fit(features[k], labels[k], 3, 1e-2)
        np.testing.assert_allclose(together.weights[k], alone.weights, atol=1e-3)
        np.testing.assert_array_equal(alone.weights, fit(features[k], labels[k], 3, 1e-2).weights)


def test_features_that_are_not_finite_do_not_converge_and_do_end():
    features, labels = problem(0, 20, 3, 2)
    features[0, 0] = np.nan
    assert not bool(fit(features, labels, 2, 1e-2).converged)


def test_constant_and_duplicated_features_are_handled():
    features, labels = problem(0, 40, 3, 2)
    features = np.concatenate([features, features, np.zeros((40, 2), np.float32)], axis=1)
    probe = fit(features, labels, 2, 1e-2)
    assert bool(probe.converged)
    np.testing.assert_allclose(probe.weights[:3], probe.weights[3:6], atol=1e-3)
    np.testing.assert_array_equal(probe.weights[6:], 0)
