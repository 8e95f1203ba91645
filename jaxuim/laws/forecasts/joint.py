"""Forecasts of what larger models inherit: inheritance laws fitted jointly, weighed held out."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from jaxuim.laws.checks import check_confidence, finite, matrix, sample
from jaxuim.laws.fits.fitted import FitResult, Status
from jaxuim.laws.fits.solver import Scale
from jaxuim.laws.forecasts.cells import Cells, gather
from jaxuim.laws.forecasts.trials import (
    INPUTS,
    SAMPLES,
    WIDTH,
    Tried,
    candidates,
    check_adaptations,
    holdouts,
)
from jaxuim.laws.forms.form import Form

Array = NDArray[np.float64]


@dataclass(frozen=True)
class JointForecast:
    """A forecast of cell means, shape (m,), and what it rests on.

    ``weights`` and ``fits`` are by law; ``held_out`` is the root mean squared error, on the fitted
    ``scale``, of cells left out while fitting: ``width`` (the largest one), ``samples`` (the most),
    ``cell`` (each in turn); NaN where the design is too small to leave them out. ``status`` is
    ``not_converged`` where laws with more than half of the weight did not converge, and ``failed``,
    with a forecast of NaN, where no law could be fitted.
    """

    mean: Array
    lower: Array
    upper: Array
    confidence: float
    scale: Scale
    weights: dict[str, float]
    fits: dict[str, FitResult]
    held_out: dict[str, float]
    seeds: int
    cells: int
    status: Status = "ok"

    @property
    def best(self) -> FitResult:
        """The fit with the largest weight."""
        return self.fits[max(self.weights, key=lambda name: self.weights[name])]

    @property
    def card(self) -> dict[str, Any]:
        """What the forecast rests on, as plain JSON values."""
        return {
            "status": self.status,
            "weights": self.weights,
            "held_out": {name: finite(value) for name, value in self.held_out.items()},
            "fits": {name: found.card for name, found in self.fits.items()},
            "confidence": self.confidence,
            "scale": self.scale,
            "seeds": self.seeds,
            "cells": self.cells,
        }


def inheritance_forecast(
    x: ArrayLike,
    y: ArrayLike,
    x_new: ArrayLike,
    *,
    groups: ArrayLike | None = None,
    confidence: float = 0.9,
    seed: int = 0,
) -> JointForecast:
    """Fit all inheritance laws to (level, samples, width[, adaptation]) and forecast new cells.

    Every reading (fewer samples, a floor, a slower exponent), with the width added (three or more
    widths) and multiplied, is fitted by least squares to the means over seeds: to their logarithms
    where all are positive, as for an error or a loss, else to the means themselves. Each law is
    refitted without the largest width, without the most samples, and without each (samples, width)
    in turn; weights are proportional to 1/e^2, e being the error on what was left out. On the
    fitted scale the interval is

        mean -+ t_{G-1} sqrt(v_seed + v_form + m^2 + s^2/G)

    (t with as many degrees of freedom as cells less 6 where there is one seed); v_seed from G
    resampled seeds, v_form the weighted variance between the laws, s the standard deviation between
    seeds in one cell, and m the misfit: the error on cells left out inside the data, and beyond
    them that of the left-out width (samples), times the distance in units of the last step,
    log(w/w_max) / log(w_max/w_next), where that is above 1.

    Args:
        x: shape (n, 3), columns level, samples, width; a fourth is the index of the adaptation.
        y: response, shape (n,); rows that are not finite are dropped.
        x_new: shape (m, 3) or (m, 4).
        groups: label of the seed of each row, shape (n,).
        confidence: of the interval for the mean over equally many seeds of a new cell.
        seed: of the resampling.

    Raises:
        ValueError: shapes do not fit, values outside the domains, one width only, fewer cells
            than parameters, or adaptations that are not numbered 0, 1, ... or not in x.

    Source: derived here.

    >>> grid = [(b, n, w) for b in (0.0, 0.3, 0.6) for n in (64, 256, 1024) for w in (8, 16, 32)]
    >>> error = [0.1 + (n * (1 - b) ** 2 + 5) ** -0.5 + w**-1.0 for b, n, w in grid]
    >>> found = inheritance_forecast(grid, error, [(0.3, 1024, 128)])
    >>> bool(abs(found.mean[0] - 0.1 - (1024 * 0.49 + 5) ** -0.5 - 1 / 128) < 0.01)
    True
    """
    level = check_confidence(confidence)
    columns = np.shape(x)[-1] if np.ndim(x) == 2 else 0
    inputs = (*INPUTS, "adaptation") if columns == len(INPUTS) + 1 else INPUTS
    data = sample(x, y, None, groups, inputs)
    if not len(data.y):
        raise ValueError("y has no finite value")
    new = matrix("x_new", x_new, inputs)
    forms = candidates(data.x)
    for form in forms:
        form.points(data.x), form.points(new)
    check_adaptations(data.x, new)
    cells = gather(data)
    scale: Scale = "log" if np.all(cells.mean > 0) else "linear"
    parts = [Tried.of(form, cells, new, scale, np.random.default_rng(seed)) for form in forms]
    return _combine(parts, cells, new, level, scale)


def _combine(
    laws: list[Tried], cells: Cells, new: Array, level: float, scale: Scale
) -> JointForecast:
    usable = [law for law in laws if law.usable]
    if not usable:
        blank = np.full(len(new), np.nan)
        counts = len(cells.table), len(cells.x)
        return JointForecast(blank, blank, blank, level, scale, {}, {}, {}, *counts, "failed")
    kinds = [h.kind for h in holdouts(cells.x)]
    scores = np.array([_score(law.errors, kinds) for law in usable])
    share = 1.0 / np.maximum(scores / max(scores.min(), 1e-12), 1e-3) ** 2
    share /= share.sum()
    mean = np.einsum("l,lm->m", share, [law.mean for law in usable])
    between = np.einsum("l,lm->m", share, [(law.mean - mean) ** 2 for law in usable])
    drawn = np.einsum("l,lrm->rm", share, [law.replicas for law in usable])
    together = [
        np.einsum("l,lm->m", share, e) for e in zip(*(law.errors for law in usable), strict=True)
    ]
    held = {kind: _rms(together, kinds, kind) for kind in ("width", "samples", "cell")}
    seeds = len(cells.table)
    back = np.exp if scale == "log" else np.asarray
    size = back(mean) if scale == "log" else 1.0  # a relative error where logarithms are fitted
    noise = np.nan_to_num(cells.noise) / size / np.sqrt(seeds)
    spread = np.var(drawn, axis=0) if seeds > 1 else 0.0
    square = spread + between + _misfit(cells.x, new, held) ** 2 + noise**2
    dof = seeds - 1 if seeds > 1 else max(len(cells.x) - 6, 1)
    quantile = special.stdtrit(dof, 0.5 + level / 2)
    half = quantile * np.sqrt(square)
    settled = float(share @ [law.fit.status == "ok" for law in usable])
    names = [_name(law.fit.form) for law in usable]
    return JointForecast(
        mean=back(mean),
        lower=back(mean - half),
        upper=back(mean + half),
        confidence=level,
        scale=scale,
        weights=dict(zip(names, share.tolist(), strict=True)),
        fits={name: law.fit for name, law in zip(names, usable, strict=True)},
        held_out=held,
        seeds=seeds,
        cells=len(cells.x),
        status="ok" if settled >= 0.5 else "not_converged",
    )


def _name(form: Form) -> str:
    return f"{form.name} ({'sum' if 'B' in form.names else 'product'})"


def _score(errors: list[Array], kinds: list[str]) -> float:
    """Return the error on extrapolated cells, or where none can be left out on the single ones."""
    beyond = [e for e, kind in zip(errors, kinds, strict=True) if kind != "cell"]
    pooled = np.concatenate(beyond or errors)
    return float(np.sqrt(np.mean(pooled**2)))


def _rms(errors: list[Array], kinds: list[str], kind: str) -> float:
    mine = [e for e, k in zip(errors, kinds, strict=True) if k == kind]
    return float(np.sqrt(np.mean(np.concatenate(mine) ** 2))) if mine else float("nan")


def _misfit(x: Array, new: Array, held: dict[str, float]) -> Array:
    """Return the error expected of the laws at each new cell."""
    misfit = np.full(len(new), np.nan_to_num(held["cell"]))
    for kind, column in (("width", WIDTH), ("samples", SAMPLES)):
        values = np.unique(x[:, column])
        if len(values) < 2 or np.isnan(held[kind]):
            continue
        steps = np.log(new[:, column] / values[-1]) / np.log(values[-1] / values[-2])
        misfit = np.where(steps > 0, np.hypot(misfit, held[kind] * np.maximum(steps, 1.0)), misfit)
    return misfit
