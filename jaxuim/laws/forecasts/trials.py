"""Inheritance laws tried on the cells of a sweep, and on cells left out while fitting."""

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple, get_args

import numpy as np
from numpy.typing import NDArray

from jaxuim.laws.fits import solver
from jaxuim.laws.fits.fitted import FitResult
from jaxuim.laws.fits.fitting import fit
from jaxuim.laws.fits.solver import Scale
from jaxuim.laws.forecasts.cells import Cells, resampled
from jaxuim.laws.forms.form import Form
from jaxuim.laws.forms.inheritance import Reading, Width, inheritance_law

Array = NDArray[np.float64]

INPUTS = ("level", "samples", "width")
SAMPLES, WIDTH = 1, 2
REPLICAS = 200
REFIT = 60  # steps of a fit that starts at the best one


def candidates(x: Array) -> list[Form]:
    """Return the laws that the widths in x can identify.

    Raises:
        ValueError: there is one width only.
    """
    widths = len(np.unique(x[:, WIDTH]))
    if widths < 2:
        raise ValueError(f"x has {widths} width; an inheritance law over width needs 2 or more")
    adaptations = int(x[:, 3].max()) + 1 if x.shape[1] > len(INPUTS) else 1
    modes: Sequence[Width] = ("sum", "product") if widths > 2 else ("product",)
    return [
        inheritance_law(reading, adaptations=adaptations, width=mode)
        for reading in get_args(Reading)
        for mode in modes
    ]


def check_adaptations(x: Array, new: Array) -> None:
    """Raise ``ValueError`` unless x numbers its adaptations 0, 1, ... and has those of ``new``."""
    if x.shape[1] == len(INPUTS):
        return
    found = np.unique(x[:, -1])
    if not np.array_equal(found, np.arange(len(found))) or not np.all(np.isin(new[:, -1], found)):
        raise ValueError(
            f"adaptations are {found.tolist()} in x and {np.unique(new[:, -1]).tolist()} in x_new; "
            "those of x must be 0, 1, ... and those of x_new among them"
        )


class Holdout(NamedTuple):
    """Cells left out together: which kind of test it is, and which rows."""

    kind: str
    rows: NDArray[np.bool_]


def holdouts(x: Array) -> list[Holdout]:
    """Return the largest width, the most samples, and every (samples, width) on its own."""
    found = []
    for kind, column in (("width", WIDTH), ("samples", SAMPLES)):
        values = np.unique(x[:, column])
        if len(values) > 2:
            found.append(Holdout(kind, x[:, column] == values[-1]))
    pairs = x[:, [SAMPLES, WIDTH]]
    for pair in np.unique(pairs, axis=0):
        found.append(Holdout("cell", np.all(pairs == pair, axis=1)))
    return found


class Tried(NamedTuple):
    """One law: its fit, its error on every holdout's rows, its forecasts (replicas first)."""

    fit: FitResult
    errors: list[Array]
    mean: Array
    replicas: Array

    @property
    def usable(self) -> bool:
        """Whether it was fitted everywhere that it was asked."""
        values = [self.mean, self.replicas, *self.errors]
        return all(bool(np.all(np.isfinite(v))) for v in values)

    @classmethod
    def of(
        cls, form: Form, cells: Cells, new: Array, scale: Scale, rng: np.random.Generator
    ) -> "Tried":
        """Fit a law to all cells, to all but each holdout, and to resampled seeds."""
        best = fit(form, cells.x, cells.mean, scale=scale)
        refit = partial(_refit, best, cells.x)
        left = holdouts(cells.x)
        kept = np.array([~h.rows for h in left])
        weight = np.sqrt(cells.seeds) * np.concatenate([kept, np.ones((1, len(cells.mean)))])
        u = refit(np.broadcast_to(cells.mean, weight.shape), weight)
        predicted = scaled(solver.evaluate(form, u[:-1], cells.x.T), scale)
        error = predicted - scaled(cells.mean, scale)
        errors = [e[h.rows] for e, h in zip(error, left, strict=True)]
        whole = scaled(solver.evaluate(form, u[-1], new.T), scale)
        drawn, seeds = resampled(cells, REPLICAS if len(cells.table) > 1 else 2, rng)
        replicas = solver.evaluate(form, refit(drawn, np.sqrt(seeds)), new.T)
        return cls(best, errors, whole, scaled(replicas, scale))


def scaled(values: Array, scale: Scale) -> Array:
    """Return values or their logarithms, NaN where there is none."""
    if scale == "linear":
        return values
    return np.log(np.where(values > 0, values, np.nan))


def _refit(best: FitResult, x: Array, y: Array, weight: Array) -> Array:
    starts = np.broadcast_to(best.u, (len(y), 1, len(best.u)))
    rows = best.form, x.T, y, weight, starts, np.inf, REFIT
    return np.asarray(solver.solve(*rows, scale=best.scale).u[:, 0])
