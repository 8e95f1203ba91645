"""The figure of the bounds: benign overfitting, selection, memorised labels, PAC-Bayes."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from theory.bounds.information_study import gap_curve
from theory.study.claim import Outcome
from theory.study.drawing import (
    COLOURS,
    legend,
    panels,
    reference_line,
    simulated_points,
    theory_line,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def draw(outcomes: Mapping[str, Outcome]) -> "Figure":
    """Draw the four panels from stored curves."""
    figure, axes = panels(2, 2)
    _benign(axes[0], outcomes["benign overfitting"])
    _selection(axes[1], outcomes["selection"])
    _labels(axes[2], outcomes["memorised labels"])
    _pac_bayes(axes[3], outcomes["pac-bayes"])
    return figure


def _benign(ax: "Axes", outcome: Outcome) -> None:
    curves = outcome.curves
    names = ("i^-1", "20 spikes", "40 strong spikes")
    shown = (r"spectrum $i^{-1}$", "20 spikes of 1", "40 spikes of 100")
    for colour, name, label in zip(COLOURS, names, shown, strict=False):
        theory_line(ax, curves["n"], curves[name], colour, label)
    reference_line(ax, 1.0, "bound with constant 1")
    ax.set(xscale="log", yscale="log", xlabel="samples n", ylabel="variance / bound")
    legend(ax)


def _selection(ax: "Axes", outcome: Outcome) -> None:
    curves = outcome.curves
    models = np.geomspace(2, 1e6, 60)
    gaps, bound = gap_curve(models)
    theory_line(ax, models, gaps, COLOURS[0], "theory")
    theory_line(ax, models, bound, COLOURS[1], "information bound")
    simulated_points(
        ax, curves["models"], curves["gap"], curves["gap error"], COLOURS[0], "simulation"
    )
    ax.set(xscale="log", xlabel="useless models to choose from", ylabel="generalisation gap")
    legend(ax)


def _labels(ax: "Axes", outcome: Outcome) -> None:
    curves = outcome.curves
    theory_line(ax, curves["release"], curves["law"], COLOURS[0], "theory")
    simulated_points(
        ax, curves["release"], curves["nats"], curves["nats error"], COLOURS[0], "simulation"
    )
    ax.set(xscale="log", xlabel="variance of release noise")
    ax.set(ylabel="memorised label noise (nats)")
    legend(ax)


def _pac_bayes(ax: "Axes", outcome: Outcome) -> None:
    curves = outcome.curves
    scale = curves["scale"]
    simulated_points(ax, scale, curves["true"], None, COLOURS[2], "true Gibbs error", "s")
    simulated_points(ax, 1.06 * scale, curves["training"], None, COLOURS[0], "on training set")
    theory_line(ax, scale, curves["bound"], COLOURS[1], "PAC-Bayes bound, 95 %")
    ax.set(xscale="log", xlabel="length of posterior weights / mean rule", ylabel="error rate")
    ax.set_ylim(0.0, None)
    legend(ax)
