"""The figure on shortcuts: group errors, where they tip, and two remedies."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import jax
import numpy as np

from theory.shortcut import groups, tipping
from theory.shortcut.study import BEFORE, BIASED, PLAIN, START_R
from theory.study import drawing
from theory.study.claim import Outcome

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def draw(outcomes: Mapping[str, Outcome]) -> "Figure":
    """Draw the six panels from what the parts stored."""
    figure, axes = drawing.panels(2, 3)
    _errors(axes[0], outcomes["correlation"])
    _beyond(axes[1], outcomes["correlation"])
    _map(axes[2])
    remedies, tuned = outcomes["remedies"], outcomes["fine-tuning"]
    shares = np.linspace(0.0, 0.5, 60)
    curve = groups.worst_error(PLAIN, tipping.mixed_correlation(shares, BEFORE))
    label = f"share of clean data, r = {BEFORE:g}"
    _remedy(axes[3], remedies, 0, (shares, curve), ("share", "diluted", label))
    weights = np.linspace(1.0, 6.0, 60)
    curve = groups.worst_error(PLAIN, tipping.weighted_correlation(BIASED, weights))
    label = f"weight of the minority, r = {BIASED:g}"
    _remedy(axes[4], remedies, 1, (weights, curve), ("weight", "rescued", label))
    stiffness, start = np.linspace(0.5, 11.0, 60), groups.fitted(PLAIN, START_R)
    after = jax.vmap(lambda l: groups.fitted(PLAIN, 0.0, l, start))(stiffness)
    curve = groups.group_errors(PLAIN, after)[1]
    label = "stiffness of fine-tuning, r = 0"
    _remedy(axes[5], tuned, 0, (stiffness, curve), ("stiffness", "tuned", label))
    return figure


def _errors(axes: "Axes", outcome: Outcome) -> None:
    r, found = outcome.curves["correlation"], outcome.curves
    dense = np.linspace(r[0], r[-1], 80)
    both = groups.group_errors(PLAIN, groups.fitted(PLAIN, dense))
    for name, curve, colour in zip(("majority", "worst"), both, drawing.COLOURS, strict=False):
        drawing.theory_line(axes, dense, curve, colour, f"{name} group")
        drawing.simulated_points(axes, r, found[name], found[f"{name} error"], colour)
    drawing.reference_line(axes, 0.5, "chance")
    drawing.tip_mark(axes, outcome.tips[0])
    axes.set(
        xlabel="correlation of shortcut and label, r",
        ylabel="error",
        ylim=(0, 1.5),
        yticks=np.linspace(0, 1, 6),
    )
    drawing.legend(axes, loc="upper left")


def _beyond(axes: "Axes", outcome: Outcome) -> None:
    x, fitted = outcome.curves["beyond"], outcome.exponents[0]
    place = outcome.tips[0].predicted
    curve = np.asarray(groups.worst_error(PLAIN, place + x)) - 0.5
    drawing.theory_line(axes, x, curve, drawing.COLOURS[1], "theory")
    found = outcome.curves["above"]
    error = outcome.curves["above error"]
    drawing.simulated_points(axes, x, found, error, drawing.COLOURS[1], "simulated")
    law = np.exp(np.mean(np.log(found) + fitted.fitted * np.log(x))) * x**-fitted.fitted
    high, low = fitted.interval
    words = f"fitted power {-fitted.fitted:.2f} ({-low:.2f} to {-high:.2f})"
    drawing.fitted_line(axes, x, law, words)
    axes.set(xscale="log", yscale="log", xlabel=r"$r-r^*$", ylabel="error above chance")
    axes.minorticks_off()
    axes.set_xticks([0.05, 0.1, 0.2], labels=["0.05", "0.1", "0.2"])
    axes.set_yticks([0.05, 0.1, 0.2], labels=["0.05", "0.1", "0.2"])
    drawing.legend(axes)


def _map(axes: "Axes") -> None:
    spurious = np.geomspace(0.3, 30.0, 200)
    for core, colour in zip((0.5, 1.0, 2.0, 4.0), drawing.COLOURS, strict=False):
        curve = np.asarray(tipping.critical_correlation(core, spurious))
        curve = np.where(curve <= 1.0, curve, np.nan)
        drawing.theory_line(axes, spurious, curve, colour, f"core strength {core:g}")
    axes.set(xscale="log", ylim=(0, 1.02), xlabel="strength of the shortcut")
    axes.set(ylabel=r"tipping correlation $r^*$")
    drawing.legend(axes, loc="lower left")


def _remedy(
    axes: "Axes",
    outcome: Outcome,
    tip: int,
    theory: tuple[np.ndarray, object],
    names: tuple[str, str, str],
) -> None:
    level, found, label = names
    x, curve = theory
    drawing.theory_line(axes, x, np.asarray(curve), drawing.COLOURS[1], "worst group")
    means, errors = outcome.curves[found], outcome.curves[f"{found} error"]
    drawing.simulated_points(axes, outcome.curves[level], means, errors, drawing.COLOURS[1])
    drawing.reference_line(axes, 0.5)
    drawing.tip_mark(axes, outcome.tips[tip])
    axes.set(xlabel=label, ylabel="error of the worst group", ylim=(0.15, 1.05))
    drawing.legend(axes, loc="upper left" if means[0] < 0.5 else "upper right")
