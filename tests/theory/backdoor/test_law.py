"""The law of backdoors against brute force, limits, its properties and finite differences."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from theory.backdoor import attack, count_law, critical_count
from theory.ridge import excess_risk, mean_weights

COUNTS = st.floats(1.0, 60.0)
SAMPLES = st.floats(500.0, 1e5)
PENALTIES = st.floats(20.0, 500.0)
TRIGGERS = st.floats(1.0, 6.0)
VARIANCES = st.floats(0.0, 0.1)
D = 20


@jax.jit
def success(count, n, penalty, trigger, variance):
    return attack(n, count, penalty, d=D, trigger=trigger, variance=variance).success


@jax.jit
def critical(n, penalty, trigger, variance):
    return critical_count(n, penalty, d=D, trigger=trigger, variance=variance)


@jax.jit
def leading(n, penalty, trigger, variance):
    return count_law(n, penalty, d=D, trigger=trigger, variance=variance)


@given(COUNTS, SAMPLES, PENALTIES, TRIGGERS, VARIANCES)
@settings(max_examples=25, deadline=None)
def test_success_rises_with_count_and_trigger_and_falls_with_penalty_and_noise(
    count, n, penalty, trigger, variance
):
    at = success(count, n, penalty, trigger, variance)
    assert 0.0 < at < 1.0
    assert success(1.05 * count, n, penalty, trigger, variance) > at
    assert success(count, n, penalty, 1.05 * trigger, variance) > at
    # Only while the attack is below its plateau: deviation and margin fall with the penalty too.
    if at > 0.05:
        assert success(count, n, 1.05 * penalty, trigger, variance) < at
    if 0.05 < at < 0.5:
        assert success(count, n, penalty, trigger, variance + 0.02) < at


@given(SAMPLES, PENALTIES, st.floats(2.0, 6.0), VARIANCES)
@settings(max_examples=25, deadline=None)
def test_half_succeed_at_the_critical_count(n, penalty, trigger, variance):
    count = critical(n, penalty, trigger, variance)
    assert success(count, n, penalty, trigger, variance) == pytest.approx(0.5, abs=1e-9)


@given(SAMPLES, PENALTIES, TRIGGERS, VARIANCES)
@settings(max_examples=25, deadline=None)
def test_leading_law_is_linear_in_the_penalty_and_inverse_in_the_squared_trigger(
    n, penalty, trigger, variance
):
    at = leading(n, penalty, trigger, variance)
    double = leading(n, penalty, 2.0 * trigger, variance)
    assert double == pytest.approx(float(at) / 4.0, rel=1e-12)
    # With margin and kept share fixed the count is linear in L; both change with L by O(L / n).
    ample = [leading(1e9, c * penalty, trigger, 0.0) for c in (1.0, 2.0)]
    assert ample[1] == pytest.approx(2.0 * float(ample[0]), rel=1e-4)


def test_critical_count_tends_to_the_leading_law():
    for n in (1e4, 1e5, 1e6):
        share = float(critical(n, 200.0, 3.0, 0.0) / leading(n, 200.0, 3.0, 0.0)) - 1.0
        assert share == pytest.approx(-1.2 * 17.8 / n, rel=0.1)


def test_leading_law_at_the_three_regimes():
    constant = [leading(n, 200.0, 3.0, 0.0) for n in (1000.0, 4000.0, 16000.0)]
    np.testing.assert_allclose(constant, [17.374, 17.685, 17.755], rtol=2e-4)
    shared = [leading(n, 0.1 * n, 3.0, 0.0) for n in (1000.0, 4000.0, 16000.0)]
    np.testing.assert_allclose(shared, [8.8731, 35.015, 139.59], rtol=2e-4)
    crossing = [leading(n, 50.0, 3.0, 0.03) for n in (1000.0, 4000.0, 16000.0)]
    np.testing.assert_allclose(crossing, [7.1249, 15.095, 47.087], rtol=2e-4)


def test_without_poisons_the_attack_is_the_clean_classifier_of_ridge():
    n, penalty = 2000.0, 100.0
    found = jax.jit(lambda: attack(n, 0.0, penalty, d=50))()
    spectrum, beta = jnp.ones(50).at[0].set(5.0), jnp.zeros(50).at[0].set(2.0 / 5.0)
    weights = jax.jit(mean_weights)(spectrum, beta, n, penalty / n)
    assert found.margin == pytest.approx(float(2.0 * weights[0]), rel=1e-10)
    assert found.shift == 0.0
    assert found.success == pytest.approx(norm.cdf(-found.margin / found.deviation), rel=1e-10)
    # |w|^2 = |beta|^2 + ... is tied to the excess risk, sum_i l_i E (w_i - beta_i)^2, of ridge.
    noise = 1.0 / 5.0
    excess = jax.jit(excess_risk)(spectrum, beta, n, penalty / n, noise)
    along = 5.0 * (found.margin / 2.0 - 0.4) ** 2
    spread = found.deviation**2 - (found.margin / 2.0) ** 2
    assert float(spread) < float(excess - along) < 1.05 * float(spread)


def test_law_holds_for_drawn_training_sets():
    n, count, penalty, d = 1500, 30, 80.0, 12
    rng = np.random.default_rng(0)
    shifts, margins = [], []
    for _ in range(150):
        label = rng.choice([-1.0, 1.0], n)
        x = rng.standard_normal((n + count, d + 1))
        x[:n, d], x[n:, d] = 0.1 * x[:n, d], 3.0
        x[:, 0] += 2.0 * np.concatenate([label, -np.ones(count)])
        y = np.concatenate([label, np.ones(count)])
        w = np.linalg.solve(x.T @ x + penalty * np.eye(d + 1), x.T @ y)
        shifts.append(3.0 * w[d])
        margins.append(2.0 * w[0])
    law = jax.jit(lambda: attack(n, count, penalty, d=d, variance=0.01))()
    for values, predicted in ((shifts, law.shift), (margins, law.margin)):
        error = np.std(values, ddof=1) / np.sqrt(len(values))
        assert abs(np.mean(values) - predicted) < 4.0 * error + 0.002


@given(SAMPLES, PENALTIES, st.floats(2.0, 6.0), st.floats(0.001, 0.1))
@settings(max_examples=15, deadline=None)
def test_gradients_agree_with_finite_differences(n, penalty, trigger, variance):
    point = (n, penalty, trigger, variance)
    slopes = GRADIENT(*point)
    for place, slope in enumerate(slopes):
        h = 1e-4 * point[place]
        high, low = (
            critical(*(v + s * h * (i == place) for i, v in enumerate(point))) for s in (1, -1)
        )
        assert slope == pytest.approx(float(high - low) / (2 * h), rel=1e-4, abs=1e-8)


GRADIENT = jax.jit(jax.jacfwd(critical, argnums=(0, 1, 2, 3)))
