"""The figure of the claim on transfer."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from jaxuim import laws
from theory.study.claim import Outcome
from theory.study.drawing import (
    COLOURS,
    REFERENCE,
    fitted_line,
    legend,
    panels,
    reference_line,
    simulated_points,
    theory_line,
    tip_mark,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COSINES = ("0.9", "0.7", "0.6", "0.5")
NAMES = {"linear_probe": "linear probe", "finetune": "fine-tuned"}


def draw(outcomes: Mapping[str, Outcome]) -> "Figure":
    """Draw residual, downstream risk, its tipping point, trained networks, forgetting, digits."""
    figure, axes = panels(2, 3)
    _residual(axes[0], outcomes["flipped labels"])
    _risk(axes[1], outcomes["flipped labels"])
    _tip(axes[2], outcomes["tipping points"])
    _trained(axes[3], outcomes["single-pass descent"], outcomes["two layers"])
    _forgetting(axes[4], outcomes["probe, forgetting, adapter"])
    _digits(axes[5], outcomes["digits"])
    return figure


def _residual(axes: "Axes", outcome: Outcome) -> None:
    curves = outcome.curves
    for colour, cosine in zip(COLOURS, COSINES, strict=False):
        line, best = curves[f"residual theory {cosine}"], curves[f"rates {cosine}"][0]
        theory_line(axes, curves["fine"], line, colour, f"cosine {cosine}")
        every = slice(None, None, 2)
        simulated_points(
            axes, curves["rate"][every], curves[f"residual {cosine}"][every],
            curves[f"residual error {cosine}"][every], colour,
        )  # fmt: skip
        if best > 0:
            at = float(np.interp(best, curves["fine"], line))
            axes.plot(best, at, marker="v", ms=6, mfc="none", color=colour, zorder=5)
    axes.plot([], [], marker="v", ls="", mfc="none", color="#1b1f24", label="best flip rate")
    reference_line(axes, 1.0)
    axes.text(0.2, 1.01, "no pre-training", fontsize=6, color=REFERENCE, ha="center", va="bottom")
    axes.set(xlabel="flip rate in pre-training", ylabel="residual $R^2$, units of $B_2^2$")
    legend(axes)


def _risk(axes: "Axes", outcome: Outcome) -> None:
    curves = outcome.curves
    for colour, cosine in zip(COLOURS, COSINES, strict=False):
        theory_line(axes, curves["fine"], curves[f"risk theory {cosine}"], colour)
        simulated_points(
            axes, curves["rate"][::2], curves[f"risk {cosine}"][::2],
            curves[f"risk error {cosine}"][::2], colour,
        )  # fmt: skip
        worst = curves[f"rates {cosine}"][1]
        if np.isfinite(worst):
            axes.plot(worst, curves["scratch"][0], marker="X", ms=6, color=colour, zorder=5)
    scratch = float(curves["scratch"][0])
    reference_line(axes, scratch)
    best, worst = curves["rates 0.6"]
    regions = ((0.0, 2 * best, "helps"), (2 * best, worst, "hurts"), (worst, 0.5, "catastrophic"))
    low = axes.get_ylim()[0]
    for number, (left, right, word) in enumerate(regions):
        axes.axvspan(left, right, ymax=0.07, color=COLOURS[2], alpha=0.12 + 0.16 * number, lw=0)
        axes.text((left + right) / 2, low, word, fontsize=5.5, ha="center", va="bottom")
    axes.text(0.6, 0.085, "flips at cosine 0.6:", fontsize=5.5, transform=axes.transAxes)
    axes.plot([], [], marker="X", ls="", color="#1b1f24", label="beyond: worse than none")
    axes.set(xlabel="flip rate in pre-training", ylabel="downstream excess risk, $n_2$ = 60")
    legend(axes, loc="upper left")


def _tip(axes: "Axes", outcome: Outcome) -> None:
    rates, harm = outcome.curves["tip rates"], outcome.curves["tip harm"]
    axes.plot(rates, harm.T, color=COLOURS[5], lw=0.5, alpha=0.6)
    mean = harm.mean(axis=0)
    error = harm.std(axis=0, ddof=1) / np.sqrt(len(harm))
    simulated_points(axes, rates, mean, error, COLOURS[0], f"mean of {len(harm)} seeds")
    reference_line(axes, 0.0)
    tip_mark(axes, outcome.tips[0])
    axes.set(xlabel="flip rate in pre-training", ylabel="risk minus that from scratch")
    legend(axes)


def _trained(axes: "Axes", single: Outcome, double: Outcome) -> None:
    for colour, outcome, name in (
        (COLOURS[0], single, "one layer, single-pass SGD"),
        (COLOURS[1], double, "two layers, gradient descent"),
    ):
        curves = outcome.curves
        theory_line(axes, curves["fine"], curves["theory"], colour, name)
        mean, error = curves["mean"], curves["error"]
        if mean.ndim == 2:
            mean, error = mean[:-1, 1], error[:-1, 1]
        simulated_points(axes, curves["rates"], mean, error, colour)
    reference_line(axes, float(single.curves["scratch"][0]), "one layer, from scratch")
    axes.set(xlabel="flip rate in pre-training", ylabel="excess risk after fine-tuning")
    legend(axes)


def _forgetting(axes: "Axes", outcome: Outcome) -> None:
    curves, exponent = outcome.curves, outcome.exponents[0]
    time = curves["time"]
    theory_line(axes, time, curves["theory"], COLOURS[0], "theory, 600 modes")
    axes.plot(time, curves["limit"], color=REFERENCE, lw=0.8, ls=":", label="infinitely many")
    simulated_points(axes, time, curves["mean"], curves["error"], COLOURS[0])
    fitted = laws.fit("power", time, curves["mean"], y_err=curves["error"], scale="log")
    low, high = exponent.interval
    label = f"fitted: {exponent.fitted:.2f} ({low:.2f} to {high:.2f})"
    fitted_line(axes, time, fitted.predict(time), label)
    axes.set(
        xscale="log", yscale="log", xlabel="steps of fine-tuning", ylabel="inherited error left"
    )
    legend(axes)


def _digits(axes: "Axes", outcome: Outcome) -> None:
    curves = outcome.curves
    for colour, adaptation in zip(COLOURS, NAMES, strict=False):
        name = f"id {adaptation}"
        if f"{name} mean" not in curves:  # a quick run leaves it out
            continue
        theory_line(axes, curves["fine"], curves[f"{name} theory"], colour)
        simulated_points(
            axes, curves["level"], curves[f"{name} mean"], curves[f"{name} error"], colour,
            f"{NAMES[adaptation]}, digits",
        )  # fmt: skip
        scratch = float(curves[f"{name} scratch"][0])
        axes.axhline(scratch, color=colour, lw=0.8, ls=":", zorder=1)
    axes.axvline(curves["tip"][1], color=REFERENCE, lw=0.8, label="(K - 1)/K")
    axes.plot([], [], color=REFERENCE, lw=0.8, ls=":", label="without pre-training")
    axes.set(xlabel="label noise in pre-training", ylabel="downstream error")
    axes.set_ylim(0.0, 1.6 * axes.get_ylim()[1])
    legend(axes, loc="upper left")
