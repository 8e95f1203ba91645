"""The compiled solver: vmapped equals alone, zero weights are absence, few traces."""

import numpy as np
import pytest

from jaxuim.laws import FORMS, solver
from jaxuim.laws.solver import _solve

HILL = FORMS["hill"]
X = np.linspace(0.0, 1.0, 13)


def problem(curves):
    rng = np.random.default_rng(0)
    clean = 0.1 + 0.8 * X**4 / (X**4 + 0.5**4)
    y = clean + 0.03 * rng.standard_normal((curves, len(X)))
    starts = np.array([[0.2, 0.7, np.log(0.6), np.log(3.0)], [0.0, 1.0, np.log(0.3), 0.0]])
    return y, np.ones_like(y), np.broadcast_to(starts, (curves, 2, 4))


def test_many_curves_equal_each_alone():
    y, weight, starts = problem(5)
    together = solver.solve(HILL, X, y, weight, starts, np.inf, 80)
    for i in range(5):
        part = slice(i, i + 1)
        alone = solver.solve(HILL, X, y[part], weight[part], starts[part], np.inf, 80)
        assert together.u[i] == pytest.approx(alone.u[0], rel=1e-7, abs=1e-8)


def test_zero_weight_is_absence():
    y, weight, starts = problem(1)
    weight = weight.copy()
    weight[0, [4, 7]] = 0.0
    spoiled = np.where(weight > 0, y, 1e6)
    kept = weight[0] > 0
    with_zeros = solver.solve(HILL, X, spoiled, weight, starts, np.inf, 80)
    without = solver.solve(HILL, X[kept], y[:, kept], weight[:, kept], starts, np.inf, 80)
    assert with_zeros.u == pytest.approx(without.u, rel=1e-7)
    assert with_zeros.score == pytest.approx(without.score, rel=1e-9)


def test_the_gradient_at_the_end_is_zero_and_the_loss_the_smallest_nearby():
    y, weight, starts = problem(1)
    end = solver.solve(HILL, X, y, weight, starts, np.inf, 80)
    loss = lambda u: 0.5 * np.sum((solver.evaluate(HILL, u, X) - y[0]) ** 2)
    best = end.u[0, 0]
    assert loss(best) == pytest.approx(end.value[0, 0])
    for i in range(4):
        for step in (-1e-3, 1e-3):
            assert loss(best + step * np.eye(4)[i]) > loss(best)
    assert end.decrement[0, 0] < 1e-12


def test_lengths_in_one_bucket_share_a_program():
    y, weight, starts = problem(1)
    solver.solve(HILL, X, y, weight, starts, np.inf, 80)
    traces = _solve._cache_size()
    for n in (9, 11, 12):
        solver.solve(HILL, X[:n], y[:, :n], weight[:, :n], starts, 0.1, 80)
    assert _solve._cache_size() == traces


def test_natural_and_unconstrained_are_inverse():
    u = np.random.default_rng(1).standard_normal((3, 4))
    assert solver.unconstrained(HILL, solver.natural(HILL, u)) == pytest.approx(u)
    assert solver.evaluate(HILL, u, X).shape == (3, 13)
