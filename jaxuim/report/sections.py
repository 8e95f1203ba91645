"""The sections of the page as HTML; numbers come from the analysis and are only worded here."""

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

import pandas as pd

from jaxuim.report import labels
from jaxuim.report.analysis import Analysis
from jaxuim.report.finding import Finding, focus_effects
from jaxuim.report.grid import ordered, select
from jaxuim.report.markup import Markup, chart, html_table, paragraph, section


def intro(analysis: Analysis) -> str:
    """Return question, expectation and source, and a notice where something is missing."""
    spec = analysis.spec
    pairs = [("Expected", spec["expectation"]), ("Source", spec["source"]), ("Cost", spec["cost"])]
    about = "".join(f"<dt>{n}</dt><dd>{escape(str(v))}</dd>" for n, v in pairs if v)
    question = (
        f'<p class="question">{escape(str(spec["question"]))}</p>' if spec["question"] else ""
    )
    return question + (f'<dl class="about">{about}</dl>' if about else "") + _notices(analysis)


def _notices(analysis: Analysis) -> str:
    progress, notes = analysis.progress, []
    if not progress.complete:
        share = 100 * progress.rows / max(1, progress.rows_planned)
        notes.append(
            f"<strong>The sweep is not complete.</strong> {progress.models:,} of "
            f"{progress.models_planned:,} models and {progress.rows:,} of "
            f"{progress.rows_planned:,} rows ({share:.0f} %) are there; what follows is computed "
            "from these."
        )
    if progress.failed:
        notes.append(
            f"<strong>{labels.count(progress.failed, 'run')} failed.</strong> Values that are not "
            "finite are left out, together with their partners in paired differences; see "
            '<a href="#failed">below</a>.'
        )
    if analysis.grid.seeds < 2:
        notes.append(
            "<strong>One seed.</strong> There is no spread between seeds, so no interval is given."
        )
    return "".join(f'<p class="notice">{note}</p>' for note in notes)


def headline(found: Sequence[Finding]) -> str:
    """Return the findings; those that fail are red and say so."""
    items = "".join(
        f'<li class="{f.verdict}"><div><p class="text">{escape(f.text)}</p>'
        f'<p class="detail">{escape(f.detail)}</p></div>'
        f'<span class="tag">{escape(f.tag)}</span></li>'
        for f in found
    )
    return section("findings", "Findings", f'<ol class="findings">{items}</ol>') if found else ""


def curves(analysis: Analysis, data: Mapping[str, Any]) -> str:
    """Return the section of the inheritance curves."""
    if not data["output_measures"]:
        return ""
    lead = (
        f"Measured response, or its difference to the clean run of the same seed (inherited effect "
        f"I(b)), against {analysis.grid.axis_label}. Click a name to hide its curve, drag to zoom, "
        "double-click to reset."
    )
    return section("inheritance", "Inheritance curves", paragraph(lead, "lead"), chart("curves"))


def representation(analysis: Analysis, data: Mapping[str, Any]) -> str:
    """Return the section of the measures of features."""
    if not data["feature_measures"]:
        return ""
    lead = (
        "Spectra of the pre-trained features on each task's test examples, before any adaptation: "
        "how many directions the representation uses."
    )
    return section("features", "Representation", paragraph(lead, "lead"), chart("representation"))


def effect_tables(analysis: Analysis) -> str:
    """Return the tables of inherited effects and of transmission at the strongest level."""
    strongest = focus_effects(analysis)
    if strongest.empty:
        return ""
    level = strongest[analysis.grid.axis].iloc[0]
    where = f"{analysis.grid.axis_label} = {labels.number(level)}"
    measure = labels.measure(analysis.grid.response)
    effect = _matrix(analysis, strongest, "mean", f"Inherited effect on {measure} at {where}")
    caption = f"{analysis.percent} t interval of differences paired by seed{_seeds(strongest)}."
    passed = analysis.transmission
    passed = passed[passed[analysis.grid.axis] == level]
    share = ""
    if len(passed):
        share = _matrix(analysis, passed, "ratio", f"Transmission at {where}") + paragraph(
            "Downstream effect over the upstream effect of the model's own head. "
            f"{analysis.percent} Fieller interval; no ratio is given where the upstream "
            "effect's interval includes 0.",
            "note",
        )
    return section(
        "effects", "Inherited effect and transmission", effect, paragraph(caption, "note"), share
    )


def _seeds(table: pd.DataFrame) -> str:
    low, high = int(table["seeds"].min()), int(table["seeds"].max())
    return f", {labels.count(high, 'seed')}" if low == high else f", {low} to {high} seeds"


def _matrix(analysis: Analysis, table: pd.DataFrame, value: str, caption: str) -> Markup:
    """Return a table of series by cell; each entry is a value with its interval below."""
    cells = by_cell(analysis, table)
    pairs = {(t, a) for t, a in zip(table["task"], table["adaptation"], strict=True)}
    tasks, adaptations = ordered([t for t, _ in pairs]), ordered([a for _, a in pairs])
    rows = []
    for task, adaptation in ((t, a) for t in tasks for a in adaptations if (t, a) in pairs):
        wanted = {"task": task, "adaptation": adaptation}
        entries = [_entry(select(part, wanted), value) for _, part in cells]
        rows.append([labels.sentence(labels.series(task, adaptation)), *entries])
    headers = ["Task and adaptation", *(labels.sentence(name) or "Value" for name, _ in cells)]
    return html_table(headers, rows, caption=caption)


def _entry(rows: pd.DataFrame, value: str) -> Markup:
    if rows.empty or not math.isfinite(rows[value].iloc[0]):
        why = "no upstream effect" if value == "ratio" and len(rows) else "not measured"
        return Markup(f'{labels.NOTHING}<small class="muted">{why}</small>')
    row = rows.iloc[0]
    if not math.isfinite(row["lower"]):
        return Markup(f"{labels.number(row[value], 3)}<small>no interval</small>")
    places = labels.decimals(row["lower"], row["upper"])
    ends = labels.interval(row["lower"], row["upper"], places)
    return Markup(f"{labels.fixed(row[value], places)}<small>{ends}</small>")


def by_cell(
    analysis: Analysis, table: pd.DataFrame, limit: int = 8
) -> list[tuple[str, pd.DataFrame]]:
    """Return a table's rows by cell of the grid with the cell in words, at most ``limit`` cells.

    Cells without rows are left out. Where there are more than ``limit``, the last ones are kept:
    they are the largest.
    """
    cells = [
        (analysis.grid.cell_label(cell), select(table, cell)) for cell in analysis.grid.cells()
    ]
    return [(name, rows) for name, rows in cells if len(rows)][-limit:]
