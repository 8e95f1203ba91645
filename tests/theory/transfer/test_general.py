"""The general two-stage risk: special cases, symmetries, slopes, gradients."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.numerics.spectra import power_law
from theory.ridge import excess_risk
from theory.transfer import (
    Stage,
    Tasks,
    fine_tuned,
    general_tipping_noise,
    residual,
    risks,
    tipping_bias,
    tipping_noise,
)

D = 12
_risks = jax.jit(risks)
positive = st.floats(0.05, 5.0)
ridges = st.floats(1e-3, 2.0)
seeds = st.integers(0, 2**16)


def _stages(
    seed: int, noise: float, ridge1: float, ridge2: float, n1: float = 60.0
) -> tuple[Stage, Stage]:
    rng = np.random.default_rng(seed)
    spectra = np.exp(rng.normal(size=(2, D)))
    betas = rng.normal(size=(2, D))
    first = Stage(jnp.asarray(spectra[0]), jnp.asarray(betas[0]), n1, ridge1, noise)
    return first, Stage(jnp.asarray(spectra[1]), jnp.asarray(betas[1]), 30.0, ridge2, 0.3)


@settings(max_examples=10)
@given(seeds, ridges, positive)
def test_without_pretraining_it_is_ridge_regression(seed: int, ridge: float, noise: float) -> None:
    first, second = _stages(seed, 0.0, 0.1, ridge)
    first, second = first._replace(beta=jnp.zeros(D)), second._replace(noise=noise)
    out = _risks(first, second)
    expected = excess_risk(second.covariance, second.beta, 30.0, ridge, noise)
    np.testing.assert_allclose(out.transfer, expected, rtol=1e-10)
    np.testing.assert_allclose(out.scratch, expected, rtol=1e-10)


@settings(max_examples=10)
@given(seeds, positive, ridges, ridges)
def test_affine_and_rising_in_noise(seed: int, noise: float, ridge1: float, ridge2: float) -> None:
    clean, noisy = (_risks(*_stages(seed, s, ridge1, ridge2)) for s in (0.0, noise))
    assert clean.slope >= 0
    np.testing.assert_allclose(noisy.transfer, clean.transfer + noise * clean.slope, rtol=1e-9)
    np.testing.assert_allclose(noisy.scratch, clean.scratch, rtol=1e-12)


@settings(max_examples=8)
@given(seeds, ridges, ridges)
def test_invariant_under_rotation(seed: int, ridge1: float, ridge2: float) -> None:
    first, second = _stages(seed, 0.4, ridge1, ridge2)
    turn = np.linalg.qr(np.random.default_rng(seed + 1).normal(size=(D, D)))[0]

    def turned(stage: Stage) -> Stage:
        matrix = turn @ np.diag(np.asarray(stage.covariance)) @ turn.T
        return stage._replace(covariance=jnp.asarray(matrix), beta=turn @ np.asarray(stage.beta))

    plain, rotated = _risks(first, second), _risks(turned(first), turned(second))
    np.testing.assert_allclose(rotated, plain, rtol=1e-8)


def test_nothing_but_downstream_variance_after_perfect_pretraining() -> None:
    first, second = _stages(0, 0.0, 0.0, 0.1, 1e12)
    second = second._replace(beta=first.beta)
    out = _risks(first, second)
    variance = excess_risk(second.covariance, jnp.zeros(D), 30.0, 0.1, 0.3)
    np.testing.assert_allclose(out.transfer, variance, rtol=1e-6)


@settings(max_examples=8)
@given(seeds, ridges, ridges)
def test_at_the_tipping_noise_transfer_is_scratch(seed: int, ridge1: float, ridge2: float) -> None:
    first, second = _stages(seed, 0.0, ridge1, ridge2)
    tip = jax.jit(general_tipping_noise)(first, second)
    out = _risks(first._replace(noise=tip), second)
    np.testing.assert_allclose(out.transfer, out.scratch, rtol=1e-8)


def test_at_both_tipping_biases_transfer_is_scratch() -> None:
    first, second = _stages(3, 0.1, 0.1, 0.1)
    second = second._replace(beta=first.beta)
    direction = jnp.linspace(-1.0, 1.0, D)
    for size in tipping_bias(first, second, direction):
        out = _risks(first._replace(beta=first.beta + size * direction), second)
        np.testing.assert_allclose(out.transfer, out.scratch, rtol=1e-8)


def test_isotropic_case_is_the_other_formula_in_high_dimension() -> None:
    d, n1 = 400, 4000
    beta2 = jnp.zeros(d).at[0].set(0.6).at[1].set(0.8)
    first = Stage(jnp.ones(d), jnp.zeros(d).at[0].set(1.0), n1, 0.0, 0.5)
    second = Stage(jnp.ones(d), beta2, 100, 0.2, 0.1)
    pair = Tasks(0.6, d, n1, 0.5)
    expected = fine_tuned(residual(0.0, pair), d, 100, 0.2, 0.1)
    np.testing.assert_allclose(_risks(first, second).transfer, expected, rtol=1e-3)
    np.testing.assert_allclose(general_tipping_noise(first, second), tipping_noise(pair), rtol=1e-3)


def test_gradient_agrees_with_finite_differences() -> None:
    first, second = _stages(1, 0.3, 0.2, 0.1)

    def risk(ridge: jax.Array) -> jax.Array:
        return risks(first._replace(ridge=ridge), second).transfer

    slope = jax.jit(jax.grad(risk))(0.2)
    ahead, behind = (jax.jit(risk)(0.2 + h) for h in (1e-5, -1e-5))
    assert slope == pytest.approx(float(ahead - behind) / 2e-5, rel=1e-6)


def test_power_law_spectrum_forgets_nothing_without_data() -> None:
    spectrum = power_law(D, 1.2)
    first = Stage(spectrum, jnp.ones(D), 100.0, 0.1, 0.2)
    huge = Stage(spectrum, jnp.ones(D), 100.0, 1e9, 0.0)
    out = _risks(first, huge)
    np.testing.assert_allclose(
        out.transfer, excess_risk(spectrum, jnp.ones(D), 100.0, 0.1, 0.2), rtol=1e-6
    )
