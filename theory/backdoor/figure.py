"""The figure of the backdoor: success, growth of the count, descent, and trained networks."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from theory.backdoor.counts import REGIMES
from theory.backdoor.digits import BATCH, DESIGNS
from theory.study import drawing
from theory.study.claim import Outcome

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

SUCCESS = "attack success"
POISONS = "poisons"


def draw(outcomes: Mapping[str, Outcome]) -> "Figure":
    """Draw six panels from what the parts stored."""
    figure, axes = drawing.panels(2, 3)
    _ridge(axes[0], outcomes["ridge"])
    _tip(axes[1], outcomes["tip"], outcomes["ridge"])
    _counts(axes[2], outcomes["counts"])
    _descent(axes[3], outcomes["descent"])
    _network(axes[4], outcomes["network"])
    _digits(axes[5], outcomes["digits"])
    return figure


def _ridge(axes: "Axes", found: Outcome) -> None:
    """Success against the count: one curve for all n where the trigger is clean, else not."""
    curves = found.curves
    cases = (("2000 0", "n = 2000"), ("20000 0", "n = 20000"), ("4000 0.05", "n = 4000, noisy"),
             ("16000 0.05", "n = 16000, noisy"))  # fmt: skip
    for (key, label), colour, marker in zip(cases, drawing.COLOURS, "osD^", strict=False):
        drawing.theory_line(axes, curves["fine"], curves[f"theory {key}"], colour)
        mean, error = curves[f"success {key}"]
        drawing.simulated_points(axes, curves["counts"], mean, error, colour, label, marker)
    axes.set(xlabel=POISONS, ylabel=SUCCESS, title="ridge: law and simulation", ylim=(-0.03, 1.3))
    axes.set_yticks([0.0, 0.25, 0.5, 0.75, 1.0])  # the room above 1 is the legend's
    drawing.legend(axes, loc="upper left", ncols=2)


def _tip(axes: "Axes", found: Outcome, ridge: Outcome) -> None:
    """One data set of seeds and the crossing of their mean with 1/2."""
    counts, success = found.curves["counts"], found.curves["success"]
    drawing.reference_line(axes, 0.5)
    for row in success:
        axes.plot(counts, row, color=drawing.COLOURS[5], lw=0.5, alpha=0.7)
    error = success.std(axis=0, ddof=1) / np.sqrt(len(success))
    label = f"mean of {len(success)} training sets"
    drawing.simulated_points(axes, counts, success.mean(axis=0), error, drawing.COLOURS[0], label)
    for tip in found.tips:
        drawing.tip_mark(axes, tip)
    axes.set(xlabel=POISONS, ylabel=SUCCESS, title="critical count, n = 4000")
    drawing.legend(axes, loc="lower right")


def _counts(axes: "Axes", found: Outcome) -> None:
    """Critical count against n in the three regimes, with fitted power laws."""
    curves = found.curves
    for regime, exponent, colour in zip(REGIMES, found.exponents, drawing.COLOURS, strict=False):
        fine, law = curves[f"law {regime.name}"]
        drawing.theory_line(axes, fine, law, colour)
        samples, mean, error = curves[f"simulated {regime.name}"]
        label = f"{regime.name}, {-exponent.fitted:.2f}"
        drawing.simulated_points(axes, samples, mean, error, colour, label)
        last = regime is REGIMES[-1]
        words = "fitted power law, one data set" if last else ""
        fine, line = curves[f"fitted {regime.name}"]
        drawing.fitted_line(axes, fine, line, words)
    axes.set(xscale="log", yscale="log", xlabel="clean samples n", ylabel="critical count")
    axes.set(ylim=(4.0, 3000.0), title="growth and fitted exponents")
    drawing.legend(axes, loc="upper left", fontsize=6)


def _descent(axes: "Axes", found: Outcome) -> None:
    """The trigger's score over the steps of gradient descent."""
    curves = found.curves
    means, errors = curves["shift"]
    for number, count in enumerate(curves["counts"]):
        colour = drawing.COLOURS[number]
        drawing.theory_line(axes, curves["law steps"], curves["law"][number], colour)
        drawing.simulated_points(
            axes, curves["steps"], means[number], errors[number], colour, f"{count:.0f} poisons"
        )
    axes.set(xscale="log", xlabel="steps of gradient descent", ylabel="score of the trigger")
    axes.set(title="no ridge, n = 3000")
    drawing.legend(axes)


def _network(axes: "Axes", found: Outcome) -> None:
    """Success against the count for two-layer linear networks trained by SGD."""
    curves = found.curves
    for n, colour, marker in ((400, drawing.COLOURS[0], "o"), (800, drawing.COLOURS[1], "s")):
        drawing.theory_line(axes, curves["fine"], curves[f"theory {n}"], colour)
        mean, error = curves[f"success {n}"]
        drawing.simulated_points(axes, curves["counts"], mean, error, colour, f"n = {n}", marker)
    axes.set(xlabel=POISONS, ylabel=SUCCESS, title="linear network, SGD, weight decay")
    drawing.legend(axes, loc="lower right")


def _digits(axes: "Axes", found: Outcome) -> None:
    """Success against the count for a ReLU network on digits, and the law with fitted constants."""
    curves = found.curves
    for (images, steps), colour, marker in zip(DESIGNS, drawing.COLOURS, "osD", strict=False):
        name = f"{images} {steps}"
        drawing.theory_line(axes, curves["fine"], curves[f"law {name}"], colour)
        mean, error = curves[f"success {name}"]
        passes = steps * BATCH / images
        label = f"{images} images, {passes:.0f} passes"
        drawing.simulated_points(axes, curves["counts"], mean, error, colour, label, marker)
    axes.set_xscale("symlog", base=2, linthresh=1)
    axes.set_xticks([0, 1, 2, 4, 8, 16, 32, 64], labels=["0", "1", "2", "4", "8", "16", "32", "64"])
    axes.set(xlabel=POISONS, ylabel=SUCCESS, title="beyond theory: ReLU network, digits")
    axes.set(ylim=(-0.03, 1.45), yticks=[0.0, 0.25, 0.5, 0.75, 1.0])
    drawing.legend(axes, loc="upper left")
