"""The figure of model collapse: generations, tipping bias, harm by share, and chains."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import FixedLocator, FuncFormatter, NullFormatter

from jaxuim import laws
from theory.study import drawing
from theory.study.claim import Outcome

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis
    from matplotlib.figure import Figure

POLICIES = (
    ("replaced", "labels replaced"),
    ("same", "accumulated, same inputs"),
    ("fresh", "accumulated, fresh inputs"),
)


def draw(outcomes: Mapping[str, Outcome]) -> "Figure":
    """Draw generations, the tipping bias of pooling, the harm by share and real samples."""
    figure, axes = drawing.panels(2, 2)
    _generations(axes[0], outcomes["generations"])
    _tipping(axes[1], outcomes["tipping"])
    _harm(axes[2], outcomes["harm"])
    _halving(axes[3], outcomes["half the variance"])
    return figure


def _ticks(axis: "Axis", places: Sequence[float]) -> None:
    """Label a logarithmic axis at chosen places only."""
    axis.set_major_locator(FixedLocator(list(places)))
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axis.set_minor_formatter(NullFormatter())


def _generations(axes: "Axes", outcome: Outcome) -> None:
    curves = outcome.curves
    grid = np.arange(1, len(curves["replaced"]) + 1)
    for (policy, words), colour in zip(POLICIES, drawing.COLOURS, strict=False):
        drawing.theory_line(axes, grid, curves[f"{policy} theory"], colour, words)
        drawing.simulated_points(axes, grid, curves[policy], curves[f"{policy} error"], colour)
    found = laws.fit("power", grid, curves["replaced"], y_err=curves["replaced error"])
    alpha = -found.params["alpha"]
    drawing.fitted_line(axes, grid, found.predict(grid), f"fitted law, exponent {alpha:.2f}")
    axes.set(xlabel="generation", ylabel="squared error", xscale="log", yscale="log")
    _ticks(axes.xaxis, (1, 2, 5, 10))
    _ticks(axes.yaxis, (0.2, 0.5, 1.0, 2.0))
    drawing.legend(axes)


def _tipping(axes: "Axes", outcome: Outcome) -> None:
    curves = outcome.curves
    drawing.reference_line(axes, 0.0, "clean samples alone")
    drawing.theory_line(axes, curves["levels"], curves["theory"], drawing.COLOURS[0], "theory")
    drawing.simulated_points(
        axes, curves["levels"], curves["mean"], curves["error"], drawing.COLOURS[0], "24 seeds"
    )
    drawing.tip_mark(axes, outcome.tips[0])
    axes.set(
        xlabel="squared bias $c^2$ of 100 pooled samples", ylabel="error, pooled $-$ clean alone"
    )
    axes.set_ylim(-0.45)
    drawing.legend(axes, loc="lower right")


def _harm(axes: "Axes", outcome: Outcome) -> None:
    curves = outcome.curves
    shares = curves["shares"]
    drawing.theory_line(axes, shares, curves["theory"], drawing.COLOURS[1], "theory, n = 1000")
    floor = np.square(shares)
    axes.plot(shares, floor, color=drawing.REFERENCE, lw=0.8, ls=":", label="floor $p^2 c^2$")
    drawing.simulated_points(
        axes, shares, curves["mean"], curves["error"], drawing.COLOURS[1], "12 seeds"
    )
    found = laws.fit("power", shares, curves["mean"], y_err=curves["mean"])
    words = f"fitted law, exponent {-outcome.exponents[0].fitted:.2f}"
    drawing.fitted_line(axes, shares, found.predict(shares), words)
    axes.set(xlabel="share $p$ of biased samples", ylabel="harm of the bias", xscale="log")
    axes.set_yscale("log")
    _ticks(axes.xaxis, (0.05, 0.1, 0.2, 0.5))
    _ticks(axes.yaxis, (0.01, 0.1))
    drawing.legend(axes, loc="lower right")


def _halving(axes: "Axes", outcome: Outcome) -> None:
    curves = outcome.curves
    words = "theory, 10 samples a generation"
    drawing.theory_line(axes, curves["fine"], curves["theory"], drawing.COLOURS[2], words)
    drawing.simulated_points(
        axes, curves["counts"], curves["mean"], curves["error"], drawing.COLOURS[2], "40 seeds"
    )
    drawing.tip_mark(axes, outcome.tips[0])
    axes.set(xlabel="real samples a generation", ylabel="stationary variance", ylim=(0.0, 1.25))
    drawing.legend(axes, loc="upper left")
