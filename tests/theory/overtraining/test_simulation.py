"""Tests for theory/overtraining/simulation.py: noise on the weights, shortcut and in full."""

import jax.numpy as jnp
import numpy as np

from theory.overtraining import perturbed_loss
from theory.overtraining.simulation import (
    Noise,
    draw_noise,
    expected_loss,
    loss_powers,
    noisy_losses,
    one_mode_noise,
    small_network,
)

TARGETS, SIZES = (2.0, 1.0), (4, 3, 5)


def test_the_expected_loss_is_that_of_the_matrices_and_of_drawn_noise():
    network = small_network(np.random.default_rng(0), TARGETS, 0.4, *SIZES)
    found = noisy_losses(np.random.default_rng(1), network, [0.0, 0.3], 20_000)
    exact = expected_loss(network, 0.3)
    s = jnp.full(2, 0.4)
    np.testing.assert_allclose(perturbed_loss(s, jnp.array(TARGETS), 0.3, *SIZES), exact)
    np.testing.assert_allclose(found[:, 0], 1.6**2 + 0.6**2)
    assert abs(found[:, 1].mean() - exact) < 4 * found[:, 1].std() / np.sqrt(20_000)


def test_powers_of_the_noise_are_the_loss_of_the_perturbed_matrices():
    """One draw, multiplied out in the directions in which the weights are diagonal."""
    rng = np.random.default_rng(2)
    d_in, d_out, hidden = SIZES
    one, two = rng.standard_normal((hidden, d_in)), rng.standard_normal((d_out, hidden))
    both = two @ one
    drawn = Noise(
        diagonal=np.array([[one[i, i] + two[i, i] for i in range(2)]]),
        lengths=np.array([[one[i] @ one[i] + two[:, i] @ two[:, i] for i in range(2)]]),
        cross=(one[:2, :2] * two[:2, :2])[None],
        product=np.diag(both)[None, :2],
        pull=np.array([[one[i] @ both[i] + two[:, i] @ both[:, i] for i in range(2)]]),
        square=np.array([np.sum(both**2)]),
    )
    strengths, noise = np.array([[0.7, 0.2], [1.5, 1.0]]), 0.3
    powers = loss_powers(drawn, strengths, TARGETS)[0]
    for s, found in zip(strengths, powers, strict=True):
        first, second = np.zeros((hidden, d_in)), np.zeros((d_out, hidden))
        target = np.zeros((d_out, d_in))
        for i in range(2):
            first[i, i] = second[i, i] = np.sqrt(s[i])
            target[i, i] = TARGETS[i]
        product = (second + noise * two) @ (first + noise * one)
        np.testing.assert_allclose(found @ noise ** np.arange(5), np.sum((product - target) ** 2))


def test_both_samplers_have_the_moments_of_the_noise():
    d_in, d_out, hidden = SIZES
    count = 40_000
    full = draw_noise(np.random.default_rng(3), count, 2, *SIZES)
    short = one_mode_noise(np.random.default_rng(4), count, 1, *SIZES)
    for drawn in (full, short):
        for values, mean, variance in (
            (drawn.diagonal[:, 0], 0.0, 2.0),
            (drawn.lengths[:, 0], d_in + d_out, 2.0 * (d_in + d_out)),
            (drawn.product[:, 0], 0.0, hidden),
            (drawn.cross[:, 0, 0], 0.0, 1.0),
            (drawn.product[:, 0] * drawn.cross[:, 0, 0], 1.0, None),
            (drawn.diagonal[:, 0] ** 2 * drawn.lengths[:, 0], 2 * (d_in + d_out) + 4, None),
        ):
            assert abs(values.mean() - mean) < 5 * values.std() / np.sqrt(count)
            assert variance is None or abs(values.var() / variance - 1) < 0.12
    expected = d_in * d_out * hidden
    assert abs(full.square.mean() - expected) < 5 * full.square.std() / np.sqrt(count)


def test_means_over_draws_keep_the_mean():
    many = one_mode_noise(np.random.default_rng(5), 500, 40, *SIZES)
    assert many.lengths.shape == (500, 1)
    assert abs(many.lengths.mean() - 7) < 5 * many.lengths.std() / np.sqrt(500)
    assert abs(many.lengths.var() * 40 / 14 - 1) < 0.4
