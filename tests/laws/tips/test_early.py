"""Early-warning signals: closed forms, size under correlated noise, power, too little."""

import json

import numpy as np
import pytest

from jaxuim.laws.tips.early import early_warning


def memory(rng, seeds, levels, strength):
    z = rng.standard_normal((seeds, levels))
    for k in range(1, levels):
        z[:, k] = strength * z[:, k - 1] + np.sqrt(1 - strength**2) * z[:, k]
    return z


def test_variance_and_correlation_are_those_of_numpy():
    y = memory(np.random.default_rng(0), 9, 6, 0.5) + np.arange(6)
    found = early_warning(y)
    assert found.variance == pytest.approx(np.var(y, axis=0, ddof=1))
    expected = [np.corrcoef(y[:, k - 1], y[:, k])[0, 1] for k in range(1, 6)]
    assert np.isnan(found.autocorrelation[0])
    assert found.autocorrelation[1:] == pytest.approx(expected)


@pytest.mark.parametrize("strength", [0.0, 0.7])
def test_stationary_seeds_raise_few_alarms(strength):
    rng = np.random.default_rng(1)
    found = [early_warning(memory(rng, 12, 10, strength), replicas=199) for _ in range(250)]
    bound = 0.05 + 3 * np.sqrt(0.05 * 0.95 / 250)
    assert np.mean([f.p_variance <= 0.05 for f in found]) < bound
    assert np.mean([f.p_autocorrelation <= 0.05 for f in found]) < bound


def test_growing_spread_and_growing_memory_are_seen():
    rng, size = np.random.default_rng(2), np.linspace(0.3, 1.5, 10)
    spread = [early_warning(size * memory(rng, 16, 10, 0.3), replicas=199) for _ in range(30)]
    assert np.mean([f.p_variance <= 0.05 for f in spread]) > 0.8
    lasting = []
    for _ in range(30):
        z = rng.standard_normal((40, 12))
        for k, strength in zip(range(1, 12), np.linspace(0, 0.95, 11), strict=True):
            z[:, k] = strength * z[:, k - 1] + np.sqrt(1 - strength**2) * z[:, k]
        lasting.append(early_warning(z, replicas=199))
    assert np.mean([f.p_autocorrelation <= 0.05 for f in lasting]) > 0.8


def test_units_do_not_matter_and_before_cuts():
    y = memory(np.random.default_rng(3), 8, 9, 0.5)
    base, scaled = early_warning(y), early_warning(1e6 * y + 5.0)
    assert scaled.tau_variance == pytest.approx(base.tau_variance)
    assert scaled.p_autocorrelation == pytest.approx(base.p_autocorrelation)
    cut = early_warning(y, np.linspace(0, 1, 9), before=0.6)
    assert cut.levels.tolist() == [0.0, 0.125, 0.25, 0.375, 0.5]


def test_too_little_is_a_reason_and_wrong_input_an_error():
    y = np.full((5, 6), np.nan)
    found = early_warning(y)
    assert (found.dropped, found.seeds) == (5, 0)
    assert "fewer than 4 seeds" in found.reason
    assert json.loads(json.dumps(found.card, allow_nan=False))["p_variance"] is None
    assert "fewer than 4 levels" in early_warning(np.ones((6, 3))).reason
    constant = early_warning(np.ones((6, 8)))
    assert (constant.tau_variance, constant.p_variance) == (0.0, 1.0)
    with pytest.raises(ValueError, match="values has shape"):
        early_warning([1.0, 2.0])
    with pytest.raises(ValueError, match="levels must be 6 rising numbers"):
        early_warning(np.ones((5, 6)), [0, 1, 2, 3, 4, 4])
