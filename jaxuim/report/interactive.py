"""The data behind the interactive charts, as plain values that are embedded in the page as JSON."""

import json
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from jaxuim.report import labels
from jaxuim.report.analysis import Analysis
from jaxuim.report.curves import stepwise
from jaxuim.report.fits import CurveFit
from jaxuim.report.grid import ordered
from jaxuim.types.registry import catalogue

# Colour, dash and symbol of each task; the colours are CSS variables (Okabe and Ito's palette).
TASK_STYLES = {
    "upstream": ("--c0", "dot", "circle-open"),
    "id": ("--c1", "solid", "circle"),
    "near_ood": ("--c2", "solid", "square"),
    "far_ood": ("--c3", "solid", "diamond"),
    "few_shot": ("--c4", "solid", "triangle-up"),
}
_SPARE = (("--c5", "solid", "cross"), ("--c6", "solid", "star"), ("--c4", "dash", "triangle-down"))


def payload(analysis: Analysis) -> dict[str, Any]:
    """Return everything that the page's scripts draw, with NaN as null."""
    grid = analysis.grid
    responses, effects, axes = stepwise(grid, analysis.confidence)
    joined = responses.merge(
        effects.rename(columns={c: f"effect_{c}" for c in ("mean", "lower", "upper", "seeds")}),
        on=[*axes, "task", "adaptation", "measure"],
        how="left",
    )
    dims = _dimensions(joined, axes, grid.biases)
    measures = dims["measure"]["values"]
    feature = [m for m in measures if is_representation(m)]
    return {
        "confidence": analysis.confidence,
        "axis": grid.axis,
        "axes": list(axes),
        "dims": dims,
        "rows": _rows(joined, dims, _chances(grid.final)),
        "defaults": _defaults(analysis, dims),
        "has_effects": bool(joined["effect_mean"].abs().gt(0).any()),
        "output_measures": [m for m in measures if m not in feature],
        "feature_measures": feature,
        "task_styles": _task_styles(dims["task"]["values"]),
        "laws": _laws(analysis),
        "overlay": [] if analysis.overlay is None else _records(analysis.overlay),
    }


def to_json(data: dict[str, Any]) -> str:
    """Return JSON that is safe inside a script element: no ``<``, ``>`` or ``&`` stands in it.

    >>> to_json({"name": "</script>"})
    '{"name":"\\\\u003c/script\\\\u003e"}'
    """
    text = json.dumps(data, separators=(",", ":"), allow_nan=False)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def is_representation(measure: str) -> bool:
    """Return whether a measure describes features alone."""
    declared = catalogue("measures")
    return measure in declared and declared[measure].inputs == ("features",)


def numbers(values: Sequence[float] | np.ndarray | pd.Series) -> list[float | None]:
    """Return values in six significant digits, with None for what is not finite.

    >>> numbers([0.1234567891, float("nan")])
    [0.123457, None]
    """
    return [float(f"{v:.6g}") if v is not None and math.isfinite(v) else None for v in values]


def _dimensions(joined: pd.DataFrame, axes: Sequence[str], biases: Any) -> dict[str, Any]:
    dims: dict[str, Any] = {}
    for name in axes:
        values = sorted(joined[name].dropna().unique().tolist())
        dims[name] = {
            "label": labels.axis(name, biases),
            "title": labels.axis_title(name, biases),
            "values": values,
            "text": [labels.number(v) for v in values],
            "numeric": all(isinstance(v, int | float) and not isinstance(v, bool) for v in values),
        }
    for name, words in (("task", labels.task), ("adaptation", labels.adaptation)):
        values = [v for v in ordered(joined[name].tolist()) if (name, v) != ("adaptation", "none")]
        dims[name] = {"label": name, "values": values, "text": [words(v) for v in values]}
    measures = list(dict.fromkeys(joined["measure"]))
    known = list(catalogue("measures"))
    measures.sort(key=lambda m: (known.index(m) if m in known else len(known), m))
    dims["measure"] = {
        "label": "measure",
        "values": measures,
        "text": [labels.sentence(labels.measure(m)) for m in measures],
        "title": [labels.measure_axis(m) for m in measures],
        "effect_title": [labels.measure_axis(m, effect=True) for m in measures],
    }
    return dims


def _rows(joined: pd.DataFrame, dims: dict[str, Any], chances: pd.Series) -> dict[str, Any]:
    """Return the summary table by columns: dimensions as positions, -1 for no adaptation."""
    rows: dict[str, Any] = {}
    for name, dim in dims.items():
        place = {value: i for i, value in enumerate(dim["values"])}
        rows[name] = [place.get(v, -1) for v in joined[name].tolist()]
    for name in ("mean", "lower", "upper"):
        rows[name] = numbers(joined[name])
        rows[f"effect_{name}"] = numbers(joined[f"effect_{name}"])
    rows["effect"] = rows.pop("effect_mean")
    rows["seeds"] = joined["seeds"].astype(int).tolist()
    rows["effect_seeds"] = joined["effect_seeds"].fillna(0).astype(int).tolist()
    keys = zip(joined["task"], joined["measure"], strict=True)
    rows["chance"] = numbers([chances.get(key, math.nan) for key in keys])
    return rows


def _chances(final: pd.DataFrame) -> pd.Series:
    return final.groupby(["task", "measure"])["chance"].first()


def _defaults(analysis: Analysis, dims: dict[str, Any]) -> dict[str, int]:
    """Return the setting first shown: the response, and the cell of the findings."""
    wanted = {**analysis.focus.cell, "task": analysis.focus.task, "measure": analysis.grid.response}
    wanted["adaptation"] = analysis.focus.adaptation
    return {
        name: dims[name]["values"].index(value)
        for name, value in wanted.items()
        if value in dims[name]["values"]
    }


def _task_styles(tasks: Sequence[str]) -> list[dict[str, str]]:
    spare = iter(_SPARE * len(tasks))
    styles = [TASK_STYLES[t] if t in TASK_STYLES else next(spare) for t in tasks]
    return [{"color": color, "dash": dash, "symbol": symbol} for color, dash, symbol in styles]


def _laws(analysis: Analysis) -> dict[str, Any] | None:
    grid = analysis.grid
    if not analysis.fits:
        return None
    cells = grid.cells()
    first = analysis.fits[0]
    xs = np.concatenate([curve.x for curve in analysis.fits])
    return {
        "cells": [grid.cell_label(cell) for cell in cells],
        "cell": cells.index(analysis.focus.cell),
        "forms": list(dict.fromkeys(labels.law(f.form) for c in analysis.fits for f in c.laws)),
        "curves": [_curve(curve, cells) for curve in analysis.fits],
        "ytitle": labels.measure_axis(grid.response),
        "logx": first.log,
        "theory": None if analysis.theory is None else analysis.theory.value,
        "measured_to": float(xs.max()),
        "drawn_to": max((float(f.x[-1]) for c in analysis.fits for f in c.laws), default=xs.max()),
    }


def _curve(curve: CurveFit, cells: list[dict[str, Any]]) -> dict[str, Any]:
    tip = curve.tipping
    return {
        "cell": cells.index(curve.cell),
        "title": labels.sentence(labels.series(curve.task, curve.adaptation)),
        "x": numbers(curve.x),
        "mean": numbers(curve.mean),
        "lower": numbers(curve.lower),
        "upper": numbers(curve.upper),
        "seeds": [int(n) for n in curve.seeds],
        "fits": [
            {
                "form": labels.law(law.form),
                "x": numbers(law.x),
                "y": numbers(law.y),
                "lower": numbers(law.lower),
                "upper": numbers(law.upper),
            }
            for law in curve.laws
            if law.drawable
        ],
        "tipping": None
        if tip is None or not tip.detected
        else dict(
            zip(
                ("location", "lower", "upper"),
                numbers([tip.location, tip.lower, tip.upper]),
                strict=True,
            )
        ),
    }


def _records(overlay: pd.DataFrame) -> list[dict[str, Any]]:
    records = overlay.astype(object).where(overlay.notna(), None).to_dict("records")
    return [
        {str(k): v.item() if isinstance(v, np.generic) else v for k, v in record.items()}
        for record in records
    ]
