"""Compares declared forms on one data set: by held-out extrapolation, and by AICc."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jaxuim.laws.checks import finite
from jaxuim.laws.fits.fitted import FitResult
from jaxuim.laws.fits.fitting import fit
from jaxuim.laws.fits.solver import Scale
from jaxuim.laws.forms import resolve
from jaxuim.laws.forms.form import Form

Array = NDArray[np.float64]

HORIZONS = (2.0, 4.0, 8.0)


@dataclass(frozen=True)
class Scored:
    """One form: its fit to all points, its error on each held-out tail, and their mean.

    ``tails`` maps how many times further the tail reaches than what was fitted to the root mean
    squared error there. ``held_out`` is infinite where a fit failed, and NaN without tails.
    ``excess`` is the AICc (minus infinity for an exact fit) above the lowest of the forms.
    """

    fit: FitResult
    tails: dict[float, float]
    held_out: float
    aicc: float
    excess: float

    @property
    def name(self) -> str:
        """The form's name."""
        return self.fit.form.name


@dataclass(frozen=True)
class Comparison:
    """Forms from best to worst by held-out extrapolation, by AICc where no tail could be held out.

    ``by`` says which of the two ordered them; ``scale`` is that of fits and errors.
    """

    rows: tuple[Scored, ...]
    by: str
    scale: Scale

    @property
    def best(self) -> Scored:
        """The first row."""
        return self.rows[0]

    @property
    def card(self) -> list[dict[str, Any]]:
        """One dictionary of plain JSON values for each form (None for what is not finite)."""
        return [
            {
                "form": row.name,
                "held_out": finite(row.held_out),
                "tails": {f"{factor:g}": finite(error) for factor, error in row.tails.items()},
                "aicc": finite(row.aicc),
                "aicc_above_best": finite(row.excess),
                "status": row.fit.status,
                "ordered_by": self.by,
            }
            for row in self.rows
        ]


def compare(
    forms: Sequence[Form | str],
    x: ArrayLike,
    y: ArrayLike,
    *,
    y_err: ArrayLike | None = None,
    scale: Scale | None = None,
    horizons: Sequence[float] = HORIZONS,
) -> Comparison:
    """Rank forms by how well they extrapolate to tails that were held out.

    For each factor h every form is fitted to x <= max(x) / h and judged by the root mean squared
    error of the other points (of log y on the scale of the logarithm); a form's score is the mean
    over the factors for which the points left suffice for every form. For several inputs x stands
    for the product of the columns (for model and data size: the compute).

    Args:
        forms: forms or their names.
        x: shape (n,), or (n, k) for forms of k inputs; positive.
        y: shape (n,).
        y_err: standard errors of y, shape (n,).
        scale: of fits and errors; by default the logarithm's where all y are positive.
        horizons: the factors, each above 1.

    Raises:
        ValueError: no form, a factor that is not above 1, x not positive, or as ``fit``.

    Source: the protocol of Alabdulmohsin et al. 2022; AICc of Hurvich and Tsai 1989.

    >>> n = np.geomspace(10.0, 1280.0, 15)
    >>> found = compare(["power", "saturating_power"], n, 0.3 + 2.0 * n**-0.5)
    >>> found.best.name, found.by
    ('saturating_power', 'held_out')
    """
    laws = [resolve(form) for form in forms]
    columns, values = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)
    if not laws:
        raise ValueError("forms is empty; at least one is needed")
    if any(not factor > 1.0 for factor in horizons):
        raise ValueError(f"horizons are {tuple(horizons)}; each must be above 1")
    if columns.ndim not in (1, 2) or not np.all(np.isfinite(columns) & (columns > 0)):
        raise ValueError("x must have one or two dimensions and be positive and finite")
    if values.shape != columns.shape[:1]:
        raise ValueError(f"y has shape {values.shape} but x has shape {columns.shape}")
    chosen: Scale = scale or ("log" if np.all(values[np.isfinite(values)] > 0) else "linear")
    errors = None if y_err is None else np.asarray(y_err, dtype=np.float64)
    whole = [fit(law, columns, values, y_err=errors, scale=chosen) for law in laws]
    tails = {h: c for h in horizons if (c := _cut(laws, columns, values, h)) is not None}
    scored = {
        h: [_tail(law, columns, values, errors, c, chosen) for law in laws]
        for h, c in tails.items()
    }
    lowest = min((_aicc(one) for one in whole), key=_last)
    rows = []
    for i, one in enumerate(whole):
        own = {h: found[i] for h, found in scored.items()}
        mean = float(np.mean(list(own.values()))) if own else np.nan
        aicc = _aicc(one)
        excess = 0.0 if aicc == lowest else aicc - lowest
        rows.append(Scored(one, own, mean, aicc, excess))
    by = "held_out" if tails else "aicc"
    rows.sort(key=lambda row: _last(row.held_out if tails else row.aicc))
    return Comparison(tuple(rows), by, chosen)


def _aicc(found: FitResult) -> float:
    """Return the AICc, minus infinity where the fit is exact (its decrement is then set to 0)."""
    exact = found.status == "ok" and found.decrement == 0.0
    return -np.inf if exact and np.isnan(found.aicc) else found.aicc


def _last(score: float) -> float:
    """Put what has no score at the end."""
    return np.inf if np.isnan(score) else score


def _cut(
    laws: list[Form], columns: Array, values: Array, factor: float
) -> NDArray[np.bool_] | None:
    """Return which rows are fitted, None where they are too few for a form or none is left."""
    reach = columns if columns.ndim == 1 else np.prod(columns, axis=1)
    usable = np.isfinite(values)
    if not usable.any():
        return None
    kept = usable & (reach <= reach[usable].max() / factor)
    needed = max(len(law.names) for law in laws) + 1
    enough = len(np.unique(columns[kept], axis=0)) >= needed
    return kept if enough and np.any(usable & ~kept) else None


def _tail(
    law: Form,
    columns: Array,
    values: Array,
    errors: Array | None,
    kept: NDArray[np.bool_],
    scale: Scale,
) -> float:
    """Return the error of one form on the rows that are not kept, infinite where it failed."""
    known = None if errors is None else errors[kept]
    found = fit(law, columns[kept], values[kept], y_err=known, scale=scale)
    left = np.isfinite(values) & ~kept
    said, true = found.predict(columns[left]), values[left]
    if found.status == "failed" or not np.all(np.isfinite(said)):
        return float("inf")
    if scale == "log":
        if np.any(said <= 0):
            return float("inf")
        said, true = np.log(said), np.log(true)
    return float(np.sqrt(np.mean((said - true) ** 2)))
