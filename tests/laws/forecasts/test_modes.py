"""Modes of the forecast's law: derivatives, recovery, what priors and outliers do."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxuim.laws.forecasts.falling import broken_prior, law, tailed_prior
from jaxuim.laws.forecasts.modes import Rows, jacobian, modes

T = np.linspace(-4.0, 0.0, 20)
TRUTH = np.array([-0.7, -0.7, 0.1, 0.5, -2.0, -0.7, 0.0, 0.0])


def rows(z, error=0.0, linear=False):
    return Rows(T, z, np.full(len(T), error), linear)


@pytest.mark.parametrize("linear", [False, True])
def test_derivatives_agree_with_jax(linear):
    u = np.random.default_rng(0).standard_normal((3, 8))
    with jax.enable_x64(True):
        for i in range(3):
            exact = jax.jacfwd(lambda v: law(jnp, v, T, float(linear)))(jnp.asarray(u[i]))
            assert jacobian(u, T, linear)[i] == pytest.approx(np.asarray(exact), abs=1e-9)


def test_weak_prior_recovers_the_curve_and_its_continuation():
    (found,) = modes(rows(law(np, TRUTH, T, 0.0)), [broken_prior(4.0)], 1e-4, 8)
    best = found.u[np.argmin(found.loss)]
    ahead = np.array([np.log(2.0), np.log(8.0)])
    assert law(np, best, T, 0.0) == pytest.approx(law(np, TRUTH, T, 0.0), abs=1e-3)
    assert law(np, best, ahead, 0.0) == pytest.approx(law(np, TRUTH, ahead, 0.0), abs=0.02)


def test_each_prior_is_treated_as_if_alone():
    z = law(np, TRUTH, T, 0.0) + 0.01 * np.random.default_rng(1).standard_normal(len(T))
    priors = [tailed_prior(1.0, 4.0), broken_prior(4.0)]
    both = modes(rows(z), priors, 3e-3, 4)
    for prior, found in zip(priors, both, strict=True):
        (alone,) = modes(rows(z), [prior], 3e-3, 4)
        assert found.u == pytest.approx(alone.u, rel=1e-6, abs=1e-6)


def test_hessians_are_positive_and_losses_sorted_by_fit():
    z = law(np, TRUTH, T, 0.0)
    (found,) = modes(rows(z), [tailed_prior(1.0, 4.0)], 3e-3, 8)
    assert np.all(np.linalg.eigvalsh(found.hessian) > 0)
    off = [np.mean((law(np, u, T, 0.0) - z) ** 2) for u in found.u]
    assert off[int(np.argmin(found.loss))] <= 2.0 * min(off) + 1e-6


def test_an_outlier_hardly_moves_the_curve():
    z = law(np, TRUTH, T, 0.0) + 0.01 * np.random.default_rng(2).standard_normal(len(T))
    bad = z.copy()
    bad[10] += 0.5
    end = []
    for values in (z, bad):
        (found,) = modes(rows(values), [tailed_prior(1.0, 4.0)], 3e-3, 8)
        end.append(law(np, found.u[np.argmin(found.loss)], np.zeros(1), 0.0)[0])
    assert abs(end[1] - end[0]) < 0.03


def test_known_errors_are_not_counted_twice():
    z = law(np, TRUTH, T, 0.0) + 0.05 * np.random.default_rng(3).standard_normal(len(T))
    (without,) = modes(rows(z), [tailed_prior(1.0, 4.0)], 3e-3, 4)
    (known,) = modes(rows(z, 0.05), [tailed_prior(1.0, 4.0)], 3e-3, 4)
    assert np.sqrt(without.variance[0]) == pytest.approx(0.05, rel=0.5)
    assert known.variance[0] < 0.5 * without.variance[0]
