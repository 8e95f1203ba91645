"""Robust losses and relative errors: standard errors against simulation, known optima, refusals."""

import numpy as np
import pytest

from jaxuim.laws import Coefficient, Form, bootstrap, fit

LEVELS = np.linspace(0.0, 1.0, 60)
SIZES = np.geomspace(32.0, 8192.0, 24)
LINE = Form(
    "line",
    "y = a + b x",
    (Coefficient("a"), Coefficient("b")),
    lambda x, a, b: a + b * x,
    lambda x, y: {"a": [0.0], "b": [0.0]},
)
ONE = Form("one", "y = a", (Coefficient("a"),), lambda x, a: a + 0.0 * x, lambda x, y: {"a": [0.0]})


@pytest.mark.slow
@pytest.mark.parametrize(("loss", "delta"), [("huber", None), ("huber", 0.02), ("absolute", None)])
def test_standard_errors_are_those_of_simulation(loss, delta):
    """Within 30 %, where the simulation's own error is 7 %; heavy tails make squares 50 % worse."""
    rng, slopes, halves = np.random.default_rng(0), [], []
    for _ in range(120):
        y = 1 + 2 * LEVELS + 0.1 * rng.standard_t(3, 60)
        found = fit(LINE, LEVELS, y, loss=loss, delta=delta)
        slopes.append(found.params["b"])
        low, high = found.interval(0.6826)["b"]
        halves.append((high - low) / 2)
    assert np.std(slopes) < 0.075
    assert np.mean(halves) == pytest.approx(np.std(slopes), rel=0.3)
    assert abs(np.mean(slopes) - 2) < 4 * np.std(slopes) / np.sqrt(120)


def test_absolute_errors_of_a_constant_are_those_of_the_median():
    y = np.random.default_rng(1).standard_cauchy(31)
    found = fit(ONE, np.arange(31.0), y, loss="absolute")
    assert found.params["a"] == pytest.approx(np.median(y), abs=1e-3)
    assert found.loss == "absolute"
    assert found.aicc != found.aicc


def test_relative_errors_ignore_the_unit_of_y_and_weigh_decades_alike():
    rng = np.random.default_rng(2)
    y = 3.0 * SIZES**-0.7 * np.exp(0.05 * rng.standard_normal(24))
    slope, intercept = np.polyfit(np.log(SIZES), np.log(y), 1)
    found = fit("power", SIZES, y, scale="log")
    assert found.params["alpha"] == pytest.approx(-slope, rel=1e-7)
    assert found.params["c"] == pytest.approx(np.exp(intercept), rel=1e-7)
    assert found.residual_sd == pytest.approx(0.05, rel=0.4)
    other = fit("power", SIZES, 1e3 * y, scale="log")
    assert other.params["alpha"] == pytest.approx(-slope, rel=1e-7)
    assert other.value == pytest.approx(found.value, rel=1e-7)


def test_relative_errors_take_y_err_as_absolute_ones():
    y = 3.0 * SIZES**-0.7 * np.exp(0.05 * np.random.default_rng(3).standard_normal(24))
    known = fit("power", SIZES, y, y_err=0.5 * y, scale="log").interval()["alpha"]
    half = 0.5 / np.sqrt(np.sum((np.log(SIZES) - np.log(SIZES).mean()) ** 2))
    assert np.diff(known)[0] / 2 == pytest.approx(half * 2.0739, rel=1e-3)  # t, 22 dof


@pytest.mark.parametrize("method", ["residual", "parametric", "pairs"])
def test_bootstraps_of_relative_errors_agree_with_the_delta_method(method):
    y = 3.0 * SIZES**-0.7 * np.exp(0.05 * np.random.default_rng(4).standard_normal(24))
    result = bootstrap("power", SIZES, y, scale="log", method=method, replicas=1000)
    low, high = result.fit.interval(0.6826)["alpha"]
    assert result.status == "ok"
    assert np.std(result.params["alpha"]) == pytest.approx((high - low) / 2, rel=0.25)


def test_a_repeated_row_counts_twice_also_outside_the_threshold():
    """Huber's loss of a row drawn twice is twice its loss, not that of a row of double weight."""
    y = 1 + 2 * LEVELS + 0.1 * np.random.default_rng(5).standard_t(2, 60)
    drawn = np.random.default_rng(7).multinomial(60, np.full(60, 1 / 60), size=2)
    replicas = bootstrap(
        LINE, LEVELS, y, loss="huber", delta=0.05, method="pairs", replicas=2, seed=7
    )
    for i in range(2):
        rows = np.repeat(np.arange(60), drawn[i])
        again = fit(LINE, LEVELS[rows], y[rows], loss="huber", delta=0.05)
        assert replicas.params["b"][i] == pytest.approx(again.params["b"], rel=1e-6)


def test_refusals():
    with pytest.raises(ValueError, match="scale 'log' needs positive y; 1 of 24 are not"):
        fit("power", SIZES, np.where(SIZES > 8000, 0.0, 1.0), scale="log")
    with pytest.raises(ValueError, match="scale is 'semilog'"):
        fit("power", SIZES, SIZES, scale="semilog")
    with pytest.raises(ValueError, match=r"delta is 0\.1"):
        fit("power", SIZES, SIZES, loss="absolute", delta=0.1)
