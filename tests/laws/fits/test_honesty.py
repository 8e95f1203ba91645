"""Fits and intervals must not look better than they are: outliers, known errors, no residuals."""

import numpy as np
import pytest

from jaxuim.laws import Coefficient, Form, bootstrap, fit, profile

SIZES = np.geomspace(32.0, 8192.0, 24)
NOISE = np.random.default_rng(0).standard_normal(24)


@pytest.mark.parametrize("outlier", [1e2, 1e6])
def test_one_outlier_of_any_size_leaves_a_robust_fit_where_it_was(outlier):
    y = 0.3 + 2.0 * SIZES**-0.5 + 0.01 * NOISE
    spoiled = np.where(np.arange(24) == 7, outlier, y)
    clean, robust = (fit("saturating_power", SIZES, v, loss="huber") for v in (y, spoiled))
    low, high = clean.interval(0.9)["e"]
    assert robust.status == "ok"
    assert low < robust.params["e"] < high
    assert robust.delta == pytest.approx(clean.delta, rel=0.3)


@pytest.mark.parametrize("method", ["residual", "parametric"])
def test_known_errors_widen_a_bootstrap_as_they_widen_a_fit(method):
    y = 3.0 * SIZES**-0.5 * np.exp(0.01 * NOISE)
    result = bootstrap("power", SIZES, y, y_err=np.full(24, 0.1), method=method, replicas=500)
    low, high = result.fit.interval(0.6826)["alpha"]
    assert np.std(result.params["alpha"]) == pytest.approx((high - low) / 2, rel=0.25)


def test_the_place_of_a_jump_is_searched_again_in_every_replica():
    x = np.linspace(0.0, 1.0, 24)
    y = 0.2 + 0.15 * (x > 0.5) + 0.1 * NOISE
    places = bootstrap("jump", x, y, replicas=100).params["t"]
    assert len(np.unique(places)) > 5


@pytest.mark.parametrize("method", ["residual", "parametric"])
def test_without_residuals_there_is_no_interval(method):
    result = bootstrap("power", [1.0, 10.0], [1.0, 0.5], method=method, replicas=10)
    assert result.status == "not_converged"
    assert np.isnan(result.interval()["c"]).all()


def test_intervals_with_a_threshold_far_below_the_noise_cover():
    """Nominal 90 %, of 80 fits, within 4 standard errors."""
    x, rng, hits = np.linspace(0.0, 1.0, 60), np.random.default_rng(1), 0
    line = Form(
        "line", "y = a + b x", (Coefficient("a"), Coefficient("b")), lambda x, a, b: a + b * x,
        lambda x, y: {"a": [0.0], "b": [0.0]},
    )  # fmt: skip
    for _ in range(80):
        y = 1 + 2 * x + rng.standard_normal(60)
        low, high = fit(line, x, y, loss="huber", delta=1e-3).interval(0.9)["b"]
        hits += low <= 2 <= high
    assert hits / 80 > 0.9 - 4 * np.sqrt(0.09 / 80)


def test_an_offset_does_not_make_parameters_unidentified():
    y = 1e9 + 2.0 * SIZES**-0.5
    assert "not identified" not in fit("saturating_power", SIZES, y).reason


def test_a_profile_closes_at_high_confidence_with_few_points():
    x = np.array([100.0, 400.0, 1600.0])
    y = 2.0 * x**-0.5 * np.array([1.001, 0.999, 1.0005])
    found = profile("power", x, y, "alpha", confidence=0.99)
    assert found.status == "ok"
    assert np.all(np.isfinite(found.interval))
