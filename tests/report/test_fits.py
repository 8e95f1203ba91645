"""Fits: the law that made the data is recovered, and thin data are a status."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from jaxuim.report.fits import CurveFit, fit_curves
from jaxuim.report.grid import arrange
from jaxuim.sweep import Results

KEYS = {"task": "id", "adaptation": "linear_probe", "measure": "error", "step": 1}


def made(levels: np.ndarray, seeds: int) -> pd.DataFrame:
    """Rows that follow y = 0.1 + 0.5 b^2 but for a little noise and a shift of each seed."""
    rng = np.random.default_rng(3)
    shift, noise = rng.normal(0, 0.01, seeds), rng.normal(0, 1e-3, (seeds, len(levels)))
    rows = [
        {"run_id": f"{s}/{b}", "seed": s, "bias.level": b, "value": 0.1 + 0.5 * b**2 + shift[s] + e}
        for s in range(seeds)
        for b, e in zip(levels, noise[s], strict=True)
    ]
    same = {**KEYS, "mitigation": "none", "status": "ok", "samples_per_class": None}
    return pd.DataFrame(rows).assign(**{"bias.kind": "long_tail"}, **same)


def fitted(levels: np.ndarray, seeds: int, forms: tuple[str, ...]) -> CurveFit:
    grid = arrange(made(levels, seeds), "bias.level", "error")
    curves, left = fit_curves(grid, forms, True, 0.95, {})
    assert left == 0
    return curves[0]


@pytest.fixture(scope="module")
def curve() -> CurveFit:
    return fitted(np.linspace(0, 0.8, 9), 6, ("saturating_power",))


def test_parameters_and_their_intervals_hold_the_truth(curve: CurveFit) -> None:
    law = curve.laws[0]
    assert law.status == "ok"
    for name, truth in {"e": 0.1, "a": 0.5, "alpha": 2.0}.items():
        value, lower, upper = law.params[name]
        assert lower <= truth <= upper
        assert value == pytest.approx(truth, rel=0.1)


def test_the_band_reaches_beyond_what_was_measured(curve: CurveFit) -> None:
    law = curve.laws[0]
    assert law.x[-1] == 1.0 > curve.x[-1]
    assert np.all(law.lower <= law.upper)
    assert law.lower[-1] - 0.01 <= 0.6 <= law.upper[-1] + 0.01


def test_a_limit_leaves_curves_out_and_says_how_many(results: Results) -> None:
    grid = arrange(results.frame, "bias.level", "error")
    focus = grid.cells()[-1]
    curves, left = fit_curves(grid, (), True, 0.95, focus, limit=3)
    assert (len(curves), left) == (3, 25)
    assert all(curve.cell == focus for curve in curves)


def test_too_few_levels_are_a_status_not_an_error() -> None:
    curve = fitted(np.array([0.0, 1.0]), 3, ("hill",))
    assert curve.laws[0].status == "failed"
    assert "distinct x" in curve.laws[0].note
    assert curve.best is None
    assert curve.tipping is not None and "needs 5 levels" in curve.tipping.reason


def test_nothing_is_fitted_along_an_axis_of_names(sweep: Callable[..., Results]) -> None:
    frame = sweep(levels=(0.0, 1.0), widths=(8,), samples=(64,), seeds=2).frame
    frame["model.kind"] = np.where(frame["seed"] == 0, "mlp", "cnn")
    grid = arrange(frame, "model.kind", "error")
    assert fit_curves(grid, ("hill",), True, 0.95, {}) == ((), 0)
