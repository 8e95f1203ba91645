"""Inheritance laws fitted to all widths but the largest, and their forecast held against that."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jaxuim import laws
from jaxuim.report.curves import summarise
from jaxuim.report.fits import series_of
from jaxuim.report.grid import Grid, ordered, select
from jaxuim.sweep import Spec
from jaxuim.sweep.check import axes_of
from jaxuim.sweep.cost import step_flops
from jaxuim.sweep.plan import shape_of
from jaxuim.types.registry import catalogue

Array = NDArray[np.float64]
WIDTH, SAMPLES = "model.width", "pretrain.samples"
CONFIDENCE = 0.9  # of the forecast; the rest of the page keeps the sweep's own
KEYS = ("level", "samples", "width", "adaptation")


@dataclass(frozen=True)
class JointTest:
    """What the laws said about the largest width of one task, and what was measured there.

    ``table`` has one row a cell: level, samples, width, adaptation (a name), forecast with lower
    and upper, measured with its interval (measured_lower, measured_upper), ``nearest``: what the
    largest fitted width showed, and ``inside``.
    ``compute`` is the FLOPs of a step at the width left out over those at the largest fitted one.
    """

    task: str
    width: float
    fitted_widths: tuple[float, ...]
    compute: float
    table: pd.DataFrame
    forecast: laws.JointForecast

    @property
    def inside(self) -> int:
        """How many cells lie inside their forecast interval."""
        return int(self.table["inside"].sum())

    @property
    def error(self) -> float:
        """Root mean squared error of the forecast."""
        return _rms(self.table["forecast"] - self.table["measured"])

    @property
    def no_change(self) -> float:
        """Root mean squared error of expecting what the largest fitted width showed."""
        return _rms(self.table["nearest"] - self.table["measured"])


def _rms(values: "pd.Series[Any]") -> float:
    return float(np.sqrt(np.mean(values.to_numpy(dtype=float) ** 2)))


def joint_tests(grid: Grid, spec: Spec, focus: dict[str, Any]) -> tuple[JointTest, ...]:
    """Fit and test every task; tasks with too few cells left are skipped.

    Axes beside level, samples and width keep the values of the focus.
    """
    if WIDTH not in grid.axes:
        return ()
    rows = grid.final[grid.final["measure"] == grid.response]
    rows = select(rows, {k: v for k, v in focus.items() if k not in (WIDTH, SAMPLES)})
    compute = _compute(spec, rows[WIDTH].max())
    found = (_test(grid, rows[rows["task"] == task], task, compute) for task in _tasks(rows))
    return tuple(test for test in found if test is not None)


def _tasks(rows: pd.DataFrame) -> list[str]:
    return ordered(rows["task"].unique().tolist())


def _compute(spec: Spec, largest: float) -> dict[float, float]:
    """Return the FLOPs of a step by width."""
    values = axes_of(spec)
    point = {key: spread[0] for key, spread in values.items()}
    shapes = [shape_of(spec, point | {WIDTH: w}) for w in values[WIDTH] if w <= largest]
    return {float(s.width): step_flops(s, s.batch_size) for s in shapes}


def _arrays(rows: pd.DataFrame, axis: str, names: Sequence[str]) -> Array:
    """Return the columns that an inheritance law takes."""
    columns = [rows[axis], rows[SAMPLES], rows[WIDTH]]
    if len(names) > 1:
        columns.append(rows["adaptation"].map(names.index))
    return np.stack([c.to_numpy(dtype=float) for c in columns], axis=1)


def _range(measure: str) -> tuple[float, float]:
    """Return the declared range of a measure, outside of which no interval need reach."""
    known = catalogue("measures")
    return (known[measure].low, known[measure].high) if measure in known else (-np.inf, np.inf)


def _test(
    grid: Grid, rows: pd.DataFrame, task: str, compute: dict[float, float]
) -> JointTest | None:
    names = [name for _, name, _ in series_of(rows)]
    widths = sorted(rows[WIDTH].unique().tolist())
    if len(widths) < 3:
        return None
    small, large = rows[rows[WIDTH] < widths[-1]], rows[rows[WIDTH] == widths[-1]]
    keys = [grid.axis, SAMPLES, WIDTH, "adaptation"]
    table = summarise(large, keys, CONFIDENCE)
    near = summarise(small[small[WIDTH] == widths[-2]], keys, CONFIDENCE)
    try:
        forecast = laws.inheritance_forecast(
            _arrays(small, grid.axis, names),
            small["value"],
            _arrays(table, grid.axis, names),
            groups=small["seed"],
            confidence=CONFIDENCE,
        )
    except ValueError:  # fewer cells than parameters: nothing to forecast from
        return None
    if forecast.status == "failed":
        return None
    near = near.drop(columns=[WIDTH, "lower", "upper", "seeds"]).rename(columns={"mean": "nearest"})
    low, high = _range(grid.response)
    ends = np.clip(forecast.lower, low, high), np.clip(forecast.upper, low, high)
    table = table.assign(forecast=forecast.mean, low=ends[0], high=ends[1])
    table = table.merge(near, on=[grid.axis, SAMPLES, "adaptation"], how="left")
    table = table.rename(
        columns={
            **dict(zip(keys, KEYS, strict=True)),
            "mean": "measured",
            "lower": "measured_lower",
            "upper": "measured_upper",
            "low": "lower",
            "high": "upper",
        }
    )
    inside = table["measured"].between(table["lower"], table["upper"])
    ratio = compute[float(widths[-1])] / compute[float(widths[-2])]
    fitted = tuple(float(w) for w in widths[:-1])
    return JointTest(task, float(widths[-1]), fitted, ratio, table.assign(inside=inside), forecast)
