"""Fits: exact recovery, agreement with scipy, invariances, honest statuses, no leak of float64."""

import json

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import curve_fit

from jaxuim.laws import FORMS, Coefficient, Form, fit

# 16 points, one compiled program a form
LEVELS = np.linspace(0.0, 1.0, 16)
SIZES = np.geomspace(32.0, 8192.0, 16)


def curve(name, x, *values):
    with jax.enable_x64(True):
        return np.array(FORMS[name].function(jnp.asarray(x), *values))


CASES = [
    ("power", SIZES, (3.0, 0.4)),
    ("power", LEVELS[1:], (0.8, -1.7)),
    ("saturating_power", SIZES, (0.05, 1.4, -0.5)),
    ("saturating_power", LEVELS, (0.05, 0.7, 3.2)),
    ("saturating_power", LEVELS, (0.9, -0.7, 0.6)),
    ("hill", LEVELS, (0.05, 0.9, 0.6, 5.0)),
    ("hill", SIZES, (0.9, 0.1, 500.0, 1.5)),
    ("logistic", LEVELS, (0.05, 0.9, 0.6, 0.06)),
    ("logistic", SIZES - 3000.0, (0.9, 0.1, 500.0, 900.0)),
]


@pytest.mark.parametrize(("name", "x", "truth"), CASES)
def test_recovers_its_own_noiseless_data(name, x, truth):
    found = fit(name, x, curve(name, x, *truth))
    assert found.status == "ok", found.reason
    assert list(found.params.values()) == pytest.approx(list(truth), rel=1e-7)
    assert found.predict(x) == pytest.approx(curve(name, x, *truth), rel=1e-9)


@given(
    st.floats(-2.0, 2.0, width=32),
    st.floats(0.5, 5.0, width=32),
    st.sampled_from([-1.0, 1.0]),
    st.floats(0.25, 2.0, width=32),
)
def test_saturating_power_recovers_any_parameters(e, a, sign, alpha):
    found = fit("saturating_power", SIZES, curve("saturating_power", SIZES, e, sign * a, -alpha))
    assert found.status == "ok", found.reason
    truth = [e, sign * a, -alpha]
    assert list(found.params.values()) == pytest.approx(truth, rel=1e-4, abs=1e-5)


@given(
    st.floats(-1.0, 1.0, width=32),
    st.floats(0.25, 2.0, width=32),
    st.floats(0.25, 0.75, width=32),
    st.floats(1.5, 9.0, width=32),
)
def test_hill_recovers_any_parameters(y0, rise, k, h):
    found = fit("hill", LEVELS, curve("hill", LEVELS, y0, y0 + rise, k, h))
    assert found.status == "ok", found.reason
    truth = [y0, y0 + rise, k, h]
    assert list(found.params.values()) == pytest.approx(truth, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize(("name", "x", "truth"), CASES)
@pytest.mark.parametrize("weighted", [False, True])
def test_agrees_with_scipy(name, x, truth, weighted):
    rng = np.random.default_rng(3)
    errors = 0.01 * rng.uniform(0.5, 2.0, len(x)) * np.ptp(curve(name, x, *truth))
    y = curve(name, x, *truth) + errors * rng.standard_normal(len(x))
    y_err = errors if weighted else None
    model = lambda x, *p: curve(name, x, *p)
    best, covariance = curve_fit(
        model, x, y, truth, sigma=y_err, absolute_sigma=weighted, xtol=1e-13, ftol=1e-13
    )
    found = fit(name, x, y, y_err=y_err)
    scale = np.sqrt(np.diag(covariance))
    assert found.status == "ok", found.reason
    assert np.abs((np.array(list(found.params.values())) - best) / scale).max() < 1e-3
    low, high = np.array(list(found.interval(0.68).values())).T
    inflate = 1.0
    if weighted:
        chi = np.sum(((y - model(x, *best)) / errors) ** 2) / found.dof
        inflate = max(1.0, np.sqrt(chi))
    # on the scale of the fit the interval is symmetric; to first order its width is scipy's
    ratio = (high - low) / (2 * 1.0 * scale * inflate)
    assert ratio == pytest.approx(ratio[0] * np.ones_like(ratio), rel=0.1)
    assert ratio[0] == pytest.approx(1.02, rel=0.05)


def test_squared_fit_is_invariant_to_row_order_and_equivariant_in_units():
    rng = np.random.default_rng(5)
    y = curve("hill", LEVELS, 0.1, 0.8, 0.6, 4.0) + 0.02 * rng.standard_normal(len(LEVELS))
    base = fit("hill", LEVELS, y)
    order = rng.permutation(len(LEVELS))
    shuffled = fit("hill", LEVELS[order], y[order])
    scaled = fit("hill", 100.0 * LEVELS, 3.0 * y - 1.0)
    assert list(shuffled.params.values()) == pytest.approx(list(base.params.values()), rel=1e-6)
    assert scaled.params["k"] == pytest.approx(100.0 * base.params["k"], rel=1e-6)
    assert scaled.params["h"] == pytest.approx(base.params["h"], rel=1e-6)
    assert scaled.params["y0"] == pytest.approx(3.0 * base.params["y0"] - 1.0, rel=1e-6)


def test_repeating_the_data_shrinks_intervals_by_the_root():
    rng = np.random.default_rng(6)
    y = curve("power", SIZES, 3.0, 0.4) + 0.02 * rng.standard_normal(len(SIZES))
    one, eight = (fit("power", np.tile(SIZES, c), np.tile(y, c)) for c in (1, 8))
    width = [np.diff(r.interval(0.9)["alpha"])[0] for r in (one, eight)]
    # also the degrees of freedom change: 14 and 126, with Student's quantiles 1.761 and 1.657
    assert width[0] / width[1] == pytest.approx(np.sqrt(126 / 14) * 1.7613 / 1.6570, rel=1e-3)


def test_intervals_cover():
    """Coverage of the delta interval at its nominal 90 %, within 4 standard errors."""
    replicas, rng = 300, np.random.default_rng(11)
    truth = (0.1, 0.8, 0.6, 5.0)
    clean = curve("hill", LEVELS, *truth)
    hits = np.zeros(4)
    for _ in range(replicas):
        found = fit("hill", LEVELS, clean + 0.02 * rng.standard_normal(len(LEVELS)))
        assert found.status == "ok", found.reason
        ends = found.interval(0.9).values()
        hits += [low <= value <= high for value, (low, high) in zip(truth, ends, strict=True)]
    error = np.sqrt(0.9 * 0.1 / replicas)
    assert np.all(np.abs(hits / replicas - 0.9) < 4 * error), hits / replicas


def test_interval_contains_the_estimate_and_keeps_the_range():
    rng = np.random.default_rng(2)
    y = curve("hill", LEVELS, 0.1, 0.8, 0.6, 5.0) + 0.2 * rng.standard_normal(len(LEVELS))
    found = fit("hill", LEVELS, y)
    for name, (low, high) in found.interval(0.95).items():
        assert low <= found.params[name] <= high
    assert found.interval(0.95)["k"][0] > 0


def test_huber_shrugs_off_outliers_and_equals_squares_for_a_wide_threshold():
    rng = np.random.default_rng(7)
    truth = (0.05, 1.4, -0.5)
    y = curve("saturating_power", SIZES, *truth) + 1e-4 * rng.standard_normal(len(SIZES))
    spoiled = y.copy()
    spoiled[[3, 11]] += 0.5
    robust = fit("saturating_power", SIZES, spoiled, loss="huber")
    plain = fit("saturating_power", SIZES, spoiled)
    wide = fit("saturating_power", SIZES, spoiled, loss="huber", delta=1e6)
    assert robust.status == "ok", robust.reason
    curves = (
        np.abs(r.predict(SIZES) - curve("saturating_power", SIZES, *truth)) for r in (robust, plain)
    )
    small, large = (np.median(gap) for gap in curves)
    assert large > 20 * small
    assert list(wide.params.values()) == pytest.approx(list(plain.params.values()), rel=1e-8)


def test_own_starts_and_own_form():
    decay = Form(
        name="decay",
        formula="y = a exp(-k x)",
        coefficients=(Coefficient("a", linear=True), Coefficient("k", "log")),
        function=lambda x, a, k: a * jnp.exp(-k * x),
        starts=lambda x, y: {"k": [0.1, 1.0, 10.0]},
    )
    y = 2.0 * np.exp(-3.0 * LEVELS)
    for starts in (None, [{"a": 1.0, "k": k} for k in (0.5, 1.0, 2.0)]):
        found = fit(decay, LEVELS, y, starts=starts)
        assert found.status == "ok"
        assert found.params == pytest.approx({"a": 2.0, "k": 3.0}, rel=1e-8)
    with pytest.raises(ValueError, match="must name exactly"):
        fit(decay, LEVELS, y, starts=[{"a": 1.0}])


def test_aicc_by_hand_and_prefers_the_true_form():
    rng = np.random.default_rng(4)
    y = curve("hill", LEVELS, 0.1, 0.8, 0.6, 8.0) + 0.01 * rng.standard_normal(len(LEVELS))
    found, other = fit("hill", LEVELS, y), fit("saturating_power", LEVELS, y)
    rss, n, k = np.sum((found.predict(LEVELS) - y) ** 2), 16, 5
    by_hand = n * np.log(rss / n) + 2 * k + 2 * k * (k + 1) / (n - k - 1)
    assert found.aicc == pytest.approx(by_hand)
    assert found.aicc < other.aicc - 10
    assert found.residual_sd == pytest.approx(np.sqrt(rss / 12))


def test_known_errors_give_an_absolute_covariance_even_if_all_are_one():
    rng = np.random.default_rng(12)
    y = curve("power", SIZES, 300.0, 0.4) + 0.1 * rng.standard_normal(len(SIZES))
    width = [
        np.diff(fit("power", SIZES, y, y_err=e).interval()["alpha"])[0]
        for e in (None, np.ones(16), np.full(16, 2.0))
    ]
    assert width[1] > 5 * width[0]
    assert width[2] == pytest.approx(2 * width[1], rel=1e-6)


def test_card_is_json():
    y = curve("hill", LEVELS, 0.1, 0.8, 0.6, 8.0)
    card = json.loads(json.dumps(fit("hill", LEVELS, y).card, allow_nan=False))
    assert card["params"]["k"] == pytest.approx(0.6)
    assert (card["form"], card["status"], card["n"], card["starts"]) == ("hill", "ok", 16, 35)
    assert card["starts_agree"] > 0.5


def test_float64_inside_does_not_leak():
    found = fit("power", SIZES, curve("power", SIZES, 3.0, 0.4))
    assert found.predict(SIZES).dtype == np.float64
    assert jnp.ones(2).dtype == jnp.float32
    assert jnp.asarray(np.ones(2)).dtype == jnp.float32
    assert not jax.config.jax_enable_x64
