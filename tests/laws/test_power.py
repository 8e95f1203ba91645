"""Power of the paired t test against simulation, scipy and a published table."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from jaxuim.laws import detectable_effect, paired_t_power, seeds_needed


def test_power_against_scipy_and_simulation():
    effect, sd, n = 0.6, 1.0, 16
    critical, dof, centre = stats.t.ppf(0.975, n - 1), n - 1, effect * np.sqrt(n)
    exact = stats.nct.sf(critical, dof, centre) + stats.nct.cdf(-critical, dof, centre)
    assert paired_t_power(effect, sd, n) == pytest.approx(exact, abs=1e-8)
    draws = 20_000
    d = effect + np.random.default_rng(0).standard_normal((draws, n))
    found = np.abs(d.mean(1)) > critical * d.std(1, ddof=1) / np.sqrt(n)
    error = np.sqrt(exact * (1 - exact) / draws)
    assert abs(found.mean() - exact) < 5 * error


def test_cohens_table():
    """D = 0.5 needs 34 pairs for power .8 at 5 % two-sided, d = 0.8 needs 15 (Cohen 1988)."""
    assert seeds_needed(0.5, 1.0) == 34
    assert seeds_needed(0.8, 1.0) == 15


@given(st.floats(0.015625, 100.0), st.integers(2, 200), st.floats(0.25, 0.984375))
def test_detectable_effect_has_the_power_and_scales_with_sd(sd, seeds, power):
    effect = detectable_effect(sd, seeds, power=power)
    assert paired_t_power(effect, sd, seeds) == pytest.approx(power, abs=1e-6)
    assert effect == pytest.approx(sd * detectable_effect(1.0, seeds, power=power), rel=1e-6)


def test_more_seeds_detect_less_and_seeds_needed_is_minimal():
    effects = [detectable_effect(1.0, n) for n in (2, 4, 8, 16, 64)]
    assert effects == sorted(effects, reverse=True)
    n = seeds_needed(0.3, 1.0, power=0.9)
    assert paired_t_power(0.3, 1.0, n) >= 0.9 > paired_t_power(0.3, 1.0, n - 1)
    assert seeds_needed(1e6, 1.0) == 2


def test_bad_input():
    with pytest.raises(ValueError, match="seeds is 1"):
        detectable_effect(1.0, 1)
    with pytest.raises(ValueError, match="sd 0"):
        paired_t_power(1.0, 0.0, 4)
    with pytest.raises(ValueError, match=r"power is 0\.01"):
        detectable_effect(1.0, 8, power=0.01)
    with pytest.raises(ValueError, match="effect is 0"):
        seeds_needed(0.0, 1.0)
