"""Forecasts of laws of several inputs: recovery, coverage, equivariance, refusals."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxuim.laws import forecast
from jaxuim.laws.forecasts.blending import laws
from jaxuim.laws.forecasts.surface import forecast_surface


def chinchilla(x):
    return 1.8172 + 482.01 * x[:, 0] ** -0.3478 + 2085.43 * x[:, 1] ** -0.3658


def grid(n=40, seed=0):
    rng = np.random.default_rng(seed)
    return np.stack([10 ** rng.uniform(7.5, 9.5, n), 10 ** rng.uniform(9, 10.8, n)], axis=1)


FAR = np.array([[1e10, 1e11], [3e9, 6e11], [3e10, 3e11]])


class TestRecovery:
    """Data from a law of the family are extrapolated by that law."""

    def test_noiseless_chinchilla(self):
        found = forecast_surface(grid(), chinchilla(grid()), FAR)
        assert found.mean == pytest.approx(chinchilla(FAR), rel=1e-6)
        assert found.weights["power_norm_1"] + found.weights["power_product"] > 0.999
        assert np.all((found.lower < found.mean) & (found.mean < found.upper))

    def test_three_inputs(self):
        rng = np.random.default_rng(1)
        law = lambda x: 1.5 + np.sum(np.array([3.0, 5.0, 2.0]) * x**-0.4, axis=1)
        x, far = 10 ** rng.uniform(0, 2, (45, 3)), np.full((1, 3), 300.0)
        found = forecast_surface(x, law(x), far)
        assert found.status == "ok"
        assert found.mean == pytest.approx(law(far), rel=1e-4)

    def test_the_scarce_input_decides_where_it_does(self):
        law = lambda x: 1.0 + np.hypot(40.0 * x[:, 0] ** -0.3, 300.0 * x[:, 1] ** -0.3)
        found = forecast_surface(grid(), law(grid()), FAR)
        assert found.weights["power_norm_2"] > 0.99
        assert found.mean == pytest.approx(law(FAR), rel=1e-4)

    def test_robust_to_diverged_runs(self):
        y = chinchilla(grid())
        y[[3, 11]] *= 3.0
        y[20] = np.nan
        found = forecast_surface(grid(), y, FAR)
        assert found.dropped == 1
        assert found.mean == pytest.approx(chinchilla(FAR), rel=0.01)

    def test_rising_y_is_forecast_as_its_inverse(self):
        down = forecast_surface(grid(), chinchilla(grid()), FAR)
        up = forecast_surface(grid(), 1.0 / chinchilla(grid()), FAR)
        assert up.mean == pytest.approx(1.0 / down.mean, rel=1e-6)
        assert up.lower == pytest.approx(1.0 / down.upper, rel=1e-6)
        assert up.details["rising"]


class TestProperties:
    """Units, order and distance."""

    @settings(max_examples=4, deadline=None)
    @given(st.floats(-6.0, 6.0), st.floats(-3.0, 3.0))
    def test_units_do_not_matter(self, log_x, log_y):
        y = chinchilla(grid()) * np.exp(0.01 * np.random.default_rng(2).standard_normal(40))
        plain = forecast_surface(grid(), y, FAR)
        moved = np.array([10.0**log_x, 1.0])
        found = forecast_surface(grid() * moved, y * 10.0**log_y, FAR * moved)
        assert found.mean == pytest.approx(plain.mean * 10.0**log_y, rel=1e-4)
        assert found.upper == pytest.approx(plain.upper * 10.0**log_y, rel=1e-3)

    def test_order_of_rows_does_not_matter(self):
        y = chinchilla(grid()) * np.exp(0.01 * np.random.default_rng(2).standard_normal(40))
        order = np.random.default_rng(3).permutation(40)
        plain, mixed = (forecast_surface(grid()[o], y[o], FAR) for o in (np.arange(40), order))
        assert mixed.mean == pytest.approx(plain.mean, rel=1e-9)

    def test_intervals_widen_with_distance_and_confidence(self):
        y = chinchilla(grid()) * np.exp(0.01 * np.random.default_rng(2).standard_normal(40))
        line = np.array([[1e10, 1e11], [1e11, 1e12], [1e12, 1e13]])
        found = forecast_surface(grid(), y, line)
        assert np.all(np.diff(np.log(found.upper / found.lower)) > 0)
        wide = forecast_surface(grid(), y, line, confidence=0.99)
        assert np.all((wide.lower < found.lower) & (wide.upper > found.upper))

    @pytest.mark.slow
    def test_new_observations_are_covered(self):
        inside = []
        for seed in range(12):
            rng = np.random.default_rng(seed)
            x, far = grid(40, seed), grid(20, seed + 100) * 4.0
            y = chinchilla(x) * np.exp(0.01 * rng.standard_normal(40))
            new = chinchilla(far) * np.exp(0.01 * rng.standard_normal(20))
            found = forecast_surface(x, y, far)
            inside.append(np.mean((found.lower <= new) & (new <= found.upper)))
        assert 0.85 < np.mean(inside) <= 1.0

    def test_large_errors_count_less(self):
        rng = np.random.default_rng(4)
        error = np.where(np.arange(40) % 2, 0.001, 0.2) * chinchilla(grid())
        y = chinchilla(grid()) + error * rng.standard_normal(40)
        known = forecast_surface(grid(), y, FAR, y_err=error)
        assert known.mean == pytest.approx(chinchilla(FAR), rel=0.02)


class TestInterface:
    """The public call, weights and what is refused."""

    def test_forecast_dispatches_on_columns(self):
        found = forecast(grid(), chinchilla(grid()), FAR)
        assert list(found.weights) == [form.name for form in laws(2)]
        assert sum(found.weights.values()) == pytest.approx(1.0)
        assert found.card["x_new"] == FAR.tolist()

    def test_few_rows_share_equally(self):
        found = forecast_surface(grid(7), chinchilla(grid(7)), FAR)
        assert np.all(np.isfinite(found.mean))
        assert len(set(found.weights.values())) == 1

    def test_absurd_units_are_a_failure(self):
        found = forecast_surface(grid(), 1e-200 * chinchilla(grid()), FAR)
        assert found.status == "failed"
        assert np.isnan(found.mean).all()

    @pytest.mark.parametrize(
        ("change", "words"),
        [
            ({"x": grid()[:, :1]}, "k of at least 2"),
            ({"x_new": FAR[:, :1]}, r"\(m, 2\)"),
            ({"x": -grid()}, "x contains"),
            ({"y": -chinchilla(grid())}, "y contains"),
            ({"x_new": -FAR}, "x_new contains"),
            ({"x": np.repeat(grid(5), 8, axis=0)}, "only 5 distinct"),
            ({"groups": np.zeros(40)}, "single cluster"),
            ({"confidence": 1.0}, "confidence"),
        ],
    )
    def test_refusals(self, change, words):
        good = {"x": grid(), "y": chinchilla(grid()), "x_new": FAR}
        with pytest.raises(ValueError, match=words):
            forecast_surface(**(good | change))
