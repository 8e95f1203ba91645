"""Figure of the claim on overtraining: learning, best times, harm and its exponent."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from theory.overtraining.learning_parts import COST, INPUTS, NOISE, OUTPUTS, START, TARGETS
from theory.study import drawing
from theory.study.claim import Outcome

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def draw(outcomes: Mapping[str, Outcome]) -> "Figure":
    """Draw the four panels from what the parts stored."""
    figure, (a, b, c, d) = drawing.panels(2, 2)
    _learning(a, outcomes["learning"])
    _losses(b, outcomes)
    _harm(c, outcomes["tipping points"])
    _penalty(d, outcomes["tipping points"])
    return figure


def _learning(axes: "Axes", outcome: Outcome) -> None:
    times, strengths = outcome.curves["times"], outcome.curves["strengths"]
    wide = np.linspace(0.0, 5.0, 200)
    for target, found, colour in zip(TARGETS, strengths.T, drawing.COLOURS, strict=False):
        s = target / (1 + (target / START - 1) * np.exp(-2 * target * wide))
        drawing.theory_line(axes, wide, s, colour, f"target {target:g}")
        shown = times <= 5.0
        drawing.simulated_points(axes, times[shown], found[shown], None, colour)
        if target > COST:
            stop = np.log((target / START - 1) * (target - COST) / COST) / (2 * target)
            axes.plot(stop, target - COST, marker="*", ms=9, color="#1b1f24", zorder=5)
    axes.plot([], [], marker="*", ms=7, color="#1b1f24", ls="", label=f"best, noise {NOISE}")
    axes.set(xlabel="pre-training time t", ylabel="strength of the mode")
    drawing.legend(axes, loc="upper right", ncol=2, columnspacing=1.0)
    axes.set_ylim(-0.1, 4.6)


def _losses(axes: "Axes", outcomes: Mapping[str, Outcome]) -> None:
    curves = outcomes["weight noise"].curves
    times, levels = curves["times"], curves["levels"]
    wide = np.linspace(0.0, 5.0, 200)
    goals = np.array(TARGETS)
    s = goals / (1 + (goals / START - 1) * np.exp(-2 * goals * wide[:, None]))
    plain = np.sum((s - goals) ** 2, axis=1)
    for noise, mean, error, colour in zip(
        levels, curves["mean"], curves["error"], drawing.COLOURS, strict=False
    ):
        constant = noise**4 * INPUTS * OUTPUTS * 20
        theory = plain + noise**2 * (INPUTS + OUTPUTS) * s.sum(1) + constant
        drawing.theory_line(axes, wide, theory, colour, f"noise {noise:g}")
        drawing.simulated_points(axes, times, mean, error if noise else None, colour)
    drawing.tip_mark(axes, outcomes["tipping points"].tips[2], label=False)
    axes.set(xlabel="pre-training time t", ylabel="loss after weight noise")
    drawing.legend(axes, loc="upper right", ncol=2, columnspacing=1.0)
    axes.set_ylim(-0.5, 27)


def _harm(axes: "Axes", outcome: Outcome) -> None:
    curves, colour = outcome.curves, drawing.COLOURS[2]
    drawing.theory_line(axes, curves["noises"], curves["harm theory"], colour, "theory")
    drawing.simulated_points(
        axes, curves["noises"], curves["harm"], curves["harm error"], colour, "12 seeds, paired"
    )
    drawing.reference_line(axes, 0.0)
    drawing.tip_mark(axes, outcome.tips[1])
    axes.set(xlabel="weight noise", ylabel="loss, learned minus not learned")
    drawing.legend(axes)


def _penalty(axes: "Axes", outcome: Outcome) -> None:
    curves, colour = outcome.curves, drawing.COLOURS[0]
    x, mean = curves["small"], curves["penalty"]
    drawing.theory_line(axes, x, curves["penalty theory"], colour, "theory $c^2$")
    drawing.simulated_points(axes, x, mean, curves["penalty error"], colour, "12 seeds, paired")
    alpha = float(curves["alpha"][0])
    scale = np.exp(np.mean(np.log(mean) + alpha * np.log(x)))
    drawing.fitted_line(axes, x, scale * x**-alpha, rf"fitted, noise$^{{{-alpha:.2f}}}$")
    axes.set(xscale="log", yscale="log", xlabel="weight noise", ylabel="penalty of convergence")
    axes.set_xticks([0.05, 0.1, 0.2], ["0.05", "0.1", "0.2"])
    axes.minorticks_off()
    drawing.legend(axes)
