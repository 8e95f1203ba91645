"""Wasserstein distances against scipy, by assignment, and of shifted samples."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment
from scipy.stats import wasserstein_distance

from jaxuim.measure import sliced_wasserstein, wasserstein_1d

seeds = st.integers(0, 2**32 - 1)


@given(seeds, st.integers(1, 30), st.integers(1, 30))
def test_order_one_is_scipys_for_any_two_sizes(seed: int, n: int, m: int) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.standard_normal(n), rng.standard_normal(m)
    assert wasserstein_1d(x, y) == pytest.approx(wasserstein_distance(x, y), abs=1e-9)


@given(seeds, st.floats(1.0, 4.0))
def test_other_orders_are_the_best_assignment(seed: int, order: float) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.standard_normal((2, 12))
    cost = np.abs(x[:, None] - y) ** order
    best = cost[linear_sum_assignment(cost)].mean() ** (1.0 / order)
    assert wasserstein_1d(x, y, order) == pytest.approx(best)
    thrice = np.repeat(x, 3)  # the same law, by the path for unequal sizes
    assert wasserstein_1d(thrice, y, order) == pytest.approx(best)


@given(seeds, st.sampled_from([1.0, 2.0]))
def test_sliced_equals_a_loop_over_directions(seed: int, order: float) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.standard_normal((20, 4)), rng.standard_normal((15, 4))
    directions = np.random.default_rng(5).standard_normal((4, 40))
    directions /= np.linalg.norm(directions, axis=0)
    powers = [wasserstein_1d(x @ u, y @ u, order) ** order for u in directions.T]
    found = sliced_wasserstein(x, y, order=order, projections=40, seed=5)
    assert found == pytest.approx(np.mean(powers) ** (1.0 / order))


def test_a_shift_costs_its_length_over_the_root_of_dimensions() -> None:
    x = np.random.default_rng(0).standard_normal((50, 4))
    shift = np.array([3.0, 0.0, 4.0, 0.0])
    found = sliced_wasserstein(x, x + shift, projections=4000)
    # the mean of (theta'v)^2 is |v|^2 / d, with variance 2 (d - 1) |v|^4 / (d^2 (d + 2))
    error = 25.0 / 4.0 * np.sqrt(2 * 3 / 6 / 4000)
    assert found**2 == pytest.approx(25.0 / 4.0, abs=4 * error)
    assert sliced_wasserstein(x, x[::-1]) == pytest.approx(0.0, abs=1e-12)


def test_bad_input_is_refused() -> None:
    with pytest.raises(ValueError, match=r"order = 0.5; allowed is at least 1"):
        wasserstein_1d([0.0], [1.0], 0.5)
    with pytest.raises(ValueError, match="projections = 0; allowed is at least 1"):
        sliced_wasserstein([[0.0]], [[1.0]], projections=0)
    with pytest.raises(ValueError, match=r"other\[0\] = inf"):
        wasserstein_1d([0.0], [np.inf])


def test_high_orders_and_extreme_scales_neither_overflow_nor_vanish() -> None:
    x, y = np.array([0.0, 3.0, 5.0]), np.array([1.0, 2.0, 50.0])
    assert wasserstein_1d(x, y, 500) == pytest.approx(45.0 * (1 / 3) ** (1 / 500))
    assert wasserstein_1d(x, y[:2], 500) == pytest.approx(3.0 * (1 / 3) ** (1 / 500))
    for scale in (1e-200, 1e200):
        assert wasserstein_1d(scale * x, scale * y, 2.0) == pytest.approx(
            scale * wasserstein_1d(x, y, 2.0)
        )
    assert sliced_wasserstein(x[:, None], y[:, None], order=500) == pytest.approx(
        wasserstein_1d(x, y, 500)
    )
    assert wasserstein_1d(x, x, 500) == 0.0
