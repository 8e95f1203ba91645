"""The figure on random features: double descent, its peak, and the noise it amplifies."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from theory.random_features.descent import NOISES, RIDGES
from theory.random_features.rows import N
from theory.study.claim import Outcome
from theory.study.drawing import (
    COLOURS,
    fitted_line,
    legend,
    panels,
    reference_line,
    simulated_points,
    theory_line,
    tip_mark,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def draw(outcomes: Mapping[str, Outcome]) -> "Figure":
    """Draw excess risk against width at two ridges, the peak's location, and amplification."""
    figure, axes = panels(2, 2)
    for k, ridge in enumerate(RIDGES):
        _widths(axes[k], outcomes["widths"], k, ridge)
    _peak(axes[2], outcomes["peak"])
    _amplification(axes[3], outcomes["amplification"])
    return figure


def _widths(axes: "Axes", outcome: Outcome, place: int, ridge: float) -> None:
    curves = outcome.curves
    for k, noise in enumerate(NOISES):
        label = f"noise {noise:g}" if place == 0 else ""
        theory_line(axes, curves["dense"], curves["theory"][k][:, place], COLOURS[k], label)
        points, error = curves["mean"][k][:, place], curves["error"][k][:, place]
        simulated_points(axes, curves["widths"], points, error, COLOURS[k])
    axes.set(xscale="log", yscale="log", xlabel="features p", ylabel="excess risk")
    axes.set_title(f"n = {N}, ridge {ridge:g}", fontsize=8)
    ticks = (20, 50, 120, 300, 600)
    axes.set_xticks(ticks, [str(p) for p in ticks])
    if place == 0:
        legend(axes)


def _peak(axes: "Axes", outcome: Outcome) -> None:
    curves = outcome.curves
    theory_line(axes, curves["middle"], curves["expected"], COLOURS[2], "theory")
    simulated_points(
        axes, curves["middle"], curves["mean"], curves["error"], COLOURS[2], "simulation"
    )
    reference_line(axes, 0.0)
    tip_mark(axes, outcome.tips[0])
    axes.set(xlabel="features p", ylabel="change of log risk, p - 6 to p + 6")
    legend(axes, loc="upper right")


def _amplification(axes: "Axes", outcome: Outcome) -> None:
    from jaxuim import laws

    curves, exponent = outcome.curves, outcome.exponents[0]
    distance = curves["distance"]
    theory_line(axes, distance, curves["exact"], COLOURS[0], "theory, exact")
    simulated_points(axes, distance, curves["mean"], curves["error"], COLOURS[0], "simulation")
    law = laws.fit("power", distance, curves["first"], scale="log")
    low, high = exponent.interval
    words = f"fitted exponent {-exponent.fitted:.2f}\n(90 %: {-high:.2f} to {-low:.2f})"
    fitted_line(axes, distance, np.asarray(law.predict(distance)), words)
    axes.set(xscale="log", yscale="log", xlabel="n - p, no ridge",
             ylabel="test error / label noise")  # fmt: skip
    legend(axes)
