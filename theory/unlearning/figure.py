"""The figure on unlearning: iterations, ascent, alignment, deletions."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from theory.study import drawing as look
from theory.study.claim import Outcome
from theory.unlearning.removal import remaining_share

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def draw(outcomes: Mapping[str, Outcome]) -> "Figure":
    """Return the figure."""
    figure, axes = look.panels(2, 2)
    _iterations(axes[0], outcomes["identities"])
    _ascent(axes[1], outcomes["ascent"])
    _alignment(axes[2], outcomes["alignment"])
    _deletions(axes[3], outcomes["deletion"])
    return figure


def _iterations(axes: "Axes", outcome: Outcome) -> None:
    h, shares = float(outcome.curves["h"]), outcome.curves["shares"]
    j = np.arange(0, 9)
    for colour, value in zip(look.COLOURS, (h, 0.5, 0.8), strict=False):
        predicted = [float(remaining_share(value, float(i))) for i in j]
        look.theory_line(axes, j, predicted, colour, f"leverage {value:.2f}")
    found = np.r_[1.0, shares]
    look.simulated_points(axes, j[: len(found)], found, None, look.COLOURS[0], "computed")
    axes.set(yscale="log", xlabel="Neumann iterations", ylabel="share of the point's effect left")
    axes.set_ylim(1e-4, 1.6)
    look.legend(axes, loc="lower left")


def _ascent(axes: "Axes", outcome: Outcome) -> None:
    curves = outcome.curves
    look.theory_line(axes, curves["steps"], curves["theory"], look.COLOURS[0], "theory")
    look.simulated_points(
        axes, curves["steps"], curves["mean"], curves["error"], look.COLOURS[0], "simulated"
    )
    look.reference_line(axes, 1.0, "retrained")
    look.tip_mark(axes, outcome.tips[0])
    axes.set(xlabel="gradient ascent steps", ylabel="residual / residual after retraining")
    look.legend(axes, loc="upper left")


def _alignment(axes: "Axes", outcome: Outcome) -> None:
    curves = outcome.curves
    points = [curves[name] for name in curves if name.startswith("point")]
    names = [name for name in curves if name.startswith("decay")]
    for colour, name in zip(look.COLOURS, names, strict=False):
        decay, n = (float(word) for word in name.split()[1::2])
        words = f"$\\lambda_i=i^{{-{decay:g}}}$, n = {n:.0f}" if decay else f"flat, n = {n:.0f}"
        look.theory_line(axes, curves["ridge"], curves[name], colour, words)
        own = np.array([p[2:] for p in points if p[0] == decay and p[1] == n])
        look.simulated_points(axes, own[:, 0], own[:, 1], own[:, 2], colour)
    axes.set(xscale="log", xlabel="ridge", ylabel="alignment $\\cos^2(x, A^{-1}x)$", ylim=(0, 1.02))
    look.legend(axes, loc="lower right")


def _deletions(axes: "Axes", outcome: Outcome) -> None:
    curves, colour = outcome.curves, look.COLOURS[0]
    look.theory_line(axes, curves["deleted"], curves["exact"], colour, "exact")
    look.simulated_points(
        axes, curves["deleted"], curves["mean"], curves["error"], colour, "simulated, 12 seeds"
    )
    exponent = outcome.exponents[0]
    look.fitted_line(
        axes, curves["deleted"], curves["fitted"], f"fitted power {-exponent.fitted:.2f}"
    )
    look.tip_mark(axes, outcome.tips[0])
    axes.set(yscale="log", xlabel="deleted points (of 100)", ylabel="excess risk / noise variance")
    look.legend(axes, loc="upper left")
