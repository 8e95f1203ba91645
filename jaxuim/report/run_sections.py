"""The sections of the page that say what was run, what failed and where it came from."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from jaxuim.report import labels
from jaxuim.report.analysis import Analysis
from jaxuim.report.grid import ordered
from jaxuim.report.markup import html_table, paragraph, section
from jaxuim.report.tables import failed_frame

SHOWN_FAILURES = 30


def what_was_run(analysis: Analysis) -> str:
    """Return the grid, the amount of work and the speed."""
    grid, spec = analysis.grid, analysis.spec
    rows = [
        [labels.sentence(labels.axis_title(a, grid.biases)), _values(analysis, a)]
        for a in grid.axes
    ]
    listed = lambda words, names: ", ".join(words(n) for n in ordered(names))
    rows.append(["Seeds", str(grid.seeds)])
    final = grid.final
    rows.append(["Tasks", listed(labels.task, final["task"].tolist())])
    adaptations = [a for a in final["adaptation"].unique() if a != "none"]
    rows.append(["Adaptations", listed(labels.adaptation, adaptations) or "none"])
    rows.append(["Measures", ", ".join(labels.measure(m) for m in dict.fromkeys(final["measure"]))])
    fixed = [
        f"{labels.axis(name, grid.biases)} {labels.number(value)}"
        for name, values in analysis.planned.items()
        if len(values) == 1 and not name.endswith(".kind")
        for value in values
    ]
    kinds = [labels.plain(str(spec["world"]["kind"])), labels.plain(str(spec["model"]["kind"]))]
    rows += [["World and model", ", ".join(kinds)], ["Held fixed", ", ".join(fixed)]]
    return section(
        "run", "What was run", _facts(analysis), html_table(["Setting", "Values"], rows, 2)
    )


def _values(analysis: Analysis, axis: str) -> str:
    values = analysis.grid.values[axis]
    if len(values) > 24:
        return (
            f"{len(values)} values from {labels.number(values[0])} to {labels.number(values[-1])}"
        )
    return ", ".join(labels.number(value) for value in values)


def total(shards: Sequence[Mapping[str, Any]], name: str) -> float:
    """Return the sum over shards of what they note under a name; an absent one counts nothing."""
    return float(sum(shard[name] for shard in shards if shard.get(name) is not None))


def _facts(analysis: Analysis) -> str:
    shards, progress = analysis.shards, analysis.progress
    steps, seconds = total(shards, "model_steps"), total(shards, "seconds")
    facts = [
        ("models", f"{progress.models:,}"),
        ("rows of results", f"{progress.rows:,}"),
        ("model-steps", _amount(steps)),
        ("run time", f"{seconds:,.1f} <small>s</small>"),
        ("of which compiling", f"{total(shards, 'compile_seconds'):,.1f} <small>s</small>"),
    ]
    if seconds > 0:
        facts.append(("throughput", f"{_amount(steps / seconds)} <small>model-steps/s</small>"))
    return (
        '<dl class="facts">'
        + "".join(f"<div><dt>{n}</dt><dd>{v}</dd></div>" for n, v in facts)
        + "</dl>"
    )


def _amount(value: float) -> str:
    """Return a count in words that are short: 352,000 or 1.41 million."""
    return f"{value / 1e6:,.3g} <small>million</small>" if value >= 1e6 else f"{value:,.0f}"


def failures(analysis: Analysis) -> str:
    """Return the list of failed runs, or nothing where none failed."""
    table = failed_frame(analysis)
    if table.empty:
        return ""
    shown = table.head(SHOWN_FAILURES)
    names = [labels.axis(a, analysis.grid.biases) for a in analysis.grid.axes]
    headers = ["Run", "Seed", *(labels.sentence(n) for n in names), "Status", "Rows"]
    rows = [
        [labels.number(v) if not isinstance(v, str) else labels.plain(v) for v in row]
        for row in shown.itertuples(index=False)
    ]
    more = len(table) - len(shown)
    rest = paragraph(f"{more:,} more in tables/failed_runs.csv.", "note") if more else ""
    lead = paragraph("Diverged or non-finite. They count in no mean, no effect and no fit.", "lead")
    return section("failed", "Failed runs", lead, html_table(headers, rows), rest)


def origin(analysis: Analysis, files: Sequence[str]) -> str:
    """Return versions, device, commit, root seed and command, and links to figures and tables."""
    rows = [
        [labels.sentence(labels.plain(n)), _plain_value(v)] for n, v in _known(analysis.provenance)
    ]
    links = "".join(f'<li><a href="{escape(name)}">{escape(name)}</a></li>' for name in files)
    listing = f'<h3>Figures and tables</h3><ul class="files">{links}</ul>' if links else ""
    return section("provenance", "Provenance", html_table(["", ""], rows, 2), listing)


def _known(provenance: Mapping[str, Any]) -> list[tuple[str, Any]]:
    hidden = ("spec", "format", "format_version", "name")
    return [(n, v) for n, v in provenance.items() if n not in hidden and v not in (None, [], {})]


def _plain_value(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_plain_value(inner)}" for name, inner in value.items())
    if isinstance(value, list | tuple):
        return "; ".join(_plain_value(inner) for inner in value)
    return str(value)
