"""Pooled, weighted and interpolated fits: against quadrature, raw data, limits and symmetry."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from theory import model_collapse as theory
from theory.model_collapse.sampling import gram, wishart_roots
from theory.numerics.spectra import power_law, power_target
from theory.ridge import excess_risk

FEW = settings(max_examples=15, deadline=None)
positive = st.floats(0.05, 5.0)
_weighted = jax.jit(theory.weighted_risk)
_mixture = jax.jit(theory.mixture_risk)
_excess_risk = jax.jit(excess_risk)
sizes = st.tuples(st.integers(1, 30), st.integers(2, 200), st.integers(1, 200))


@FEW
@given(clean=st.integers(3, 50), biased=st.integers(1, 50), noise=positive, bias=positive)
def test_pooled_risk_in_one_dimension(clean: int, biased: int, noise: float, bias: float) -> None:
    part = stats.beta(biased / 2, clean / 2)  # share of the squared inputs that is biased
    exact = noise / (clean + biased - 2) + bias * (part.var() + part.mean() ** 2)
    found = float(theory.pooled_risk(1, clean, biased, noise, bias))
    assert found == pytest.approx(exact, rel=1e-9)


@FEW
@given(sizes=sizes, noise=positive, bias=positive)
def test_pooling_tips_where_it_equals_clean_samples_alone(
    sizes: tuple[int, int, int], noise: float, bias: float
) -> None:
    d, spare, biased = sizes
    clean = d + 1 + spare
    alone = noise * float(theory.noise_factor(d, clean))
    tip = float(theory.tipping_bias(d, clean, biased, noise))
    assert float(theory.pooled_risk(d, clean, biased, noise, tip)) == pytest.approx(alone)
    harms = float(theory.pooled_risk(d, clean, biased, noise, bias)) > alone
    assert harms == (bias > tip)
    best = theory.best_share(d, clean, d + 1 + biased, noise, bias)
    setting = (d, clean, d + 1 + biased, noise, bias)
    least = float(theory.interpolated_risk(*setting, best))
    assert least <= alone
    assert least <= float(theory.interpolated_risk(*setting, best * 0.9)) + 1e-12
    slope = jax.grad(lambda a: theory.interpolated_risk(*setting, a))(best)
    assert abs(float(slope)) < 1e-9 * (1 + bias + noise)


def test_limits_of_pooling() -> None:
    d, n, noise, bias = 7, 40, 0.5, 2.0
    alone = noise * float(theory.noise_factor(d, n))
    assert float(theory.pooled_risk(d, n, 0, noise, bias)) == pytest.approx(alone)
    assert float(theory.pooled_risk(d, 0, n, noise, bias)) == pytest.approx(alone + bias)
    many = 10_000_000
    near = theory.tipping_bias_limit(d, many, 2 * many, noise)
    assert float(theory.tipping_bias(d, many, 2 * many, noise)) == pytest.approx(float(near), 1e-5)


def test_pooled_risk_agrees_with_fits_to_raw_data() -> None:
    rng, d, clean, biased, count = np.random.default_rng(1), 4, 7, 6, 20_000
    x = rng.standard_normal((count, clean + biased, d))
    y = 0.3 * rng.standard_normal((count, clean + biased))
    y[:, clean:] += 1.5 * x[:, clean:, 2]
    weights = np.linalg.solve(
        np.einsum("rni,rnj->rij", x, x), np.einsum("rni,rn->ri", x, y)[..., None]
    )[..., 0]
    found = np.sum(weights**2, axis=1)
    predicted = float(theory.pooled_risk(d, clean, biased, 0.09, 2.25))
    assert abs(found.mean() - predicted) < 4 * found.std() / np.sqrt(count)


@FEW
@given(weight=st.floats(0.2, 10.0), scale=st.floats(0.1, 10.0), bias=positive)
def test_weights_matter_up_to_a_common_factor(weight: float, scale: float, bias: float) -> None:
    setting = (50, 120, 80, 0.4, bias)
    one = float(_weighted(*setting, weight, 1.0))
    assert float(_weighted(*setting, scale * weight, scale)) == pytest.approx(one)
    swapped = float(_weighted(50, 80, 120, 0.4, 0.0, 1.0, weight))
    assert float(_weighted(50, 120, 80, 0.4, 0.0, weight, 1.0)) == pytest.approx(swapped)


def test_equal_weights_pool_and_no_weight_drops() -> None:
    setting = (400, 3000, 1000, 0.4, 0.7)
    pooled = float(theory.pooled_risk(*setting))
    assert float(_weighted(*setting, 2.0, 2.0)) == pytest.approx(pooled, rel=3e-3)
    dropped = 0.4 * 400 / (3000 - 400)
    assert float(_weighted(*setting, 1.0, 1e-9)) == pytest.approx(dropped, rel=1e-6)
    step = 1e-5
    risk = lambda w: _weighted(*setting, w, 1.0)
    slope = (risk(2.0 + step) - risk(2.0 - step)) / (2 * step)
    assert float(jax.jit(jax.grad(risk))(2.0)) == pytest.approx(float(slope), rel=1e-5)


@FEW
@given(noise=positive, ridge=st.floats(1e-3, 1.0), n=st.integers(15, 200))
def test_mixture_of_clean_samples_is_ridge_regression(noise: float, ridge: float, n: int) -> None:
    spectrum, beta = power_law(12, 1.3), power_target(12, 1.3, 2.0)
    numbers = (n, 0.0, ridge, noise)
    found = _mixture(spectrum, beta, jnp.ones(12), *numbers)
    np.testing.assert_allclose(found, _excess_risk(spectrum, beta, n, ridge, noise), rtol=1e-10)
    # A target of nothing but bias is the clean problem seen from the other side.
    whole = _mixture(spectrum, -beta, beta, n, 1.0, ridge, noise)
    shrunk = _mixture(spectrum, jnp.zeros(12), beta, 1e9, 1.0, 1e-9, noise)
    assert float(whole) > 0
    np.testing.assert_allclose(shrunk, theory.collapse_floor(spectrum, beta, 1.0), rtol=1e-5)


def test_partly_own_labels_agree_with_raw_data() -> None:
    assert float(theory.mixed_labels(5, 30, 2.0, 1.0)) == pytest.approx(
        float(theory.one_round(5, 30, 2.0))
    )
    rng, d, n, real, count = np.random.default_rng(2), 3, 12, 0.4, 8000
    weights = np.zeros((count, d))
    for _ in range(12):
        x = rng.standard_normal((count, n, d))
        own = rng.random((count, n)) >= real
        y = own * np.einsum("rni,ri->rn", x, weights) + rng.standard_normal((count, n))
        moment = np.einsum("rni,rn->ri", x, y)
        weights = np.linalg.solve(np.einsum("rni,rnj->rij", x, x), moment[..., None])[..., 0]
    found = np.sum(weights**2, axis=1)
    predicted = float(theory.mixed_labels(d, n, 1.0, real))
    assert abs(found.mean() - predicted) < 4 * found.std() / np.sqrt(count)
    assert abs(float(theory.mixed_labels(d, n, 1.0, real, exact=False)) / predicted - 1) > 0.01


@pytest.mark.parametrize("n", [2, 5, 12])
def test_wishart_roots_have_the_moments_of_data(n: int) -> None:
    rng, d, count = np.random.default_rng(3), 5, 20_000
    matrices = gram(wishart_roots(rng, count, d, n))
    assert np.linalg.matrix_rank(matrices[0]) == min(n, d)
    spread = np.where(np.eye(d) > 0, 2.0 * n, n)  # variances of the entries of X'X
    error = np.sqrt(spread / count)
    assert np.all(np.abs(matrices.mean(axis=0) - n * np.eye(d)) < 4.5 * error)
    np.testing.assert_allclose(matrices.var(axis=0), spread, rtol=0.12)
