"""Isotropic transfer: the parabola, its special rates, and exact sampling against real data."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from theory.transfer import (
    Tasks,
    best_rate,
    best_stiffness,
    catastrophic_rate,
    fine_tuned,
    flip_gain,
    interpolated,
    residual,
    tipping_noise,
)
from theory.transfer.least_squares_runs import pretrain, squared_residual
from theory.transfer.second_stage_runs import fine_tune, interpolate

cosines, noises = st.floats(0.05, 1.0), st.floats(0.0, 3.0)
dimensions, sizes = st.integers(3, 200), st.floats(0.3, 3.0)
ratios = st.floats(1.2, 20.0)


def _tasks(cosine: float, d: int, ratio: float, noise: float, size: float) -> Tasks:
    return Tasks(cosine, d, round(ratio * d) + 3, noise, 1.0, size)


@given(cosines, dimensions, ratios, noises, sizes)
def test_best_rate_minimises_the_residual(
    cosine: float, d: int, ratio: float, noise: float, size: float
) -> None:
    tasks = _tasks(cosine, d, ratio, noise, size)
    grid = jnp.linspace(0.0, 0.5, 401)
    best = best_rate(tasks)
    assert residual(best, tasks) <= residual(grid, tasks).min() + 1e-12
    room = 1.0 - float(flip_gain(tasks))
    assert (float(best) > 0) == (room > 0 and cosine * size < room)


@given(cosines, dimensions, ratios, noises, sizes)
def test_catastrophic_rate_parts_help_from_harm(
    cosine: float, d: int, ratio: float, noise: float, size: float
) -> None:
    tasks = _tasks(cosine, d, ratio, noise, size)
    critical = float(catastrophic_rate(tasks))
    grid = np.linspace(0.0, 0.5, 401)
    harm = np.asarray(residual(jnp.asarray(grid), tasks)) - size**2
    if np.isnan(critical):
        assert harm.min() > -1e-9
        return
    assert float(residual(critical, tasks)) == pytest.approx(size**2, abs=1e-9)
    assert (harm[grid > critical + 1e-9] > 0).all()


@given(st.floats(0.51, 1.0), dimensions, ratios)
def test_tipping_noise_is_where_the_residual_is_that_of_scratch(
    cosine: float, d: int, ratio: float
) -> None:
    tasks = _tasks(cosine, d, ratio, 0.0, 1.0)
    tip = float(tipping_noise(tasks))
    assert float(residual(0.0, tasks._replace(noise=tip))) == pytest.approx(1.0, abs=1e-9)


@given(st.floats(0.1, 2.0), st.floats(0.05, 2.0))
def test_best_stiffness_minimises_the_risk(squared: float, noise: float) -> None:
    best = best_stiffness(squared, 30, 20, noise)
    assume(1e-3 < best < 50)
    around = best * jnp.exp(jnp.array([-0.2, 0.0, 0.2]))
    left, middle, right = jax.vmap(lambda r: fine_tuned(squared, 30, 20, r, noise))(around)
    assert middle < left and middle < right


def test_no_ridge_leaves_the_interpolant_in_high_dimension() -> None:
    limit = fine_tuned(0.7, 2000, 1000, 0.0, 0.2)
    assert float(limit) == pytest.approx(float(interpolated(0.7, 2000, 1000, 0.2)), rel=2e-3)


def test_gradient_agrees_with_finite_differences() -> None:
    def place(noise: jax.Array) -> jax.Array:
        return catastrophic_rate(Tasks(0.6, 100, 600, noise))

    difference = (place(jnp.asarray(0.2 + 1e-6)) - place(jnp.asarray(0.2 - 1e-6))) / 2e-6
    assert float(jax.grad(place)(0.2)) == pytest.approx(float(difference), rel=1e-6)


def _regressions(tasks: Tasks, rates: np.ndarray, runs: int) -> np.ndarray:
    """Return |beta_2 - w|^2 of least squares on data, (runs, rates)."""
    rng, d, n = np.random.default_rng(5), tasks.dimension, tasks.samples
    beta2 = np.zeros(d)
    beta2[:2] = tasks.cosine, np.sqrt(1 - tasks.cosine**2)
    found = []
    for _ in range(runs):
        x, noise = rng.normal(size=(n, d)), np.sqrt(tasks.noise) * rng.normal(size=n)
        sign = np.where(rng.random((n, 1)) < rates, -1.0, 1.0)
        weights = np.linalg.lstsq(x, sign * (x[:, 0] + noise)[:, None], rcond=None)[0]
        found.append(np.sum((weights - beta2[:, None]) ** 2, axis=0))
    return np.array(found)


def test_scalars_are_distributed_as_regressions_on_data() -> None:
    tasks, rates = Tasks(0.6, 5, 24, 0.5), np.array([0.0, 0.2, 0.4])
    real = _regressions(tasks, rates, 3000)
    drawn = squared_residual(pretrain(np.random.default_rng(1), 30_000, rates, tasks), tasks)
    expected = np.asarray(jax.vmap(lambda r: residual(r, tasks))(jnp.asarray(rates)))
    for sample in (real, drawn):
        error = sample.std(axis=0) / np.sqrt(len(sample))
        assert (np.abs(sample.mean(axis=0) - expected) < 4.5 * error).all()
    # Beyond the mean: quantiles, in units of their own error.
    for share in (0.1, 0.5, 0.9):
        gap = np.mean(real < np.quantile(drawn, share, axis=0), axis=0) - share
        assert (np.abs(gap) < 4.5 * np.sqrt(share * (1 - share) * 1.1 / len(real))).all()


def test_tridiagonal_fine_tuning_is_that_on_data() -> None:
    d, n, ridge, noise, runs = 7, 5, 0.3, 0.2, 3000
    rng = np.random.default_rng(2)
    drawn = fine_tune(rng, 20_000, d, n, ridge, noise).excess(np.full((20_000, 1), 0.9))[:, 0]
    start, real = np.sqrt(0.9) * np.eye(d)[3], []
    for _ in range(runs):
        x = rng.normal(size=(n, d))
        y = x @ start + np.sqrt(noise) * rng.normal(size=n)
        tuned = np.linalg.solve(x.T @ x + n * ridge * np.eye(d), x.T @ y)
        real.append(np.sum((tuned - start) ** 2))
    for share in (0.1, 0.5, 0.9):
        gap = np.mean(np.array(real) < np.quantile(drawn, share)) - share
        assert abs(gap) < 4.5 * np.sqrt(share * (1 - share) * 1.2 / runs)


def test_interpolant_has_the_predicted_mean() -> None:
    drawn = interpolate(np.random.default_rng(3), 40_000, 40, 16, 0.3)
    risk = drawn.excess(np.full((40_000, 1), 0.8))[:, 0]
    expected = float(interpolated(0.8, 40, 16, 0.3))
    assert abs(risk.mean() - expected) < 4.5 * risk.std() / 200.0
