"""Bounds against closed forms, each other, exact tails and how often they fail."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from jaxuim.measure import (
    binary_kl,
    binomial_bound,
    catoni_bound,
    chernoff_bound,
    gaussian_kl,
    hoeffding_bound,
    information_bound,
    kl_inverse,
    maurer_bound,
    mcallester_bound,
    seeger_bound,
)

shares = st.floats(0.0, 1.0)
counts = st.integers(1, 10**6)
deltas = st.floats(1e-9, 0.99)
nats = st.floats(0.0, 1e5)


@given(shares, st.floats(1e-6, 1 - 1e-6))
def test_binary_kl_is_the_entropy_of_scipy(q: float, p: float) -> None:
    expected = stats.entropy([q, 1 - q], [p, 1 - p])
    assert binary_kl(q, p) == pytest.approx(expected, rel=1e-9, abs=1e-12)
    assert binary_kl(q, p) >= 2 * (q - p) ** 2 - 1e-12  # Pinsker


@given(shares, st.floats(0.0, 20.0))
def test_the_inverse_undoes_it_from_above(q: float, budget: float) -> None:
    p = float(kl_inverse(q, budget))
    assert q <= p <= 1.0
    if p < 1.0 - 1e-9 and budget > 1e-9:
        assert binary_kl(q, p) == pytest.approx(budget, rel=1e-5)
    assert kl_inverse(0.0, budget) == pytest.approx(-np.expm1(-budget), abs=1e-12)


@given(counts, st.floats(0.0, 1.0), deltas)
def test_bounds_from_a_test_set_are_in_order(n: int, share: float, delta: float) -> None:
    wrong = int(share * n)
    exact = float(binomial_bound(wrong, n, delta=delta))
    chernoff = float(chernoff_bound(wrong / n, n, delta=delta))
    hoeffding = float(hoeffding_bound(wrong / n, n, delta=delta))
    assert exact <= chernoff + 1e-9 and chernoff <= hoeffding + 1e-9
    assert wrong / n <= chernoff <= 1.0
    if wrong < n:
        assert stats.binom.cdf(wrong, n, exact) == pytest.approx(delta, rel=1e-6)


@given(shares, nats, counts, deltas)
def test_bounds_from_a_posterior_are_in_order(
    error: float, divergence: float, n: int, delta: float
) -> None:
    settings: Any = (error, divergence, n)
    maurer = float(maurer_bound(*settings, delta=delta))
    assert error <= maurer <= seeger_bound(*settings, delta=delta) + 1e-9
    assert maurer <= mcallester_bound(*settings, delta=delta) + 1e-9
    assert error - 1e-9 <= catoni_bound(*settings, delta=delta) <= 1.0


@pytest.mark.parametrize("bound", [mcallester_bound, maurer_bound, seeger_bound, catoni_bound])
def test_more_examples_less_divergence_and_more_risk_lower_a_bound(
    bound: Callable[..., np.ndarray],
) -> None:
    assert bound(0.1, 50.0, 4000) < bound(0.1, 50.0, 2000) < bound(0.1, 60.0, 2000)
    assert bound(0.1, 50.0, 2000, delta=0.2) < bound(0.1, 50.0, 2000, delta=0.01)
    assert bound(0.1, [1.0, 2.0], [[100], [200], [300]]).shape == (3, 2)


def test_the_best_catoni_scale_comes_close_to_the_inverse_of_its_own_budget() -> None:
    scales = np.geomspace(0.01, 20, 4000)
    best = catoni_bound(0.1, 20.0, 1000, scale=scales).min()
    # optimised over C it is kl^-1 with the budget (KL + log 1/delta) / n
    assert best == pytest.approx(float(kl_inverse(0.1, (20 - np.log(0.05)) / 1000)), abs=1e-6)


def test_bounds_fail_no_more_often_than_promised() -> None:
    rng = np.random.default_rng(0)
    n, p, repeats, delta = 50, 0.2, 20_000, 0.1
    wrong = rng.binomial(n, p, repeats)
    allowed = delta + 5 * np.sqrt(delta * (1 - delta) / repeats)
    assert (binomial_bound(wrong, n, delta=delta) < p).mean() < allowed
    assert (chernoff_bound(wrong / n, n, delta=delta) < p).mean() < allowed
    # a fixed posterior: every PAC-Bayes bound is a bound on one test set too
    assert (maurer_bound(wrong / n, 0.0, n, delta=delta) < p).mean() < allowed
    assert (catoni_bound(wrong / n, 0.0, n, delta=delta) < p).mean() < allowed


def test_gaussian_divergence_agrees_with_integration() -> None:
    m, s, m0, s0 = 0.3, 0.5, -0.2, 1.5
    x = np.linspace(-8, 8, 200_001)
    q, p = stats.norm.pdf(x, m, s), stats.norm.pdf(x, m0, s0)
    expected = np.trapezoid(np.where(q > 0, q * np.log(np.maximum(q, 1e-300) / p), 0), x)
    assert gaussian_kl(m, s, m0, s0) == pytest.approx(expected, rel=1e-8)
    assert gaussian_kl([m, m0], [s, s0], m0, s0) == pytest.approx(expected, rel=1e-8)
    assert gaussian_kl(np.zeros((3, 2)), 1.0) == 0.0


def test_the_information_bound_is_met_by_its_formula() -> None:
    found = information_bound(np.log(10.0), [50, 200], sigma=1.0)
    assert np.allclose(found, [np.sqrt(2 * np.log(10) / 50), np.sqrt(2 * np.log(10) / 200)])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: hoeffding_bound(1.2, 10), "error = 1.2 must lie in"),
        (lambda: chernoff_bound(0.1, 0), "n = 0 must be at least 1"),
        (lambda: binomial_bound(11, 10), "errors = 11 must be at most n = 10"),
        (lambda: binomial_bound(1, 10, delta=0.0), "delta = 0 must lie strictly between 0 and 1"),
        (lambda: maurer_bound(0.1, -1.0, 10), "divergence = -1 must be at least 0"),
        (lambda: catoni_bound(0.1, 1.0, 10, scale=0.0), "scale = 0 must be above 0"),
        (lambda: gaussian_kl(0.0, 0.0), "std = 0 must be above 0"),
        (lambda: gaussian_kl(np.nan, 1.0), "mean = nan must be finite"),
        (lambda: information_bound(np.inf, 10), "information = inf must be finite"),
    ],
)
def test_arguments_outside_their_range_are_refused(call: Callable[[], Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        call()
