"""The page's section on repairs: what an audit's repair was to win back, and what it won."""

import pandas as pd

from jaxuim.report import labels
from jaxuim.report.analysis import Analysis
from jaxuim.report.curves import UPSTREAM
from jaxuim.report.finding import Finding, Verdict
from jaxuim.report.markup import Markup, html_table, paragraph, section

_LEAD = (
    "Achieved: the response without repair less that with it, paired by seed. Predicted: the same "
    "from the noise rate that the audit expects to be left and the curve of the response without "
    "repair over the noise rate that there is in the labels; no repaired run's response enters. "
    "Full: all that there is to win back. Means over the sweep's other axes, where it has any."
)


def recovery_findings(analysis: Analysis) -> list[Finding]:
    """Say of each repair, at the highest level and upstream, whether the prediction was met."""
    table = analysis.recovery
    if table is None:
        return []
    rows = table[(table["task"] == UPSTREAM) & (table["level"] == table["level"].max())]
    return [_finding(analysis, row) for _, row in rows.iterrows() if row["seeds"] > 1]


def _finding(analysis: Analysis, row: "pd.Series") -> Finding:
    places = labels.decimals(row["achieved_lower"], row["achieved_upper"])
    fixed = lambda name: labels.fixed(row[name], places)
    ends = lambda name: f"({labels.interval(row[f'{name}_lower'], row[f'{name}_upper'], places)})"
    kept = row["difference_lower"] <= 0 <= row["difference_upper"]
    text = (
        f"Repair by {row['repair']} at level {labels.number(row['level'])} wins back "
        f"{fixed('achieved')} {ends('achieved')} of upstream "
        f"{labels.measure(analysis.grid.response)}; {fixed('predicted')} {ends('predicted')} was "
        f"predicted and {fixed('full')} {ends('full')} lost."
    )
    detail = f"Achieved less predicted: {fixed('difference')} {ends('difference')}."
    verdict: Verdict = "holds" if kept else "fails"
    return Finding(text, detail, verdict, "as predicted" if kept else "not as predicted")


def recovery_section(analysis: Analysis) -> str:
    """Return the table of recoveries, or nothing for a sweep without repairs."""
    table = analysis.recovery
    if table is None:
        return ""
    rows = []
    for _, row in table.iterrows():
        places = labels.decimals(row["achieved_lower"], row["achieved_upper"])
        cells: list[object] = [
            labels.sentence(labels.series(row["task"], row["adaptation"])),
            row["repair"],
            labels.number(row["level"]),
        ]
        for name in ("achieved", "predicted", "full", "difference"):
            ends = labels.interval(row[f"{name}_lower"], row[f"{name}_upper"], places)
            value = f"{labels.fixed(row[name], places)}<small>{ends}</small>"
            clear = name == "difference" and not (
                row["difference_lower"] <= 0 <= row["difference_upper"]
            )
            cells.append(Markup(f'<span class="bad">{value}</span>' if clear else value))
        rows.append(cells)
    headers = ["Task and adaptation", "Repair", "Level", "Achieved", "Predicted", "Full"]
    headers.append("Achieved - predicted")
    caption = f"{analysis.percent} t intervals over seeds; red where the prediction is excluded"
    return section(
        "recovery",
        "Repairs: predicted and achieved",
        paragraph(_LEAD, "lead"),
        html_table(headers, rows, 2, caption),
    )
