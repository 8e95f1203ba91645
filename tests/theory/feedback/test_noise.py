"""Finite populations against exact transition matrices, linear feedback against series."""

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats

from theory import feedback as theory
from theory.feedback.simulated import deviations, estimates, populations, ramps, sharpened

FEW = settings(max_examples=15, deadline=None)
Array = NDArray[np.float64]


def _stationary(agents: int, s: float, b: float) -> tuple[Array, Array, Array]:
    """Return shares, their exact stationary probabilities and the transition matrix."""
    share = np.arange(agents + 1) / agents
    chance = sharpened(np.clip(share, 0.0, 1.0 - 1e-15), 0.5, s, b)
    matrix = stats.binom.pmf(np.arange(agents + 1), agents, chance[:, None])
    system = np.vstack([matrix.T - np.eye(agents + 1), np.ones(agents + 1)])
    goal = np.append(np.zeros(agents + 1), 1.0)
    return share, np.linalg.lstsq(system, goal, rcond=None)[0], matrix


@FEW
@given(s=st.floats(0.0, 0.95), agents=st.sampled_from([10, 40]))
def test_variance_without_sharpening_is_exact(s: float, agents: int) -> None:
    share, weights, _ = _stationary(agents, s, 1.0)
    exact = weights @ (share - 0.5) ** 2
    assert float(theory.share_variance(agents, s, 1.0, cubic=True)) == pytest.approx(
        exact, rel=1e-9
    )


@pytest.mark.parametrize("product", [0.3, 0.6, 0.8])
def test_cubic_variance_and_memory_of_a_population(product: float) -> None:
    agents, b = 400, 2.0
    share, weights, matrix = _stationary(agents, product / b, b)
    off = share - 0.5
    exact = weights @ off**2
    linear, cubic = (float(theory.share_variance(agents, product / b, b, c)) for c in (False, True))
    left = abs(linear / exact - 1)
    assert abs(cubic / exact - 1) < 0.5 * left
    assert left < 6 / (agents * (1 - product**2) ** 2)
    near = (b**2 - 1) / (agents * (1 - product**2))  # what the cubic term takes off
    memory = (weights * off) @ (matrix @ off) / exact
    assert float(theory.memory(product / b, b)) == pytest.approx(memory, rel=1.5 * near)


def test_ramp_begins_and_stays_stationary() -> None:
    flat = np.asarray(theory.ramp_variance(500, np.full(20, 0.4), 1.0))
    exact = float(theory.share_variance(500, 0.4, 1.0, cubic=True))
    np.testing.assert_allclose(flat, exact, rtol=1e-12)
    rising = np.asarray(theory.ramp_variance(500, np.linspace(0.1, 0.45, 30), 2.0))
    assert np.all(np.diff(rising) > 0)
    assert rising[-1] < float(theory.share_variance(500, 0.45, 2.0))


def test_simulated_populations_have_the_exact_variance() -> None:
    rng, agents, s = np.random.default_rng(0), 100, 0.35
    share, weights, _ = _stationary(agents, s, 2.0)
    found = (populations(rng, (4000,), agents, s, 2.0, 1, settled=40)[0] - 0.5) ** 2
    exact = weights @ (share - 0.5) ** 2
    assert abs(found.mean() - exact) < 4 * found.std() / np.sqrt(found.size)
    paths = ramps(rng, (3000,), 1000, np.linspace(0.05, 0.4, 12), 2.0) - 0.5
    predicted = np.asarray(theory.ramp_variance(1000, np.linspace(0.05, 0.4, 12), 2.0))
    error = (paths**2).std(axis=0) / np.sqrt(len(paths))
    assert np.all(np.abs((paths**2).mean(axis=0) - predicted) < 4.5 * error)


@FEW
@given(sway=st.floats(-0.9, 0.9), n=st.integers(1, 100))
def test_performative_retraining_sums_its_series(sway: float, n: int) -> None:
    point = float(theory.stable_point(1.5, sway))
    assert float(theory.performative_mean(point, 1.5, sway)) == pytest.approx(point)
    series = 2.0 / n * np.sum(sway ** (2.0 * np.arange(400)))
    assert float(theory.performative_variance(n, 2.0, sway)) == pytest.approx(series, rel=1e-9)


@FEW
@given(s=st.floats(0.0, 0.7), k=st.floats(-0.5, 0.3), drift=st.floats(-1.0, 1.0))
def test_stationary_bias_is_where_rounds_end(s: float, k: float, drift: float) -> None:
    deviation = 0.0
    for _ in range(600):
        deviation = s * ((1 + k) * deviation + drift)
    assert float(theory.stationary_bias(s, k, drift)) == pytest.approx(deviation, abs=1e-10)
    slope = jax.grad(theory.stationary_bias)(s, k, drift)
    step = 1e-6
    ends = [float(theory.stationary_bias(s + sign * step, k, drift)) for sign in (1, -1)]
    assert float(slope) == pytest.approx((ends[0] - ends[1]) / (2 * step), abs=1e-6)


def test_simulated_rounds_agree_with_raw_samples() -> None:
    rng, count, n = np.random.default_rng(1), 4000, 30
    own = rng.random((count, n)) < 0.6
    centre = np.where(own, 1.3 * 0.8 + 0.1, 0.0)
    raw = (centre + rng.standard_normal((count, n))).mean(axis=1)
    fast = deviations(rng, (count,), 1, n, 0.6, 0.3, 0.1, 0.8)[0]
    error = np.hypot(raw.std(), fast.std()) / np.sqrt(count)
    assert abs(raw.mean() - fast.mean()) < 4 * error
    # The number of own samples is binomial, its spread included.
    assert fast.var() == pytest.approx(raw.var(), rel=0.12)
    theta = estimates(rng, count, 2, n, 0.5, 3.0)
    assert abs(theta[2].mean() - (1 + 0.5 * (1 + 0.5 * 3.0))) < 4 * theta[2].std() / np.sqrt(count)


@FEW
@given(product=st.floats(0.05, 0.95))
def test_recovery_time_is_a_factor_e(product: float) -> None:
    time = float(theory.recovery_time(product / 2.0, 2.0))
    assert product**time == pytest.approx(np.exp(-1.0))
