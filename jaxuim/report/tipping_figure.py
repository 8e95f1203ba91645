"""The figure of a tipping point: points, the fitted shape, the location with its interval."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from jaxuim.laws import TippingPoint
from jaxuim.report import labels
from jaxuim.report.drawing import TIP, Panels, line_colours
from jaxuim.report.points import Points, draw_points
from jaxuim.report.scales import decades, logarithmic

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Array = NDArray[np.float64]


def draw_tip(axes: "Axes", location: float, lower: float, upper: float, label: str = "") -> None:
    """Draw a tipping point: a line at its location, a shade over its interval."""
    axes.axvline(location, color=TIP, lw=1.2, label=label or None)
    axes.axvspan(lower, upper, color=TIP, alpha=0.15, lw=0)


def tipping_figure(
    data: Points, found: TippingPoint, shape: tuple[Array, Array] | None = None
) -> "Figure":
    """Return the figure of a tipping point, or of the finding that there is none.

    Args:
        data: what was measured, one input.
        found: the result of ``tipping_point`` on it.
        shape: x and y of the fitted shape.
    """
    panels = Panels(1, 1, height=2.6)
    axes = panels.flat[0]
    name = "fitted shape" if found.detected else "smooth curve"
    words = draw_points(axes, data, found.confidence)
    if shape is not None:
        axes.plot(*shape, color=line_colours()[0], lw=1.4, label=name)
    percent = f"{100 * found.confidence:g} %"
    if found.location is not None and found.interval is not None:
        draw_tip(axes, found.location, *found.interval, label="tipping point")
        words += f"; shade: {percent} interval of the tipping point"
    x = data.x[data.finite, 0]
    if decades(x):
        logarithmic(axes, "x", x.min(), x.max())
    axes.set_ylabel(data.response)
    axes.set_title(_title(found, percent))
    return panels.finished(data.inputs[0], f"{words}.")


def _title(found: TippingPoint, percent: str) -> str:
    p = labels.p_value(found.p_value)
    if found.location is None or found.interval is None:
        return f"no tipping point detected ({p})"
    place, ends = labels.estimate(found.location, *found.interval)
    return f"{found.kind} at {place} ({percent} {ends}), {p}"
