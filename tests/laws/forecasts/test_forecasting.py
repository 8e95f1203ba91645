"""Forecasts: exact laws, invariances, intervals that hold and nest, wrong input, honest failure."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxuim.laws import forecast
from jaxuim.laws.forecasts import surface
from jaxuim.laws.forecasts.forecasting import MINIMUM, WEIGHTS

# At most 32 rows, so that one program serves all tests
X = np.geomspace(100.0, 3200.0, 16)
AHEAD = np.array([6400.0, 12800.0])


def falling(x):
    return 0.1 + 3.0 * x**-0.5


def noisy(seed=0, x=X, size=0.02):
    return falling(x) * np.exp(size * np.random.default_rng(seed).standard_normal(len(x)))


def width(found):
    return np.log(found.upper / found.lower)


LAWS = {
    "saturating power": falling,
    "power": lambda x: 5.0 * x**-0.3,
    "shifted power": lambda x: 0.05 + 4.0 * (x + 300.0) ** -0.4,
    "one break": lambda x: 0.05 + 2.0 * x**-0.1 * (1 + (x / 800.0) ** 2) ** -0.15,
    "rising accuracy": lambda x: 0.9 - 2.0 * x**-0.4,
    "growth": lambda x: x**0.3,
    "through zero": lambda x: 0.3 - 2.0 * x**-0.3,
    "falling through zero": lambda x: 2.0 * x**-0.3 - 0.3,
    "negative": lambda x: -0.1 - 3.0 * x**-0.5,
}


@pytest.mark.parametrize("name", LAWS)
def test_a_law_without_noise_is_continued(name):
    y, true = LAWS[name](X), LAWS[name](AHEAD)
    found = forecast(X, y, AHEAD)
    assert found.status == "ok", found.reason
    assert np.all((found.lower < true) & (true < found.upper))
    change = np.abs(true - y[-1]) + 0.02 * np.ptp(y)
    assert np.all(np.abs(found.mean - true) < 0.4 * change)
    assert np.all(found.upper - found.lower < 3.0 * np.ptp(y))
    assert found.details["rising"] == (y[-1] > y[0])


@settings(max_examples=5)
@given(st.floats(1e-6, 1e6), st.floats(1e-6, 1e6), st.permutations(range(16)))
def test_units_and_order_change_nothing_else(a, b, order):
    one = forecast(X, noisy(), AHEAD)
    two = forecast(a * X[order], b * noisy()[order], a * AHEAD)
    for name in ("mean", "lower", "upper"):
        assert getattr(two, name) == pytest.approx(b * getattr(one, name), rel=1e-6)


@settings(max_examples=5)
@given(st.floats(0.01, 0.9), st.floats(0.01, 0.099))
def test_intervals_nest_and_hold_the_mean(confidence, more):
    one = forecast(X, noisy(), AHEAD, confidence=confidence)
    two = forecast(X, noisy(), AHEAD, confidence=confidence + more)
    assert np.array_equal(one.mean, two.mean)
    assert np.all(two.lower < one.lower) and np.all(one.upper < two.upper)
    assert np.all((one.lower < one.mean) & (one.mean < one.upper))


def test_new_observations_of_known_laws_lie_inside():
    rng = np.random.default_rng(1)
    curves, inside, wide = 40, [], []
    for _ in range(curves):
        floor, a, slope = rng.uniform(0.05, 0.3), rng.uniform(2.0, 5.0), rng.uniform(0.3, 0.7)
        clean = lambda x, f=floor, a=a, s=slope: f + a * x**-s
        noise = np.exp(0.03 * rng.standard_normal(len(X) + 2))
        found = forecast(X, clean(X) * noise[:-2], AHEAD)
        new = clean(AHEAD) * noise[-2:]
        inside.append(np.mean((found.lower < new) & (new < found.upper)))
        wide.append(width(found)[-1])
    # At least nominal less 3 standard errors; wider than needed here since no law is ever known
    assert np.mean(inside) > 0.9 - 3 * (0.9 * 0.1 / curves) ** 0.5
    assert np.median(wide) < 12 * 0.03 * 2.0


def test_farther_is_less_certain():
    far = np.array([3200.0, 6400.0, 25600.0, 1e6])
    assert np.all(np.diff(width(forecast(X, noisy(), far))) > 0)
    back = np.array([100.0, 50.0, 10.0])
    assert np.all(np.diff(width(forecast(X, noisy(), back))) > 0)


def test_noise_and_standard_errors_widen():
    calm, wild = forecast(X, noisy(size=0.005), AHEAD), forecast(X, noisy(size=0.1), AHEAD)
    assert np.all(width(wild) > 1.5 * width(calm))
    known = forecast(X, noisy(), AHEAD, y_err=0.1 * noisy())
    assert known.details["noise"] == pytest.approx(0.1, rel=0.1)
    assert np.all(width(known) > width(forecast(X, noisy(), AHEAD)))


def test_seeds_that_differ_widen():
    x, seeds = np.tile(X[::2], 4), np.repeat(["a", "b", "c", "d"], 8)
    lift = np.repeat([0.1, -0.1, 0.15, -0.15], 8)
    y = falling(x) * np.exp(lift + 0.01 * np.random.default_rng(0).standard_normal(32))
    apart = width(forecast(x, y, AHEAD))
    assert np.all(width(forecast(x, y, AHEAD, groups=seeds)) > apart)
    mixed = np.tile(["a", "b", "c", "d"], 8)
    assert width(forecast(x, y, AHEAD, groups=mixed)) == pytest.approx(apart, rel=0.15)


def test_missing_rows_are_dropped_and_counted():
    y = noisy()
    y[[2, 7]] = np.nan, np.inf
    found = forecast(X, y, AHEAD)
    assert (found.n, found.dropped, found.status) == (14, 2, "ok")
    alone = forecast(np.delete(X, [2, 7]), np.delete(y, [2, 7]), AHEAD)
    assert np.array_equal(found.mean, alone.mean)


def test_x_new_inside_none_and_one_column():
    inside = forecast(X, noisy(), X[3:9])
    assert inside.mean == pytest.approx(falling(X[3:9]), rel=0.05)
    assert forecast(X, noisy(), []).mean.shape == (0,)
    assert forecast(X, noisy(), 6400.0).upper.shape == ()
    assert forecast(X, noisy(), AHEAD[:, None]).mean.shape == (2, 1)
    column = forecast(X[:, None], noisy(), AHEAD[:, None])
    assert np.array_equal(column.mean, forecast(X, noisy(), AHEAD).mean)


@pytest.mark.parametrize("y", [np.zeros(16), np.full(16, 0.3), np.full(16, -2.0)])
def test_a_constant_stays(y):
    found = forecast(X, y, AHEAD)
    assert found.status == "ok"
    assert found.mean == pytest.approx(y[:2], abs=0.01)


@given(st.integers(0, 10**6), st.sampled_from([1.0, 30.0, 300.0]))
@settings(max_examples=8)
def test_any_finite_input_gives_numbers_or_a_reason(seed, decades):
    y = 10.0 ** np.random.default_rng(seed).uniform(-decades, decades, len(X))
    found = forecast(X, y, AHEAD)
    if found.status == "failed":
        assert found.reason
        assert np.all(np.isnan(found.mean))
        assert found.reason in found.sentence
    else:
        assert np.all(np.isfinite([found.mean, found.lower, found.upper]))
        assert np.all((found.lower <= found.mean) & (found.mean <= found.upper))


def test_card_is_json_and_sentence_is_plain():
    found = forecast(X, noisy(), AHEAD)
    card = json.loads(json.dumps(found.card))
    assert card["mean"] == found.mean.tolist()
    assert card["weights"] == WEIGHTS
    assert sum(found.weights.values()) == pytest.approx(1.0)
    assert found.sentence.startswith("At x = 12800 the forecast is 0.1")
    assert "90% confidence" in found.sentence


def test_several_columns_go_to_the_surface(monkeypatch):
    calls = []
    monkeypatch.setattr(surface, "forecast_surface", lambda *a, **k: calls.append((a, k)))
    forecast(np.ones((16, 2)), noisy(), np.ones((3, 2)), confidence=0.8)
    assert calls[0][0][0].shape == (16, 2)
    assert calls[0][1] == {"y_err": None, "groups": None, "confidence": 0.8}


BAD = [
    ({"x": X[:-1]}, "shape"),
    ({"x": np.where(X > 3000.0, 0.0, X)}, "x contains a value that is not positive"),
    ({"x_new": [-1.0]}, "x_new contains a value that is not positive"),
    ({"x_new": [np.nan]}, "x_new contains a value that is not positive"),
    ({"x": np.full(16, 3.0)}, f"only 1 distinct x among the finite rows; .* {MINIMUM}"),
    ({"y": np.full(16, np.nan)}, "only 0 distinct x"),
    ({"groups": np.ones(16)}, "single cluster"),
    ({"groups": [1, 2]}, "groups has shape"),
    ({"confidence": 1.0}, "confidence is 1.0"),
    ({"y_err": np.zeros(16)}, "y_err contains"),
]


@pytest.mark.parametrize(("change", "message"), BAD)
def test_wrong_input_is_an_error(change, message):
    arguments = {"x": X, "y": noisy(), "x_new": AHEAD} | change
    with pytest.raises(ValueError, match=message):
        forecast(arguments.pop("x"), arguments.pop("y"), arguments.pop("x_new"), **arguments)
