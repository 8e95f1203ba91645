"""The figure on alignment, prompting, wash-out and privacy."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from theory.alignment import privacy, prompting, tilting, washout
from theory.alignment.prompt_study import BIASES, DIVERGENCE, GAP, LENGTHS, PENALTY, SHARE
from theory.alignment.washout_study import BIAS, DIMENSIONS, PRIVATE, STRENGTH
from theory.study import drawing
from theory.study.claim import Outcome

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BLUE, ORANGE = drawing.COLOURS[:2]


def draw(outcomes: Mapping[str, Outcome]) -> "Figure":
    """Draw the six panels from what the parts stored."""
    figure, axes = drawing.panels(2, 3)
    _aligned(axes[0], outcomes["alignment"])
    _flips(axes[1], outcomes["flips"])
    _logarithm(axes[2], outcomes["logarithm"])
    _bias(axes[3], outcomes["wash-out"])
    _argmax(axes[4], outcomes["argmax"])
    _private(axes[5], outcomes["privacy"])
    return figure


def _points(axes: "Axes", outcome: Outcome, x: str, y: str, label: str = "simulated") -> None:
    found = outcome.curves
    drawing.simulated_points(axes, found[x], found[y], found["error"], BLUE, label)


def _aligned(axes: "Axes", outcome: Outcome) -> None:
    dense = np.linspace(BIASES[0], BIASES[-1], 80)
    drawing.theory_line(axes, dense, tilting.aligned_bad(dense, GAP, PENALTY), BLUE, "theory")
    _points(axes, outcome, "bias", "bad")
    drawing.reference_line(axes, 0.5)
    drawing.tip_mark(axes, outcome.tips[0])
    axes.set(xlabel="pre-trained probability of the bad option")
    axes.set(ylabel="probability after alignment", ylim=(0.25, 1.15))
    drawing.legend(axes, loc="upper left")


def _flips(axes: "Axes", outcome: Outcome) -> None:
    dense = np.linspace(LENGTHS[0], LENGTHS[-1], 80)
    at = prompting.flipped_at(dense, SHARE, DIVERGENCE)
    by = prompting.flipped_by(dense, SHARE, DIVERGENCE)
    drawing.theory_line(axes, dense, at, BLUE, "at this length")
    drawing.theory_line(axes, dense, by, ORANGE, "within this length")
    _points(axes, outcome, "length", "flipped")
    drawing.reference_line(axes, 0.5)
    drawing.tip_mark(axes, outcome.tips[0])
    axes.set(xlabel="prompt length (tokens)", ylabel="share of prompts that flip", ylim=(0, 1.75))
    axes.set_yticks(np.linspace(0, 1, 6))
    drawing.legend(axes, loc="upper left")


def _logarithm(axes: "Axes", outcome: Outcome) -> None:
    found, fitted = outcome.curves, outcome.exponents[0]
    drawing.theory_line(axes, found["odds"], found["theory"], BLUE, "theory")
    _points(axes, outcome, "odds", "found", "simulated, KL = 0.5")
    x, (high, low) = found["odds"], fitted.interval
    law = np.exp(np.mean(np.log(found["found"]) + fitted.fitted * np.log(x))) * x**-fitted.fitted
    words = f"fitted power {-fitted.fitted:.2f} ({-low:.2f} to {-high:.2f})"
    drawing.fitted_line(axes, x, law, words)
    axes.set(xlabel=r"$\log((1-\alpha)/\alpha)$ (nats)", ylabel="tokens until the posterior flips")
    drawing.legend(axes)


def _bias(axes: "Axes", outcome: Outcome) -> None:
    n, fitted = outcome.curves["n"], outcome.exponents[0]
    curve = washout.posterior_bias(n, STRENGTH, BIAS)
    drawing.theory_line(axes, n, curve, BLUE, r"$b_0/(1+n/n_0)$, $n_0$ = 200")
    _points(axes, outcome, "n", "bias")
    scale, shift = _shifted(n, outcome.curves["bias"], fitted.fitted)
    low, high = fitted.interval
    words = f"fitted power -{fitted.fitted:.2f} ({low:.2f} to {high:.2f})"
    drawing.fitted_line(axes, n, scale * (n + shift) ** -fitted.fitted, words)
    axes.set(xscale="log", yscale="log", xlabel="downstream observations n")
    axes.set(ylabel="inherited bias")
    drawing.legend(axes, loc="lower left")


def _shifted(n: np.ndarray, found: np.ndarray, power: float) -> tuple[float, float]:
    """Return scale and shift of the fitted law: found^(-1/power) is a line in n."""
    line = np.polyfit(n, found ** (-1.0 / power), 1, w=found ** (1.0 / power))
    return float(line[0] ** -power), float(line[1] / line[0])


def _argmax(axes: "Axes", outcome: Outcome) -> None:
    found = outcome.curves
    drawing.theory_line(axes, found["n"], found["exact"], BLUE, "theory, exact")
    _points(axes, outcome, "n", "right")
    drawing.reference_line(axes, 0.5)
    drawing.tip_mark(axes, outcome.tips[0])
    axes.set(xlabel="downstream observations n", ylabel="P(right class on top)")
    axes.set(ylim=(-0.03, 1.65), yticks=np.linspace(0, 1, 6))
    drawing.legend(axes, loc="upper left")


def _private(axes: "Axes", outcome: Outcome) -> None:
    n = np.geomspace(100, 3200, 60)
    variance, clip, _ = PRIVATE
    drawing.reference_line(axes, np.nan, "no privacy")
    axes.plot(n, DIMENSIONS * variance / n, color=drawing.REFERENCE, lw=0.8, ls=":")
    for mu, colour in ((1.0, BLUE), (0.5, ORANGE)):
        curve = privacy.private_mean_error(n, DIMENSIONS, variance, clip, mu)
        drawing.theory_line(axes, n, curve, colour, rf"$\mu$ = {mu:g}")
    _points(axes, outcome, "n", "found")
    axes.set(xscale="log", yscale="log", xlabel="vectors n", ylabel="squared error of the mean")
    drawing.legend(axes)
