"""The local picture of the loss: derivatives against differences, the majorant, the step."""

import numpy as np
import pytest

from jaxuim.laws import FORMS
from jaxuim.laws.fits.newton import Rows, Task, derivatives, describe, spread, step

X = np.geomspace(1.0, 30.0, 9)
U = np.array([[0.2, -1.1, -0.4], [0.5, -0.6, -1.0]])


def task(scale, delta, law="saturating_power"):
    rng = np.random.default_rng(0)
    y = 1.0 + 0.8 * X**-0.5 + 0.1 * rng.standard_normal((2, 9))
    weight, repeats = rng.uniform(0.5, 2.0, (2, 9)), rng.integers(0, 3, (2, 9)) * 1.0
    rows = Rows(np.log(y) if scale == "log" else y, weight, repeats)
    program = derivatives(FORMS[law]).bound(X[None])
    return Task(program, scale, rows, np.arange(2), np.full(2, delta))


@pytest.mark.parametrize("scale", ["linear", "log"])
@pytest.mark.parametrize("delta", [np.inf, 0.4])
def test_gradient_and_hessian_are_differences(scale, delta):
    u = np.abs(U)
    work = task(scale, delta)
    here = describe(work, u, work.target)
    for j in range(3):
        ahead, behind = (describe(work, u + h * np.eye(3)[j], work.target) for h in (1e-5, -1e-5))
        assert here.gradient[:, j] == pytest.approx((ahead.value - behind.value) / 2e-5, rel=1e-6)
        wanted = (ahead.gradient - behind.gradient) / 2e-5
        assert here.hessian[:, j] == pytest.approx(wanted, rel=1e-5, abs=1e-6)


def test_majorant_is_gauss_newton_for_squares_and_larger_than_psi_prime():
    u = np.abs(U)
    work = task("linear", 0.3)
    squares = describe(work, u, np.full(2, np.inf)).majorant
    robust = describe(work, u, work.target).majorant
    assert np.all(np.linalg.eigvalsh(squares - robust) > -1e-9)
    score, slope = spread(work, u)
    assert np.all(score <= 0.3**2)
    assert np.all((slope >= 0) & (slope <= 1))


def test_blocks_do_not_change_the_picture(monkeypatch):
    u = np.abs(U)
    work = task("log", 0.4)
    whole = describe(work, u, work.target)
    monkeypatch.setattr("jaxuim.laws.fits.newton.BLOCK", 9)
    parts = describe(work, u, work.target)
    assert all(np.array_equal(a, b) for a, b in zip(whole, parts, strict=True))


def test_step_solves_and_descends_where_curved_downwards():
    rng = np.random.default_rng(1)
    root = rng.standard_normal((4, 5, 5))
    matrix, gradient = root @ root.swapaxes(1, 2), rng.standard_normal((4, 5))
    size = np.einsum("fjj->fj", matrix)
    move, pivot = step(gradient, matrix, size)
    assert move == pytest.approx(-np.linalg.solve(matrix, gradient[:, :, None])[:, :, 0])
    assert np.all(pivot > 0)
    bent = matrix - 3.0 * np.eye(5) * size.max()
    move, pivot = step(gradient, bent, size)
    assert np.all(np.vecdot(move, gradient) < 0)
    assert np.all(pivot < 0)
