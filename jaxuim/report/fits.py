"""Laws and tipping points of the response along the axis, one curve for each cell and series."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from jaxuim import laws
from jaxuim.report.curves import fittable, summarise
from jaxuim.report.grid import Grid, ordered, select

Array = NDArray[np.float64]
REPLICAS = 200  # refits for each band; all curves share one compiled program
MAX_CURVES = 40  # keeps the page quick; the setting of the findings comes first
POINTS = 81
LEVELS_NEEDED = 5  # of a tipping point


@dataclass(frozen=True)
class LawFit:
    """One law fitted to one curve: parameters as (value, lower, upper), and the curve drawn.

    ``x`` reaches beyond the data where the axis does; ``lower`` and ``upper`` are the band of the
    bootstrap over seeds, NaN where there is only one. ``note`` says what a reader must know.
    """

    form: str
    formula: str
    status: str
    note: str
    params: dict[str, tuple[float, float, float]]
    aicc: float
    points: int
    x: Array
    y: Array
    lower: Array
    upper: Array

    @property
    def drawable(self) -> bool:
        """Whether there is a finite curve to draw."""
        return self.status != "failed" and bool(np.all(np.isfinite(self.y)))


@dataclass(frozen=True)
class Tipping:
    """A tipping point of one curve, NaN where none was detected."""

    detected: bool
    location: float
    lower: float
    upper: float
    p_value: float
    reason: str

    def contains(self, value: float) -> bool:
        """Return whether the interval contains a predicted location."""
        return self.detected and self.lower <= value <= self.upper


@dataclass(frozen=True)
class CurveFit:
    """A response curve with what was fitted to it."""

    cell: dict[str, Any]
    task: str
    adaptation: str
    x: Array
    mean: Array
    lower: Array
    upper: Array
    seeds: Array
    laws: tuple[LawFit, ...]
    tipping: Tipping | None
    log: bool

    @property
    def best(self) -> LawFit | None:
        """The converged law with the smallest AICc among those fitted to the same points."""
        usable = [f for f in self.laws if f.status == "ok"]
        if len(usable) == 1:
            return usable[0]
        usable = [f for f in usable if np.isfinite(f.aicc)]
        most = max((f.points for f in usable), default=0)
        return min((f for f in usable if f.points == most), key=lambda f: f.aicc, default=None)


def fit_curves(
    grid: Grid,
    forms: Sequence[str],
    tipping: bool,
    confidence: float,
    focus: dict[str, Any],
    limit: int = MAX_CURVES,
) -> tuple[tuple[CurveFit, ...], int]:
    """Fit every curve of the response, the focus cell first, and say how many were left out.

    Raises nothing for numerical failure: that is a status of the fit.
    """
    if not (forms or tipping) or not fittable(grid):
        return (), 0
    rows = grid.final[grid.final["measure"] == grid.response]
    cells = sorted(grid.cells(), key=lambda cell: cell != focus)
    wanted = [
        (cell, task, adaptation, part)
        for cell in cells
        for task, adaptation, part in series_of(select(rows, cell))
    ]
    found = [_curve(grid, *w, forms, tipping, confidence) for w in wanted[:limit]]
    return tuple(found), max(0, len(wanted) - limit)


def series_of(rows: pd.DataFrame) -> list[tuple[str, str, pd.DataFrame]]:
    """Return (task, adaptation, rows) in the order of the page."""
    parts = dict(list(rows.groupby(["task", "adaptation"])))
    tasks, adaptations = ordered(rows["task"].tolist()), ordered(rows["adaptation"].tolist())
    return [(t, a, parts[t, a]) for t in tasks for a in adaptations if (t, a) in parts]


def _curve(
    grid: Grid,
    cell: dict[str, Any],
    task: str,
    adaptation: str,
    rows: pd.DataFrame,
    forms: Sequence[str],
    tipping: bool,
    confidence: float,
) -> CurveFit:
    table = summarise(rows, [grid.axis], confidence)
    x = table[grid.axis].to_numpy(dtype=float)
    log = bool(x.min() > 0 and x.max() / x.min() > 8)
    drawn = _drawn(x, log, grid.axis in grid.levels)
    return CurveFit(
        cell=cell,
        task=task,
        adaptation=adaptation,
        x=x,
        mean=table["mean"].to_numpy(dtype=float),
        lower=table["lower"].to_numpy(dtype=float),
        upper=table["upper"].to_numpy(dtype=float),
        seeds=table["seeds"].to_numpy(dtype=float),
        laws=tuple(_law(form, rows, grid.axis, drawn, confidence) for form in forms),
        tipping=_tipping(rows, grid.axis, confidence) if tipping else None,
        log=log,
    )


def _drawn(x: Array, log: bool, level: bool) -> Array:
    """Return where a law is drawn: a level up to 1, anything else to four times what was run."""
    if level:
        return np.linspace(min(0.0, float(x.min())), max(1.0, float(x.max())), POINTS)
    if log:
        return np.geomspace(x.min(), 4 * x.max(), POINTS)
    return np.linspace(x.min(), x.max() + 0.5 * (x.max() - x.min()), POINTS)


def _law(form: str, rows: pd.DataFrame, axis: str, drawn: Array, confidence: float) -> LawFit:
    law = laws.FORMS[form]
    note = ""
    if not law.accepts(rows[axis]):
        rows, drawn, note = rows[rows[axis] > 0], drawn[drawn > 0], "fitted to positive x only"
    x, y = rows[axis].to_numpy(dtype=float), rows["value"].to_numpy(dtype=float)
    nothing = np.full(len(drawn), np.nan)
    if len(np.unique(x)) < len(law.names):
        lost = f"{len(law.names)} parameters need as many distinct x, there are {len(np.unique(x))}"
        params = dict.fromkeys(law.names, (np.nan, np.nan, np.nan))
        return LawFit(
            form, law.formula, "failed", lost, params, np.nan, len(x), drawn, *[nothing] * 3
        )
    ends = dict.fromkeys(law.names, (float("nan"), float("nan")))
    lower, upper = nothing, nothing
    if rows["seed"].nunique() > 1:
        replicas = laws.bootstrap(law, x, y, groups=rows["seed"].to_numpy(), replicas=REPLICAS)
        found, status, ends = replicas.fit, str(replicas.status), replicas.interval(confidence)
        lower, upper = replicas.band(drawn, confidence)
    else:
        found = laws.fit(law, x, y)
        status = str(found.status)
    note = "; ".join(text for text in (note, found.reason) if text)
    params = {name: (value, *ends[name]) for name, value in found.params.items()}
    curve = found.predict(drawn)
    return LawFit(
        form, law.formula, status, note, params, found.aicc, found.n, drawn, curve, lower, upper
    )


def _tipping(rows: pd.DataFrame, axis: str, confidence: float) -> Tipping:
    nan = float("nan")
    levels = rows[axis].nunique()
    if levels < LEVELS_NEEDED:
        return Tipping(
            False, nan, nan, nan, nan, f"needs {LEVELS_NEEDED} levels, there are {levels}"
        )
    groups = rows["seed"].to_numpy() if _covered(rows, axis) > 1 else None
    found = laws.tipping_point(rows[axis], rows["value"], groups=groups, confidence=confidence)
    if found.location is None or found.interval is None:
        return Tipping(False, nan, nan, nan, found.p_value, found.reason)
    return Tipping(True, found.location, *found.interval, found.p_value, found.reason)


def _covered(rows: pd.DataFrame, axis: str) -> int:
    """Return how many seeds have at least four points: a parabola passes through three."""
    return int((rows.groupby("seed")[axis].nunique() >= 4).sum())
