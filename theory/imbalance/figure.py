"""Figure of the claim on rare classes: fading, jump, rare centroids and a cut tail."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from jaxuim.report.drawing import TIP
from theory.study import drawing
from theory.study.claim import Outcome

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def draw(outcomes: Mapping[str, Outcome]) -> "Figure":
    """Draw the four panels from what the parts stored."""
    figure, (a, b, c, d) = drawing.panels(2, 2)
    _strengths(a, outcomes)
    _spread(b, outcomes)
    _centroid(c, outcomes["nearest centroid"])
    _tail(d, outcomes["draws from the tail"])
    return figure


def _strengths(axes: "Axes", outcomes: Mapping[str, Outcome]) -> None:
    theory = outcomes["deeper networks"].curves
    two, three = (outcomes[f"trained, {m} factors"].curves for m in ("two", "three"))
    blue, red, green = drawing.COLOURS[:3]
    counts = theory["counts"]
    drawing.theory_line(axes, counts, theory["two"], blue, "2 factors")
    for name, colour in (("three", red), ("four", green)):
        best, kept = theory[name], theory[f"{name} kept"]
        cut = int(np.argmax(best > 0))
        for part in (slice(0, cut), slice(cut, None)):
            label = f"{3 if name == 'three' else 4} factors" if part.start else ""
            drawing.theory_line(axes, counts[part], best[part], colour, label)
        held = (kept > 0) & (best == 0)
        axes.plot(counts[held], kept[held], color=colour, lw=0.9, ls=":")
    drawing.simulated_points(axes, two["levels"], two["strength"], None, blue)
    drawing.simulated_points(axes, three["levels"], three["strong"], None, red, "strong start")
    drawing.simulated_points(axes, three["levels"], three["weak"], None, red, "weak start", "v")
    for name in ("trained, two factors", "trained, three factors"):
        drawing.tip_mark(axes, outcomes[name].tips[0], label=False)
    axes.set(xlabel="samples of the class", ylabel="strength of the class", xlim=(1, 24.5))
    axes.set(ylim=(-0.15, 4.6))
    drawing.legend(axes, loc="upper left")


def _spread(axes: "Axes", outcomes: Mapping[str, Outcome]) -> None:
    curves = outcomes["trained, cross-entropy"].curves
    wide = np.linspace(0.15, 1.85, 200)
    colour = drawing.COLOURS[3]
    drawing.theory_line(axes, wide, np.maximum(1 - wide, 0.0), colour, "theory")
    drawing.simulated_points(axes, curves["level"], curves["seen"], None, colour, "sampled answers")
    drawing.tip_mark(axes, outcomes["trained, cross-entropy"].tips[0])
    axes.set_ylim(-0.12, 1.25)
    axes.set(xlabel=r"weight decay over $\sqrt{n_k}/N$", ylabel="p(own) - p(other)")
    drawing.legend(axes)
    inset = axes.inset_axes((0.68, 0.3, 0.28, 0.28))
    spread = outcomes["cross-entropy"].curves
    x = spread["above"]
    drawing.theory_line(inset, x, spread["theory"], drawing.COLOURS[0])
    drawing.simulated_points(inset, x, spread["seen"], None, drawing.COLOURS[0])
    alpha = float(spread["fit"][0])
    scale = np.exp(np.mean(np.log(spread["seen"]) + alpha * np.log(x)))
    drawing.fitted_line(inset, x, scale * x**-alpha)
    inset.set(xscale="log", yscale="log")
    inset.minorticks_off()
    inset.tick_params(labelsize=5, pad=1)
    inset.set_title(rf"log-odds, $(n/n^*-1)^{{{-alpha:.2f}}}$", fontsize=5.5, pad=2)


def _centroid(axes: "Axes", outcome: Outcome) -> None:
    curves, colour = outcome.curves, drawing.COLOURS[0]
    drawing.theory_line(axes, curves["wide"], curves["theory"], colour, "theory (exact)")
    drawing.simulated_points(
        axes, curves["counts"], curves["mean"], curves["error"], colour, "12 seeds"
    )
    drawing.reference_line(axes, 0.5, "chance")
    drawing.tip_mark(axes, outcome.tips[0])
    axes.set(xscale="log", xlabel="samples of the minority", ylabel="minority error")
    axes.set_xticks([20, 40, 80, 160], ["20", "40", "80", "160"])
    axes.minorticks_off()
    drawing.legend(axes)


def _tail(axes: "Axes", outcome: Outcome) -> None:
    curves = outcome.curves
    blue, red = drawing.COLOURS[:2]
    drawing.theory_line(axes, curves["wide"], curves["theory"], blue, "all classes, theory")
    drawing.theory_line(axes, curves["wide"], curves["cut"], red, "tail cut at rank 50")
    drawing.reference_line(axes, float(curves["plateau"][0]), "mass of the cut tail")
    x, mean = curves["sizes"], curves["mean"]
    drawing.simulated_points(axes, x, mean, curves["error"], blue, "8 seeds")
    alpha = float(curves["alpha"][0])
    scale = np.exp(np.mean(np.log(mean) + alpha * np.log(x)))
    drawing.fitted_line(axes, x, scale * x**-alpha, rf"fitted $n^{{-{alpha:.3f}}}$")
    low, high = outcome.tips[0].interval or (np.nan, np.nan)
    axes.axvline(10.0 ** outcome.tips[0].predicted, color=TIP, lw=1.0, zorder=1)
    axes.axvspan(10.0**low, 10.0**high, color=TIP, alpha=0.18, lw=0, zorder=0)
    axes.set(xscale="log", yscale="log", xlabel="samples", ylabel="mass never seen")
    drawing.legend(axes, loc="lower left")
