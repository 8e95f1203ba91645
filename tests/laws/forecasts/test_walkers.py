"""The sampler: it returns the prior without data, the noise with data, and the same twice."""

import numpy as np
import pytest

from jaxuim.laws.forecasts.falling import law, tailed_prior
from jaxuim.laws.forecasts.modes import Rows, modes
from jaxuim.laws.forecasts.walkers import KEPT, WALKERS, sample

T = np.linspace(-4.0, 0.0, 20)
TRUTH = np.array([-0.7, -0.7, 0.1, 0.5, -2.0, -0.7, 0.05, 0.0])
PRIOR = tailed_prior(1.0, 4.0)


def draws(z, error):
    rows = Rows(T, z, np.full(len(T), error), False)
    (found,) = modes(rows, [PRIOR], 3e-3, 8)
    ensembles = sample(rows, PRIOR, found)
    assert ensembles.shape == (KEPT, WALKERS, 9)
    return ensembles.reshape(-1, 9).astype(float)


def test_without_information_the_sample_is_the_prior():
    found = draws(np.zeros(len(T)), 1e4)
    # 960 draws of 64 walkers are worth at least 130 independent ones: 4 standard errors
    assert np.max(np.abs(found.mean(axis=0) - PRIOR.mean) / PRIOR.sd) < 0.35
    assert found.std(axis=0) / PRIOR.sd == pytest.approx(np.ones(9), abs=0.3)


def test_the_truth_and_the_noise_lie_inside_the_sample():
    clean = law(np, TRUTH, T, 0.0)
    found = draws(clean + 0.02 * np.random.default_rng(0).standard_normal(len(T)), 0.0)
    curves = law(np, found[:, :-1].T[:, :, None], T, 0.0)
    off = (curves.mean(axis=0) - clean) / curves.std(axis=0)
    assert np.sqrt(np.mean(off**2)) < 2.0
    assert np.exp(found[:, -1]).mean() == pytest.approx(0.02, rel=0.5)


def test_the_same_rows_give_the_same_sample():
    z = law(np, TRUTH, T, 0.0)
    assert np.array_equal(draws(z, 0.01), draws(z, 0.01))
