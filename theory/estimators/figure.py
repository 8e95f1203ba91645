"""The figure on estimators: rates, limit law, sup-F, a located hinge, and what refits achieve."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import jax
import numpy as np

from theory.estimators import limit_law, scaling, suprema
from theory.estimators.location_study import (
    CHANGE,
    HINGE_NOISE,
    HINGE_SIZES,
    JUMP,
    JUMP_SIZES,
    PLACE,
)
from theory.estimators.locations import hinge_sd, hinge_sd_refined
from theory.estimators.scaling_study import LAW, RUN_NOISE, VOTES, loss, runs
from theory.estimators.suprema_study import LEVELS, TRIM
from theory.study import drawing
from theory.study.claim import Exponent, Outcome

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def draw(outcomes: Mapping[str, Outcome]) -> "Figure":
    """Draw the six panels from what the parts stored."""
    figure, axes = drawing.panels(2, 3)
    _rates(axes[0], outcomes["rates"])
    _limit(axes[1], outcomes["limit law of a jump"])
    _suprema(axes[2], outcomes["sup-F"])
    _hinge(axes[3], outcomes["hinge located"])
    _collapse(axes[4], outcomes["finite-size collapse"])
    _frontier(axes[5], outcomes["refits"])
    drawing.finish(figure)
    return figure


def _rates(axes: "Axes", outcome: Outcome) -> None:
    blue, orange = drawing.COLOURS[:2]
    dense = np.geomspace(80, 2000, 60)
    case = (PLACE, CHANGE, HINGE_NOISE, dense)
    drawing.theory_line(axes, dense, hinge_sd_refined(*case), blue, "hinge, rms")
    axes.plot(dense, hinge_sd(*case), color=blue, lw=0.8, ls=":", label="hinge, limit")
    drawing.theory_line(axes, dense, 3.0 / JUMP**2 / dense, orange, "jump, mean absolute")
    for name, sizes, colour, exponent in zip(
        ("hinge", "jump"), (HINGE_SIZES, JUMP_SIZES), (blue, orange), outcome.exponents, strict=True
    ):
        found, error = outcome.curves[name], outcome.curves[f"{name}_error"]
        drawing.simulated_points(axes, sizes, found, error, colour)
        words = f"{name}, {_words(exponent)}"
        drawing.fitted_line(axes, sizes, _law(exponent, sizes, found), words)
    axes.set(xscale="log", yscale="log", xlabel="levels n")
    axes.set(ylabel="error of the place (share of the range)", ylim=(1e-4, 0.07))
    drawing.legend(axes, loc="lower left")


def _law(exponent: Exponent, sizes: np.ndarray, found: np.ndarray) -> np.ndarray:
    """Return the fitted power law through the middle of the points."""
    middle = np.mean(np.log(found) + exponent.fitted * np.log(sizes))
    return np.asarray(np.exp(middle) * sizes**-exponent.fitted)


def _words(exponent: Exponent) -> str:
    low, high = exponent.interval
    return f"fitted -{exponent.fitted:.2f} ({low:.2f} to {high:.2f})"


def _limit(axes: "Axes", outcome: Outcome) -> None:
    at, share = outcome.curves["at"], outcome.curves["share"]
    spread = np.sqrt(share * (1 - share) / outcome.curves["count"][0])
    dense = np.linspace(at[0], at[-1], 241)
    drawing.theory_line(axes, dense, limit_law.argmax_cdf(dense), drawing.COLOURS[0], "limit law")
    drawing.simulated_points(
        axes, at[::8], share[::8], spread[::8], drawing.COLOURS[0], "4000 levels, d = s / 4"
    )
    axes.set(xlabel=r"$(d / s)^2 \times$ levels missed by", ylabel="share below")
    drawing.legend(axes)


def _suprema(axes: "Axes", outcome: Outcome) -> None:
    c, count = outcome.curves["c"], outcome.curves["count"][0]
    breaks, kinks = suprema.mean_break_at(c, TRIM, LEVELS), suprema.kink_at(c, LEVELS)
    tails = {"breaks": ("mean break", suprema.mean_break_tail, breaks),
             "kinks": ("kink, upper bound", suprema.kink_tail, kinks)}  # fmt: skip
    for (key, (words, tail, at)), colour in zip(tails.items(), drawing.COLOURS, strict=False):
        share = outcome.curves[key]
        spread = np.sqrt(share * (1 - share) / count)
        curve = jax.vmap(tail, in_axes=(0, None))(c, TRIM)
        drawing.theory_line(axes, at, curve, colour, words)
        label = f"simulated, {LEVELS} levels"
        drawing.simulated_points(axes, c[::6], share[::6], spread[::6], colour, label)
    drawing.reference_line(axes, 0.05, "5 %")
    axes.set(yscale="log", xlabel="largest F statistic", ylabel="chance under the null")
    drawing.legend(axes)


def _hinge(axes: "Axes", outcome: Outcome) -> None:
    x, y = outcome.curves["x"], outcome.curves["y"]
    drawing.theory_line(axes, x, outcome.curves["clean"], drawing.COLOURS[0], "truth")
    drawing.simulated_points(axes, x, y, None, drawing.COLOURS[0], "one data set")
    tip = outcome.tips[0]
    if tip.located is not None:
        hinge = np.stack([np.ones_like(x), x, np.maximum(x - tip.located, 0.0)], axis=1)
        fit = hinge @ np.linalg.lstsq(hinge, y, rcond=None)[0]
        drawing.fitted_line(axes, x, fit, "fitted hinge")
    drawing.tip_mark(axes, tip)
    axes.set(xlabel="level", ylabel="response")
    drawing.legend(axes)


def _collapse(axes: "Axes", outcome: Outcome) -> None:
    levels, sizes = outcome.curves["noise"], outcome.curves["sizes"]
    shape = len(sizes), len(levels)
    found, exact = (outcome.curves[key].reshape(shape) for key in ("errors", "exact"))
    for m, points, line, colour in zip(sizes, found, exact, drawing.COLOURS, strict=False):
        drawing.theory_line(axes, levels, line, colour, f"{m:.0f} labels")
        drawing.simulated_points(axes, levels, points, np.sqrt(line * (1 - line) / VOTES), colour)
    drawing.tip_mark(axes, outcome.tips[0])
    axes.set(xlabel="label noise rate", ylabel="error of the majority, 10 classes")
    drawing.legend(axes)


def _frontier(axes: "Axes", outcome: Outcome) -> None:
    spread, (sd, error) = outcome.curves["spread"], outcome.curves["sd"].T
    dense, constants = np.geomspace(0.05, 1.2, 25), np.array(LAW)
    law = jax.jit(lambda x: scaling.fisher_sd(loss, constants, x, RUN_NOISE)[3])
    theory = [float(law(runs(float(s)))) for s in dense]
    drawing.theory_line(axes, dense, theory, drawing.COLOURS[0], "Fisher information")
    drawing.simulated_points(axes, spread, sd, error, drawing.COLOURS[0], "refits")
    axes.set(xscale="log", yscale="log", ylabel=r"sd of $\alpha$, 25 runs, noise 0.001")
    axes.set(xlabel="decades around the compute-optimal size")
    drawing.legend(axes)
