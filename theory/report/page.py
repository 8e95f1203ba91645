"""The index page: every claim's statement, figure and tables in one HTML file without network."""

import io
from collections.abc import Sequence
from html import escape
from pathlib import Path

import jaxuim
from jaxuim.report.markup import Markup, html_table, paragraph, section
from jaxuim.report.page import asset
from theory.report import tables
from theory.report.summary import Summary
from theory.runner.run import Failure
from theory.runner.store import folder_of
from theory.study import verdict
from theory.study.drawing import STYLE
from theory.study.size import Size

EXTRA = """
.figure { background: #fff; border: 1px solid var(--rule); border-radius: 6px; padding: 10px 12px; margin: 18px 0; overflow-x: auto; }
.figure svg { display: block; width: 100%; height: auto; max-width: 1000px; margin: 0 auto; }
.law { background: #fff; border-radius: 6px; padding: 6px 10px; margin: 4px 0 14px; max-width: 100%; overflow-x: auto; display: inline-block; }
.law svg { display: block; max-width: 100%; }
td:first-child { min-width: 17em; }
"""  # noqa: E501


def render(summaries: Sequence[Summary], failures: Sequence[Failure], size: Size, out: Path) -> str:
    """Return the whole page as HTML."""
    sections = [_overview(summaries), *(_claim(s, size, out) for s in summaries), _reading(size)]
    lead = _lead(summaries)
    return "\n".join(
        [
            "<!doctype html>",
            '<html lang="en"><head><meta charset="utf-8">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark">',
            '<title>Theory and simulation</title><link rel="icon" href="data:,">',
            f"<style>{asset('style.css')}{EXTRA}</style></head><body>",
            '<header class="top"><p class="eyebrow">jaxuim theory</p>',
            "<h1>What theory predicts of inherited bias, held against simulation</h1>",
            f'<p class="question">{escape(lead)}</p>',
            _failures(failures),
            "</header><main>",
            *sections,
            "</main><footer>",
            f"<p>Written by jaxuim {escape(jaxuim.__version__)}, size {size.name}, seed "
            f"{size.seed}. This file needs no network.</p></footer></body></html>",
        ]
    )


def _lead(summaries: Sequence[Summary]) -> str:
    """Return the headline: how many comparisons of every sort agree."""
    sorts = {
        "simulated numbers": [verdict.row_agrees(r) for s in summaries for r in s.simulated],
        "checks by another computation": [
            verdict.row_agrees(r) for s in summaries for r in s.computed
        ],
        "tipping points": [verdict.tip_agrees(t) for s in summaries for t in s.tips],
        "exponents": [verdict.exponent_agrees(e) for s in summaries for e in s.exponents],
    }
    parts = [f"{sum(found)} of {len(found)} {name}" for name, found in sorts.items() if found]
    bad = sum(len(s.disagreements) for s in summaries)
    slow = sum(not verdict.speed_agrees(speed) for s in summaries for speed in s.speeds)
    text = "Agreement with theory: " + ", ".join(parts)
    text += f"; {bad} disagree, in red" if bad else ""
    return text + (
        f"; {slow} simulations are less than 20 times faster than a loop." if slow else "."
    )


def _overview(summaries: Sequence[Summary]) -> str:
    header = [
        "claim",
        "simulated",
        "computed",
        "tipping points",
        "exponents",
        "speed over a loop",
        "",
    ]
    cells = [
        [
            Markup(f'<a href="#{s.claim.id}">{s.claim.id}</a> {escape(s.claim.title)}'),
            _share([verdict.row_agrees(r) for r in s.simulated]),
            _share([verdict.row_agrees(r) for r in s.computed]),
            _share([verdict.tip_agrees(t) for t in s.tips]),
            _share([verdict.exponent_agrees(e) for e in s.exponents]),
            ", ".join(f"{p.loop / p.vectorised:.0f}" for p in s.speeds) or "\N{EN DASH}",
            _mark(s),
        ]
        for s in summaries
    ]
    return section("overview", "Overview", html_table(header, cells))


def _share(agree: Sequence[bool]) -> Markup:
    if not agree:
        return Markup("\N{EN DASH}")
    text = f"{sum(agree)} of {len(agree)}"
    return Markup(text if all(agree) else f'<strong class="bad">{text}</strong>')


def _mark(summary: Summary) -> Markup:
    good = summary.verdict == "agrees"
    kind, tag = ("good", "span") if good else ("bad", "strong")
    return Markup(f'<{tag} class="{kind}">{summary.verdict}</{tag}>')


def _claim(summary: Summary, size: Size, out: Path) -> str:
    claim = summary.claim
    return section(
        claim.id,
        f"{claim.id}. {claim.title}",
        paragraph(claim.statement),
        f'<div class="law">{formula(claim.formula, claim.id)}</div>',
        _figure(summary, size, out),
        paragraph(f"{summary.sentence}.", "" if summary.verdict == "agrees" else "bad"),
        tables.estimate_table(summary.tips, summary.exponents),
        tables.row_table(summary.rows),
        tables.speed_table(summary.speeds),
        paragraph(f"Where the theory stops holding: {claim.limits}", "note"),
        paragraph(f"Source: {claim.source}. Computed in {summary.seconds:.0f} s.", "note"),
    )


def _figure(summary: Summary, size: Size, out: Path) -> str:
    claim = summary.claim
    path = folder_of(out, size, "figures") / f"{claim.id}-{claim.name}.svg"
    if not path.is_file():
        return paragraph("The figure was not drawn.", "bad")
    links = " ".join(
        f'<a href="{path.with_suffix(f".{form}").relative_to(out)}">{form.upper()}</a>'
        for form in ("pdf", "svg", "png")
    )
    label = escape(f"Figure of {claim.id}: {claim.title}", quote=True)
    return (
        f'<figure class="figure" role="img" aria-label="{label}">'
        f"{inline(path.read_text(encoding='utf-8'), claim.id)}</figure>"
        f'<p class="note">Lines: theory. Points: simulation, bars of two standard errors. '
        f"Dashed: law fitted without the theory. {links}</p>"
    )


def inline(svg: str, name: str) -> str:
    """Return an SVG file's element with ids of its own, so that several share a page.

    >>> inline('<?xml version="1.0"?><svg><g id="a"/><use href="#a"/></svg>', "M1")
    '<svg><g id="M1a"/><use href="#M1a"/></svg>'
    """
    body = svg[svg.index("<svg") :]
    for before in ('id="', 'href="#', "url(#"):
        body = body.replace(before, before + name)
    return body.strip()


def formula(text: str, name: str) -> str:
    """Return a formula in mathtext as an inline SVG whose ids begin with a name."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(STYLE | {"mathtext.fontset": "stix", "mathtext.default": "it"}):
        figure = Figure(figsize=(0.1, 0.1))
        figure.text(0, 0, text, fontsize=15)
        buffer = io.StringIO()
        figure.savefig(
            buffer, format="svg", bbox_inches="tight", pad_inches=0.05, metadata={"Date": None},
            transparent=True,
        )  # fmt: skip
    return inline(buffer.getvalue(), f"{name}law")


def _failures(failures: Sequence[Failure]) -> str:
    lines = "".join(
        f"<p><strong>{escape(f.name)}</strong> failed: {escape(f.reason)}</p>" for f in failures
    )
    return f'<div class="notice">{lines}</div>' if lines else ""


def _reading(size: Size) -> str:
    low, high = (100 * share for share in verdict.COVERAGE)
    rule = f"Its 90 % intervals must hold the prediction in {low:.0f} to {high:.0f} % of them."
    if size.studies < verdict.ENOUGH:
        rule = (
            f"So few only tell whether the share of 90 % intervals that hold the prediction can be "
            f"{low:.0f} to {high:.0f} % (exact binomial, 99 %)."
        )
    return section(
        "reading",
        "How to read this page",
        paragraph(
            "A simulated number agrees with its prediction iff it is at most "
            f"{verdict.bound():.2f} standard errors away, plus an allowance that was declared "
            "beforehand for what the formula leaves out. The bound keeps the chance that any of up "
            f"to {verdict.FAMILY} exact predictions is called wrong at "
            f"{100 * verdict.FAMILY_ERROR:.0f} %. Numbers marked exact come from a deterministic "
            "computation of the same quantity: a root, an optimum, a sum, an iteration, or a limit "
            "of a formula. The last kind checks that formulas fit together, not the theory itself."
        ),
        paragraph(
            "Tipping points and exponents are estimated with jaxuim.laws as if nothing were known "
            "of the theory: not where the point is, nor of which kind. The prediction is that of "
            "this finite size; the limit of infinite size stands beside it. The estimator is tried "
            f"on {size.studies} simulated data sets. {rule} A data set in which nothing is found "
            "counts against it. Where a model is deterministic, or its own noise too small to be "
            "seen, data sets carry the noise of measuring it (the text of the claim says which)."
        ),
        paragraph(
            "Speeds compare a vectorised simulation, with whatever exact shortcut it takes, with "
            "a plain NumPy loop for the same outputs; they say what a user gains, not what "
            "vectorising alone does."
        ),
    )
