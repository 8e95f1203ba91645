"""The look of the figures: theory as lines, simulation as points, fits dashed, tips marked."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from jaxuim.report.drawing import STYLE, TIP
from jaxuim.report.scales import compact
from theory.study.claim import Tip

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito's colour-blind-safe palette, in the order of use; black is for references.
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")
REFERENCE = "#59636e"
PANEL = (2.9, 2.35)  # inches
SHORT_AXIS = 1.7  # decades


def panels(rows: int, columns: int, height: float = PANEL[1]) -> "tuple[Figure, Sequence[Axes]]":
    """Return a figure of panels and its axes row by row; ``STYLE`` is in force when claims draw."""
    from matplotlib.figure import Figure

    size = (PANEL[0] * columns, height * rows)
    figure = Figure(figsize=size, layout="constrained")
    axes = figure.subplots(rows, columns, squeeze=False)
    for number, ax in enumerate(axes.flat):
        ax.set_title(chr(ord("a") + number), loc="left", fontweight="bold")
    return figure, list(axes.flat)


def theory_line(axes: "Axes", x: ArrayLike, y: ArrayLike, colour: str, label: str = "") -> None:
    """Draw a prediction as a solid line."""
    axes.plot(x, y, color=colour, lw=1.4, label=label or None, zorder=2)


def simulated_points(
    axes: "Axes",
    x: ArrayLike,
    y: ArrayLike,
    error: ArrayLike | None,
    colour: str,
    label: str = "",
    marker: str = "o",
) -> None:
    """Draw simulated means as points with bars of two standard errors (95 %)."""
    bars = None if error is None else 2.0 * np.asarray(error)
    axes.errorbar(
        x, y, yerr=bars, fmt=marker, ms=3.2, lw=0.9, color=colour, mec="white", mew=0.4,
        label=label or None, zorder=3,
    )  # fmt: skip


def fitted_line(axes: "Axes", x: ArrayLike, y: ArrayLike, label: str = "fitted law") -> None:
    """Draw a law that was fitted as if the theory were unknown: dashed, dark."""
    axes.plot(x, y, color="#1b1f24", lw=1.1, ls=(0, (4, 2)), label=label or None, zorder=4)


def reference_line(axes: "Axes", y: float, label: str = "") -> None:
    """Draw a horizontal reference, such as the risk without pre-training."""
    axes.axhline(y, color=REFERENCE, lw=0.8, ls=":", label=label or None, zorder=1)


def tip_mark(axes: "Axes", tip: Tip, label: bool = True) -> None:
    """Mark a tipping point: predicted as a line, located as a band over its 90 % interval."""
    words = f"tipping point, theory {tip.predicted:.3g}" if label else None
    axes.axvline(tip.predicted, color=TIP, lw=1.0, ls="-", label=words, zorder=1)
    if tip.interval is not None:
        low, high = tip.interval
        words = f"estimated, 90 %: {low:.3g} to {high:.3g}" if label else None
        axes.axvspan(low, high, color=TIP, alpha=0.18, lw=0, label=words, zorder=0)


def legend(axes: "Axes", **options: Any) -> None:
    """Put a small legend where it hides least, on a pale ground."""
    looks = {"fontsize": 6.5, "handlelength": 1.6, "loc": "best"}
    ground = {"frameon": True, "facecolor": "white", "edgecolor": "none", "framealpha": 0.85}
    axes.legend(**(looks | ground | options))


def finish(figure: "Figure") -> None:
    """Tidy logarithmic axes, then fix the layout, so that every format is drawn alike and once."""
    _label(figure)
    figure.draw_without_rendering()
    figure.set_layout_engine("none")
    for axes in figure.axes:
        found = axes.get_legend()
        if found is not None:  # its best place takes long to find, and would be sought again
            corner = axes.transAxes.inverted().transform(found.get_window_extent().min)
            found.set_loc(tuple(corner))


def _label(figure: "Figure") -> None:
    """Give logarithmic axes few and plain labels: powers of ten, or 1-2-5 on a short axis."""
    from matplotlib.ticker import FuncFormatter, LogLocator, NullFormatter, ScalarFormatter

    for axes in figure.axes:
        for axis, ends in ((axes.xaxis, axes.get_xlim()), (axes.yaxis, axes.get_ylim())):
            if axis.get_scale() != "log" or isinstance(axis.get_major_formatter(), ScalarFormatter):
                continue
            axis.set_minor_formatter(NullFormatter())
            if np.log10(ends[1] / ends[0]) < SHORT_AXIS:
                axis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
                axis.set_major_formatter(FuncFormatter(lambda value, _: compact(value)))


__all__ = [
    "COLOURS", "REFERENCE", "STYLE", "finish", "fitted_line", "legend", "panels", "reference_line",
    "simulated_points", "theory_line", "tip_mark",
]  # fmt: skip
