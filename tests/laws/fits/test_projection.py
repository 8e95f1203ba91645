"""Starts: bounded least squares against scipy, starts on a bound, what is left alone."""

import numpy as np
import pytest
from scipy.optimize import lsq_linear

from jaxuim.laws import FORMS
from jaxuim.laws.fits.projection import inside, projected

X = np.stack([np.geomspace(1.0, 50.0, 20), np.tile([2.0, 5.0, 9.0, 30.0], 5)])
CHINCHILLA = FORMS["chinchilla"]


@pytest.mark.parametrize("seed", range(4))
def test_linear_parameters_are_bounded_least_squares(seed):
    rng = np.random.default_rng(seed)
    y, weight = 1.0 + rng.standard_normal(20) ** 2, rng.uniform(0.5, 2.0, 20)
    start = np.array([[0.0, 0.0, 0.0, 0.7, 0.2]])
    found = projected(CHINCHILLA, X, y, weight, start)[0]
    design = weight[:, None] * np.stack([np.ones(20), X[0] ** -0.7, X[1] ** -0.2], axis=1)
    floor = 0.02 * np.max(weight * y) / design.max(axis=0)
    best = lsq_linear(design, weight * y, (floor, np.inf), tol=1e-12)
    loss = 0.5 * np.sum((design @ found[:3] - weight * y) ** 2)
    assert loss == pytest.approx(best.cost, rel=1e-3)
    assert np.all(found[:3] >= floor * (1 - 1e-9))
    assert found[3:].tolist() == [0.7, 0.2]


def test_a_start_without_linear_parameters_is_left_alone():
    start = np.array([[1.0, 2.0, 3.0, 4.0]])
    form = FORMS["hill"]
    plain = type(form)(
        "plain", form.formula, tuple(type(c)(c.name, c.transform) for c in form.coefficients),
        form.function, form.starts,
    )  # fmt: skip
    assert projected(plain, X[:1], X[0], np.ones(20), start) is start


def test_a_start_on_its_bound_moves_to_the_least_of_the_own_starts():
    own = CHINCHILLA.start_grid(X, np.ones(20))
    given = np.array([[1.0, 1.0, 1.0, 0.0, 0.5]])
    moved = inside(CHINCHILLA, given, own)[0]
    assert moved[3] == own[:, 3].min() > 0
    assert moved[4] == 0.5
