"""Tests for theory/overtraining: learning curves, drift and best times."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.overtraining import (
    best_time,
    convergence_penalty,
    mode_strength,
    moved_share,
    noise_cost,
    perturbed_loss,
    stopping_time,
    time_to_reach,
    tipping_noise,
)
from theory.overtraining.simulation import flow, small_network

TARGET = st.floats(0.3, 4.0)
COST = st.floats(0.02, 3.0)
START = 0.01
BEST = jax.jit(best_time)


@settings(max_examples=30, deadline=None)
@given(TARGET, st.floats(0.0, 5.0), st.floats(0.01, 1.0))
def test_strength_rises_from_start_to_target_and_obeys_its_equation(target, time, more):
    now, later = (float(mode_strength(t, target, START)) for t in (time, time + more))
    assert now >= START * (1 - 1e-12) and now < later <= target * (1 + 1e-12)
    np.testing.assert_allclose(mode_strength(0.0, target, START), START, rtol=1e-12)
    slope = (mode_strength(time + 1e-5, target, START) - mode_strength(time, target, START)) / 1e-5
    np.testing.assert_allclose(slope, 2 * now * (target - now), rtol=1e-3, atol=1e-5)
    if now < 0.99 * target:
        np.testing.assert_allclose(time_to_reach(now, target, START), time, atol=1e-6)


def test_the_matrices_follow_the_modes_also_where_targets_coincide():
    targets = (2.0, 2.0, 0.5)
    network = small_network(np.random.default_rng(0), targets, START, 5, 4, 6)
    for time, trained in zip((0.7, 3.0), flow(network, [0.7, 3.0]), strict=True):
        values = np.linalg.svd(trained.second @ trained.first, compute_uv=False)
        np.testing.assert_allclose(values[:3], mode_strength(time, jnp.array(targets), START))


def test_fine_tuning_moves_what_is_strongly_learned_first():
    network = small_network(np.random.default_rng(1), (2.0, 1.0), 0.3, 4, 4, 5)
    product = network.second @ network.first
    move = 1e-6 * np.outer(network.left[:, 0], network.right[:, 1])
    after = flow(network, [0.5], product + move)[0]
    share = np.vdot(move, after.second @ after.first - product) / np.vdot(move, move)
    np.testing.assert_allclose(moved_share(0.3, 0.3, 0.5), share, rtol=1e-4)
    assert float(moved_share(2.0, 1.0, 0.5)) > share


@settings(max_examples=20, deadline=None)
@given(TARGET, COST)
def test_one_mode_has_a_best_time_in_between_iff_the_cost_is_below_the_target(target, cost):
    times = np.linspace(0.0, 30.0, 6001)
    s = np.asarray(mode_strength(times, target, START))
    loss = (s - target) ** 2 + 2 * cost * s
    best = times[np.argmin(loss)]
    found = float(stopping_time(target, START, cost))
    assert abs(found - best) < 0.011 or loss.min() > loss[np.searchsorted(times, found)] - 1e-6
    assert (found > 0) == (cost < target - START)
    penalty = float(convergence_penalty(target, cost, START))
    np.testing.assert_allclose(penalty, loss[-1] - loss.min(), atol=2e-3)
    np.testing.assert_allclose(BEST(jnp.array([target]), START, cost), found, atol=1e-6)


@settings(max_examples=10, deadline=None)
@given(st.lists(TARGET, min_size=3, max_size=3), st.floats(0.05, 1.0), st.floats(1.05, 2.0))
def test_the_best_time_of_all_modes_is_the_least_of_a_fine_grid_and_falls_with_noise(
    targets, cost, factor
):
    goals = jnp.array(targets)
    found = float(BEST(goals, START, cost))

    @jax.jit
    def loss(times):
        s = mode_strength(jnp.asarray(times)[:, None], goals, START)
        return jnp.sum((s - goals) ** 2 + 2 * cost * s, axis=1)

    assert loss(jnp.array([found]))[0] <= loss(jnp.linspace(0.0, 20.0, 4001)).min() + 1e-9
    # Sum of strengths is what noise is charged for: more noise never calls for more of it.
    after = float(BEST(goals, START, cost * factor))
    assert after <= found + 1e-9


def test_several_minima_and_none():
    both = jnp.array([2.0, 1.0])
    times = np.linspace(0.0, 10.0, 4001)
    s = np.asarray(mode_strength(times[:, None], both, 1e-4))
    loss = ((s - both) ** 2 + 0.88 * s).sum(1)
    least = np.flatnonzero((loss[1:-1] < loss[:-2]) & (loss[1:-1] < loss[2:]))
    assert len(least) == 2
    best = times[1 + least[np.argmin(loss[1 + least])]]
    assert abs(best - float(BEST(both, 1e-4, 0.44))) < 3e-3
    weak = jnp.array([1.0] + [0.3] * 20)
    assert float(best_time(weak, START, 0.8)) == 0.0


@settings(max_examples=20, deadline=None)
@given(TARGET, st.integers(2, 40), st.integers(2, 40))
def test_the_tipping_noise_costs_as_much_as_the_target(target, d_in, d_out):
    noise = tipping_noise(target, d_in, d_out)
    np.testing.assert_allclose(noise_cost(noise, d_in, d_out), target, rtol=1e-12)
    # Half of that cost: learned to the end is as good as not at all.
    goals, noise = jnp.array([target]), noise / jnp.sqrt(2.0)
    losses = [float(perturbed_loss(s, goals, noise, d_in, d_out, 7)) for s in (0 * goals, goals)]
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-9)


@pytest.mark.parametrize("name", ["targets", "cost", "start"])
def test_gradients_of_the_best_time_are_those_of_finite_differences(name):
    def time(value):
        numbers = {"targets": jnp.array([3.0, 2.0]), "start": 0.01, "cost": 0.44}
        if name == "targets":
            value = jnp.array([3.0, value])
        return best_time(**{**numbers, name: value})

    time = jax.jit(time)
    at = {"targets": 2.0, "start": 0.01, "cost": 0.44}[name]
    numeric = (time(at * (1 + 1e-5)) - time(at * (1 - 1e-5))) / (2e-5 * at)
    np.testing.assert_allclose(jax.grad(time)(at), numeric, rtol=1e-5)


def test_gradients_of_closed_forms():
    for function, at in (
        (lambda s: stopping_time(s, 0.01, 0.44), 2.0),
        (lambda c: stopping_time(2.0, 0.01, c), 0.44),
        (lambda c: convergence_penalty(2.0, c), 0.44),
        (lambda g: noise_cost(g, 5, 6), 0.3),
        (lambda t: mode_strength(t, 2.0, 0.01), 1.2),
    ):
        numeric = (function(at + 1e-6) - function(at - 1e-6)) / 2e-6
        np.testing.assert_allclose(jax.jit(jax.grad(function))(at), numeric, rtol=1e-6)
