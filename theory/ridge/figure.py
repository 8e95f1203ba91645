"""The figure on ridge regression: learning curves with their crossover, and both power laws."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from theory.ridge.samples import LAWS, NOISES
from theory.study.claim import Outcome
from theory.study.drawing import (
    COLOURS,
    REFERENCE,
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

SHOWN = np.array([8, 12, 16, 24, 32, 48, 64, 96]) - 1


def draw(outcomes: Mapping[str, Outcome]) -> "Figure":
    """Draw excess risk against samples, and against noise and samples at the best ridge."""
    figure, axes = panels(2, 2)
    _learning_curves(axes[0], outcomes["samples"])
    _crossover(axes[1], outcomes["samples"])
    _noise(axes[2], outcomes["noise"])
    _ridge(axes[3], outcomes["counts"])
    return figure


def _fit(x: ArrayLike, y: ArrayLike) -> np.ndarray:
    from jaxuim import laws

    return np.asarray(laws.fit("power", x, y, scale="log").predict(x))


def _learning_curves(axes: "Axes", outcome: Outcome) -> None:
    curves = outcome.curves
    n, theory, mean = curves["n"], curves["theory"], curves["mean"]
    for k, noise in enumerate(NOISES):
        colour = COLOURS[k]
        theory_line(axes, n[7:], (theory[0] + noise * theory[-1])[7:], colour, f"noise {noise:g}")
        points = mean[0] + noise * mean[-1]
        simulated_points(axes, n[SHOWN], points[SHOWN], curves["noisy_error"][k][SHOWN], colour)
    theory_line(axes, n[7:], theory[0][7:], REFERENCE, "no noise")
    simulated_points(axes, n[SHOWN], mean[0][SHOWN], curves["error"][0][SHOWN], REFERENCE)
    sparse = curves["sparse"]
    fitted_line(axes, sparse, _fit(sparse, curves["first"]), "fitted power law")
    axes.set(xscale="log", yscale="log", xlabel="samples n", ylabel="excess risk, no ridge")
    axes.set_ylim(None, 1.5)
    legend(axes, ncols=2)


def _crossover(axes: "Axes", outcome: Outcome) -> None:
    curves, tip = outcome.curves, outcome.tips[0]
    n, theory, mean, error = (curves[k] for k in ("n", "theory", "mean", "error"))
    noise = 0.05
    parts = ((0, 1.0, "ignorance (bias)"), (len(LAWS), noise, f"inherited noise ({noise})"))
    for colour, (k, factor, words) in zip(COLOURS, parts, strict=False):
        theory_line(axes, n[7:], factor * theory[k][7:], colour, words)
        simulated_points(axes, n[SHOWN], factor * mean[k][SHOWN], factor * error[k][SHOWN], colour)
    tip_mark(axes, tip)
    axes.set(xscale="log", yscale="log", xlabel="samples n", ylabel="part of the excess risk")
    legend(axes)


def _noise(axes: "Axes", outcome: Outcome) -> None:
    curves, exponent = outcome.curves, outcome.exponents[0]
    noise = curves["noise"]
    theory_line(axes, noise, curves["theory"], COLOURS[0], "theory, n = 400")
    simulated_points(axes, noise, curves["mean"], curves["error"], COLOURS[0], "simulation")
    low, high = exponent.interval
    words = f"fitted exponent {exponent.fitted:.3f}\n(90 %: {low:.3f} to {high:.3f})"
    fitted_line(axes, noise, _fit(1.0 / noise, curves["first"]), words)
    limit = curves["theory"][-1] * (noise / noise[-1]) ** float(exponent.asymptotic or 0.0)
    axes.plot(noise, limit, color=REFERENCE, lw=0.8, ls=":", label="asymptotic exponent 1/2")
    axes.set(xscale="log", yscale="log", xlabel="variance of label noise",
             ylabel="excess risk, best ridge")  # fmt: skip
    legend(axes)


def _ridge(axes: "Axes", outcome: Outcome) -> None:
    curves, row = outcome.curves, outcome.rows[0]
    ridges = curves["ridges"] / row.predicted
    percent = {k: 100.0 * curves[f"extra_{k}"] for k in ("theory", "mean", "error")}
    theory_line(axes, ridges, percent["theory"], COLOURS[0], "theory")
    simulated_points(
        axes, ridges[::2], percent["mean"][::2], percent["error"][::2], COLOURS[0], "simulation"
    )
    axes.axvline(1.0, color=REFERENCE, lw=0.8, ls=":", label="noise / (n prior variance)")
    axes.set(xlabel="ridge / best ridge by theory", ylabel="extra risk of a random target, %")
    legend(axes)
