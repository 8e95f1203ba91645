"""Power laws joined by a norm: known values, limits, refusals."""

import jax
import numpy as np
import pytest

from jaxuim.laws import FORMS
from jaxuim.laws.forms.norms import power_norm, power_product


def value(form, *arguments):
    with jax.enable_x64(True):
        return np.asarray(form.function(*map(np.asarray, arguments)))


def test_order_one_is_chinchilla():
    arguments = (np.array([1e8, 1e9]), np.array([1e10, 1e9]), 1.8, 400.0, 2000.0, 0.3, 0.4)
    assert value(power_norm(2), *arguments) == pytest.approx(value(FORMS["chinchilla"], *arguments))


def test_order_two_is_a_hypotenuse():
    assert value(power_norm(2, 2.0), 1.0, 1.0, 0.5, 3.0, 4.0, 0.3, 0.4) == pytest.approx(5.5)


def test_kaplan_is_a_member():
    n, d, an, ad = 1e8, 1e9, 0.07, 0.1
    kaplan = ((1e13 / n) ** (an / ad) + 2e13 / d) ** ad
    found = value(power_norm(2, 1 / ad), n, d, 1e-300, 1e13**an, 2e13**ad, an, ad)
    assert found == pytest.approx(kaplan)


@pytest.mark.parametrize("inputs", [1, 2, 3, 5, 8])
@pytest.mark.parametrize("order", [1.0, 2.0])
def test_starts_fit_the_declaration(inputs, order):
    form = power_norm(inputs, order)
    x = np.random.default_rng(0).uniform(1.0, 10.0, (inputs, 12))
    starts = form.start_grid(x, np.ones(12))
    assert starts.shape[1] == 2 * inputs + 1
    assert len(starts) <= 81


@pytest.mark.parametrize(("inputs", "order"), [(0, 1.0), (2, 0.5), (2, float("nan"))])
def test_refusals(inputs, order):
    with pytest.raises(ValueError, match="must be at least 1"):
        power_norm(inputs, order)


def test_product_term():
    arguments = (2.0, 3.0, 0.5, 3.0, 4.0, 1.0, 2.0)
    plain = value(power_norm(2), *arguments)
    assert value(power_product(2), *arguments, 7.0) == pytest.approx(plain + 7.0 / 2.0 / 9.0)
    with pytest.raises(ValueError, match="at least 2"):
        power_product(1)
