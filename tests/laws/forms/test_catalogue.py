"""Every law that comes with the library recovers its own noiseless data and keeps its limits."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxuim.laws import FORMS, fit
from jaxuim.laws.forms.factors import mixing, worth_of_repeats
from jaxuim.laws.forms.inheritance import effective_samples, inheritance_law

SIZES = np.geomspace(32.0, 8192.0, 24)
LEVELS = np.linspace(0.0, 1.0, 24)
X20 = np.geomspace(1e-2, 1e4, 20)
GRID = np.stack(np.meshgrid(np.geomspace(1e7, 1e10, 6), np.geomspace(1e8, 1e11, 6)), -1)
REPEATS = np.array(
    [
        (n, u, u * epochs)
        for n in np.geomspace(1e7, 1e10, 4)
        for u in np.geomspace(1e8, 1e10, 3)
        for epochs in (1, 8, 64)
    ]
)
CELLS = np.array(
    [
        (b, n, w, a)
        for b in np.linspace(0.0, 1.0, 6)
        for n in (64.0, 256.0, 1024.0)
        for w in (16.0, 64.0, 256.0)
        for a in (0.0, 1.0)
    ]
)
FIRST = CELLS[CELLS[:, 3] == 0, :3]

CASES = {
    "power": (SIZES, (3.0, 0.4)),
    "shifted_power": (SIZES, (3.0, 50.0, 0.7)),
    "saturating_power": (SIZES, (0.05, 1.4, -0.5)),
    "m1": (SIZES, (3.0, 0.4)),
    "m2": (SIZES, (0.05, 3.0, 0.4)),
    "m3": (SIZES, (3.0, 0.001, 0.5)),
    "m4": (SIZES, (20.0, 0.8, 0.05, 0.8, 0.6)),
    "bnsl1": (SIZES, (0.05, 2.0, 0.1, 0.6, 600.0, 0.3)),
    "bnsl2": (SIZES, (0.05, 2.0, 0.05, 0.8, 200.0, 0.2, -0.4, 2500.0, 0.2)),
    "hill": (LEVELS, (0.05, 0.9, 0.6, 5.0)),
    "logistic": (LEVELS, (0.05, 0.9, 0.6, 0.06)),
    "hinge": (LEVELS, (0.1, 0.2, 0.9, 0.43)),
    "jump": (LEVELS, (0.1, 0.2, 0.5, 0.5)),
    "mixing": (LEVELS, (1.0, 0.5, -1.6)),
    "chinchilla": (GRID.reshape(-1, 2), (1.8, 480.0, 2100.0, 0.348, 0.366)),
    "repeated_data": (REPEATS, (1.9, 500.0, 2000.0, 0.35, 0.36, 5.3, 15.4)),
    "inheritance_samples": (FIRST, (0.05, 2.0, 1.0, 0.5, 0.6, 8.0, 0.9)),
    "inheritance_floor": (FIRST, (0.05, 0.3, 2.0, 1.0, 0.5, 0.6, 2.0)),
    "inheritance_exponent": (FIRST, (0.05, 2.0, 1.0, 0.5, 0.6, 0.8)),
}


def value(form, x, truth):
    with jax.enable_x64(True):
        return np.array(form.function(*np.atleast_2d(np.asarray(x).T), *truth))


def test_every_form_has_a_case():
    assert set(CASES) == set(FORMS)


@pytest.mark.parametrize("name", sorted(CASES))
def test_recovers_its_own_noiseless_data(name):
    form, (x, truth) = FORMS[name], CASES[name]
    y = value(form, x, truth)
    found = fit(form, x, y)
    assert found.status == "ok", found.reason
    assert list(found.params.values()) == pytest.approx(list(truth), rel=1e-6)
    assert found.predict(x) == pytest.approx(y, rel=1e-9)
    assert np.isfinite(found.condition)


@pytest.mark.parametrize(
    ("form", "truth"),
    [
        (
            inheritance_law("samples", adaptations=2),
            (0.05, 0.1, 2.0, 3.0, 1.0, 0.5, 0.6, 8.0, 0.9),
        ),
        (
            inheritance_law("floor", adaptations=2, width="product"),
            (0.05, 0.1, 0.3, 0.5, 2.0, 0.5, 0.3, 2.0),
        ),
    ],
)
def test_adaptations_share_what_is_shared(form, truth):
    found = fit(form, CELLS, value(form, CELLS, truth))
    assert found.status == "ok", found.reason
    assert list(found.params.values()) == pytest.approx(list(truth), rel=1e-6)


def test_a_mixture_of_two_shares():
    law = mixing(2)
    shares = np.random.default_rng(0).dirichlet([1, 1, 1], 40)[:, :2]
    found = fit(law, shares, value(law, shares, (1.0, 0.5, -1.5, 1.0)))
    assert found.params == pytest.approx({"c": 1.0, "k": 0.5, "t1": -1.5, "t2": 1.0}, rel=1e-6)
    assert mixing(2) is law
    with pytest.raises(ValueError, match="domains is 0"):
        mixing(0)


@given(
    st.floats(0.0625, 3.0),
    st.floats(0.125, 2.0),
    st.floats(0.02, 0.3),
    st.floats(0.2, 3.0),
    st.floats(0.25, 4.0),
)
def test_m4_solves_its_own_equation(beta, c, e, span, alpha):
    with jax.enable_x64(True):
        f = np.array(FORMS["m4"].function(X20, beta, c, e, e + span, alpha))
    assert np.all((f > e - 1e-12) & (f < e + span + 1e-12))
    assert np.all(np.diff(f) <= 1e-12)
    inside = (f > e + 1e-6 * span) & (f < e + (1 - 1e-6) * span)
    f, x = f[inside], X20[inside]
    left = np.log(f - e) - alpha * np.log(e + span - f)
    assert left == pytest.approx(np.log(beta) - c * np.log(x), abs=1e-5)


def test_m4_has_the_right_derivatives():
    with jax.enable_x64(True):
        f = lambda p: FORMS["m4"].function(jnp.asarray(3.0), *p)
        p = jnp.array([2.0, 0.7, 0.1, 0.9, 1.7])
        for i in range(5):
            step = jnp.zeros(5).at[i].set(1e-6)
            numeric = (f(p + step) - f(p - step)) / 2e-6
            assert float(jax.grad(f)(p)[i]) == pytest.approx(float(numeric), rel=1e-6)


def test_special_cases_meet():
    """m4 with alpha -> 0 is m2, a break of size zero is no break, one epoch is Chinchilla."""
    law = (1.9, 500.0, 2000.0, 0.35, 0.36)
    d = np.geomspace(1e8, 1e10, 3)  # every token is unique
    with jax.enable_x64(True):
        m2 = np.array(FORMS["m2"].function(SIZES, 0.1, 3.0, 0.5))
        m4 = np.array(FORMS["m4"].function(SIZES, 3.0, 0.5, 0.1, 50.0, 1e-9))
        power = np.array(FORMS["saturating_power"].function(SIZES, 0.1, 2.0, -0.4))
        broken = np.array(FORMS["bnsl1"].function(SIZES, 0.1, 2.0, 0.4, 0.0, 100.0, 0.3))
        # a model small enough for its unique tokens has no excess parameters
        small = FORMS["repeated_data"].function(1e3, d, d, *law, 5.0, 15.0)
        plain = FORMS["chinchilla"].function(1e3, d, *law)
    assert m4 == pytest.approx(m2, rel=1e-6)
    assert broken == pytest.approx(power, rel=1e-12)
    assert np.array(small) == pytest.approx(np.array(plain), rel=1e-9)


@given(st.floats(1.0, 1e4, width=32), st.floats(0.5, 100.0, width=32))
def test_repeats_are_worth_less_than_new_data_and_something(epochs, worth):
    value = float(worth_of_repeats(1.0, epochs, worth))
    assert 1.0 - 1e-6 <= value <= min(epochs, 1.0 + worth) * (1 + 1e-5)


@given(st.floats(0.0, 1.0, width=32), st.floats(0.125, 2.0))
def test_effective_samples_are_scaled_and_vanish_at_bstar(level, bstar):
    one = float(effective_samples(level, 1.0, bstar))
    assert float(effective_samples(level, 50.0, bstar)) == pytest.approx(50.0 * one, rel=1e-5)
    assert float(effective_samples(bstar, 50.0, bstar)) == 0.0
    assert float(effective_samples(0.0, 50.0, bstar)) == 50.0


@pytest.mark.parametrize("arguments", [("sample",), ("floor", 0), ("floor", 1, "max")])
def test_unknown_readings_are_refused(arguments):
    names = dict(zip(("reading", "adaptations", "width"), arguments, strict=False))
    with pytest.raises(ValueError, match="allowed are"):
        inheritance_law(names.pop("reading"), **names)
