"""How figures look: palette, panels with one legend and a caption, curves with bands, files."""

import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from jaxuim.sweep.atomic import write_atomic

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, TIP = "#3b434c", "#9c3f86"
# Okabe and Ito's colour-blind-safe palette; each task also has its own dash and marker.
TASKS = {
    "upstream": ("#6b7480", ":", "o"),
    "id": ("#0072b2", "-", "o"),
    "near_ood": ("#e69f00", "-", "s"),
    "far_ood": ("#d55e00", "-", "D"),
    "few_shot": ("#009e73", "-", "^"),
}
STYLE: Any = {
    "font.family": "sans-serif",
    "font.sans-serif": ["Helvetica Neue", "Helvetica", "Arial", "Liberation Sans", "DejaVu Sans"],
    "font.size": 8,
    "axes.titlesize": 8,
    "axes.labelsize": 8,
    "axes.edgecolor": "#9aa3ad",
    "axes.linewidth": 0.7,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#eceff2",
    "grid.linewidth": 0.7,
    "axes.axisbelow": True,
    "xtick.color": INK,
    "ytick.color": INK,
    "text.color": "#1b1f24",
    "axes.labelcolor": "#1b1f24",
    "legend.frameon": False,
    "legend.fontsize": 8,
    "mathtext.default": "regular",
    "svg.fonttype": "path",
    "svg.hashsalt": "jaxuim",
}


def line_colours() -> tuple[str, ...]:
    """Return the colours of laws."""
    return ("#0072b2", "#d55e00", "#009e73", "#cc79a7")


class Panels:
    """A figure of panels with a shared horizontal title, one legend and a caption below.

    It takes its looks from ``STYLE``, which must be in force (``matplotlib.rc_context``).
    """

    def __init__(
        self,
        rows: int,
        columns: int,
        *,
        sharey: Literal["none", "row"] = "none",
        gap: float = 0.2,
        left: float = 0.75,
        width: float | None = None,
        height: float | None = None,
    ) -> None:
        from matplotlib.figure import Figure

        self.left, self.gap = left, gap
        self.width = width or (4.8 if columns == 1 else max(5.6, 2.2 * columns + left))
        self.height = height or 1.95 * rows
        self.figure: Figure = Figure(figsize=(self.width, self.height))
        self.axes = self.figure.subplots(rows, columns, squeeze=False, sharey=sharey)

    @property
    def flat(self) -> "Sequence[Axes]":
        """All panels, row by row."""
        return [axes for row in self.axes for axes in row]

    def finished(self, xtitle: str, caption: str, legend: bool = True) -> "Figure":
        """Return the figure with titles, legend and caption in their places."""
        used = [axes for axes in self.flat if axes.has_data()]
        for axes in self.flat:
            axes.set_visible(axes in used)
        lines = textwrap.wrap(caption, width=max(40, int(self.width * 18)))
        foot, head = 0.24 + 0.13 * len(lines), (0.3 if legend and used else 0.05)
        total = self.height + foot + head
        self.figure.set_size_inches(self.width, total)
        middle = (self.left + self.width - 0.12) / 2 / self.width
        self.figure.text(
            middle, (foot - 0.12) / total, xtitle, ha="center", va="bottom", fontsize=8
        )
        style: dict[str, Any] = {"fontsize": 7, "color": "#59636e", "va": "bottom", "ha": "left"}
        self.figure.text(0.01, 0.04 / total, "\n".join(lines), **style)
        if legend and used:
            self._legend(used)
        self._place(foot + 0.28, head + 0.24, total)
        return self.figure

    def _place(self, bottom: float, top: float, total: float) -> None:
        """Set margins and gaps in inches, which is ten times faster than measuring every text."""
        rows, columns = len(self.axes), len(self.axes[0])
        wide = (self.width - self.left - 0.12 - self.gap * (columns - 1)) / columns
        high = (total - bottom - top - 0.46 * (rows - 1)) / rows
        self.figure.subplots_adjust(
            left=self.left / self.width,
            right=1 - 0.12 / self.width,
            bottom=bottom / total,
            top=1 - top / total,
            wspace=self.gap / wide,
            hspace=0.46 / high,
        )

    def _legend(self, used: "Sequence[Axes]") -> None:
        found: dict[str, Any] = {}
        for axes in used:
            handles, names = axes.get_legend_handles_labels()
            found |= dict(zip(names, handles, strict=True))
        close: dict[str, float] = {"columnspacing": 1.1, "handlelength": 1.4}
        self.figure.legend(
            list(found.values()),
            list(found),
            loc="upper center",
            ncols=max(1, len(found)),
            **(close if len(found) > 4 else {}),
        )


def band(
    axes: "Axes",
    x: Any,
    mean: Any,
    lower: Any,
    upper: Any,
    colour: str,
    dash: str,
    marker: str,
    label: str,
) -> None:
    """Draw a curve with its interval: a band, or bars where there are fewer than three points."""
    x, mean, lower, upper = (np.asarray(v) for v in (x, mean, lower, upper))
    finite = np.isfinite(np.asarray(lower, dtype=float)) & np.isfinite(
        np.asarray(upper, dtype=float)
    )
    axes.plot(x, mean, color=colour, ls=dash, marker=marker, ms=3, lw=1.4, label=label)
    if finite.sum() > 1 and len(x) > 2:
        axes.fill_between(x[finite], lower[finite], upper[finite], color=colour, alpha=0.18, lw=0)
    elif finite.any():
        axes.vlines(x[finite], lower[finite], upper[finite], color=colour, lw=1.0)


def saved(figure: "Figure", path: Path) -> list[Path]:
    """Write a figure as PNG and SVG and return both paths."""
    paths = [path.with_suffix(".png"), path.with_suffix(".svg")]
    figure.savefig(paths[0], dpi=160)
    figure.savefig(paths[1], metadata={"Date": None})
    return paths


FORMATS = (".png", ".svg", ".pdf")


def write_figure(make: "Callable[[], Figure]", path: Path) -> None:
    """Draw a figure in the style of the house and write it in the format of its extension.

    Raises:
        ValueError: the file cannot be written.
    """
    import matplotlib as mpl

    form = path.suffix.lower().removeprefix(".")
    dates = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}
    with mpl.rc_context(STYLE):
        figure = make()
        write_atomic(
            path, lambda file: figure.savefig(file, format=form, dpi=200, metadata=dates.get(form))
        )
