"""Weights and group errors against linear algebra and sampling; symmetries."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from theory.shortcut import Features, fitted, group_errors, strengths, worst_error
from theory.shortcut import simulation as sim

POSITIVE = st.floats(0.2, 3.0)
FEATURES = st.builds(Features, POSITIVE, POSITIVE, POSITIVE, POSITIVE)
weights = jax.jit(fitted)
worst, errors = jax.jit(worst_error), jax.jit(group_errors)


@settings(max_examples=30, deadline=None)
@given(FEATURES, st.floats(-0.99, 0.99), st.floats(0.0, 3.0), st.floats(-1, 1), st.floats(-1, 1))
def test_weights_solve_the_normal_equations(
    f: Features, r: float, ridge: float, a: float, b: float
) -> None:
    covariance = np.array([
        [f.core**2 + f.core_sd**2, r * f.core * f.spurious],
        [r * f.core * f.spurious, f.spurious**2 + f.spurious_sd**2],
    ])  # fmt: skip
    start = np.array([a, b])
    right = np.array([f.core, r * f.spurious]) + ridge * start
    expected = np.linalg.solve(covariance + ridge * np.eye(2), right)
    np.testing.assert_allclose(weights(f, r, ridge, (a, b)), expected, rtol=1e-9, atol=1e-12)


@settings(max_examples=20, deadline=None)
@given(FEATURES, st.floats(0.0, 0.99))
def test_group_errors_are_gaussian_tails(f: Features, r: float) -> None:
    core, spurious = (float(w) for w in weights(f, r))
    sd = np.hypot(core * f.core_sd, spurious * f.spurious_sd)
    both = [core * f.core + sign * spurious * f.spurious for sign in (1, -1)]
    found = errors(f, (core, spurious))
    np.testing.assert_allclose(found, stats.norm.sf(np.array(both) / sd), rtol=1e-10)


@settings(max_examples=20, deadline=None)
@given(FEATURES, st.floats(0.01, 0.99), st.floats(0.2, 5.0))
def test_symmetries(f: Features, r: float, scale: float) -> None:
    # Renaming the attribute swaps the groups.
    agree, disagree = errors(f, weights(f, r))
    swapped = errors(f, weights(f, -r))
    np.testing.assert_allclose(swapped, [disagree, agree], rtol=1e-9)
    # Without ridge the unit of a feature does not matter.
    other = f._replace(spurious=scale * f.spurious, spurious_sd=scale * f.spurious_sd)
    np.testing.assert_allclose(worst(other, r), worst(f, r), rtol=1e-8)
    # Without correlation the shortcut is not used.
    assert float(weights(f, 0.0)[1]) == 0.0


@settings(max_examples=20, deadline=None)
@given(FEATURES, st.floats(0.0, 0.95), st.floats(0.01, 0.04))
def test_worst_group_gets_worse_with_correlation(f: Features, r: float, step: float) -> None:
    assert float(worst(f, r + step)) >= float(worst(f, r)) - 1e-12
    assert float(strengths(f)[0]) == pytest.approx((f.core / f.core_sd) ** 2)


def test_gradients_equal_finite_differences() -> None:
    def error(values: jax.Array) -> jax.Array:
        return worst_error(Features(*values[:4]), values[4], values[5])

    at, h = jnp.array([1.0, 1.2, 2.0, 0.8, 0.7, 0.3]), 1e-6
    program = jax.jit(error)
    steps = h * jnp.eye(6)
    expected = [(program(at + s) - program(at - s)) / (2 * h) for s in steps]
    np.testing.assert_allclose(jax.grad(program)(at), expected, rtol=1e-6, atol=1e-9)


def test_sufficient_statistics_have_the_law_of_the_data() -> None:
    f, n, r, count = Features(1.0, 1.2, 2.0, 0.8), 12, 0.6, 3000
    rng = np.random.default_rng(0)
    moments = sim.nested_moments(rng, n, np.array([r]), count)
    short = sim.trained(f, moments, 0.1, weight=1.5, start=(0.2, 0.4))
    agree = np.where(rng.random((count, n)) < (1 + r) / 2, 1.0, -1.0)
    core = f.core + f.core_sd * rng.standard_normal((count, n))
    spurious = agree * f.spurious + f.spurious_sd * rng.standard_normal((count, n))
    x = np.stack([core, spurious], axis=2)
    counted = np.where(agree > 0, 1.0, 1.5)[:, :, None]
    gram = np.swapaxes(x, 1, 2) @ (counted * x) / counted.sum(axis=1, keepdims=True)
    right = (counted * x).sum(axis=1) / counted.sum(axis=1) + 0.1 * np.array([0.2, 0.4])
    long = np.linalg.solve(gram + 0.1 * np.eye(2), right[..., None])[..., 0]
    for a, b in zip(short, long.T, strict=True):
        assert stats.ks_2samp(a[:, 0], b).pvalue > 1e-4


def test_levels_share_their_samples() -> None:
    moments = sim.nested_moments(np.random.default_rng(0), 50, np.array([0.2, 0.5, 1.0]), 20)
    assert np.all(moments[0].size[:, -1] == 50)
    assert np.all(np.diff(moments[0].size, axis=1) >= 0)
    total = moments[0].core2 + moments[1].core2
    np.testing.assert_allclose(total, total[:, :1] * np.ones(3))


def test_interpolation_is_ridge_regression() -> None:
    f = Features(1.0, 1.0, 2.0, 1.0)
    found = sim.interpolated(np.random.default_rng(0), f, 0.8, 60, (60.0, 10**6), 200)
    error = found.std(axis=0) / np.sqrt(200)
    expected = np.array([float(w) for w in weights(f, 0.8, 1.0)])
    assert np.all(np.abs(found.mean(axis=0) - expected) < 4.5 * error + 0.05 * expected)
