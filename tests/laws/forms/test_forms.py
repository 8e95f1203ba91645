"""The declared forms: limits, transforms, starts, and what a user's own form needs."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxuim.laws import FORMS, Coefficient, Form
from jaxuim.laws.forms import raised, resolve
from jaxuim.types.laws import LAWS

BUILT_IN = sorted(FORMS)


@pytest.mark.parametrize("name", BUILT_IN)
def test_every_form_is_declared_completely(name):
    form = FORMS[name]
    assert form.name == name
    assert form.formula[:4] in ("y = ", "L = ")
    assert form.html[:4] == form.formula[:4]
    assert all(coefficient.doc for coefficient in form.coefficients)
    assert len(set(form.names)) == len(form.names)
    assert len(form.domains) == len(form.inputs)
    assert form.limits


@pytest.mark.parametrize("name", BUILT_IN)
def test_number_of_starts_does_not_depend_on_the_data(name):
    form = FORMS[name]
    shapes = set()
    for x in (np.linspace(0.1, 1.0, 6), np.geomspace(10.0, 1e6, 40)):
        grid = form.start_grid(np.tile(x, (len(form.inputs), 1)), np.ones_like(x))
        assert np.all(np.isfinite(grid))
        shapes.add(grid.shape)
    assert len(shapes) == 1


def test_sweeps_may_name_every_form_of_one_input():
    assert set(LAWS) == {name for name, form in FORMS.items() if len(form.inputs) == 1}


def test_values_by_hand():
    with jax.enable_x64(True):
        value = {name: FORMS[name].function for name in FORMS}
        assert float(value["power"](4.0, 3.0, 0.5)) == pytest.approx(1.5)
        assert float(value["saturating_power"](4.0, 0.1, 3.0, -0.5)) == pytest.approx(1.6)
        assert float(value["saturating_power"](0.0, 0.1, 3.0, 2.0)) == pytest.approx(0.1)
        assert float(value["hill"](0.5, 0.1, 0.9, 0.5, 7.0)) == pytest.approx(0.5)
        assert float(value["hill"](2.0, 0.0, 1.0, 1.0, 2.0)) == pytest.approx(0.8)
        assert float(value["hill"](0.0, 0.1, 0.9, 0.5, 7.0)) == pytest.approx(0.1)
        assert float(value["logistic"](0.6, 0.0, 1.0, 0.5, 0.1)) == pytest.approx(
            1 / (1 + np.exp(-1))
        )


def test_limits_hold():
    with jax.enable_x64(True):
        assert float(FORMS["hill"].function(1e9, 0.1, 0.9, 0.5, 2.0)) == pytest.approx(0.9)
        assert float(FORMS["logistic"].function(-1e9, 0.1, 0.9, 0.5, 2.0)) == pytest.approx(0.1)
        assert float(FORMS["saturating_power"].function(1e12, 0.1, 2.0, -1.0)) == pytest.approx(0.1)
        assert float(FORMS["power"].function(1e12, 2.0, 1.0)) == pytest.approx(0.0, abs=1e-11)


@pytest.mark.parametrize("name", ["hill", "saturating_power"])
def test_derivatives_are_finite_at_zero(name):
    form = FORMS[name]
    values = (0.1, 0.8, 0.5, 3.0) if name == "hill" else (0.1, 0.8, 3.0)
    for i in range(len(values)):
        slope = jax.grad(lambda *p: form.function(jnp.asarray(0.0), *p), argnums=i)(*values)
        assert np.isfinite(slope)


def test_a_negative_exponent_is_infinite_at_zero():
    assert float(raised(0.0, -1.0)) == np.inf


@given(
    st.sampled_from(["identity", "log", "logit"]),
    st.floats(-3.0, 3.0, width=32),
    st.floats(0.125, 4.0, width=32),
    st.floats(0.0625, 0.9375, width=32),
)
def test_transform_and_back_is_the_identity(transform, low, span, share):
    coefficient = Coefficient("a", transform, low=low, high=low + span)
    value = low + share * span
    with jax.enable_x64(True):
        u = coefficient.unconstrained(jnp.asarray(value))
        assert float(coefficient.natural(u)) == pytest.approx(value, rel=1e-9, abs=1e-9)


@given(st.sampled_from(["log", "logit"]), st.floats(-30.0, 30.0, width=32))
def test_transforms_keep_the_range(transform, u):
    coefficient = Coefficient("a", transform, low=-1.0, high=2.0)
    with jax.enable_x64(True):
        value = float(coefficient.natural(jnp.asarray(u, dtype=jnp.float64)))
    assert value > -1.0
    assert transform == "log" or value < 2.0


def test_points_are_columns_and_the_domain_is_each_column_s_own():
    law = FORMS["inheritance_samples"]
    assert law.points([[0.0, 100.0, 32.0]]).shape == (1, 3)
    with pytest.raises(ValueError, match=r"\(n, 3\) with columns level, samples, width"):
        law.points([[0.0, 100.0]])
    with pytest.raises(ValueError, match="non-negative level, positive samples, positive width"):
        law.points([[0.0, 0.0, 32.0]])
    assert FORMS["power"].points([[1.0], [2.0]]).shape == (2,)


def test_a_held_parameter_has_no_derivative():
    held = FORMS["power"].holding("alpha")
    slope = jax.grad(lambda u: held.function(jnp.asarray(2.0), *held.natural(u)))
    assert list(slope(jnp.array([0.0, 0.5])) == 0) == [False, True]
    with pytest.raises(ValueError, match="no parameter 'beta'"):
        FORMS["power"].holding("beta")


@pytest.mark.parametrize(
    ("domain", "accepted"), [("real", [-1, 0, 1]), ("non-negative", [0, 1]), ("positive", [1])]
)
def test_domain(domain, accepted):
    form = Form("f", "y = a", (Coefficient("a"),), lambda x, a: a, lambda x, y: {}, domain)
    assert [x for x in (-1, 0, 1) if form.accepts([x])] == accepted


def test_resolve_by_name_or_itself_and_a_clear_error():
    assert resolve("hill") is FORMS["hill"]
    assert resolve(FORMS["power"]) is FORMS["power"]
    with pytest.raises(ValueError, match=r"unknown form 'hil'.*hill, hinge, .*"):
        resolve("hil")


def test_starts_must_name_the_nonlinear_coefficients():
    form = Form("f", "y = x^a", (Coefficient("a"),), lambda x, a: x**a, lambda x, y: {"b": [1.0]})
    with pytest.raises(ValueError, match="starts give"):
        form.start_grid(np.ones(3), np.ones(3))
