"""The page's section on inheritance laws: what they foretold of the largest width."""

import io
from collections.abc import Sequence
from typing import Any

from jaxuim.report import labels
from jaxuim.report.analysis import Analysis
from jaxuim.report.drawing import STYLE
from jaxuim.report.finding import Finding, Verdict
from jaxuim.report.joint import CONFIDENCE, JointTest
from jaxuim.report.joint_figure import joint_figure
from jaxuim.report.markup import Markup, html_table, paragraph, section

TITLE = "One law of level, samples and width"
ENOUGH = 0.8  # share of cells inside a 90 % interval from which the forecast counts as kept


def joint_finding(analysis: Analysis) -> Finding | None:
    """Say what the laws foretold of the largest width, and what was measured."""
    test = next((t for t in analysis.joint if t.task == analysis.focus.task), None)
    if test is None:
        return None
    cells = len(test.table)
    share = test.inside / cells
    row = _shown(test, analysis.focus.adaptation)
    places = labels.decimals(row["lower"], row["upper"])
    ends = labels.interval(row["lower"], row["upper"], places)
    where = f"{labels.number(row['samples'])} samples and level {labels.number(row['level'])}"
    what = f"{labels.task(test.task)} {labels.measure(analysis.grid.response)}"
    text = (
        f"Laws fitted to widths up to {labels.number(test.fitted_widths[-1])} forecast {what} at "
        f"{_times(test)} the compute (width {labels.number(test.width)}): with {where} "
        f"{labels.fixed(row['forecast'], places)} (90 % interval {ends}), measured "
        f"{labels.fixed(row['measured'], places)}; {test.inside} of {cells} cells lie inside."
    )
    detail = (
        f"Typical error {labels.number(test.error, 2)}, against {labels.number(test.no_change, 2)} "
        f"for expecting no change from width {labels.number(test.fitted_widths[-1])}. "
        f"Largest weight: {_heaviest(test)}."
    )
    verdict: Verdict = "holds" if share >= ENOUGH else "fails"
    return Finding(text, detail, verdict, "forecast kept" if share >= ENOUGH else "forecast missed")


def _times(test: JointTest) -> str:
    return f"{test.compute:.3g} times"


def _heaviest(test: JointTest) -> str:
    weights = test.forecast.weights
    name = max(weights, key=lambda key: weights[key])
    return f"{_law_name(name)} ({100 * weights[name]:.0f} %)"


def _law_name(name: str) -> str:
    """Return e.g. "fewer samples, width added" for the name of a law."""
    readings = {"samples": "fewer samples", "floor": "added floor", "exponent": "slower exponent"}
    reading, _, mode = name.removeprefix("inheritance_").partition(" ")
    return f"{readings[reading]}, width {'added' if 'sum' in mode else 'multiplied'}"


def _shown(test: JointTest, adaptation: str) -> "Any":
    """Return the cell that the headline names: the middle level, the most samples."""
    rows = test.table[test.table["adaptation"] == adaptation]
    rows = test.table if rows.empty else rows
    rows = rows[rows["samples"] == rows["samples"].max()].sort_values("level")
    return rows.iloc[len(rows) // 2]


def joint_section(analysis: Analysis) -> str:
    """Return the section, or nothing where no joint law was asked for."""
    if not analysis.joint:
        if not analysis.spec["analysis"]["joint"]:
            return ""
        lack = "No law was fitted: there are too few finished cells, or a width without results."
        return section("joint", TITLE, paragraph(lack, "notice"))
    first = analysis.joint[0]
    widths = ", ".join(labels.number(w) for w in first.fitted_widths)
    lead = (
        f"Laws of level, samples and width together, fitted to widths {widths}. Width "
        f"{labels.number(first.width)}, whose training step costs {_times(first)} that of the "
        "largest one fitted, was seen by no fit: bands are the forecast, points what it did."
    )
    note = (
        f"Bands: {100 * CONFIDENCE:.0f} % interval of the mean over seeds, from resampled seeds, "
        "the spread between laws, and their errors on the largest fitted width, left out in turn."
    )
    shown = [t for t in analysis.joint if t.task == analysis.focus.task] or [first]
    drawing = Markup(f'<figure class="drawn">{_svg(analysis, shown[0])}</figure>')
    return section(
        "joint",
        TITLE,
        paragraph(lead, "lead"),
        drawing,
        paragraph(note, "note"),
        _scores(analysis.joint),
        paragraph(
            "Error and error of no change: root mean squared, in units of the measure. Left out: "
            "the same for what the laws were refitted without"
            + (", as relative errors." if first.forecast.scale == "log" else "."),
            "note",
        ),
        _laws(shown[0]),
    )


def _scores(tests: Sequence[JointTest]) -> Markup:
    rows = []
    for test in tests:
        held = test.forecast.held_out
        kept = test.inside >= ENOUGH * len(test.table)
        inside = (
            f'<span class="{"good" if kept else "bad"}">{test.inside} of {len(test.table)}</span>'
        )
        rows.append(
            [
                labels.sentence(labels.task(test.task)),
                Markup(inside),
                labels.number(test.error, 2),
                labels.number(test.no_change, 2),
                *(labels.number(held[kind], 2) for kind in ("cell", "samples", "width")),
            ]
        )
    headers = ["Task", "Cells inside", "Error", "Error of no change"]
    headers += ["Left-out cell", "Left-out samples", "Left-out width"]
    return html_table(headers, rows, 1, "Forecast of the largest width, by task")


def _laws(test: JointTest) -> Markup:
    rows = []
    for name, weight in sorted(test.forecast.weights.items(), key=lambda pair: -pair[1]):
        fit = test.forecast.fits[name]
        values = ", ".join(f"{key} = {labels.number(v, 3)}" for key, v in fit.params.items())
        rows.append(
            [
                labels.sentence(_law_name(name)),
                Markup(fit.form.html),
                f"{100 * weight:.0f} %",
                fit.status.replace("_", " "),
                values,
            ]
        )
    caption = f"The laws behind it, {labels.task(test.task)}"
    return html_table(["Reading", "Law", "Weight", "Fit", "Parameters"], rows, 5, caption)


def _svg(analysis: Analysis, test: JointTest) -> str:
    import matplotlib as mpl

    with mpl.rc_context(STYLE):
        figure = joint_figure(analysis, test)
        text = io.StringIO()
        figure.savefig(text, format="svg", metadata={"Date": None})
    whole = text.getvalue()
    return whole[whole.index("<svg") :]
