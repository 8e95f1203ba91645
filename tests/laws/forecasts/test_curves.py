"""Standard units: what a change of unit, of order or of sign does to them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxuim.laws.checks import sample
from jaxuim.laws.forecasts.curves import LARGEST, falls, standard

X = np.geomspace(10.0, 5000.0, 12)
Y = 0.2 + 3.0 * X**-0.5


def curve(x, y, y_err=None):
    return standard(sample(x, y, y_err), known=y_err is not None)


@given(st.floats(1e-6, 1e6), st.floats(1e-6, 1e6), st.permutations(range(12)))
def test_units_and_order_change_nothing(a, b, order):
    one, two = curve(X, Y, 0.1 * Y), curve(a * X[order], b * Y[order], 0.1 * b * Y[order])
    for name in ("t", "z", "error", "size", "span"):
        assert np.array_equal(getattr(one, name), getattr(two, name)), name


@pytest.mark.parametrize("y", [Y, -Y, 1.0 - Y, Y - 0.5, 1.0 / Y])
def test_standard_curves_fall_and_come_back(y):
    found = curve(X, y)
    assert falls(found.t, found.z)
    assert found.natural(found.z) == pytest.approx(y, rel=1e-8, abs=1e-8)
    assert found.standard_t(X) == pytest.approx(found.t, abs=1e-8)


def test_positive_and_negative_curves_are_logarithmic_others_linear():
    assert not curve(X, Y).linear
    assert not curve(X, -Y).linear
    assert curve(X, Y - 0.5).linear
    assert curve(X, np.append(Y[:-1], 0.0)).linear


def test_many_rows_are_averaged_in_order():
    x = np.geomspace(1.0, 1e4, 1000)
    found = curve(x, x**-0.5)
    assert len(found.t) == LARGEST
    assert len(found.raw_t) == 1000
    assert found.z == pytest.approx(-0.5 * found.t, abs=0.02)


@pytest.mark.parametrize("y", [np.zeros(12), np.full(12, 0.3), np.full(12, -2.0)])
def test_constant_curves_have_finite_units(y):
    found = curve(X, y)
    assert np.all(found.z == 0)
    assert found.size > 0
    assert found.unit > 0
