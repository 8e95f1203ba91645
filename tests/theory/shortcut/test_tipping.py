"""Tipping points of the worst group against roots of its error."""

import jax
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from theory.shortcut import (
    Features,
    critical_correlation,
    critical_share,
    critical_stiffness,
    critical_weight,
    fitted,
    group_errors,
    mixed_correlation,
    strengths,
    weighted_correlation,
    worst_error,
)

STRENGTH = st.floats(0.05, 20.0)
POSITIVE = st.floats(0.2, 3.0)
FEATURES = st.builds(Features, POSITIVE, POSITIVE, POSITIVE, POSITIVE)
critical, worst = jax.jit(critical_correlation), jax.jit(worst_error)
stiffness, weights = jax.jit(critical_stiffness), jax.jit(fitted)
tuned = jax.jit(lambda f, l, start: group_errors(f, fitted(f, 0.0, l, start))[1])


@settings(max_examples=30, deadline=None)
@given(STRENGTH, STRENGTH, st.floats(1.01, 2.0))
def test_tipping_correlation_solves_its_quadratic(core: float, other: float, more: float) -> None:
    r = float(critical(core, other))
    assert core * (1 + other * (1 - r**2)) == pytest.approx(r * other, rel=1e-9)
    assume(abs(other / core - 1) > 1e-9)
    assert (r < 1) == (other > core)
    assert float(critical(more * core, other)) > r
    assert float(critical(core, more * other)) < r
    assert float(critical(core, core)) == pytest.approx(1.0)


@settings(max_examples=30, deadline=None)
@given(FEATURES, st.floats(0.0, 2.0))
def test_worst_group_is_at_chance_at_the_tip(f: Features, ridge: float) -> None:
    core, other = strengths(f, ridge)
    assume(float(core) < 0.99 * float(other))
    r = float(critical(core, other))
    assert float(worst(f, r, ridge)) == pytest.approx(0.5, abs=1e-9)
    assert float(worst(f, 0.99 * r, ridge)) < 0.5 < float(worst(f, min(1.01 * r, 1.0), ridge))


@settings(max_examples=30, deadline=None)
@given(st.floats(0.5, 0.99), st.floats(0.05, 0.45), st.floats(-0.5, 0.0))
def test_remedies_reach_the_tip(before: float, tip: float, clean: float) -> None:
    share = critical_share(before, tip, clean)
    assert 0 < float(share) < 1
    assert float(mixed_correlation(share, before, clean)) == pytest.approx(tip)
    weight = critical_weight(before, tip)
    assert float(weight) > 1
    assert float(weighted_correlation(before, weight)) == pytest.approx(tip)
    assert float(weighted_correlation(before, 1.0)) == pytest.approx(before)


@settings(max_examples=30, deadline=None)
@given(FEATURES, st.floats(0.7, 0.99))
def test_critical_stiffness_is_the_only_root(f: Features, r: float) -> None:
    start = tuple(float(w) for w in weights(f, r))
    assume(f.core * start[0] < 0.95 * f.spurious * start[1])
    place = float(stiffness(f, start))
    root = brentq(lambda l: float(tuned(f, l, start)) - 0.5, 1e-6, 1e6)
    assert place == pytest.approx(root, rel=1e-6)
    levels = np.geomspace(1e-3, 1e5, 40)
    above = np.array([float(tuned(f, l, start)) > 0.5 for l in levels])
    assert np.array_equal(above, levels > place)


def test_no_stiffness_is_critical_where_pre_training_is_better_than_chance() -> None:
    f = Features(2.0, 1.0, 1.0, 1.0)
    assert np.isnan(float(stiffness(f, (1.0, 0.1))))


def test_gradients_equal_finite_differences() -> None:
    h = 1e-6
    expected = (critical(1.0 + h, 4.0) - critical(1.0 - h, 4.0)) / (2 * h)
    assert float(jax.grad(critical)(1.0, 4.0)) == pytest.approx(float(expected), rel=1e-6)
    program = jax.jit(lambda s: critical_stiffness(Features(1.0, 1.0, 2.0, 1.0), (0.1, s)))
    expected = (program(0.4 + h) - program(0.4 - h)) / (2 * h)
    assert float(jax.grad(program)(0.4)) == pytest.approx(float(expected), rel=1e-6)
