"""The solver: together equals alone, zero weights are absence, honest decrements, known optima."""

import numpy as np
import pytest
from scipy.optimize import linprog

from jaxuim.laws import FORMS, Coefficient, Form
from jaxuim.laws.fits import solver

HILL = FORMS["hill"]
CHINCHILLA = FORMS["chinchilla"]
X = np.linspace(0.0, 1.0, 13)
LINE = Form(
    "line", "y = a + b x", (Coefficient("a", linear=True), Coefficient("b", linear=True)),
    lambda x, a, b: a + b * x, lambda x, y: {},
)  # fmt: skip


def problem(curves):
    rng = np.random.default_rng(0)
    clean = 0.1 + 0.8 * X**4 / (X**4 + 0.5**4)
    y = clean + 0.03 * rng.standard_normal((curves, len(X)))
    starts = np.array([[0.2, 0.7, np.log(0.6), np.log(3.0)], [0.0, 1.0, np.log(0.3), 0.0]])
    return y, np.ones_like(y), np.broadcast_to(starts, (curves, 2, 4))


def published(n, noise, seed=0):
    """Sizes, tokens and losses from the published law of Chinchilla with relative errors."""
    rng = np.random.default_rng(seed)
    x = np.stack([10 ** rng.uniform(7.6, 10.2, n), 10 ** rng.uniform(8.5, 11.5, n)])
    clean = 1.8172 + 482.01 * x[0] ** -0.3478 + 2085.43 * x[1] ** -0.3658
    return x, clean * np.exp(noise * rng.standard_t(2, n))


@pytest.mark.parametrize("delta", [np.inf, 0.02])
def test_many_curves_equal_each_alone(delta):
    y, weight, starts = problem(5)
    together = solver.solve(HILL, X, y, weight, starts, delta, 80)
    for i in range(5):
        part = slice(i, i + 1)
        alone = solver.solve(HILL, X, y[part], weight[part], starts[part], delta, 80)
        assert together.u[i] == pytest.approx(alone.u[0], rel=1e-7, abs=1e-8)


def test_every_curve_may_have_its_own_x():
    y, weight, starts = problem(2)
    x = np.stack([X, X[::-1]])[None]
    y = np.stack([y[0], y[0, ::-1]])
    ends = solver.solve(HILL, x, y, weight, starts, np.inf, 80)
    assert ends.u[1] == pytest.approx(ends.u[0], rel=1e-6)


def test_zero_weight_is_absence():
    y, weight, starts = problem(1)
    weight = weight.copy()
    weight[0, [4, 7]] = 0.0
    spoiled = np.where(weight > 0, y, np.nan)
    kept = weight[0] > 0
    with_zeros = solver.solve(HILL, X, spoiled, weight, starts, np.inf, 80)
    without = solver.solve(HILL, X[kept], y[:, kept], weight[:, kept], starts, np.inf, 80)
    assert with_zeros.u == pytest.approx(without.u, rel=1e-7)
    assert with_zeros.score == pytest.approx(without.score, rel=1e-9)


def test_a_row_without_weight_may_lie_where_the_law_is_infinite():
    x = np.array([0.0, 1.0, 2.0, 4.0, 8.0, 16.0])
    y = np.array([[9.0, 2.0, 1.4, 1.1, 0.7, 0.5], [3.0, 2.0, 1.4, 1.1, 0.7, 0.5]])
    weight = np.ones((2, 6))
    weight[:, 0] = 0.0
    weight[1, 1] = 0.0
    ends = solver.solve(
        FORMS["power"], x, y, weight, np.log(np.full((2, 1, 2), 1.5)), np.inf, 60
    )  # fmt: skip
    assert np.all(np.isfinite(ends.value))
    assert np.all(ends.decrement < 1e-10)


@pytest.mark.parametrize("delta", [np.inf, 0.02])
def test_a_count_is_a_repeated_row(delta):
    y, weight, starts = problem(1)
    counts = np.array([[2, 1, 0, 1, 3, 1, 1, 0, 2, 1, 1, 0, 1]], dtype=float)
    row = np.repeat(np.arange(13), counts[0].astype(int))
    counted = solver.solve(HILL, X, y, weight, starts, delta, 80, counts=counts)
    repeated = solver.solve(HILL, X[row], y[:, row], weight[:, row], starts, delta, 80)
    assert counted.value == pytest.approx(repeated.value)
    assert counted.u == pytest.approx(repeated.u, rel=1e-6)
    assert counted.score == pytest.approx(repeated.score)


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


def test_small_thresholds_reach_the_linear_programme_of_absolute_errors():
    rng = np.random.default_rng(3)
    y = 0.3 + 2.0 * X + rng.standard_t(1.5, (4, 13))
    starts = np.zeros((4, 1, 2))
    ends = solver.solve(LINE, X, y, np.ones_like(y), starts, 1e-7, 200)
    design = np.stack([np.ones(13), X], axis=1)
    rows = np.block([[design, -np.eye(13)], [-design, -np.eye(13)]])
    cost, bounds = np.r_[0.0, 0.0, np.ones(13)], [(None, None)] * 2 + [(0, None)] * 13
    for i in range(4):
        best = linprog(cost, A_ub=rows, b_ub=np.r_[y[i], -y[i]], bounds=bounds)
        assert np.abs(y[i] - design @ ends.u[i, 0]).sum() == pytest.approx(best.fun, rel=1e-5)
    assert np.all(ends.decrement < 1e-10)


@pytest.mark.parametrize("delta", [np.inf, 1e-3, 1e-6])
def test_chinchilla_from_every_start_reaches_one_optimum(delta):
    x, y = published(60, 0.003)
    grid = np.array([[2.0, 1e4, 10.0, a, b] for a in (0.0, 0.5, 2.0) for b in (0.0, 1.0, 1.5)])
    starts = solver.better_starts(CHINCHILLA, x, y, 1.0 / y, grid)
    ends = solver.solve(
        CHINCHILLA, x, y[None], np.ones((1, 60)), starts[None], delta, 300, "log"
    )  # fmt: skip
    assert ends.value[0] == pytest.approx(np.full(9, ends.value.min()), rel=1e-6)
    assert np.all(ends.decrement < 1e-10)


def test_a_start_that_has_not_arrived_does_not_claim_it():
    x, y = published(60, 0.003)
    starts = np.log(np.array([[[2.0, 1e4, 10.0, 0.5, 1.5]]]))
    for iterations in (0, 3, 10, 20):
        ends = solver.solve(
            CHINCHILLA, x, y[None], np.ones((1, 60)), starts, 1e-3, iterations, "log"
        )  # fmt: skip
        assert not ends.decrement[0, 0] <= 1e-10


def test_linear_starts_are_least_squares_and_respect_bounds():
    x, y = published(60, 0.0)
    grid = np.array([[0.0, 0.0, 0.0, 0.3478, 0.3658], [0.0, 0.0, 0.0, 2.0, 0.1]])
    u = solver.linear_starts(CHINCHILLA, x, y, np.ones(60), grid)
    assert np.exp(u[0, :3]) == pytest.approx([1.8172, 482.01, 2085.43], rel=1e-5)
    assert np.all(np.isfinite(u))


def test_projected_start_beats_the_given_one_unless_that_is_exact():
    x, y = published(60, 0.0)
    exact = np.array([[1.8172, 482.01, 2085.43, 0.3478, 0.3658]])
    u = solver.better_starts(CHINCHILLA, x, y, np.ones(60), exact)
    assert np.exp(u) == pytest.approx(exact, rel=1e-6)


def test_nothing_is_nan_for_hopeless_starts():
    y, weight, _ = problem(1)
    starts = np.array([[[0.0, 1.0, 700.0, 700.0], [0.0, 0.0, -700.0, -700.0]]])
    ends = solver.solve(HILL, X, y, weight, starts, 0.1, 40)
    assert not np.isnan(ends.value).any()
    assert not np.isnan(ends.decrement).any()


def test_natural_and_unconstrained_are_inverse():
    u = np.random.default_rng(1).standard_normal((3, 4))
    assert solver.unconstrained(HILL, solver.natural(HILL, u)) == pytest.approx(u)
    assert solver.evaluate(HILL, u, X).shape == (3, 13)
