"""The figure on label noise: votes, their collapse, labels needed, and when filtering pays."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import jax
import numpy as np

from theory.label_noise import mean_classifier, votes
from theory.label_noise.classifier_study import FILTERED
from theory.label_noise.votes_study import CLASSES, ITEMS
from theory.study import drawing
from theory.study.claim import Outcome

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def draw(outcomes: Mapping[str, Outcome]) -> "Figure":
    """Draw the four panels from what the parts stored."""
    figure, axes = drawing.panels(2, 2)
    _votes(axes[0], outcomes["finite-size collapse"])
    _collapsed(axes[1], outcomes["finite-size collapse"])
    _needed(axes[2], outcomes["labels needed"])
    _filtered(axes[3], outcomes["filtering"])
    return figure


def _votes(axes: "Axes", outcome: Outcome) -> None:
    levels, sizes = outcome.curves["noise"], outcome.curves["sizes"]
    errors = outcome.curves["errors"].reshape(len(sizes), -1)
    dense = np.linspace(levels[0], levels[-1], 80)
    curve = jax.vmap(votes.majority_error_normal, in_axes=(0, None, None))
    for m, found, colour in zip(sizes, errors, drawing.COLOURS, strict=False):
        drawing.theory_line(axes, dense, curve(dense, CLASSES, m), colour, f"{m:.0f} labels")
        spread = np.sqrt(found * (1 - found) / ITEMS)
        drawing.simulated_points(axes, levels, found, spread, colour)
    drawing.tip_mark(axes, outcome.tips[0])
    axes.set(xlabel="label noise rate", ylabel="error of the majority")
    axes.set(ylim=(-0.03, 1.75), yticks=np.linspace(0, 1, 6))
    drawing.legend(axes, loc="upper left")


def _collapsed(axes: "Axes", outcome: Outcome) -> None:
    levels, sizes = outcome.curves["noise"], outcome.curves["sizes"]
    errors = outcome.curves["errors"].reshape(len(sizes), -1)
    lead = np.asarray(votes.margin(levels, CLASSES))
    widest = float(np.abs(lead).max() * np.sqrt(sizes[-1] * CLASSES))
    dense = np.linspace(-widest, widest, 160)
    curve = jax.vmap(votes.scaling_error, in_axes=(0, None))(dense, CLASSES)
    drawing.theory_line(axes, dense, curve, drawing.REFERENCE, "common curve")
    for m, found, colour in zip(sizes, errors, drawing.COLOURS, strict=False):
        spread = np.sqrt(found * (1 - found) / ITEMS)
        scaled = lead * np.sqrt(m * CLASSES)
        drawing.simulated_points(axes, scaled, found, spread, colour, f"{m:.0f} labels")
    axes.set(xlabel=r"margin $\times\ \sqrt{labels \times classes}$")
    axes.set(ylabel="error of the majority", xlim=(-5, 6))
    axes.set(ylim=(-0.03, 1.3), yticks=np.linspace(0, 1, 6))
    drawing.legend(axes)


def _needed(axes: "Axes", outcome: Outcome) -> None:
    at, fitted = outcome.curves["margin"], outcome.exponents[0]
    found, error = outcome.curves["found"], outcome.curves["error"]
    drawing.theory_line(axes, at, outcome.curves["theory"], drawing.COLOURS[0], "exact")
    drawing.theory_line(axes, at, outcome.curves["bound"], drawing.COLOURS[4], "upper bound")
    drawing.simulated_points(axes, at, found, error, drawing.COLOURS[0], "simulated")
    law = np.exp(np.mean(np.log(found) + fitted.fitted * np.log(at))) * at**-fitted.fitted
    low, high = fitted.interval
    words = f"fitted power -{fitted.fitted:.2f} ({low:.2f} to {high:.2f})"
    drawing.fitted_line(axes, at, law, words)
    axes.set(xscale="log", yscale="log", xlabel=r"margin $1-2\eta$")
    axes.set(ylabel="labels for an error of 10 %", ylim=(6, 9e3))
    axes.minorticks_off()
    axes.set_xticks([0.06, 0.1, 0.2, 0.4], labels=["0.06", "0.1", "0.2", "0.4"])
    drawing.legend(axes)


def _filtered(axes: "Axes", outcome: Outcome) -> None:
    levels, (eta, kept, n, d, strength) = outcome.curves["residual"], FILTERED
    dense = np.linspace(levels[0], levels[-1], 80)
    refined = jax.vmap(mean_classifier.mean_error_refined, in_axes=(0, None, None, None))
    whole = mean_classifier.mean_error_refined(eta, n, d, strength)
    change = refined(dense, kept * n, float(d), strength) - whole
    drawing.reference_line(axes, 0.0)
    drawing.theory_line(axes, dense, change, drawing.COLOURS[0], "40 % kept, theory")
    drawing.simulated_points(
        axes, levels, outcome.curves["gain"], outcome.curves["error"], drawing.COLOURS[0],
        "simulated, 16 seeds",
    )  # fmt: skip
    drawing.tip_mark(axes, outcome.tips[0])
    axes.set(xlabel="noise left by the filter", ylabel="error minus that of all data")
    axes.set(ylim=(-0.012, 0.09))
    drawing.legend(axes, loc="upper left")
