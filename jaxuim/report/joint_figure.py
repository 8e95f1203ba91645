"""The figure of a forecast for the largest width beside what was measured there."""

from typing import TYPE_CHECKING, Any

import numpy as np

from jaxuim.report import labels
from jaxuim.report.analysis import Analysis
from jaxuim.report.drawing import INK, Panels, line_colours
from jaxuim.report.joint import JointTest

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def joint_figure(analysis: Analysis, test: JointTest) -> "Figure":
    """Draw forecast bands and measured points of the width left out, a panel for each samples."""
    samples = sorted(test.table["samples"].unique())
    panels = Panels(1, len(samples), sharey="row", left=0.75, height=2.3)
    for axes, n in zip(panels.flat, samples, strict=True):
        part = test.table[test.table["samples"] == n]
        for colour, (name, rows) in zip(line_colours(), part.groupby("adaptation"), strict=False):
            _panel(axes, rows.sort_values("level"), colour, labels.adaptation(str(name)))
        axes.set_title(f"{labels.number(n)} samples", loc="left")
    panels.flat[0].set_ylabel(
        f"{labels.task(test.task)} {labels.measure_axis(analysis.grid.response)}"
    )
    caption = (
        f"Width {labels.number(test.width)}. Lines and bands: forecast with its 90 % interval from "
        f"widths up to {labels.number(test.fitted_widths[-1])}; points: measured, mean over seeds "
        f"with its 90 % t interval; crosses: width {labels.number(test.fitted_widths[-1])}."
    )
    return panels.finished(labels.sentence(analysis.grid.axis_label), caption)


def _panel(axes: "Axes", rows: Any, colour: str, label: str) -> None:
    x = rows["level"].to_numpy(dtype=float)
    axes.plot(x, rows["forecast"], color=colour, lw=1.3, label=label or "own head")
    axes.fill_between(x, rows["lower"], rows["upper"], color=colour, alpha=0.18, lw=0)
    spread = np.abs(
        rows[["measured_lower", "measured_upper"]].to_numpy().T - rows["measured"].to_numpy()
    )
    style: dict[str, Any] = {"fmt": "o", "ms": 3.2, "lw": 0.9, "color": colour, "mec": INK}
    axes.errorbar(x, rows["measured"], yerr=spread, mew=0.4, **style)
    axes.plot(x, rows["nearest"], ls="", marker="x", ms=3, mew=0.8, color=colour, alpha=0.7)
