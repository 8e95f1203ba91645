"""Backdoors of trained weights: descent and networks against the matrices that they iterate."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.backdoor import attack, descent, descent_law, network_attack
from theory.backdoor.counts import half_count
from theory.backdoor.simulation import Setting, poisoned_ridge, statistics
from theory.backdoor.training import descended, trained_networks

SETTING = Setting(200, 30.0, (0, 3, 7), 5, variance=0.2)


def test_statistics_are_those_of_drawn_data():
    """Means of X'X and X'y over many draws against the population's, level by level."""
    products, responses = statistics(np.random.default_rng(0), SETTING, 4000)
    for level, count in enumerate(SETTING.counts):
        total = SETTING.n + count
        expected = np.diag([total] * 5 + [0.2 * SETTING.n + 9.0 * count])
        expected[0, 0] += 4.0 * total
        expected[0, 5] = expected[5, 0] = -6.0 * count
        error = products[:, level].std(axis=0) / np.sqrt(4000) + 1e-9
        assert np.all(np.abs(products[:, level].mean(axis=0) - expected) < 4.5 * error)
        pulled = np.zeros(6)
        pulled[0], pulled[5] = 2.0 * (SETTING.n - count), 3.0 * count
        error = responses[:, level].std(axis=0) / np.sqrt(4000) + 1e-9
        assert np.all(np.abs(responses[:, level].mean(axis=0) - pulled) < 4.5 * error)


def test_scatter_of_products_is_that_of_drawn_data():
    rng = np.random.default_rng(1)
    products, _ = statistics(rng, SETTING, 3000)
    drawn = rng.standard_normal((3000, SETTING.n, 2))
    drawn[..., 0] += 2.0
    first = np.sum(drawn[..., 0] ** 2, axis=1)
    for ours, theirs in (
        (products[:, 0, 0, 0], first),
        (products[:, 0, 0, 1], np.sum(drawn[..., 0] * drawn[..., 1], axis=1)),
        (products[:, 0, 5, 5], 0.2 * np.sum(drawn[..., 1] ** 2, axis=1)),
    ):
        assert np.var(ours) == pytest.approx(np.var(theirs), rel=4 * np.sqrt(4 / 3000))


def test_descent_without_end_is_least_squares():
    setting = Setting(400, 0.0, (0, 20), 3)
    course = descended(np.random.default_rng(2), setting, 3, 0.1, 4000)
    ridge = poisoned_ridge(np.random.default_rng(2), setting._replace(penalty=1e-9), 3)
    np.testing.assert_allclose(course[-1, :, 1], ridge.shift[:, 1], rtol=1e-6)


@given(st.floats(1.0, 40.0), st.floats(2000.0, 1e5), st.floats(0.01, 0.1))
@settings(max_examples=20, deadline=None)
def test_shift_rises_with_steps_and_stays_below_its_end(count, n, rate):
    margin, shift = COURSE(n, count, rate)
    assert np.all(np.diff(shift) > 0)
    assert shift[-1] < 1.0 + margin[-1]


COURSE = jax.jit(lambda n, count, rate: descent(n, count, rate, 300, d=10))


def test_recursion_tends_to_the_closed_form():
    """Many samples and a base that has long converged: both agree to the share of poisons."""
    n, count = 1e6, 50.0
    _, shift = descent(n, count, 0.05, 20000, d=10)
    assert shift[-1] == pytest.approx(float(descent_law(n, count, 0.05, 20000)), rel=2e-3)
    fixed_passes = [descent_law(c * 1e5, 20.0, 0.05, c * 2e4) for c in (1.0, 4.0, 16.0)]
    np.testing.assert_allclose(fixed_passes, fixed_passes[0], rtol=1e-3)
    fixed_steps = [descent_law(c * 1e5, c * 20.0, 0.05, 2e4) for c in (1.0, 4.0, 16.0)]
    np.testing.assert_allclose(fixed_steps, fixed_steps[0], rtol=1e-9)


@given(st.floats(200.0, 2000.0), st.floats(2.0, 30.0), st.floats(0.02, 0.3))
@settings(max_examples=20, deadline=None)
def test_penalty_of_weight_decay_solves_its_equation(n, count, decay):
    penalty, found = SOLVED(n, count, decay)
    size = np.hypot(found.deviation, found.shift / 3.0)
    assert penalty * size == pytest.approx((n + count) * decay, rel=1e-8)
    direct = DIRECT(n, count, penalty)
    assert found.success == pytest.approx(float(direct), rel=1e-8)


SOLVED = jax.jit(lambda n, count, decay: network_attack(n, count, decay, d=10))
DIRECT = jax.jit(lambda n, count, penalty: attack(n, count, penalty, d=10).success)


def test_derivative_of_the_implied_penalty():
    f = jax.jit(lambda decay: network_attack(400.0, 8.0, decay, d=10).penalty)
    slope = (f(0.1001) - f(0.0999)) / 2e-4
    assert jax.grad(f)(0.1) == pytest.approx(float(slope), rel=1e-5)


def test_balanced_minimum_of_a_two_layer_network_is_ridge():
    """The ridge weights, factored as sqrt(|w|), leave no gradient of the network's loss."""
    rng = np.random.default_rng(3)
    x, y = rng.standard_normal((50, 4)), rng.standard_normal(50)
    w = np.linalg.solve(x.T @ x + 7.0 * np.eye(4), x.T @ y)
    size = np.linalg.norm(w)
    inner = jnp.zeros((3, 4)).at[1].set(w / np.sqrt(size))
    outer = jnp.zeros(3).at[1].set(np.sqrt(size))
    decay = 7.0 * size / 50

    def loss(inner, outer):
        fit = jnp.mean((y - x @ inner.T @ outer) ** 2) / 2
        return fit + decay / 2 * (jnp.sum(inner**2) + jnp.sum(outer**2))

    for slope in jax.grad(loss, argnums=(0, 1))(inner, outer):
        np.testing.assert_allclose(slope, 0.0, atol=1e-12)


@pytest.mark.slow
def test_networks_trained_by_sgd_hold_the_law():
    setting = Setting(200, 0.0, (0, 12), 4)
    found, size = trained_networks(np.random.default_rng(4), setting, 0.1, 16, 200)
    law = jax.jit(lambda: network_attack(200.0, 12.0, 0.1, d=4))()
    error = found.shift[:, 1].std(ddof=1) / 4.0
    assert abs(found.shift[:, 1].mean() - law.attack.shift) < 4.0 * error
    assert np.all(size > 0)


def test_half_count_interpolates_and_says_where_there_is_none():
    assert half_count([0, 2, 8], np.array([0.0, 0.4, 0.6])) == pytest.approx(4.0)
    assert np.isnan(half_count([0, 2, 8], np.array([0.0, 0.1, 0.2])))
    assert np.isnan(half_count([0, 2, 8], np.array([0.0, 0.6, 0.7])))
