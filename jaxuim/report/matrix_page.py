"""The page of a collection as HTML: the worst inheritances, the heat map, every cell, the links."""

from collections.abc import Mapping, Sequence
from html import escape
from string import Template
from typing import TYPE_CHECKING, Any

import pandas as pd

import jaxuim
from jaxuim.report import labels
from jaxuim.report.expected import expected_findings
from jaxuim.report.markup import Markup, html_table, navigation, paragraph, section
from jaxuim.report.matrix_figure import column_label, row_label, rows_of, usual_place
from jaxuim.report.page import asset
from jaxuim.report.sections import headline
from jaxuim.report.variant_tips import tips_section
from jaxuim.sweep.expectations import check_collection
from jaxuim.sweep.matrix_cells import records, worst
from jaxuim.sweep.results import spanning_measures

if TYPE_CHECKING:
    from jaxuim.sweep.matrix_store import CollectionResults

_STATUS = {
    "ok": "",
    "no_spread": "not standardised",
    "too_few": "too few seeds",
    "not_applicable": "does not apply",
    "missing": "no result",
}


def render(
    found: "CollectionResults", cells: pd.DataFrame | None, drawing: str, files: Sequence[str]
) -> str:
    """Return the whole page as HTML.

    Args:
        found: the collection.
        cells: its matrix, None where it has none.
        drawing: the heat map as SVG.
        files: paths of figures and tables relative to the page.
    """
    content = found.content
    title = labels.sentence(labels.plain(content["name"]))
    parts = [headline(expected_findings(check_collection(found)))]
    parts += [] if cells is None else _matrix_sections(content, cells, drawing)
    parts += [tips_section(found.directory, content["variants"])]
    parts += [_variants(found, cells), _origin(content, files)]
    kept = [part for part in parts if part]
    return Template(asset("page.html")).substitute(
        title=escape(title),
        version=escape(jaxuim.__version__),
        intro=_intro(content),
        nav=navigation(kept),
        sections="\n".join(kept),
        style=asset("style.css") + asset("matrix.css"),
        data="{}",
        plotly="",
        scripts="",
    )


def _intro(content: Mapping[str, Any]) -> str:
    pairs = [(name, content[name.lower()]) for name in ("Source", "Cost")]
    pairs.insert(0, ("Expected", content["expectation"]))
    about = "".join(f"<dt>{n}</dt><dd>{escape(str(v))}</dd>" for n, v in pairs if v)
    question = paragraph(content["question"], "question") if content["question"] else ""
    failed = "".join(
        f'<p class="notice"><strong>{escape(labels.plain(name))} failed.</strong> '
        f"{escape(text)}</p>"
        for name, text in content["failures"].items()
    )
    return question + (f'<dl class="about">{about}</dl>' if about else "") + failed


def _matrix_sections(content: Mapping[str, Any], cells: pd.DataFrame, drawing: str) -> list[str]:
    percent = f"{100 * content['matrix']['confidence']:g} %"
    return [_worst(cells, percent), _map(cells, drawing, percent), _cells(cells, percent)]


def _worst(cells: pd.DataFrame, percent: str) -> str:
    chosen = records(worst(cells))
    items = "".join(
        f'<li><div><p class="text">{escape(in_words(cell))}</p>'
        f'<p class="detail">{escape(in_numbers(cell, percent))}</p></div>'
        f'<span class="tag">g = {labels.number(cell["g"], 3)}<br>at least '
        f"{labels.number(cell['g_lower'], 3)}</span></li>"
        for cell in chosen
    )
    lead = (
        f"By the lower end of the {percent} interval, among consequences downstream, and for the "
        "pre-trained model those that cannot be read downstream, that hold after correction for "
        f"{labels.count(int(cells['p_value'].notna().sum()), 'test')}. Each interval is that of "
        "its cell alone: the largest of many are on average a little overstated."
    )
    if len(chosen) < 3:
        lead = f"{_few(len(chosen))} {lead}"
    listed = f'<ol class="findings">{items}</ol>' if items else ""
    return section("worst", "The worst inheritances", paragraph(lead, "lead"), listed)


def _few(count: int) -> str:
    if count == 0:
        return "No cell shows harm for certain."
    verb = "shows" if count == 1 else "show"
    return f"Only {labels.count(count, 'cell')} {verb} harm for certain."


def in_words(cell: Mapping[str, Any]) -> str:
    """Return an inheritance as a sentence."""
    way = "raises" if cell["effect"] > 0 else "lowers"
    size = labels.number(abs(cell["g"]), 3)
    return (
        f"{labels.sentence(_at_level(cell))} {way} {labels.measure(cell['measure'])} "
        f"{_where(cell)} by {size} standard deviations between seeds."
    )


def _at_level(cell: Mapping[str, Any]) -> str:
    level = cell["reference"]
    known = level is not None and level == level
    return labels.plain(cell["variant"]) + (f" at level {labels.number(level)}" if known else "")


def _where(cell: Mapping[str, Any]) -> str:
    if cell["task"] == "upstream":
        return "upstream"
    how = "" if cell["adaptation"] == "none" else labels.with_adaptation(cell["adaptation"])
    return f"on {labels.task(cell['task'])}" + (f" with {how}" if how else "")


def in_numbers(cell: Mapping[str, Any], percent: str) -> str:
    """Return the numbers behind an inheritance as a sentence."""
    raw, ends = labels.estimate(cell["effect"], cell["effect_lower"], cell["effect_upper"])
    lower, upper = labels.number(cell["g_lower"], 3), labels.number(cell["g_upper"], 3)
    return (
        f"g {lower} to {upper} ({percent}); "
        f"from {labels.number(cell['baseline'], 3)} at level 0 (standard deviation "
        f"{labels.number(cell['baseline_sd'], 2)}) by {raw} ({ends}); "
        f"{labels.count(int(cell['n']), 'seed')}; corrected {labels.p_value(cell['q_value'])}."
    )


def _map(cells: pd.DataFrame, drawing: str, percent: str) -> str:
    task, adaptation = usual_place(cells)
    place = {"task": task, "adaptation": adaptation}
    outside = int((cells["status"] == "not_applicable").sum())
    apart = f"{outside} of which do not apply" if outside else "all of which apply"
    held = int(cells["significant"].sum())
    lead = (
        f"Each bias at its reference level against level 0, seeds paired. {len(cells)} cells, "
        f"{apart}; {held} hold at {percent} after "
        f"correction. Consequences that name no task are read {_where(place)}."
    )
    kind = "drawn matrix wide" if cells["measure"].nunique() > 12 else "drawn matrix"
    figure = Markup(f'<figure class="{kind}" tabindex="0">{drawing}</figure>')
    return section("matrix", "Every bias, every consequence", paragraph(lead, "lead"), figure)


def _cells(cells: pd.DataFrame, percent: str) -> str:
    usual = usual_place(cells)
    blocks = []
    for name in rows_of(cells).names:
        rows = records(cells[cells["variant"] == name])
        harms = sum(c["significant"] and c["g"] > 0 and c["better"] != "none" for c in rows)
        table = html_table(
            ["Consequence", "g", percent, "Level 0", "Effect", "Corrected p", "Seeds"],
            [_line(cell, usual) for cell in rows],
        )
        title = f"{labels.sentence(row_label(rows[0]))}: {labels.count(harms, 'certain harm')}"
        blocks.append(f"<details><summary>{escape(title)}</summary>{table}</details>")
    note = (
        "g counts harm as positive; for measures that are neither better nor worse it has the sign "
        "of the effect. Effects are in units of the measure."
    )
    if cells["measure"].isin(spanning_measures()).any():
        note += (
            " Measures that compare all runs with each other make the seeds depend on one another: "
            "intervals and tests of theirs are those of the jackknife over seeds."
        )
    return section("cells", "Every cell in numbers", *blocks, paragraph(note, "note"))


def _line(cell: Mapping[str, Any], usual: tuple[str, str]) -> list[object]:
    column = (cell["measure"], cell["task"], cell["adaptation"])
    name: object = labels.sentence(column_label(column, usual))
    if cell["reason"]:
        said = f"{_STATUS[cell['status']]}: {cell['reason']}"
        name = Markup(f"{escape(str(name))}<small>{escape(said)}</small>")
    if cell["n"] == 0:
        return [name, *[labels.NOTHING] * 6]
    mark = "*" if cell["significant"] else ""
    return [
        name,
        labels.number(cell["g"], 3) + mark,
        labels.interval(cell["g_lower"], cell["g_upper"]),
        labels.number(cell["baseline"], 3),
        labels.estimate(cell["effect"], cell["effect_lower"], cell["effect_upper"])[0],
        labels.p_value(cell["q_value"]).removeprefix("p = ").removeprefix("p "),
        str(int(cell["n"])) + (f" ({int(cell['lost'])} lost)" if cell["lost"] else ""),
    ]


def _variants(found: "CollectionResults", cells: pd.DataFrame | None) -> str:
    """Return the list of variants, each with a link to its own report."""
    rows = []
    for name, note in found.content["variants"].items():
        results = found.results.get(name)
        models = 0 if results is None else int(results.frame["run_id"].nunique())
        there = (found.directory / name / "report.html").is_file()
        title = escape(labels.plain(name))
        link = Markup(f'<a href="{escape(name)}/report.html">{title}</a>') if there else title
        kinds = " and ".join(labels.plain(kind) for kind in note["biases"])
        levels = ", ".join(labels.number(level) for level in note["reference"])
        state = note["excluded"] or found.content["failures"].get(name, "") or "done"
        row: list[object] = [link, kinds, levels or labels.NOTHING, state, f"{models:,}"]
        rows.append(row if cells is None else [*row, _count(cells, name)])
    headers = ["Report", "Bias", "Level", "State", "Models"]
    headers += [] if cells is None else ["Cells that hold"]
    return section("variants", "The variants", html_table(headers, rows, 4))


def _count(cells: pd.DataFrame, name: str) -> str:
    own = cells[cells["variant"] == name]
    return f"{int(own['significant'].sum())} of {int(own['p_value'].notna().sum())}"


def _origin(content: Mapping[str, Any], files: Sequence[str]) -> str:
    known = {key: content[key] for key in ("python", "platform", "git_commit") if content.get(key)}
    versions = content.get("versions", {})
    known["versions"] = ", ".join(f"{name} {text}" for name, text in versions.items())
    rows = [[labels.sentence(labels.plain(key)), value] for key, value in known.items()]
    links = "".join(f'<li><a href="{escape(name)}">{escape(name)}</a></li>' for name in files)
    listing = f'<h3>Figures and tables</h3><ul class="files">{links}</ul>' if links else ""
    return section("provenance", "Provenance", html_table(["", ""], rows, 2), listing)
