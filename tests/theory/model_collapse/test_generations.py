"""Errors over generations: against ridge theory, raw data, bounds and moment recursions."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from theory import model_collapse as theory
from theory.numerics.spectra import power_law, power_target
from theory.ridge import excess_risk

FEW = settings(max_examples=15, deadline=None)
positive = st.floats(0.05, 5.0)
_ridge = jax.jit(theory.ridge_generations, static_argnames="generations")
_excess_risk = jax.jit(excess_risk)


@FEW
@given(noise=positive, ridge=st.floats(1e-3, 1.0), n=st.integers(15, 200))
def test_first_ridge_generation_is_ridge_regression(noise: float, ridge: float, n: int) -> None:
    spectrum, beta = power_law(12, 1.3), power_target(12, 1.3, 2.0)
    first = _ridge(spectrum, beta, n, ridge, noise, generations=4)[0]
    np.testing.assert_allclose(first, _excess_risk(spectrum, beta, n, ridge, noise), rtol=1e-10)


@FEW
@given(noise=positive, d=st.integers(2, 40), spare=st.integers(2, 200))
def test_accumulation_stays_below_its_bound(noise: float, d: int, spare: int) -> None:
    samples = d + 1 + spare
    once = float(theory.one_round(d, samples, noise))
    same = np.asarray(theory.accumulated_same(d, samples, noise, 30))
    fresh = np.asarray(theory.accumulated_fresh(d, samples, noise, 30))
    lost = np.asarray(theory.replaced(d, samples, noise, jnp.arange(1, 31)))
    assert same[0] == pytest.approx(once)
    assert fresh[0] == pytest.approx(once)
    assert lost[0] == pytest.approx(once)
    assert np.all(same <= np.pi**2 / 6 * once)
    assert np.all(fresh <= same * (1 + 1e-12))
    assert np.all(same <= lost * (1 + 1e-12))
    assert np.all(np.diff(fresh) > 0)


def test_ridge_generations_without_penalty_are_replaced_labels_of_many_samples() -> None:
    spectrum, n = jnp.ones(20), 1e7
    risks = theory.ridge_generations(spectrum, jnp.ones(20), n, 0.0, 2.0, 6)
    np.testing.assert_allclose(risks, theory.replaced(20, n, 2.0, np.arange(1, 7)), rtol=1e-5)


def test_fresh_accumulation_agrees_with_fits_to_raw_data() -> None:
    rng, d, samples, count = np.random.default_rng(0), 3, 9, 4000
    found = np.empty((count, 3))
    x = rng.standard_normal((count, 3 * samples, d))
    y = np.empty((count, 3 * samples))
    weights = np.zeros((count, d))
    for g in range(3):
        own = slice(g * samples, (g + 1) * samples)
        y[:, own] = np.einsum("rnd,rd->rn", x[:, own], weights)
        y[:, own] += rng.standard_normal((count, samples))
        seen = x[:, : own.stop]
        gram = np.einsum("rni,rnj->rij", seen, seen)
        moment = np.einsum("rni,rn->ri", seen, y[:, : own.stop])
        weights = np.linalg.solve(gram, moment[..., None])[..., 0]
        found[:, g] = np.sum(weights**2, axis=1)
    error = found.std(axis=0) / np.sqrt(count)
    predicted = np.asarray(theory.accumulated_fresh(d, samples, 1.0, 3))
    assert np.all(np.abs(found.mean(axis=0) - predicted) < 4 * error)


def test_ridge_generations_differentiate() -> None:
    spectrum, beta = power_law(12, 1.3), power_target(12, 1.3, 2.0)

    def last(ridge: float, noise: float) -> jax.Array:
        return _ridge(spectrum, beta, 30, ridge, noise, generations=4)[-1]

    step = 1e-5
    slopes = jax.jit(jax.grad(last, argnums=(0, 1)))(0.1, 0.5)
    by_ridge = (last(0.1 + step, 0.5) - last(0.1 - step, 0.5)) / (2 * step)
    by_noise = (last(0.1, 0.5 + step) - last(0.1, 0.5 - step)) / (2 * step)
    np.testing.assert_allclose(slopes, (by_ridge, by_noise), rtol=1e-6)


@FEW
@given(n=st.integers(3, 400), generation=st.integers(1, 300))
def test_chain_of_variances_is_a_product(n: int, generation: int) -> None:
    one = stats.chi2(n - 1)
    mean_log = one.expect(lambda v: np.log(v / n), lb=1e-12)
    found = float(theory.mean_log_variance(n, generation))
    assert found == pytest.approx(generation * mean_log, rel=1e-5)
    assert found <= np.log(float(theory.mean_variance(n, generation))) + 1e-12
    total = theory.mean_square(n, generation) + theory.mean_variance(n, generation)
    assert float(total) == pytest.approx(1.0)


@FEW
@given(n=st.integers(2, 300), real=st.floats(0.02, 1.0))
def test_chain_with_real_samples_settles_where_its_moments_do(n: int, real: float) -> None:
    square, variance, own = 0.0, 1.0, 1.0 - real
    for _ in range(3000):
        second = real + own * (square + variance)
        between = (1 - 1 / n) * own**2 * square
        square, variance = second / n + between, (1 - 1 / n) * second - between
    assert float(theory.stationary_square(n, real)) == pytest.approx(square, rel=1e-8)
    assert float(theory.stationary_variance(n, real)) == pytest.approx(variance, rel=1e-8)
    more = theory.stationary_variance(n + 1, min(1.0, real + 0.01))
    assert float(more) > float(theory.stationary_variance(n, real)) - 1e-12


@FEW
@given(n=st.integers(3, 10_000))
def test_halving_share_halves_the_variance(n: int) -> None:
    share = theory.halving_share(n)
    assert float(theory.stationary_variance(n, share)) == pytest.approx(0.5, rel=1e-9)
    assert 0.5 < n * float(share) <= 0.88
