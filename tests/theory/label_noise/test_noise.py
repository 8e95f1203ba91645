"""Noisy posteriors, thresholds and classifiers trained on flipped labels."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from theory.label_noise import (
    bayes_error,
    clean_error,
    critical_noise,
    effective_samples,
    filter_break_even,
    mean_error,
    mean_error_refined,
    noisy_cut,
    noisy_posterior,
    noisy_threshold,
    pair_flip,
    pair_flip_error,
    simulation,
    symmetric,
)

simple, refined = jax.jit(mean_error), jax.jit(mean_error_refined)
RATES = st.floats(0.01, 0.45)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(0.01, 1.0), min_size=4, max_size=4), st.floats(0.0, 1.0))
def test_symmetric_noise_keeps_argmax_up_to_the_critical_rate(q: list[float], eta: float) -> None:
    clean = np.array(q) / np.sum(q)
    ranks = np.sort(clean)
    assume(ranks[-1] - ranks[-2] > 1e-6 and abs(eta - critical_noise(4)) > 1e-6)
    noisy = np.asarray(noisy_posterior(clean, symmetric(eta, 4)))
    assert noisy.sum() == pytest.approx(1.0)
    assert (noisy.argmax() == clean.argmax()) == (eta < critical_noise(4))


@pytest.mark.parametrize("classes", [2, 3, 5])
def test_pair_flips_move_argmax_at_one_half(classes: int) -> None:
    one = jnp.eye(classes)[0]
    assert int(jnp.argmax(noisy_posterior(one, pair_flip(0.49, classes)))) == 0
    assert int(jnp.argmax(noisy_posterior(one, pair_flip(0.51, classes)))) == 1
    assert float(pair_flip_error(0.5, 99.0)) == pytest.approx(0.5)


@settings(max_examples=25, deadline=None)
@given(RATES, RATES, st.floats(0.001, 0.999))
def test_threshold_is_where_the_noisy_posterior_is_even(e01: float, e10: float, q: float) -> None:
    confusion = jnp.array([[1 - e01, e01], [e10, 1 - e10]])
    noisy = noisy_posterior(jnp.array([1 - q, q]), confusion)[1]
    threshold = float(noisy_threshold(e01, e10))
    assume(abs(q - threshold) > 1e-6)
    assert (float(noisy) > 0.5) == (q > threshold)


@settings(max_examples=25, deadline=None)
@given(RATES, RATES, st.floats(0.3, 3.0))
def test_clean_error_is_an_integral_over_inputs(e01: float, e10: float, mu: float) -> None:
    cut = float(noisy_cut(e01, e10, mu))
    low = integrate.quad(lambda x: stats.norm.pdf(x, mu), -12.0, cut)[0]
    high = integrate.quad(lambda x: stats.norm.pdf(x, -mu), cut, cut + 15.0)[0]
    found = float(clean_error(e01, e10, mu))
    assert found == pytest.approx(0.5 * (low + high), abs=1e-7)
    assert found >= float(bayes_error(mu**2)) - 1e-12


def test_always_one_answer_beyond_the_thresholds() -> None:
    assert float(clean_error(0.6, 0.1, 1.0)) == pytest.approx(0.5)
    assert float(noisy_cut(0.6, 0.1, 1.0)) == -np.inf
    assert float(noisy_cut(0.1, 0.6, 1.0)) == np.inf


@settings(max_examples=25, deadline=None)
@given(RATES, st.floats(50.0, 5000.0), st.floats(2.0, 500.0), st.floats(0.2, 9.0))
def test_simple_form_knows_only_effective_samples(
    eta: float, n: float, d: float, strength: float
) -> None:
    clean = simple(0.0, effective_samples(n, eta), d, strength)
    found = float(simple(eta, n, d, strength))
    assert found == pytest.approx(float(clean), rel=1e-10)
    assert found >= float(bayes_error(strength)) - 1e-15
    assert float(refined(eta, n, d, strength)) >= float(bayes_error(strength)) - 1e-15


@settings(max_examples=10, deadline=None)
@given(RATES, st.floats(0.2, 9.0))
def test_refined_form_becomes_simple_with_many_samples(eta: float, strength: float) -> None:
    long = refined(eta, 1e7, 3e6, strength)
    short = simple(eta, 1e7, 3e6, strength)
    assert float(long) == pytest.approx(float(short), rel=1e-3)
    assert float(simple(eta, 1e12, 10.0, strength)) == pytest.approx(
        float(bayes_error(strength)), rel=1e-6
    )


@settings(max_examples=25, deadline=None)
@given(RATES, st.floats(0.05, 1.0))
def test_at_break_even_filtered_data_are_worth_all(eta: float, kept: float) -> None:
    residual = filter_break_even(eta, kept)
    worth = float(effective_samples(1000.0 * kept, residual))
    assert worth == pytest.approx(float(effective_samples(1000.0, eta)), rel=1e-9)
    assert float(filter_break_even(eta, 1.0)) == pytest.approx(eta)


def test_three_numbers_have_the_law_of_the_data() -> None:
    rng, count = np.random.default_rng(0), 1500
    short = simulation.trained(rng, 0.2, 60, 20, 2.0, 20 * count)
    mean = np.r_[np.sqrt(2.0), np.zeros(19)]
    long = simulation.data_errors(rng, 0.2, 60, mean, count)
    assert stats.ks_2samp(short, long).pvalue > 1e-4


def test_filter_that_keeps_all_at_the_same_noise_gains_nothing() -> None:
    rng = np.random.default_rng(0)
    found = simulation.filtered_gain(rng, np.array([0.2, 0.3]), (0.3, 1.0, 100, 30, 4.0), 50)
    assert np.all(found[:, 1] == 0.0)
    assert found[:, 0].mean() < 0.0


def test_linear_rule_inverts_where_flips_sum_to_one() -> None:
    rng, levels = np.random.default_rng(0), np.array([0.5, 0.7, 0.9])
    found = simulation.inverted_errors(rng, levels, 0.3, 2000)
    means, errors = found.mean(axis=0), found.std(axis=0) / np.sqrt(2000)
    assert means[0] < 0.5 - 5 * errors[0]
    assert means[2] > 0.5 + 5 * errors[2]
    assert abs(means[1] - 0.5) < 4.5 * errors[1]


def test_gradients_equal_finite_differences() -> None:
    @jax.jit
    def all_of_them(eta: jax.Array) -> jax.Array:
        return jnp.stack([
            mean_error(eta, 200.0, 40.0, 2.0), mean_error_refined(eta, 200.0, 40.0, 2.0),
            clean_error(eta, 0.2, 1.0), pair_flip_error(eta, 25.0), filter_break_even(eta, 0.5),
        ])  # fmt: skip

    slopes, h = jax.jit(jax.jacfwd(all_of_them)), 1e-6
    for eta in (0.1, 0.3):
        expected = (all_of_them(eta + h) - all_of_them(eta - h)) / (2 * h)
        np.testing.assert_allclose(slopes(eta), expected, rtol=1e-6)
