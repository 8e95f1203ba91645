"""A law drawn into a panel: solid over the data, dashed on a shade beyond, with its band."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array = NDArray[np.float64]
SHADE = "#f1f3f5"
DASH = (0, (4, 2))


def draw_law(
    axes: "Axes",
    x: Array,
    y: Array,
    ends: tuple[Array, Array] | None,
    last: float,
    colour: str,
    label: str,
) -> bool:
    """Draw a law at increasing x, and say whether it goes beyond ``last``, the largest x measured.

    Args:
        axes: where to draw.
        x: shape (n,).
        y: shape (n,), finite.
        ends: lower and upper ends of the band, drawn where they are finite; None for no band.
        last: where the data end.
        colour: of the law.
        label: of the law, for the legend.
    """
    inside = x <= last * (1 + 1e-9) if last > 0 else x <= last
    axes.plot(x[inside], y[inside], color=colour, lw=1.4, label=label)
    outside = np.flatnonzero(~inside)
    if len(outside):
        beyond = np.append(np.flatnonzero(inside)[-1:], outside)
        axes.plot(x[beyond], y[beyond], color=colour, lw=1.4, ls=DASH)
    if ends is not None:
        known = np.isfinite(ends[0]) & np.isfinite(ends[1])
        lower, upper = ends[0][known], ends[1][known]
        axes.fill_between(x[known], lower, upper, color=colour, alpha=0.18, lw=0)
    return bool(len(outside))


def shade_beyond(axes: "Axes", last: float, end: float) -> None:
    """Shade what lies beyond the data."""
    axes.axvspan(last, end, color=SHADE, lw=0, zorder=0)
