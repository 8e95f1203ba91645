"""The grid: axes, cells, failures, and what is refused."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from jaxuim.report.grid import arrange
from jaxuim.sweep import Results


def test_axes_are_what_varies_and_the_analysis_axis_comes_first(results: Results) -> None:
    grid = arrange(results.frame, "bias.level", "error")
    assert grid.axes == ("bias.level", "model.width", "pretrain.samples")
    assert grid.levels == ("bias.level",)
    assert grid.classes == 7
    assert [grid.cell_label(cell) for cell in grid.cells()] == [
        "width 32, 128 samples",
        "width 32, 512 samples",
        "width 128, 128 samples",
        "width 128, 512 samples",
    ]


def test_a_level_that_does_not_vary_is_no_axis(sweep: Callable[..., Results]) -> None:
    frame = sweep(levels=(0.0,), widths=(32, 128), samples=(128,), seeds=2).frame
    assert arrange(frame, "model.width", "error").levels == ()
    assert arrange(frame, "bias.level", "error").levels == ("bias.level",)


def test_diverged_and_infinite_rows_are_failures(small: Results) -> None:
    frame = small.frame.copy()
    frame.loc[frame.index[:2], "value"] = [np.inf, np.nan]
    frame.loc[frame.index[5], "status"] = "diverged"
    grid = arrange(frame, "bias.level", "error")
    assert len(grid.failed) == 3
    assert len(grid.rows) == len(frame) - 3


def test_a_probe_that_did_not_converge_still_counts(small: Results) -> None:
    frame = small.frame.assign(status="not_converged")
    assert arrange(frame, "bias.level", "error").failed.empty


@pytest.mark.parametrize(
    ("axis", "response", "message"),
    [("model.colour", "error", "no column"), ("bias.level", "beauty", "not measured")],
)
def test_unknown_axis_or_response_is_refused(
    small: Results, axis: str, response: str, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        arrange(small.frame, axis, response)


def test_no_rows_are_refused() -> None:
    with pytest.raises(ValueError, match="nothing to report"):
        arrange(pd.DataFrame(), "bias.level", "error")
