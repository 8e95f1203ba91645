"""Figures of a fitted law: the curve with its band and what it extrapolates to."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from jaxuim.laws import BootstrapResult, FitResult
from jaxuim.report import labels
from jaxuim.report.drawing import TIP, Panels, line_colours
from jaxuim.report.law_panel import draw_law, shade_beyond
from jaxuim.report.points import Points, Predicted, draw_points, draw_predicted
from jaxuim.report.scales import decades, logarithmic
from jaxuim.report.surface_panels import (
    draw_agreement,
    draw_inputs,
    draw_isolines,
    draw_residuals,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Array = NDArray[np.float64]
CURVE = 201  # points of a drawn curve
REACH = 4.0  # a logarithmic axis goes on to this many times the largest x


def law_figure(
    data: Points,
    fitted: FitResult,
    replicas: BootstrapResult | None = None,
    confidence: float = 0.95,
    predicted: tuple[Predicted, ...] = (),
) -> "Figure":
    """Return the figure of a law of one input, or of several.

    One input: points, law, band and extrapolation. Two: isolines, and predicted against measured.
    More: relative residuals against every input, and predicted against measured.
    """
    if len(data.inputs) == 1:
        return _curve_figure(data, fitted, replicas, confidence, predicted)
    count = 2 if len(data.inputs) == 2 else len(data.inputs) + 1
    panels = Panels(1, count, gap=0.62, width=max(6.8, 2.6 * count), height=2.7)
    there = fitted.predict(data.x[data.finite])
    if not np.all(np.isfinite(there)):
        draw_inputs(panels.flat, data)
        return panels.finished("", f"No law: {fitted.reason}.", legend=False)
    if len(data.inputs) == 2:
        words = draw_isolines(panels.flat[0], data, fitted, predicted)
    else:
        words = draw_residuals(panels.flat[:-1], data, there)
    draw_agreement(panels.flat[-1], data, there)
    return panels.finished("", words + _doubt(fitted), legend=len(data.inputs) == 2)


def _curve_figure(
    data: Points,
    fitted: FitResult,
    replicas: BootstrapResult | None,
    confidence: float,
    predicted: tuple[Predicted, ...],
) -> "Figure":
    panels = Panels(1, 1, height=2.6)
    axes = panels.flat[0]
    words = draw_points(axes, data, confidence)
    bars = np.array(axes.dataLim.intervaly)
    x = data.x[data.finite, 0]
    log = decades(x)
    grid = _grid(x, log, np.concatenate([x[:0], *(p.x[:, 0] for p in predicted)]))
    curve = fitted.predict(grid)
    if np.all(np.isfinite(curve)):
        ends = None if replicas is None else replicas.band(grid, confidence)
        last, name = float(x.max()), labels.law(fitted.form.name)
        if draw_law(axes, grid, curve, ends, last, line_colours()[0], name):
            shade_beyond(axes, last, grid[-1])
            words += "; dashed on grey: extrapolation"
        if replicas is not None:
            percent = f"{100 * confidence:g} %"
            words += f"; band: {percent} interval of the law, {replicas.method} bootstrap"
    if predicted:
        kinds = " and ".join(found.label for found in predicted)
        words += f"; diamonds: {kinds} with {100 * confidence:g} % interval"
    for colour, found in zip((TIP, line_colours()[1]), predicted, strict=False):
        draw_predicted(axes, found, colour)
    _ranges(axes, data.y[data.finite], bars, curve, predicted)
    if log:
        logarithmic(axes, "x", grid[0], grid[-1])
    if grid[-1] > x.max():
        axes.set_xlim(right=grid[-1])
    axes.set_ylabel(data.response)
    axes.set_title(fitted.form.formula)
    return panels.finished(data.inputs[0], f"{words}.{_doubt(fitted)}")


def _doubt(fitted: FitResult) -> str:
    if fitted.status == "ok":
        return ""
    return f" Not to be used: the fit is {labels.plain(fitted.status)} ({fitted.reason})."


def _grid(x: Array, log: bool, asked: Array) -> Array:
    """Return where the curve is drawn: the data, what was asked for, and on a log axis beyond."""
    low, high = float(min([x.min(), *asked])), float(max([x.max(), *asked]))
    if log:
        high = max(REACH * float(x.max()), 1.15 * high)
        return np.geomspace(low if low > 0 else float(x.min()), high, CURVE)
    room = 0.03 * (high - low) if len(asked) else 0.0
    return np.linspace(low, high + room, CURVE)


def _ranges(
    axes: "Axes", y: Array, bars: Array, curve: Array, predicted: tuple[Predicted, ...]
) -> None:
    """Keep wide bands and bars from flattening the data: points and law set the vertical range."""
    shown = np.concatenate([y, curve, *(np.r_[p.mean, p.lower, p.upper] for p in predicted)])
    shown = shown[np.isfinite(shown)]
    if decades(y) and shown.min() > 0:
        logarithmic(axes, "y", shown.min(), shown.max())
        axes.set_ylim(shown.min() / 1.25, shown.max() * 1.25)
        return
    width = float(np.ptp(shown)) or 0.5 * abs(float(shown[0])) or 1.0
    low = min(float(shown.min()), max(float(bars[0]), float(shown.min()) - 0.5 * width))
    high = max(float(shown.max()), min(float(bars[1]), float(shown.max()) + 0.5 * width))
    axes.set_ylim(low - 0.06 * width, high + 0.06 * width)
