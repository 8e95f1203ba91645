"""Figures for papers: every chart of the page as PNG and SVG, drawn by matplotlib."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from jaxuim.report import labels
from jaxuim.report.analysis import Analysis
from jaxuim.report.curves import UPSTREAM
from jaxuim.report.drawing import INK, STYLE, TASKS, Panels, band, line_colours, saved
from jaxuim.report.fits import CurveFit
from jaxuim.report.grid import ordered, select
from jaxuim.report.joint_figure import joint_figure
from jaxuim.report.law_panel import draw_law, shade_beyond
from jaxuim.report.points import draw_measured
from jaxuim.report.scales import logarithmic
from jaxuim.report.tipping_figure import draw_tip
from jaxuim.types.registry import catalogue

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLUMNS = 4  # cells side by side
PAGES = 3  # figures of one kind, where there are more cells than fit


def write_figures(analysis: Analysis, directory: Path) -> list[Path]:
    """Write every figure as PNG and SVG and return their paths."""
    import matplotlib as mpl

    directory.mkdir(parents=True, exist_ok=True)
    makers: tuple[Callable[[Analysis], Iterator[tuple[str, Figure]]], ...] = (
        _responses,
        _effects,
        _transmission,
        _joint,
        _laws,
        _tipping,
        _representation,
    )
    paths: list[Path] = []
    with mpl.rc_context(STYLE):
        for maker in makers:
            for name, figure in maker(analysis):
                paths += saved(figure, directory / name)
    return paths


def _pages(analysis: Analysis, name: str) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield file names and the cells that share a figure, the largest cells on the first."""
    cells = analysis.grid.cells()[-COLUMNS * PAGES :]
    chunks = [cells[max(0, end - COLUMNS) : end] for end in range(len(cells), 0, -COLUMNS)]
    for number, chunk in enumerate(chunks, start=1):
        yield (name if number == 1 else f"{name}_{number}"), chunk


def _responses(analysis: Analysis) -> Iterator[tuple[str, "Figure"]]:
    grid = analysis.grid
    table = analysis.responses[analysis.responses["measure"] == grid.response]
    if table.empty:
        return
    words = f"Bands: {analysis.percent} t interval of the mean over seeds"
    for name, cells in _pages(analysis, "inheritance_curves"):
        yield name, _by_cell(analysis, table, cells, labels.measure_axis(grid.response), words)


def _effects(analysis: Analysis) -> Iterator[tuple[str, "Figure"]]:
    grid = analysis.grid
    table = analysis.effects[analysis.effects["measure"] == grid.response]
    if table.empty:
        return
    title = labels.measure_axis(grid.response, effect=True)
    words = f"Bands: {analysis.percent} t interval of differences paired by seed"
    for name, cells in _pages(analysis, "inherited_effects"):
        yield name, _by_cell(analysis, table, cells, title, words, zero=True)


def _joint(analysis: Analysis) -> Iterator[tuple[str, "Figure"]]:
    for test in analysis.joint:
        yield f"width_forecast_{test.task}", joint_figure(analysis, test)


def _transmission(analysis: Analysis) -> Iterator[tuple[str, "Figure"]]:
    table = analysis.transmission[analysis.transmission["status"] == "ok"]
    if table.empty:
        return
    table = table.rename(columns={"ratio": "mean"})
    words = (
        f"Downstream over upstream effect, {analysis.percent} Fieller interval; no point where no "
    )
    words += "upstream effect is detected"
    top = 1.15 * float(table["mean"].max())
    if top < float(table["upper"].max()):
        words += ", cut at the frame"
    for name, cells in _pages(analysis, "transmission"):
        yield name, _by_cell(analysis, table, cells, "transmission", words, zero=True, top=top)


def _by_cell(
    analysis: Analysis,
    table: pd.DataFrame,
    cells: list[dict[str, Any]],
    ytitle: str,
    words: str,
    zero: bool = False,
    top: float | None = None,
) -> "Figure":
    """Return a figure with one row for each adaptation and one column for each cell.

    The own head, which has no adaptation, has a row and a vertical range of its own.
    """
    grid = analysis.grid
    adaptations = ordered(table["adaptation"].tolist())
    panels = Panels(len(adaptations), len(cells), sharey="row")
    for i, adaptation in enumerate(adaptations):
        for j, cell in enumerate(cells):
            axes, here = panels.axes[i][j], select(table, cell)
            here = here[here["adaptation"] == adaptation]
            _tasks(analysis, axes, here)
            if zero:
                axes.axhline(0, color=INK, lw=0.6)
            if top is not None:
                axes.set_ylim(top=top)
            if j == 0:
                axes.set_ylabel(f"{labels.adaptation(adaptation)}\n{ytitle}")
            if i == 0 and cell:
                axes.set_title(grid.cell_label(cell))
    seeds = _seeds(table)
    return panels.finished(labels.axis_title(grid.axis, grid.biases), f"{words}; {seeds}.")


def _seeds(table: pd.DataFrame) -> str:
    low, high = int(table["seeds"].min()), int(table["seeds"].max())
    if high < 2:
        return "one seed, so no interval"
    return labels.count(high, "seed") if low == high else f"{low} to {high} seeds"


def _tasks(analysis: Analysis, axes: "Axes", table: pd.DataFrame) -> None:
    """Draw one curve with band for each task."""
    axis = analysis.grid.axis
    for task in ordered(table["task"].tolist()):
        rows = table[table["task"] == task].sort_values(axis)
        x = rows[axis].to_numpy()
        colour, dash, marker = TASKS.get(task, (INK, "-", "o"))
        label = labels.task(task) + (" (own head)" if task == UPSTREAM else "")
        band(axes, x, rows["mean"], rows["lower"], rows["upper"], colour, dash, marker, label)


def _laws(analysis: Analysis) -> Iterator[tuple[str, "Figure"]]:
    curves = [c for c in analysis.fits if c.cell == analysis.focus.cell]
    if not curves:
        return
    grid = analysis.grid
    panels = Panels(-(-len(curves) // COLUMNS), min(COLUMNS, len(curves)), gap=0.45)
    for axes, curve in zip(panels.flat, curves, strict=False):
        _law_panel(analysis, axes, curve)
    for i in range(len(panels.axes)):
        panels.axes[i][0].set_ylabel(labels.measure_axis(grid.response))
    setting = f"{labels.sentence(grid.cell_label(analysis.focus.cell))}. " if grid.others else ""
    seeds = labels.count(grid.seeds, "seed")
    words = f"{setting}Points: mean with {analysis.percent} t interval, {seeds}. "
    if any(curve.laws for curve in curves):
        words += f"Bands: {analysis.percent} interval of the law, bootstrap over seeds. "
    words += "Vertical line with shade: tipping point with interval"
    words += "; dashed: theory." if analysis.theory else "."
    if any(law.drawable and law.x.max() > c.x.max() for c in curves for law in c.laws):
        words += " Grey: extrapolation."
    if grid.seeds < 2:
        words = f"{setting}One seed, so no interval."
    yield "laws", panels.finished(labels.axis_title(grid.axis, grid.biases), words)


def _law_panel(analysis: Analysis, axes: "Axes", curve: CurveFit) -> None:
    last = float(curve.x.max())
    for law, colour in zip(curve.laws, line_colours(), strict=False):
        if law.drawable:
            ends = (law.lower, law.upper)
            draw_law(axes, law.x, law.y, ends, last, colour, labels.law(law.form))
    end = max((float(law.x.max()) for law in curve.laws if law.drawable), default=last)
    if end > last:
        shade_beyond(axes, last, end)
    draw_measured(axes, curve.x, curve.mean, curve.lower, curve.upper, "measured")
    if curve.tipping is not None and curve.tipping.detected:
        draw_tip(axes, curve.tipping.location, curve.tipping.lower, curve.tipping.upper)
    if analysis.theory is not None:
        axes.axvline(analysis.theory.value, color=INK, lw=0.8, ls="--")
    if curve.log:
        logarithmic(axes, "x", float(curve.x.min()), end)
    axes.set_title(labels.sentence(labels.series(curve.task, curve.adaptation)))


def _tipping(analysis: Analysis) -> Iterator[tuple[str, "Figure"]]:
    curves = [c for c in analysis.fits if c.tipping is not None]
    if not curves:
        return
    grid = analysis.grid
    names = [
        ", ".join(t for t in (labels.series(c.task, c.adaptation), grid.cell_label(c.cell)) if t)
        for c in reversed(curves)
    ]
    left = 0.35 + 0.056 * max(map(len, names))
    panels = Panels(1, 1, width=4.2 + left, left=left, height=0.6 + 0.2 * len(curves))
    axes = panels.axes[0][0]
    for i, curve in enumerate(reversed(curves)):
        tip, colour = curve.tipping, TASKS.get(curve.task, (INK, "-", "o"))[0]
        if tip is None or not tip.detected:
            low = float(curve.x.min())
            axes.annotate("none detected", (low, i), va="center", fontsize=7, color=INK)
            continue
        axes.plot([tip.lower, tip.upper], [i, i], color=colour, lw=2.4, alpha=0.5)
        axes.plot([tip.location], [i], "o", ms=4.5, color=colour)
    axes.set_yticks(range(len(names)), names)
    axes.set_ylim(-0.7, len(names) - 0.3)
    xs = np.concatenate([c.x for c in curves])
    axes.set_xlim(xs.min() - 0.02 * np.ptp(xs), xs.max() + 0.02 * np.ptp(xs))
    words = f"Bars: {analysis.percent} interval, {labels.count(grid.seeds, 'seed')}."
    if analysis.theory is not None:
        axes.axvline(analysis.theory.value, color=INK, lw=0.9, ls="--")
        words += f" Dashed: theory, {analysis.theory.formula} = {analysis.theory.value:.3f}."
    yield (
        "tipping_points",
        panels.finished(labels.axis_title(grid.axis, grid.biases), words, legend=False),
    )


def _representation(analysis: Analysis) -> Iterator[tuple[str, "Figure"]]:
    declared = catalogue("measures")
    table = analysis.responses
    names = [
        m for m in declared if declared[m].inputs == ("features",) and m in set(table["measure"])
    ]
    if not names:
        return
    grid, cell = analysis.grid, analysis.focus.cell
    panels = Panels(1, len(names), gap=0.7)
    for axes, name in zip(panels.flat, names, strict=True):
        _tasks(analysis, axes, select(table, {**cell, "measure": name}))
        axes.set_ylabel(labels.measure_axis(name))
    setting = f"{labels.sentence(grid.cell_label(cell))}. " if cell else ""
    words = (
        f"{setting}Bands: {analysis.percent} t interval of the mean over seeds; {_seeds(table)}."
    )
    yield "representation", panels.finished(labels.axis_title(grid.axis, grid.biases), words)
