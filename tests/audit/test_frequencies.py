"""Tail exponents of known laws are recovered; balance and groups give no false alarm."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from jaxuim.audit import class_balance, hill, wilson, zipf


@pytest.mark.parametrize("alpha", [0.8, 1.5, 3.0])
def test_hill_recovers_pareto_exponents_within_standard_errors(alpha):
    rng = np.random.default_rng(0)
    samples = rng.pareto(alpha, (300, 2000)) + 1
    found = [hill(x, 400) for x in samples]
    estimates = np.array([f.alpha for f in found])
    error = alpha / np.sqrt(398)
    assert abs(estimates.mean() - alpha) < 4 * error / np.sqrt(300)
    assert estimates.std() == pytest.approx(error, rel=0.2)
    inside = np.mean([f.lower <= alpha <= f.upper for f in found])
    assert abs(inside - 0.95) < 4 * np.sqrt(0.95 * 0.05 / 300)


def test_the_textbook_estimate_is_given_beside_the_unbiased_one():
    x = np.exp(np.array([3.0, 2.5, 1.5, 1.0, 0.0]))
    found = hill(np.append(x, 0.5), 4)
    assert found.hill == pytest.approx(1 / 2.0)
    assert found.alpha == pytest.approx(3 / 4 / 2.0)


def test_the_chosen_tail_leaves_the_bulk_out():
    """Below 10 the sample is uniform, above it Pareto of exponent 2."""
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.uniform(0, 10, 4000), 10 * (rng.pareto(2.0, 2000) + 1)])
    found = hill(x)
    assert 500 <= found.k <= 2200
    assert found.threshold >= 9
    assert found.alpha == pytest.approx(2.0, abs=4 * found.error)
    assert hill(x, 5500).upper < 1.5  # with the bulk in it, the tail would seem much heavier


@given(st.integers(0, 2**32 - 1), st.floats(0.5, 4.0), st.floats(0.01, 100.0))
def test_hill_has_no_unit_and_powers_divide_it(seed, power, unit):
    x = np.random.default_rng(seed).pareto(1.5, 200) + 1
    assert hill(unit * x, 50).alpha == pytest.approx(hill(x, 50).alpha, rel=1e-6)
    assert hill(x**power, 50).alpha == pytest.approx(hill(x, 50).alpha / power, rel=1e-6)


def test_hill_without_a_tail_is_nan():
    assert np.isnan(hill([5.0] * 30).alpha)
    assert np.isnan(hill([1.0, 2.0, 3.0]).alpha)
    assert hill([0.0, -1.0, 2.0]).n == 1


@pytest.mark.parametrize("k", [2, 20])
def test_hill_refuses_impossible_tails(k):
    with pytest.raises(ValueError, match=f"k is {k} with 20 positive values"):
        hill(np.arange(1.0, 21.0), k)


def test_hill_refuses_what_is_no_sample():
    with pytest.raises(ValueError, match="finite numbers"):
        hill([1.0, np.nan])


@pytest.mark.parametrize("exponent", [0.5, 1.0, 2.0])
def test_zipf_laws_are_recovered(exponent):
    found = zipf(1e9 / np.arange(1, 400) ** exponent)
    assert found.exponent == pytest.approx(exponent, rel=0.05)
    assert found.lower < exponent < found.upper
    assert found.r_squared > 0.99


def test_zipf_intervals_hold_the_law_of_drawn_tails():
    """Pareto draws of exponent alpha are a Zipf law of exponent 1/alpha."""
    rng = np.random.default_rng(0)
    found = [zipf(rng.pareto(1.25, 300) + 1) for _ in range(300)]
    inside = np.mean([f.lower <= 0.8 <= f.upper for f in found])
    assert abs(inside - 0.95) < 4 * np.sqrt(0.95 * 0.05 / 300) + 0.02


def test_zipf_of_few_or_equal_classes():
    assert np.isnan(zipf([10, 5]).exponent)
    assert zipf([7, 7, 7]).exponent == 0


def test_the_level_of_a_long_tail_is_its_dial():
    """n_c = n_0 100^(-level c / (K - 1)), this library's exponential profile."""
    counts = np.rint(10_000 * 100.0 ** (-0.6 * np.arange(10) / 9))
    found = class_balance(counts)
    assert found.level == pytest.approx(0.6, abs=0.01)
    assert found.p_value < 1e-6
    assert found.lower < found.ratio < found.upper


def test_equal_classes_are_rarely_called_unequal():
    counts = np.random.default_rng(0).multinomial(1000, [0.1] * 10, size=400)
    alarms = np.mean([class_balance(row).p_value < 0.05 for row in counts])
    assert abs(alarms - 0.05) < 4 * np.sqrt(0.05 * 0.95 / 400)


def test_the_interval_of_the_imbalance_ratio_knows_that_extremes_were_picked():
    rng = np.random.default_rng(0)
    for shares in ([0.1] * 10, [0.3, 0.2, 0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.03, 0.02]):
        true = max(shares) / min(shares)
        found = [class_balance(row) for row in rng.multinomial(1000, shares, 400)]
        inside = np.mean([f.lower <= true + 1e-9 and true <= f.upper for f in found])
        assert inside > 0.95 - 4 * np.sqrt(0.05 * 0.95 / 400)
        assert all(f.lower <= f.ratio <= f.upper for f in found)
    assert np.mean([f.lower > 4 for f in found]) > 0.9  # and yet it says something


@pytest.mark.parametrize("counts", [[np.inf, 1], [1.5, 2.5]])
def test_class_balance_refuses_what_is_no_number_of_examples(counts):
    with pytest.raises(ValueError, match="whole numbers are needed"):
        class_balance(counts)


@pytest.mark.parametrize("counts", [[5], [5, 0], [[1, 2]], [3, np.nan]])
def test_class_balance_refuses(counts):
    with pytest.raises(ValueError, match="at least 2 classes"):
        class_balance(counts)


@given(st.integers(0, 60), st.integers(1, 60), st.floats(0.5, 0.99))
def test_wilson_is_that_of_scipy(hits, n, confidence):
    hits = min(hits, n)
    found = wilson(hits, n, confidence)
    known = stats.binomtest(hits, n).proportion_ci(confidence, method="wilson")
    assert (found.lower, found.upper) == pytest.approx((known.low, known.high), abs=1e-9)


def test_wilson_refuses():
    with pytest.raises(ValueError, match="3 of n = 2"):
        wilson(3, 2)
