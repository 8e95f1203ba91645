"""The figure of feature learning: overlaps, rounding at finite size, probe risk and its kink."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from jaxuim import laws
from theory.feature_learning.features import probe_excess
from theory.feature_learning.pipeline_study import NOISE, PROBE
from theory.feature_learning.pipeline_study import D as TASK_D
from theory.feature_learning.pipeline_study import M as TASK_M
from theory.feature_learning.transition import left_overlap, right_overlap, signal
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

LEVEL = "pre-training noise / critical noise"


def draw(outcomes: Mapping[str, Outcome]) -> "Figure":
    """Draw the four panels from stored curves."""
    figure, axes = panels(2, 2)
    _overlaps(axes[0], outcomes["overlaps"])
    _rounding(axes[1], outcomes["rounding"])
    _pipeline(axes[2], outcomes["pipeline"])
    _tip(axes[3], outcomes["tipping point"])
    return figure


def _overlaps(ax: "Axes", outcome: Outcome) -> None:
    curves, dense = outcome.curves, np.linspace(0.05, 2.0, 300)
    shown = curves["ratio"] <= 2.0
    for colour, side, law in (
        (COLOURS[0], "left", left_overlap), (COLOURS[1], "right", right_overlap)
    ):  # fmt: skip
        theory_line(ax, dense, np.asarray(law(signal(dense, 2.0), 2.0)), colour, f"{side}, theory")
        simulated_points(
            ax, curves["ratio"][shown], curves[side][shown], curves[f"{side} error"][shown],
            colour, f"{side}, d = 400, m = 200",
        )  # fmt: skip
    ax.set(xlabel=LEVEL, ylabel="squared overlap with truth", ylim=(-0.03, 1.03))
    legend(ax)


def _rounding(ax: "Axes", outcome: Outcome) -> None:
    curves = outcome.curves
    ratios = curves["ratio"]
    dense = np.linspace(ratios[0], ratios[-1], 301)
    theory_line(ax, dense, np.maximum(1.0 - dense, 0.0), COLOURS[0], "theory, d = m infinite")
    for colour, number in zip(COLOURS[1:], (100, 1000, 20000), strict=False):
        mean, error = curves[f"d={number}"], curves[f"d={number} error"]
        simulated_points(ax, ratios, mean, error, colour, f"d = m = {number}")
    ax.set(xlabel=LEVEL, ylabel="squared overlap with truth")
    legend(ax)


def _pipeline(ax: "Axes", outcome: Outcome) -> None:
    curves, c = outcome.curves, TASK_D / TASK_M
    dense = np.linspace(0.05, 1.6, 300)
    overlap = left_overlap(signal(dense, c), c)
    law = np.asarray(probe_excess(overlap, 1.0, NOISE, PROBE))
    theory_line(ax, dense, law, COLOURS[0], "theory")
    simulated_points(
        ax, curves["ratio"], curves["risk"], curves["risk error"], COLOURS[0],
        f"least squares on {TASK_M} tasks, d = {TASK_D}",
    )  # fmt: skip
    reference_line(ax, float(probe_excess(0.0, 1.0, NOISE, PROBE)), "feature independent of truth")
    ax.set(xlabel=LEVEL, ylabel="excess risk of the probe (units of y²)")
    legend(ax)


def _tip(ax: "Axes", outcome: Outcome) -> None:
    curves, (tip,) = outcome.curves, outcome.tips
    ratios = curves["ratio"]
    theory_line(ax, ratios, curves["finite"], COLOURS[0], "mean at d = m = 20 000")
    simulated_points(ax, ratios, curves["first"], None, COLOURS[0], "measured, 12 seeds")
    found = laws.fit("hinge", ratios, curves["first"])
    dense = np.linspace(ratios[0], ratios[-1], 301)
    fitted_line(ax, dense, np.asarray(found.predict(dense)), "fitted hinge")
    tip_mark(ax, tip)
    ax.set(xlabel=LEVEL, ylabel="test mean squared error (units of y²)")
    legend(ax)
