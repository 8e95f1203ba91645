"""Measured points with the names of their columns, and how figures show them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jaxuim.report.curves import summarise
from jaxuim.report.drawing import INK

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = NDArray[np.float64]
RUN = "#b4bcc5"


@dataclass(frozen=True)
class Points:
    """What was measured.

    Args:
        inputs: column names of x.
        response: column name of y.
        x: shape (n, inputs), finite.
        y: shape (n,); NaN for a run that gave no number.
        y_err: standard errors of y, shape (n,).
        groups: label of the cluster of each row, shape (n,); ``by`` is the column's name.
    """

    inputs: tuple[str, ...]
    response: str
    x: Array
    y: Array
    y_err: Array | None = None
    groups: NDArray[Any] | None = None
    by: str = ""

    @property
    def finite(self) -> NDArray[np.bool_]:
        """Which rows have a y."""
        return np.asarray(np.isfinite(self.y))

    def means(self, confidence: float) -> tuple[Array, Array, Array, Array]:
        """Return x, mean over groups and the ends of its t interval; one input only."""
        keep = self.finite
        labels = np.zeros(len(self.y)) if self.groups is None else self.groups
        rows = pd.DataFrame({"x": self.x[keep, 0], "seed": labels[keep], "value": self.y[keep]})
        means = rows.groupby(["x", "seed"])["value"].mean().reset_index()
        table = summarise(means, ["x"], confidence)
        x, mean, lower, upper = table[["x", "mean", "lower", "upper"]].to_numpy(dtype=float).T
        return x, mean, lower, upper


@dataclass(frozen=True)
class Predicted:
    """Values away from the data: x of shape (m, inputs), mean and interval of shape (m,)."""

    label: str
    x: Array
    mean: Array
    lower: Array
    upper: Array


def draw_measured(axes: "Axes", x: Any, mean: Any, lower: Any, upper: Any, label: str) -> None:
    """Draw means with their intervals; without a bar where an interval is not known."""
    x, mean, lower, upper = (np.asarray(v, dtype=float) for v in (x, mean, lower, upper))
    if not np.any(np.isfinite(upper - lower)):
        axes.plot(x, mean, "o", ms=3, color=INK, label=label, zorder=3)
        return
    error = np.nan_to_num(np.stack([mean - lower, upper - mean]))
    style: dict[str, Any] = {"fmt": "o", "ms": 3, "color": INK, "elinewidth": 0.8, "capsize": 1.5}
    axes.errorbar(x, mean, error, label=label, zorder=3, **style)


def draw_predicted(axes: "Axes", found: Predicted, colour: str) -> None:
    """Draw predictions as open diamonds with their intervals, at the first input."""
    error = np.nan_to_num(np.stack([found.mean - found.lower, found.upper - found.mean]))
    style: dict[str, Any] = {"fmt": "D", "ms": 4, "mfc": "white", "elinewidth": 1.0, "capsize": 2}
    x = found.x[:, 0]
    error = np.maximum(error, 0.0)
    axes.errorbar(x, found.mean, error, color=colour, label=found.label, zorder=4, **style)


def draw_points(axes: "Axes", data: Points, confidence: float) -> str:
    """Draw the points of one input and return the words that explain them.

    Rows that belong to several groups are thin lines, one for each group, with their mean.
    """
    keep = data.finite
    x, y = data.x[keep, 0], data.y[keep]
    if data.groups is not None and len(np.unique(x)) < len(x):
        for label in np.unique(data.groups[keep]):
            own = data.groups[keep] == label
            order = np.argsort(x[own], kind="stable")
            axes.plot(x[own][order], y[own][order], color=RUN, lw=0.6, alpha=0.7, zorder=1)
        draw_measured(axes, *data.means(confidence), "mean")
        return f"Thin lines: each {data.by}; points: mean with {100 * confidence:g} % t interval"
    bar = data.y_err[keep] if data.y_err is not None else np.full(len(y), np.nan)
    draw_measured(axes, x, y, y - bar, y + bar, "measured")
    return "Points: measured" + ("" if data.y_err is None else ", with one standard error")
