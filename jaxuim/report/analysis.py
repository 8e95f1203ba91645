"""What the page says, computed once from the rows: curves, effects, laws, tipping points."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from jaxuim.report import curves
from jaxuim.report.fits import CurveFit, fit_curves
from jaxuim.report.formula import Theory, expected_tipping
from jaxuim.report.grid import Grid, arrange, failures, ordered
from jaxuim.report.joint import JointTest, joint_tests
from jaxuim.report.overlay import read_overlay
from jaxuim.report.pairs import PairTest, pair_tests
from jaxuim.sweep import Results, Spec
from jaxuim.sweep.check import axes_of
from jaxuim.sweep.expectations import Checked, check
from jaxuim.sweep.plan import wanted_rows
from jaxuim.sweep.recovery import recovery
from jaxuim.sweep.results import seed_values
from jaxuim.sweep.store import StoreError
from jaxuim.types.registry import catalogue


@dataclass(frozen=True)
class Focus:
    """The curve that the findings speak of: one cell of the grid, one task, one adaptation."""

    cell: dict[str, Any]
    task: str
    adaptation: str


@dataclass(frozen=True)
class Progress:
    """How much of the sweep is there: models, rows, and runs with a failure."""

    models: int
    models_planned: int
    rows: int
    rows_planned: int
    failed: int

    @property
    def complete(self) -> bool:
        """Whether nothing is missing."""
        return self.models >= self.models_planned and self.rows >= self.rows_planned


@dataclass(frozen=True)
class Analysis:
    """A sweep, understood: what the page, the figures and the tables are made of."""

    spec: Mapping[str, Any]
    provenance: Mapping[str, Any]
    shards: list[dict[str, Any]]
    grid: Grid
    confidence: float
    responses: pd.DataFrame
    effects: pd.DataFrame
    transmission: pd.DataFrame
    fits: tuple[CurveFit, ...]
    unfitted: int
    joint: tuple[JointTest, ...]
    pairs: tuple[PairTest, ...]
    theory: Theory | None
    focus: Focus
    progress: Progress
    planned: Mapping[str, tuple[Any, ...]]
    overlay: pd.DataFrame | None
    expected: tuple[Checked, ...]
    recovery: pd.DataFrame | None

    @property
    def percent(self) -> str:
        """The confidence as text, e.g. ``"95 %"``."""
        return f"{100 * self.confidence:.6g} %"


def analyse(results: Results, overlay: str | Path | pd.DataFrame | None = None) -> Analysis:
    """Return the analysis of a sweep's results.

    Raises ``ValueError`` where there are no rows, or none of the response that the sweep names.
    """
    spec = Spec.from_dict(results.spec)
    wish = spec.analysis
    planned = axes_of(spec)
    axis = wish.axis or _default_axis(planned)
    # runs that are each other's shadows are compared by the jackknife's values, whose mean is equal
    values = seed_values(results.frame).fillna(results.frame["value"])
    grid = arrange(results.frame.assign(value=values), axis, wish.response)
    focus = _focus(grid)
    fits, unfitted = fit_curves(grid, wish.laws, wish.tipping, wish.confidence, focus.cell)
    return Analysis(
        spec=results.spec,
        provenance=results.provenance,
        shards=results.shards,
        grid=grid,
        confidence=wish.confidence,
        responses=curves.responses(grid, wish.confidence),
        effects=curves.effects(grid, wish.confidence),
        transmission=curves.transmissions(grid, wish.confidence),
        fits=fits,
        unfitted=unfitted,
        joint=joint_tests(grid, spec, focus.cell) if wish.joint else (),
        pairs=pair_tests(grid, wish.confidence),
        theory=_theory(grid),
        focus=focus,
        progress=_progress(results.frame, spec, planned),
        planned=planned,
        overlay=None if overlay is None else read_overlay(overlay, grid.axes),
        recovery=_recovery(results, wish.response, wish.confidence),
        expected=tuple(check(results.frame, spec.expect, wish.confidence)),
    )


def _recovery(results: Results, measure: str, confidence: float) -> pd.DataFrame | None:
    """Return the recoveries of a sweep that has repairs, or None."""
    try:
        return recovery(results, measure, confidence)
    except StoreError:
        return None


def _default_axis(planned: Mapping[str, tuple[Any, ...]]) -> str:
    """Return the axis of a sweep that names none: the bias level if it varies, else the first."""
    varying = [name for name, values in planned.items() if len(values) > 1]
    return "bias.level" if "bias.level" in varying or not varying else varying[0]


def _theory(grid: Grid) -> Theory | None:
    prefix, _, tail = grid.axis.partition(".")
    if tail != "level" or prefix not in grid.biases:
        return None
    return expected_tipping(grid.biases[prefix], grid.classes)


def _focus(grid: Grid) -> Focus:
    """Return the largest cell, the task furthest from pre-training, and the first adaptation."""
    rows = grid.final[grid.final["measure"] == grid.response]
    tasks = ordered(rows["task"].tolist())
    task = next(
        (t for t in ("far_ood", "near_ood", "id") if t in tasks), tasks[-1] if tasks else ""
    )
    adaptations = ordered(rows.loc[rows["task"] == task, "adaptation"].tolist())
    cells = grid.cells()
    return Focus(cells[-1] if cells else {}, task, adaptations[0] if adaptations else "none")


def _progress(frame: pd.DataFrame, spec: Spec, planned: Mapping[str, tuple[Any, ...]]) -> Progress:
    points = math.prod(len(values) for values in planned.values()) * spec.seeds.count
    steps = planned["pretrain.steps"]
    wanted = wanted_rows(spec)
    once = sum(catalogue("measures")[name].compares for _, _, name in wanted)
    each = [len({*spec.pretrain.measure_at, s}) * (len(wanted) - once) + once for s in steps]
    bad = failures(frame)
    return Progress(
        models=int(frame["run_id"].nunique()),
        models_planned=points,
        rows=len(frame),
        rows_planned=points // len(steps) * sum(each),
        failed=int(frame.loc[bad, "run_id"].nunique()),
    )
