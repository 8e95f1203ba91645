"""The figure of feedback: bifurcation, hysteresis, onset of the amplitude, and early warning."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from jaxuim import laws
from theory.study import drawing
from theory.study.claim import Outcome

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Array = NDArray[np.float64]


def draw(outcomes: Mapping[str, Outcome]) -> "Figure":
    """Draw the bifurcation diagram, the hysteresis loop, the onset and the warning signals."""
    figure, axes = drawing.panels(2, 2, 2.6)
    _bifurcation(axes[0], outcomes["diagrams"].curves, outcomes["pitchfork"])
    _loop(axes[1], outcomes["diagrams"].curves, outcomes["jump"])
    _onset(axes[2], outcomes["onset"])
    _warning(axes[3], outcomes["early warning"].curves)
    return figure


def _branches(axes: "Axes", x: Array, y: Array, stable: Array, colour: str, label: str) -> None:
    """Draw stable parts of a branch solid and unstable ones dotted."""
    held = stable > 0.5
    # A step in x between neighbours belongs to two different branches.
    broken = np.append(np.abs(np.diff(x)) > 0.1, False)
    drawing.theory_line(axes, np.where(held & ~broken, x, np.nan), y, colour, label)
    axes.plot(np.where(held | broken, np.nan, x), y, color=colour, lw=0.9, ls=":", zorder=2)


def _bifurcation(axes: "Axes", curves: Mapping[str, Array], found: Outcome) -> None:
    for name, colour, words in (
        ("even", drawing.COLOURS[0], "real data even"),
        ("tilted", drawing.COLOURS[1], "real data 52 : 48"),
    ):
        x, y = curves[f"{name} reentry"], curves[f"{name} share"]
        _branches(axes, x, y, curves[f"{name} stable"], colour, words)
        for side in ("upper", "lower"):
            points = curves[f"{name} {side} points"]
            drawing.simulated_points(axes, curves["levels"], points, None, colour)
    critical = found.tips[0].predicted
    axes.plot([0.25, critical], [0.5, 0.5], color=drawing.COLOURS[0], lw=1.4)
    axes.plot([critical, 0.95], [0.5, 0.5], color=drawing.COLOURS[0], lw=0.9, ls=":")
    drawing.tip_mark(axes, found.tips[0])
    axes.set(xlabel="re-entry share $s$, sharpening $b = 2$", ylabel="settled share of option 1")
    axes.set(ylim=(-0.02, 1.45), yticks=(0.0, 0.25, 0.5, 0.75, 1.0))
    drawing.legend(axes, loc="upper left")


def _loop(axes: "Axes", curves: Mapping[str, Array], found: Outcome) -> None:
    colour = drawing.COLOURS[2]
    x, y = curves["loop real"], curves["loop share"]
    _branches(axes, x, y, curves["loop stable"], colour, "theory, $s = 0.7$, $b = 2$")
    for side, marker, tint in (("upper", "v", colour), ("lower", "^", drawing.COLOURS[3])):
        words = f"20 000 agents from the {side} side"
        points = curves[f"loop {side} points"]
        drawing.simulated_points(axes, curves["reals"], points, None, tint, words, marker)
    drawing.tip_mark(axes, found.tips[0])
    axes.set(xlabel="share of option 1 in real data", ylabel="settled share of option 1")
    axes.set(xlim=(0.18, 0.82), ylim=(-0.02, 1.6), yticks=(0.0, 0.25, 0.5, 0.75, 1.0))
    drawing.legend(axes, loc="upper left")


def _onset(axes: "Axes", outcome: Outcome) -> None:
    curves, colour = outcome.curves, drawing.COLOURS[0]
    excess = curves["excess"]
    drawing.theory_line(axes, excess, curves["theory"], colour, "theory")
    drawing.simulated_points(
        axes, excess, curves["mean"], curves["error"], colour, "16 seeds, 400 outputs each"
    )
    found = laws.fit("power", excess, curves["mean"], y_err=curves["mean"])
    exponent = outcome.exponents[0]
    words = f"fitted law, exponent {-exponent.fitted:.2f}"
    drawing.fitted_line(axes, excess, found.predict(excess), words)
    axes.set(xlabel="distance from the pitchfork, $s b - 1$", ylabel="amplitude $|2p - 1|$")
    axes.set(xscale="log", yscale="log", xticks=(0.02, 0.1, 0.5), yticks=(0.1, 0.3, 1.0))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_formatter(lambda value, _: f"{value:g}")
        axis.set_minor_formatter(lambda value, _: "")
    drawing.legend(axes)


def _warning(axes: "Axes", curves: Mapping[str, Array]) -> None:
    s = curves["ramp"]
    drawing.theory_line(axes, s, curves["theory"], drawing.COLOURS[0], "variance, theory")
    drawing.simulated_points(
        axes, s[::3], curves["mean"][::3], curves["error"][::3], drawing.COLOURS[0], "simulated"
    )
    p = curves["p"][0]
    words = "24 seeds: rise with p < 0.001" if p < 1e-3 else f"24 seeds: rise with p = {p:.2g}"
    axes.plot(s, curves["seeds"], color=drawing.COLOURS[1], lw=0.8, label=words)
    axes.axvline(0.5, color=drawing.REFERENCE, lw=0.8, ls=":", label="pitchfork")
    axes.set(xlabel="re-entry share $s$ on a slow ramp", ylabel="variance of the share")
    axes.ticklabel_format(axis="y", style="sci", scilimits=(0, 0))
    drawing.legend(axes, loc="upper left")
