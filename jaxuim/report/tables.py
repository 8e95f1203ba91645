"""Tables of the report as frames, and as CSV files."""

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from jaxuim.report.analysis import Analysis
from jaxuim.report.finding import Finding


def frames(analysis: Analysis, found: Sequence[Finding]) -> dict[str, pd.DataFrame]:
    """Return every table of the report by file name."""
    grid = analysis.grid
    return {
        "findings": pd.DataFrame(
            [vars(f) for f in found], columns=["text", "detail", "verdict", "tag"]
        ),
        "responses": analysis.responses,
        "inherited_effects": analysis.effects,
        "transmission": analysis.transmission,
        "laws": law_frame(analysis),
        **_joint_frames(analysis),
        "tipping_points": tipping_frame(analysis),
        "failed_runs": failed_frame(analysis),
        "grid": pd.DataFrame(
            [(axis, value) for axis in grid.axes for value in grid.values[axis]],
            columns=["axis", "value"],
        ),
    }


def _joint_frames(analysis: Analysis) -> dict[str, pd.DataFrame]:
    """Return forecasts of a width, interactions and recoveries, where there are any."""
    found: dict[str, pd.DataFrame] = {}
    if analysis.joint:
        parts = [t.table.assign(task=t.task) for t in analysis.joint]
        found["width_forecast"] = pd.concat(parts, ignore_index=True)
    if analysis.pairs:
        parts = [
            t.table.assign(**t.cell, task=t.task, adaptation=t.adaptation) for t in analysis.pairs
        ]
        found["interactions"] = pd.concat(parts, ignore_index=True)
    if analysis.recovery is not None:
        found["recovery"] = analysis.recovery
    return found


def law_frame(analysis: Analysis) -> pd.DataFrame:
    """Return one row for each parameter of each fitted law."""
    rows = [
        {
            **curve.cell,
            "task": curve.task,
            "adaptation": curve.adaptation,
            "law": law.form,
            "formula": law.formula,
            "status": law.status,
            "aicc": law.aicc,
            "best": law is curve.best,
            "points": law.points,
            "parameter": name,
            "value": value,
            "lower": lower,
            "upper": upper,
            "note": law.note,
        }
        for curve in analysis.fits
        for law in curve.laws
        for name, (value, lower, upper) in law.params.items()
    ]
    last = ("parameter", "value", "lower", "upper", "note")
    first = ("task", "adaptation", "law", "formula", "status", "aicc", "best", "points")
    return pd.DataFrame(rows, columns=[*analysis.grid.others, *first, *last])


def tipping_frame(analysis: Analysis) -> pd.DataFrame:
    """Return one row for each curve in which a tipping point was looked for."""
    theory = analysis.theory
    rows = [
        {
            **curve.cell,
            "task": curve.task,
            "adaptation": curve.adaptation,
            "detected": tip.detected,
            "location": tip.location,
            "lower": tip.lower,
            "upper": tip.upper,
            "p_value": tip.p_value,
            "theory": None if theory is None else theory.value,
            "contains_theory": None if theory is None else tip.contains(theory.value),
            "reason": tip.reason,
        }
        for curve in analysis.fits
        if (tip := curve.tipping) is not None
    ]
    names = ("detected", "location", "lower", "upper", "p_value", "theory", "contains_theory")
    columns = [*analysis.grid.others, "task", "adaptation", *names, "reason"]
    return pd.DataFrame(rows, columns=columns)


def failed_frame(analysis: Analysis) -> pd.DataFrame:
    """Return one row for each run with a failure: its settings and how many rows failed."""
    grid = analysis.grid
    keys = ["run_id", "seed", *grid.axes, "status"]
    counted = grid.failed.groupby(keys, dropna=False).size()
    return (
        counted.reset_index(name="rows") if len(counted) else pd.DataFrame(columns=[*keys, "rows"])
    )


def write_csv(tables: dict[str, pd.DataFrame], directory: Path) -> list[Path]:
    """Write the tables as CSV files and return their paths."""
    directory.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, table in tables.items():
        paths.append(directory / f"{name}.csv")
        table.to_csv(paths[-1], index=False, lineterminator="\n")
    return paths
