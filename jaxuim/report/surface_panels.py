"""Panels of a law of several inputs: isolines, residuals, and predicted against measured."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from jaxuim.laws import FitResult
from jaxuim.report.drawing import INK, TIP
from jaxuim.report.points import Points, Predicted, draw_predicted
from jaxuim.report.scales import compact, decades, logarithmic

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = NDArray[np.float64]
LINES = 5
CURVE = 121


def _shades(values: Array, all_values: Array) -> Any:
    """Return a colour for each value by its rank among all, light for small, dark for large."""
    from matplotlib import colormaps

    ordered = np.sort(all_values)
    rank = np.interp(values, ordered, np.linspace(0.0, 1.0, len(ordered)))
    return colormaps["viridis_r"](0.1 + 0.9 * rank)


def _levels(values: Array) -> Array:
    """Return up to five values to draw lines at: all that there are, or quantiles."""
    distinct = np.unique(values)
    if len(distinct) <= LINES:
        return distinct
    return np.quantile(values, np.linspace(0.05, 0.95, LINES))


def draw_isolines(
    axes: "Axes", data: Points, fitted: FitResult, predicted: Sequence[Predicted]
) -> str:
    """Draw y against the first input, with the law at several values of the second."""
    keep = data.finite
    first, second, y = data.x[keep, 0], data.x[keep, 1], data.y[keep]
    axes.scatter(first, y, s=9, c=_shades(second, second), lw=0, zorder=3)
    ends = np.concatenate([first, *(p.x[:, 0] for p in predicted)])
    space = np.geomspace if decades(ends) else np.linspace
    grid = space(ends.min(), ends.max(), CURVE)
    levels = _levels(second)
    for level, colour in zip(levels, _shades(levels, second), strict=True):
        curve = fitted.predict(np.column_stack([grid, np.full(CURVE, level)]))
        name = f"{data.inputs[1]} = {compact(float(level))}"
        axes.plot(grid, curve, color=colour, lw=1.2, label=name)
    for colour, found in zip((TIP, INK), predicted, strict=False):
        draw_predicted(axes, found, colour)
    _ranges(axes, np.concatenate([y, *(p.mean for p in predicted)]))
    if decades(ends):
        logarithmic(axes, "x", grid[0], grid[-1])
    axes.set_xlabel(data.inputs[0])
    axes.set_ylabel(data.response)
    axes.set_title(fitted.form.formula)
    at = "each" if len(levels) == len(np.unique(second)) else "five"
    words = f"Left: points, coloured by {data.inputs[1]}, and the law at {at} of its values"
    return words + ("; diamonds: predictions." if predicted else ".")


def _ranges(axes: "Axes", y: Array) -> None:
    y = y[np.isfinite(y)]
    room = 0.08 * float(np.ptp(y)) or 0.1 * abs(float(y[0])) or 1.0
    axes.set_ylim(y.min() - room, y.max() + room)
    if decades(y):
        logarithmic(axes, "y", y.min(), y.max())
        axes.set_ylim(y.min() / 1.2, y.max() * 1.2)


def draw_residuals(panels: "Sequence[Axes]", data: Points, there: Array) -> str:
    """Draw measured over predicted against every input."""
    keep = data.finite
    for axes, name, x in zip(panels, data.inputs, data.x[keep].T, strict=True):
        axes.scatter(x, data.y[keep] / there, s=8, color=INK, lw=0, alpha=0.7)
        axes.axhline(1.0, color=INK, lw=0.8, ls="--")
        if decades(x):
            logarithmic(axes, "x", x.min(), x.max())
        axes.set_xlabel(name)
        axes.set_ylabel(f"{data.response}, measured / law")
    return "Measured over predicted against every input, and predicted against measured."


def draw_inputs(panels: "Sequence[Axes]", data: Points) -> None:
    """Draw y against every input, where there is no law to draw."""
    keep = data.finite
    for axes, name, x in zip(panels, data.inputs, data.x[keep].T, strict=False):
        axes.scatter(x, data.y[keep], s=8, color=INK, lw=0, alpha=0.7)
        if decades(x):
            logarithmic(axes, "x", x.min(), x.max())
        axes.set_xlabel(name)
        axes.set_ylabel(data.response)


def draw_agreement(axes: "Axes", data: Points, there: Array) -> None:
    """Draw the law's value against the measured one; on the diagonal they agree."""
    y = data.y[data.finite]
    both = np.concatenate([y, there[np.isfinite(there)]])
    axes.scatter(y, there, s=9, color=INK, lw=0, alpha=0.7, zorder=3)
    if decades(both):
        logarithmic(axes, "x", both.min(), both.max())
        logarithmic(axes, "y", both.min(), both.max())
    ends = [float(both.min()), float(both.max())]
    axes.plot(ends, ends, color=INK, lw=0.8, ls="--")
    off = np.median(np.abs(there / np.where(y == 0, np.nan, y) - 1.0))
    if np.isfinite(off):
        axes.set_title(f"median error {100 * off:.2g} %")
    axes.set_xlabel(f"{data.response}, measured")
    axes.set_ylabel(f"{data.response}, by the law")
