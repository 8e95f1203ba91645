"""Profile intervals: exact for a linear law, wider where the delta method is too narrow."""

import numpy as np
import pytest
from scipy import stats

from jaxuim.laws import Coefficient, Form, fit
from jaxuim.laws.fits.profiles import profile

LEVELS = np.linspace(0.0, 1.0, 16)
SIZES = np.geomspace(32.0, 8192.0, 16)
LINE = Form(
    "line",
    "y = a + b x",
    (Coefficient("a"), Coefficient("b")),
    lambda x, a, b: a + b * x,
    lambda x, y: {"a": [0.0], "b": [0.0]},
)


def noisy_line(seed=0):
    return 0.3 + 0.5 * LEVELS + 0.1 * np.random.default_rng(seed).standard_normal(16)


@pytest.mark.parametrize("confidence", [0.5, 0.95])
def test_of_a_straight_line_it_is_student_s_interval(confidence):
    y = noisy_line()
    known = stats.linregress(LEVELS, y)
    half = stats.t.ppf(0.5 + confidence / 2, 14) * known.stderr
    found = profile(LINE, LEVELS, y, "b", confidence=confidence)
    assert found.interval == pytest.approx((known.slope - half, known.slope + half), rel=1e-6)
    assert found.status == "ok"
    assert found.deviance.min() == pytest.approx(0.0, abs=1e-9)


def test_known_errors_are_absolute():
    y = noisy_line()
    wide = profile(LINE, LEVELS, y, "b", y_err=np.full(16, 0.4)).interval
    half = stats.t.ppf(0.975, 14) * 0.4 / np.sqrt(np.sum((LEVELS - 0.5) ** 2))
    assert np.diff(wide)[0] / 2 == pytest.approx(half, rel=1e-6)


def test_an_open_side_is_infinite_and_said_so():
    """A plateau that the data do not reach bounds the exponent on one side only."""
    y = 3.0 * SIZES**-0.4 * np.exp(0.2 * np.random.default_rng(1).standard_normal(16))
    found = profile("m2", SIZES, y, "e", scale="log", confidence=0.99)
    assert found.interval[0] == pytest.approx(0.0, abs=1e-6)
    assert found.interval[1] > fit("m2", SIZES, y, scale="log").params["e"]
    assert found.status == "not_converged"


def test_huber_s_profile_is_near_the_delta_interval_for_clean_data():
    y = 0.05 + 1.4 * SIZES**-0.5 + 1e-3 * np.random.default_rng(2).standard_normal(16)
    found = profile("saturating_power", SIZES, y, "a", loss="huber")
    low, high = found.fit.interval(0.95)["a"]
    assert found.interval[0] < found.fit.params["a"] < found.interval[1]
    assert np.diff(found.interval)[0] == pytest.approx(high - low, rel=0.25)


@pytest.mark.slow
def test_coverage_of_the_exponent():
    """Its nominal 90 %, within 4 standard errors."""
    replicas, rng, hits = 60, np.random.default_rng(3), 0
    for _ in range(replicas):
        y = 0.1 + 2.0 * SIZES**-0.5 + 0.01 * rng.standard_normal(16)
        low, high = profile("saturating_power", SIZES, y, "alpha", confidence=0.9).interval
        hits += low <= -0.5 <= high
    assert abs(hits / replicas - 0.9) < 4 * np.sqrt(0.09 / replicas)


def test_statuses_and_refusals():
    assert profile("power", SIZES, np.full(16, np.nan), "c").status == "failed"
    assert np.isnan(profile("hill", LEVELS, np.full(16, 0.5), "k").interval).all()
    with pytest.raises(ValueError, match="no parameter 'beta'"):
        profile("power", SIZES, SIZES, "beta")
    with pytest.raises(ValueError, match="has no derivative"):
        profile("jump", LEVELS, LEVELS, "t")
    with pytest.raises(ValueError, match="a profile needs"):
        profile("power", SIZES, SIZES, "c", loss="absolute")
