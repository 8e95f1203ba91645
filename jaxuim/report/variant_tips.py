"""The section of a collection's page that sets the tipping points of its variants side by side."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from jaxuim.report import labels
from jaxuim.report.markup import Markup, html_table, paragraph, section

TABLE = Path("tables") / "tipping_points.csv"
_LEAD = (
    "Where the response of each variant changes regime, with the interval of its location, as its "
    "own report has it; 'none' where a smooth curve without a tipping point is not rejected."
)


def tips_of(directory: Path, variants: Mapping[str, Any]) -> pd.DataFrame:
    """Return the tipping points of all variants that have any, with a column ``variant``."""
    paths = {name: directory / name / TABLE for name in variants}
    parts = [
        pd.read_csv(path, keep_default_na=False, na_values=[""]).assign(variant=name)
        for name, path in paths.items()
        if path.is_file() and path.stat().st_size > 1
    ]
    kept = [part for part in parts if not part.empty]
    return pd.concat(kept, ignore_index=True) if kept else pd.DataFrame()


def tips_section(directory: Path, variants: Mapping[str, Any]) -> str:
    """Return the table of tipping points, or nothing where no variant looked for one."""
    table = tips_of(directory, variants)
    if table.empty or "detected" not in table:
        return ""
    axes = [str(name) for name in table if "." in str(name)]
    rows = [
        [
            labels.plain(row["variant"]),
            labels.sentence(labels.series(row["task"], row["adaptation"])),
            *(labels.number(row[name]) for name in axes),
            _location(row),
            labels.number(row["p_value"], 2),
            labels.number(row["theory"], 3) if pd.notna(row["theory"]) else "",
        ]
        for _, row in table.iterrows()
    ]
    headers = [
        "Variant",
        "Task and adaptation",
        *(labels.sentence(labels.axis(n, {})) for n in axes),
    ]
    headers += ["Tipping point", "p", "Population's"]
    return section("tips", "Tipping points", paragraph(_LEAD, "lead"), html_table(headers, rows, 2))


def _location(row: "pd.Series[Any]") -> Markup | str:
    if not row["detected"]:
        return "none"
    ends = labels.interval(row["lower"], row["upper"], 2)
    return Markup(f"{labels.fixed(row['location'], 2)}<small>{ends}</small>")
