"""Tests of the transition of feature learning against dense matrices, symmetry and limits."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.feature_learning import (
    component_overlap,
    critical_noise,
    left_overlap,
    probe_excess,
    residual_overlap,
    right_overlap,
    signal,
    top_singular_value,
    weight_variance,
)

ratios = st.floats(0.02, 3.0)
aspects = st.floats(0.1, 10.0)
quick = settings(max_examples=40, deadline=None)


@quick
@given(ratios, aspects)
def test_overlaps_are_shares_and_swap_with_the_sides(ratio: float, aspect: float) -> None:
    t = signal(ratio, aspect)
    left, right = float(left_overlap(t, aspect)), float(right_overlap(t, aspect))
    assert 0.0 <= left <= 1.0
    assert 0.0 <= right <= 1.0
    transposed = signal(ratio, 1.0 / aspect)
    assert right == pytest.approx(float(left_overlap(transposed, 1.0 / aspect)), abs=1e-12)
    assert (left > 0) == (ratio < 1)


@quick
@given(st.floats(0.02, 0.9), aspects)
def test_overlap_falls_with_noise(ratio: float, aspect: float) -> None:
    nearer = float(left_overlap(signal(ratio * 1.05, aspect), aspect))
    assert nearer < float(left_overlap(signal(ratio, aspect), aspect))


@quick
@given(aspects)
def test_continuous_at_the_threshold(aspect: float) -> None:
    t = signal(1.0 - 1e-9, aspect)
    assert float(left_overlap(t, aspect)) == pytest.approx(0.0, abs=1e-7)
    edge = 1.0 + np.sqrt(aspect)
    assert float(top_singular_value(t, aspect)) == pytest.approx(edge, rel=1e-9)
    assert float(top_singular_value(0.5 * t, aspect)) == pytest.approx(edge, rel=1e-12)


def test_threshold_is_symmetric_in_dimension_and_tasks() -> None:
    one = float(critical_noise(1.3, 500, 80, 20))
    variance = float(weight_variance(one, 500, 80))
    assert variance * np.sqrt(80 * 20) == pytest.approx(1.3**2, rel=1e-12)
    assert float(critical_noise(1.3, 500 - 60, 20, 80)) == pytest.approx(one, rel=1e-12)


def test_square_case_is_a_straight_line() -> None:
    ratio = np.linspace(0.1, 0.9, 9)
    np.testing.assert_allclose(left_overlap(signal(ratio, 1.0), 1.0), 1.0 - ratio, atol=1e-12)


def test_matches_the_resolvent_equations() -> None:
    """Solve the cavity equations 1/a = z - b, 1/b = z - c a and the outlier condition apart."""
    c, t = 1.7, 3.0
    z = float(top_singular_value(t, c))
    a = b = 0.0
    for _ in range(2000):
        a, b = 1.0 / (z - b), 1.0 / (z - c * a)
    assert a * b * t == pytest.approx(1.0, rel=1e-9)

    def product(x: float) -> float:
        a = b = 0.0
        for _ in range(2000):
            a, b = 1.0 / (x - b), 1.0 / (x - c * a)
        return a * b

    slope = (product(z + 1e-5) - product(z - 1e-5)) / 2e-5
    # The overlap is the residue of the resolvent at the outlier.
    assert float(left_overlap(t, c)) == pytest.approx(-2.0 * a / (t * slope), rel=1e-5)
    assert float(right_overlap(t, c)) == pytest.approx(-2.0 * b / (t * slope), rel=1e-5)


def test_tall_limit_of_components() -> None:
    assert float(component_overlap(1.0, 1e-9)) == pytest.approx(1.0, abs=1e-8)
    assert float(component_overlap(0.5, 0.26)) == 0.0


def test_probe_and_residual() -> None:
    rng = np.random.default_rng(0)
    q, n, count = 0.6, 12, 20000
    x = rng.standard_normal((count, n))
    y = np.sqrt(q) * x + np.sqrt(1 - q + 0.3) * rng.standard_normal((count, n))
    slope = np.sum(x * y, 1) / np.sum(x * x, 1)
    risk = 1 - q + (slope - np.sqrt(q)) ** 2
    error = risk.std() / np.sqrt(count)
    assert abs(risk.mean() - float(probe_excess(q, 1.0, 0.3, n))) < 4.5 * error
    assert float(residual_overlap(1e9, 2.0, 50)) == pytest.approx(1 / 50, rel=1e-6)


@pytest.mark.parametrize("law", [left_overlap, right_overlap, top_singular_value])
@pytest.mark.parametrize("ratio", [0.3, 0.7, 1.8])
def test_gradients(law, ratio: float) -> None:  # type: ignore[no-untyped-def]
    def value(r: jax.Array) -> jax.Array:
        return jnp.asarray(law(signal(r, 2.0), 2.0))

    step = 1e-6
    slope = (value(jnp.asarray(ratio + step)) - value(jnp.asarray(ratio - step))) / (2 * step)
    found = float(jax.grad(value)(jnp.asarray(ratio)))
    assert found == pytest.approx(float(slope), rel=1e-6, abs=1e-8)
