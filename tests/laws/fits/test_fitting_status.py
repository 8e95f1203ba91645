"""Statuses of fits and refusals of bad input: never "ok" when it is not."""

import json

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxuim.laws import FORMS, Coefficient, Form, fit

LEVELS = np.linspace(0.0, 1.0, 16)
SIZES = np.geomspace(32.0, 8192.0, 16)


def curve(name, x, *values):
    with jax.enable_x64(True):
        return np.array(FORMS[name].function(jnp.asarray(x), *values))


class TestStatus:
    """The status is never better than the fit."""

    @pytest.mark.parametrize("name", ["hill", "logistic", "saturating_power"])
    @pytest.mark.parametrize("value", [0.0, 0.3])
    def test_constant_y_identifies_no_shape(self, name, value):
        found = fit(name, LEVELS, np.full_like(LEVELS, value))
        assert found.status == "not_converged"
        assert "not identified" in found.reason
        assert found.predict(LEVELS) == pytest.approx(np.full_like(LEVELS, value), abs=1e-9)

    def test_a_step_has_no_finite_steepness(self):
        y = np.where(LEVELS > 0.52, 1.0, 0.0)
        found = fit("logistic", LEVELS, y)
        assert found.status == "not_converged"
        assert np.all(np.isfinite(found.predict(LEVELS)))

    def test_rows_that_are_not_finite_are_dropped_and_counted(self):
        y = curve("logistic", LEVELS, 0.05, 0.9, 0.6, 0.1)
        y[[2, 9]] = np.nan, np.inf
        found = fit("logistic", LEVELS, y)
        assert (found.status, found.n, found.dropped) == ("ok", 14, 2)
        assert found.params["m"] == pytest.approx(0.6)

    @pytest.mark.parametrize("left", [0, 3])
    def test_too_few_finite_rows_is_a_failure_not_an_exception(self, left):
        y = np.full(16, np.nan)
        y[:left] = 0.5
        found = fit("hill", LEVELS, y)
        assert (found.status, found.n, found.dropped) == ("failed", left, 16 - left)
        assert np.isnan(list(found.params.values())).all()
        assert np.isnan(found.predict(LEVELS)).all()
        assert found.card["params"]["k"] is None

    def test_replicates_do_not_replace_distinct_x(self):
        found = fit("hill", np.tile([0.0, 0.5, 1.0], 5), np.arange(15.0))
        assert found.status == "failed"
        assert "distinct x" in found.reason

    def test_out_of_range_units_are_a_failure(self):
        assert fit("hill", LEVELS, 1e200 * LEVELS).status == "failed"
        assert fit("hill", LEVELS, 1e-200 * LEVELS).status == "failed"

    def test_power_law_of_negative_data_is_not_ok(self):
        assert fit("power", SIZES, -1.0 / SIZES).status != "ok"

    def test_a_form_that_is_never_finite_fails(self):
        broken = Form(
            "broken", "y = nan", (Coefficient("a"),), lambda x, a: a * x * jnp.nan,
            lambda x, y: {"a": [1.0]},
        )  # fmt: skip
        assert fit(broken, LEVELS, LEVELS).status == "failed"

    def test_a_start_that_cannot_reach_the_optimum_is_not_called_converged(self):
        slow = Form(
            "slow", "y = |a|^(1/4)", (Coefficient("a"),), lambda x, a: jnp.abs(a) ** 0.25 + 0 * x,
            lambda x, y: {"a": [1e3]},
        )  # fmt: skip
        found = fit(slow, LEVELS, np.cos(LEVELS) - 2.0)
        assert found.status != "ok"

    @given(
        st.sampled_from(["hill", "logistic", "saturating_power"]),
        st.lists(st.floats(-1e6, 1e6), min_size=8, max_size=8),
        st.lists(st.floats(0, 1e6), min_size=8, max_size=8),
    )
    def test_no_finite_input_raises_and_ok_means_finite(self, name, y, x):
        found = fit(name, x, y)
        assert found.status in ("ok", "not_converged", "failed")
        assert (found.reason == "") == (found.status == "ok")
        if found.status == "ok":
            assert np.isfinite(list(found.params.values())).all()
            assert np.isfinite(found.predict(x)).all()
            gap = found.predict(x) - np.array(y)
            assert gap @ gap <= np.sum((y - np.mean(y)) ** 2) * 1.0001 + 1e-9
        json.dumps(found.card, allow_nan=False)


class TestBadInput:
    """One sentence that says what was given and what is allowed."""

    def test_fewer_rows_than_parameters(self):
        with pytest.raises(ValueError, match="has 4 parameters but only 3 points"):
            fit("hill", [0.0, 0.5, 1.0], [1.0, 2.0, 3.0])

    def test_lengths(self):
        with pytest.raises(ValueError, match=r"y has shape \(2,\) but x has shape \(3,\)"):
            fit("power", [1.0, 2.0, 3.0], [1.0, 2.0])

    def test_x_not_finite(self):
        with pytest.raises(ValueError, match="x contains"):
            fit("power", [1.0, 2.0, np.nan], [1.0, 2.0, 3.0])

    def test_domain(self):
        with pytest.raises(ValueError, match="positive x only"):
            fit("power", LEVELS, LEVELS)
        found = fit("power", LEVELS[1:], LEVELS[1:])
        with pytest.raises(ValueError, match="positive x only"):
            found.predict([0.0])

    def test_loss_delta_errors_confidence(self):
        with pytest.raises(ValueError, match="loss is 'l1'"):
            fit("hill", LEVELS, LEVELS, loss="l1")
        with pytest.raises(ValueError, match=r"delta is 1\.0"):
            fit("hill", LEVELS, LEVELS, delta=1.0)
        with pytest.raises(ValueError, match="y_err contains"):
            fit("hill", LEVELS, LEVELS, y_err=0 * LEVELS)
        with pytest.raises(ValueError, match="confidence is 95"):
            fit("hill", LEVELS, LEVELS**2).interval(95)
