"""Paired effects: against scipy, Fieller by hand and by simulation, missing pairs, units."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from jaxuim.laws import fieller, hedges_g, inherited_effect, transmission

values = arrays(np.float64, 8, elements=st.floats(-100, 100, width=32))


@given(values, values)
def test_interval_and_p_value_are_scipys_paired_t_test(v, b):
    found = inherited_effect(v, b, confidence=0.9)
    d = v - b
    assert float(found.mean) == pytest.approx(d.mean(), abs=1e-9)
    assert int(found.n) == 8
    if np.std(d) > 1e-6:
        expected = stats.ttest_rel(v, b)
        low, high = expected.confidence_interval(0.9)
        assert (float(found.lower), float(found.upper)) == pytest.approx((low, high), rel=1e-7)
        assert float(found.p_value) == pytest.approx(expected.pvalue, rel=1e-6, abs=1e-12)


def test_pairs_that_are_not_finite_are_dropped_and_counted():
    v = np.array([[1.0, 2.0], [2.0, np.nan], [4.0, 9.0], [np.inf, np.nan]])
    b = np.array([0.0, 1.0, np.nan, 0.0])
    found = inherited_effect(v, b)
    assert found.n.tolist() == [2, 1]
    assert found.mean == pytest.approx([1.0, 2.0])
    assert np.isnan(found.lower[1])
    assert np.isnan(found.p_value[1])
    nothing = inherited_effect([np.nan, np.nan], [0.0, 0.0])
    assert (int(nothing.n), np.isnan(nothing.mean)) == (0, True)


def test_level_zero_against_itself_is_exactly_nothing():
    b = np.array([0.3, 0.4, 0.2])
    found = inherited_effect(np.stack([b, b + 0.1], axis=1), b)
    assert (found.mean[0], found.lower[0], found.upper[0], found.p_value[0]) == (0, 0, 0, 1)


def test_columns_equal_single_calls_and_full_baseline_pairs_up():
    rng = np.random.default_rng(0)
    v, b = rng.standard_normal((6, 3)), rng.standard_normal(6)
    found = inherited_effect(v, b)
    full = inherited_effect(v, np.repeat(b[:, None], 3, axis=1))
    for i in range(3):
        one = inherited_effect(v[:, i], b)
        assert found.lower[i] == pytest.approx(float(one.lower))
        assert found.lower[i] == pytest.approx(full.lower[i])


def test_effect_intervals_cover():
    replicas, rng = 4000, np.random.default_rng(1)
    b = rng.standard_normal((5, replicas))
    v = b + 0.7 + 0.5 * rng.standard_normal((5, replicas))
    found = inherited_effect(v, b)
    share = np.mean((found.lower <= 0.7) & (found.upper >= 0.7))
    assert abs(share - 0.95) < 4 * np.sqrt(0.95 * 0.05 / replicas)


class TestFieller:
    """The confidence set of a ratio."""

    def test_by_hand(self):
        """A = (1, 3), b = (4, 6), n = 2: cov = 2 all over, t_{.75}(1) = 1 at 50 %.

        (25 - 1) r^2 - 2 (10 - 1) r + (4 - 1) = 0, so r = (18 -+ 6) / 48 = 1/4, 1/2.
        """
        found = fieller([1.0, 3.0], [4.0, 6.0], confidence=0.5)
        assert found.kind == "interval"
        assert (found.ratio, found.lower, found.upper) == pytest.approx((0.4, 0.25, 0.5))

    def test_is_the_set_of_ratios_that_a_t_test_accepts(self):
        rng = np.random.default_rng(2)
        kinds = set()
        for shift in (0.0, 0.4, 0.8, 3.0):
            for _ in range(20):
                a, b = rng.standard_normal((2, 6)) + shift
                found = fieller(a, b, confidence=0.8)
                kinds.add(found.kind)
                for r in np.linspace(-6, 6, 41):
                    accepted = stats.ttest_1samp(a - r * b, 0.0).pvalue >= 0.2
                    inside = found.lower <= r <= found.upper
                    if found.kind == "complement":
                        inside = r <= found.lower or r >= found.upper
                    assert accepted == inside, (found, r)
        assert kinds == {"interval", "complement", "all"}

    def test_bounded_iff_the_denominators_interval_excludes_zero(self):
        rng = np.random.default_rng(3)
        for _ in range(100):
            a, b = rng.standard_normal((2, 5)) + 0.9
            effect = inherited_effect(b, np.zeros(5), confidence=0.9)
            bounded = fieller(a, b, confidence=0.9).kind == "interval"
            assert bounded == bool(effect.lower > 0 or effect.upper < 0)

    def test_covers_where_the_ratio_is_well_defined(self):
        replicas, rng, hits = 3000, np.random.default_rng(4), 0
        shared = rng.standard_normal((replicas, 8))
        b = 2.0 + 0.5 * shared
        a = 0.6 + 0.3 * shared + 0.2 * rng.standard_normal((replicas, 8))
        for row in range(replicas):
            found = fieller(a[row], b[row], confidence=0.9)
            assert found.kind == "interval"
            hits += found.lower <= 0.3 <= found.upper
        assert abs(hits / replicas - 0.9) < 4 * np.sqrt(0.9 * 0.1 / replicas)

    def test_degenerate_input(self):
        assert fieller([1.0, 2.0], [0.0, 0.0]).kind == "all"
        assert fieller([1.0], [2.0]).kind == "undefined"
        assert fieller([np.nan, 1.0], [2.0, 3.0]).n == 1
        exact = fieller([1.0, 1.0], [2.0, 2.0])
        assert (exact.kind, exact.lower, exact.ratio, exact.upper) == ("interval", 0.5, 0.5, 0.5)
        with pytest.raises(ValueError, match="equal vectors"):
            fieller([1.0, 2.0], [1.0])


class TestTransmission:
    """Downstream effect over upstream effect."""

    def test_is_fieller_of_the_paired_differences_per_level(self):
        rng = np.random.default_rng(5)
        up0, down0 = rng.uniform(0.1, 0.2, (2, 6))
        up = up0[:, None] + np.array([0.2, 0.4]) + 0.02 * rng.standard_normal((6, 2))
        down = down0[:, None] + np.array([0.1, 0.3]) + 0.02 * rng.standard_normal((6, 2))
        found = transmission(down, down0, up, up0)
        for i in range(2):
            one = fieller(down[:, i] - down0, up[:, i] - up0)
            assert (found.ratio[i], found.lower[i], found.upper[i]) == pytest.approx(one[1:4])
        assert found.status.tolist() == ["ok", "ok"]

    def test_is_null_without_an_upstream_effect(self):
        rng = np.random.default_rng(6)
        up0, down0 = rng.uniform(0.1, 0.2, (2, 6))
        up = up0 + np.array([0.1, -0.1, 0.2, -0.2, 0.1, 0.0])
        found = transmission(down0 + 0.3, down0, up, up0)
        assert str(found.status) == "no_upstream_effect"
        assert np.isnan([found.ratio, found.lower, found.upper]).all()
        itself = transmission(down0, down0, up0, up0)
        assert str(itself.status) == "no_upstream_effect"

    def test_uses_only_seeds_that_have_both(self):
        up, down = np.array([1.0, 2.0, 3.0, np.nan]), np.array([0.5, 1.1, np.nan, 9.0])
        found = transmission(down, np.zeros(4), up + 5, np.zeros(4))
        assert int(found.n) == 2
        alone = transmission([np.nan, 1.0], [0.0, 0.0], [1.0, 1.0], [0.0, 0.0])
        assert str(alone.status) == "too_few"

    @given(st.floats(0.125, 8.0, width=32), st.floats(0.125, 8.0, width=32))
    def test_units_cancel(self, p, q):
        up, down = np.array([1.0, 1.2, 0.9]), np.array([0.5, 0.7, 0.4])
        zero = np.zeros(3)
        base, scaled = (
            transmission(down, zero, up, zero),
            transmission(p * down, zero, q * up, zero),
        )
        assert float(scaled.ratio) == pytest.approx(float(base.ratio) * p / q)
        assert float(scaled.upper) == pytest.approx(float(base.upper) * p / q)

    def test_shapes(self):
        with pytest.raises(ValueError, match="downstream has shape"):
            transmission(np.ones((3, 2)), np.ones(3), np.ones((3, 1)), np.ones(3))
        with pytest.raises(ValueError, match="the baseline must be"):
            inherited_effect(np.ones((3, 2)), np.ones(2))


class TestHedges:
    """The standardised effect."""

    def test_is_unbiased(self):
        """E g = true effect / true sd where spread and differences are independent."""
        replicas, n, rng = 4000, 6, np.random.default_rng(7)
        noise = rng.standard_normal((replicas, n))
        noise -= noise.mean(axis=1, keepdims=True)
        found = np.array([float(hedges_g(b + 0.5, b)) for b in noise])
        error = found.std() / np.sqrt(len(found))
        assert abs(found.mean() - 0.5) < 5 * error

    def test_no_spread_or_too_few_is_nan(self):
        assert np.isnan(hedges_g([1.0, 2.0, 3.0], [1.0, 1.0, 1.0]))
        assert np.isnan(hedges_g([1.0, 2.0], [1.0, 1.5]))
        assert hedges_g(np.ones((4, 3)), [1.0, 2.0, 3.0, 4.0]).shape == (3,)
