"""Alignment and prompts against optimisers, walks and exact recursions."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from theory.alignment import (
    aligned,
    aligned_bad,
    barrier,
    binary_overshoot,
    critical_bias,
    flip_length,
    flipped_at,
    flipped_by,
    normal_overshoot,
    small_step_overshoot,
)
from theory.alignment import simulation as sim

CHANCE = st.floats(0.01, 0.99)
at, by = jax.jit(flipped_at), jax.jit(flipped_by)
policy_of, long = jax.jit(aligned), jax.jit(flip_length)
exact, small = jax.jit(normal_overshoot), jax.jit(small_step_overshoot)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.floats(0.05, 1.0), min_size=4, max_size=4),
    st.lists(st.floats(-2.0, 2.0), min_size=4, max_size=4),
    st.floats(0.3, 3.0),
    st.floats(-5.0, 5.0),
)
def test_aligned_policy_is_the_optimum(
    p: list[float], r: list[float], penalty: float, shift: float
) -> None:
    reference, reward = np.array(p) / np.sum(p), np.array(r)
    policy = np.asarray(policy_of(reference, reward, penalty))
    ascent = sim.mirror_ascent(reference, reward, penalty)
    np.testing.assert_allclose(policy, ascent, rtol=1e-8)
    np.testing.assert_allclose(policy_of(reference, reward + shift, penalty), policy, rtol=1e-9)
    assert policy @ reward >= reference @ reward - 1e-12


@settings(max_examples=25, deadline=None)
@given(CHANCE, st.floats(-3.0, 3.0), st.floats(0.2, 3.0))
def test_two_options_are_a_special_case(p: float, gap: float, penalty: float) -> None:
    two = aligned(jnp.array([p, 1 - p]), jnp.array([0.0, gap]), penalty)[0]
    assert float(aligned_bad(p, gap, penalty)) == pytest.approx(float(two), rel=1e-9)
    tip = critical_bias(gap, penalty)
    assert float(aligned_bad(tip, gap, penalty)) == pytest.approx(0.5, rel=1e-7)


@settings(max_examples=25, deadline=None)
@given(st.floats(1e-6, 0.3), st.floats(0.01, 0.5), st.floats(2.0, 200.0))
def test_flips_are_monotone(share: float, kl: float, length: float) -> None:
    assert float(at(1.1 * length, share, kl)) >= float(at(length, share, kl))
    assert float(at(length, min(1.5 * share, 0.45), kl)) >= float(at(length, share, kl))
    assert float(long(share, kl)) > float(long(1.5 * share, kl))
    assert 0.0 <= float(by(length, share, kl)) <= 1.0 + 1e-12
    half = barrier(share) / kl
    assert float(at(half, share, kl)) == pytest.approx(0.5, abs=1e-9)


def test_overshoot_of_small_steps_is_a_limit() -> None:
    ratios = [float(exact(k) / small(k)) - 1 for k in (0.5, 0.05, 0.01)]
    assert ratios[0] > ratios[1] > ratios[2] > 0
    assert ratios[2] < 0.04


def test_normal_overshoot_from_walks() -> None:
    far, kl = np.array([8.0]), 0.5
    draws = sim.first_passages(np.random.default_rng(0), kl, far, 200, 20_000)[:, 0]
    expected = (8.0 + float(exact(kl))) / kl
    assert abs(draws.mean() - expected) < 4.5 * draws.std() / np.sqrt(20_000)


def test_binary_overshoot_from_an_exact_recursion() -> None:
    # The law of the number of ones among unflipped prompts, token by token.
    bad, good, far = 0.7, 0.4, 9.0
    one, zero = np.log(bad / good), np.log((1 - bad) / (1 - good))
    chance, mean = np.array([1.0]), 0.0
    for n in range(1, 700):
        mean += chance.sum()  # P(length >= n)
        chance = np.r_[chance * (1 - bad), 0.0] + np.r_[0.0, chance * bad]
        ones = np.arange(n + 1)
        chance[ones * one + (n - ones) * zero > far] = 0.0
    drift = float(stats.entropy([bad, 1 - bad], [good, 1 - good]))
    expected = (far + binary_overshoot(bad, good)) / drift
    assert mean == pytest.approx(expected, rel=2e-3)


def test_first_passages_count_tokens() -> None:
    draws = sim.first_passages(np.random.default_rng(0), (0.9, 0.1), np.array([2.0, 50.0]), 5, 50)
    step = np.log(9.0)
    assert np.nanmin(draws[:, 0]) == np.ceil(2.0 / step)
    assert np.isnan(draws[:, 1]).all()
    assert sim.in_blocks(10, 4) == [4, 4, 2]


def test_evidence_has_the_law_of_its_tokens() -> None:
    found = sim.evidence_at(np.random.default_rng(0), 0.3, np.array([2.0, 7.0]), (20_000,))
    np.testing.assert_allclose(found.mean(axis=0), [0.6, 2.1], atol=4.5 * 2.05 / 141)
    np.testing.assert_allclose(found.var(axis=0), [1.2, 4.2], rtol=0.06)


def test_shares_of_bad_answers_rise_with_bias() -> None:
    levels, case = np.array([0.2, 0.5, 0.9]), (1.0, 1.0, 1000, 200)
    found = sim.tuned_shares(np.random.default_rng(0), levels, case, 200)
    assert np.all(np.diff(found, axis=1) >= 0)
    expected = np.asarray(aligned_bad(levels, 1.0, 1.0))
    error = found.std(axis=0) / np.sqrt(200)
    assert np.all(np.abs(found.mean(axis=0) - expected) < 4.5 * error + 1e-3)


def test_gradients_equal_finite_differences() -> None:
    @jax.jit
    def all_of_them(x: jax.Array) -> jax.Array:
        return jnp.stack([
            aligned_bad(x, 1.0, 0.7), critical_bias(x, 0.7), flip_length(x, 0.5),
            normal_overshoot(x), flipped_at(40.0, 0.1 * x, 0.1), flipped_by(40.0, 0.1 * x, 0.1),
        ])  # fmt: skip

    slopes, h = jax.jit(jax.jacfwd(all_of_them)), 1e-6
    for x in (0.2, 0.6):
        expected = (all_of_them(x + h) - all_of_them(x - h)) / (2 * h)
        np.testing.assert_allclose(slopes(x), expected, rtol=1e-6)
