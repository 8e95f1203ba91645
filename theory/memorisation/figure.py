"""The figure of memorisation: shares on one curve, two attacks, and where memory tips."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from jaxuim import laws
from theory.memorisation.copies import memorised, typical_leverage
from theory.memorisation.copies_study import CASES as SHARE_CASES
from theory.memorisation.membership import advantage, residual_advantage
from theory.memorisation.membership_study import CASES, SPECTRUM
from theory.study.claim import Outcome
from theory.study.drawing import (
    COLOURS,
    fitted_line,
    legend,
    panels,
    simulated_points,
    theory_line,
    tip_mark,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def draw(outcomes: Mapping[str, Outcome]) -> "Figure":
    """Draw the four panels from stored curves."""
    figure, axes = panels(2, 2)
    _shares(axes[0], outcomes["typical points"])
    _residuals(axes[1], outcomes["residual attack"])
    _release(axes[2], outcomes["released mean"])
    _tip(axes[3], outcomes["tipping point"])
    return figure


def _shares(ax: "Axes", outcome: Outcome) -> None:
    curves = outcome.curves
    scaled = np.geomspace(0.03, 150.0, 100)
    theory_line(ax, scaled, np.asarray(memorised(1.0, scaled)), COLOURS[0], "theory")
    for number, (n, ridge, _) in enumerate(SHARE_CASES):
        simulated_points(
            ax, curves["scaled copies"], curves[f"share {number}"], curves[f"error {number}"],
            COLOURS[number + 1], f"n = {n}, ridge {ridge:g}", "os^"[number],
        )  # fmt: skip
    ax.set(xscale="log", xlabel="copies / copies of half memory", ylabel="memorised share")
    legend(ax)


def _residuals(ax: "Axes", outcome: Outcome) -> None:
    curves = outcome.curves
    for number, (n, ridge, _) in enumerate(CASES):
        pull = typical_leverage(SPECTRUM, n, ridge)
        law = np.asarray(residual_advantage(pull, curves["cuts"]))
        theory_line(ax, curves["cuts"], law, COLOURS[number], f"n = {n}, ridge {ridge:g}")
        simulated_points(
            ax, curves["cuts"][::2], curves[f"advantage {number}"][::2],
            curves[f"error {number}"][::2], COLOURS[number],
        )  # fmt: skip
    ax.set(xlabel="threshold / root of the test error", ylabel="advantage of the attack")
    ax.set_ylim(0.0, 0.85)
    legend(ax, loc="upper right")


def _release(ax: "Axes", outcome: Outcome) -> None:
    curves = outcome.curves
    dense = np.geomspace(0.9, 18.0, 80)
    for colour, d in zip(COLOURS, (25, 400), strict=False):
        law = np.asarray(advantage(dense * np.sqrt(d / 400)))
        theory_line(ax, dense, law, colour, f"d = {d}, n = 400")
        simulated_points(ax, curves["copies"], curves[f"d = {d}"], None, colour)
    ax.set(xscale="log", xlabel="copies of the target", ylabel="advantage on a released mean")
    ax.set_xticks([1, 2, 4, 8, 16], labels=["1", "2", "4", "8", "16"])
    legend(ax)


def _tip(ax: "Axes", outcome: Outcome) -> None:
    curves, (tip,) = outcome.curves, outcome.tips
    logs = curves["log2 copies"]
    theory_line(ax, logs, curves["law"], COLOURS[0], "theory")
    simulated_points(ax, logs, curves["first"], None, COLOURS[0], "12 canaries each")
    found = laws.fit("logistic", logs, curves["first"])
    dense = np.linspace(logs[0], logs[-1], 200)
    fitted_line(ax, dense, np.asarray(found.predict(dense)), "fitted logistic")
    tip_mark(ax, tip)
    ax.set(xlabel=r"$\log_2$ copies", ylabel="memorised share")
    legend(ax)
