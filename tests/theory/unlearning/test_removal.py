"""Removing points: against fitting again, order, batches, bounds and iterations."""

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from theory import unlearning as theory

FEW = settings(max_examples=15, deadline=None)
Array = NDArray[np.float64]
seeds = st.integers(0, 2**32 - 1)
penalties = st.floats(0.05, 20.0)
_fitted = jax.jit(theory.fitted)
_unlearned = jax.jit(theory.unlearned)
_leverages = jax.jit(theory.leverages)
_influence_step = jax.jit(theory.influence_step)


def _data(seed: int) -> tuple[Array, Array]:
    rng = np.random.default_rng(seed)
    return rng.standard_normal((14, 6)), rng.standard_normal(14)


@FEW
@given(seed=seeds, penalty=penalties)
def test_unlearning_is_fitting_again_in_any_order(seed: int, penalty: float) -> None:
    x, y = _data(seed)
    again = np.asarray(_fitted(x[3:], y[3:], penalty))
    for order in ([0, 1, 2], [2, 0, 1]):
        found = _unlearned(x, y, penalty, np.array(order))
        np.testing.assert_allclose(found, again, rtol=1e-8, atol=1e-10)
    # One by one: each removal starts from the data that are left.
    one_by_one = _unlearned(x[2:], y[2:], penalty, np.array([0]))
    np.testing.assert_allclose(one_by_one, again, rtol=1e-8, atol=1e-10)


@FEW
@given(seed=seeds, penalty=penalties)
def test_leverages_and_the_bound_on_influence_steps(seed: int, penalty: float) -> None:
    x, y = _data(seed)
    chosen = np.arange(3)
    values = np.linalg.eigvalsh(np.asarray(_leverages(x, penalty, chosen)))
    assert np.all(values > 0)
    assert np.all(values < 1)
    gram = x.T @ x + penalty * np.eye(6)
    fit, again = (np.asarray(_fitted(x[k:], y[k:], penalty)) for k in (0, 3))
    left = np.asarray(_influence_step(x, y, penalty, chosen)) - again
    moved = fit - again
    assert np.sqrt(left @ gram @ left) <= values[-1] * np.sqrt(moved @ gram @ moved) + 1e-12


@FEW
@given(seed=seeds, penalty=penalties)
def test_what_single_steps_and_iterations_leave(seed: int, penalty: float) -> None:
    x, y = _data(seed)
    fit = np.asarray(_fitted(x, y, penalty))
    again = np.asarray(_fitted(x[1:], y[1:], penalty))
    h = float(_leverages(x, penalty, np.array([0]))[0, 0])
    residual = float(y[0] - x[0] @ fit)
    left_out = float(theory.left_out_residual(residual, h))
    assert left_out == pytest.approx(float(y[0] - x[0] @ again), rel=1e-8)
    step = np.asarray(_influence_step(x, y, penalty, np.array([0])))
    np.testing.assert_allclose(step - again, h * (fit - again), rtol=1e-6, atol=1e-10)
    gram, weights = x.T @ x + penalty * np.eye(6), fit
    for j in range(1, 4):
        right = x.T @ y - x[0] * y[0] + x[0] * (x[0] @ weights)
        weights = np.linalg.solve(gram, right)
        share = float(theory.remaining_share(h, j))
        np.testing.assert_allclose(weights - again, share * (fit - again), rtol=1e-6, atol=1e-10)


@FEW
@given(seed=seeds, penalty=penalties, rate=st.floats(0.001, 0.1))
def test_ascent_matches_retraining_after_predicted_steps(
    seed: int, penalty: float, rate: float
) -> None:
    x, y = _data(seed)
    h = float(_leverages(x, penalty, np.array([0]))[0, 0])
    square = float(x[0] @ x[0])
    steps = float(theory.matching_steps(h, rate, square))
    assert (1 + rate * square) ** steps == pytest.approx(1 / (1 - h), rel=1e-9)
    weights = np.asarray(_fitted(x, y, penalty))
    before = y[0] - x[0] @ weights
    weights = weights - rate * before * x[0]
    assert y[0] - x[0] @ weights == pytest.approx(before * (1 + rate * square), abs=1e-10)


def test_leverage_differentiates_in_the_penalty() -> None:
    x, _ = _data(0)
    one = np.array([0])
    leverage = lambda penalty: _leverages(x, penalty, one)[0, 0]
    step = 1e-5
    slope = float(leverage(2.0 + step) - leverage(2.0 - step)) / (2 * step)
    assert float(jax.jit(jax.grad(leverage))(2.0)) == pytest.approx(slope, rel=1e-6)
