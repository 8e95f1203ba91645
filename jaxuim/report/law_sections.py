"""The sections of the page that are about fits: laws, and tipping points against theory."""

import math
from collections.abc import Callable, Sequence
from html import escape

from jaxuim import laws
from jaxuim.report import labels
from jaxuim.report.analysis import Analysis
from jaxuim.report.fits import CurveFit, LawFit, Tipping
from jaxuim.report.markup import Markup, chart, html_table, paragraph, section


def law_section(analysis: Analysis) -> str:
    """Return charts and tables of the laws and of the tipping points in them."""
    if not analysis.fits:
        return ""
    if not any(curve.laws for curve in analysis.fits):
        lead = "No law was asked for; the charts show the response with the tipping points."
        return section("law", "Laws", paragraph(lead, "lead"), chart("laws"))
    table = _split(analysis, lambda *a: _law_table(analysis, *a), "Laws in the other settings")
    left = (
        f" {labels.count(analysis.unfitted, 'further curve')} not fitted."
        if analysis.unfitted
        else ""
    )
    seeds = labels.count(analysis.grid.seeds, "seed")
    band = f"Law bands and parameter intervals: {analysis.percent}, bootstrap over {seeds}."
    if analysis.grid.seeds < 2:
        band = "One seed: laws are drawn without bands, parameters without intervals."
    caption = (
        f"Points: mean with {analysis.percent} t interval. {band} Vertical line with shade: "
        "tipping point with interval, where one was detected. Grey shade on the right: "
        f"extrapolation beyond what was measured.{left} AICc compares the laws of one curve "
        "(smaller is better); it takes errors as independent, so differences of a few units "
        "decide nothing."
    )
    return section("law", "Laws", chart("laws", caption), table)


def _law_table(
    analysis: Analysis, curves: Sequence[CurveFit], caption: str, settings: bool
) -> Markup:
    rows: list[list[object]] = []
    for curve in curves:
        name = labels.sentence(labels.series(curve.task, curve.adaptation))
        where = [analysis.grid.cell_label(curve.cell)] if settings else []
        rows.append([*where, name, *(_law(law, curve) for law in curve.laws)])
    headers: list[object] = ["Setting"] if settings else []
    headers.append("Task and adaptation")
    for law in curves[0].laws:
        formula = laws.FORMS[law.form].html or escape(law.formula)
        name = escape(labels.sentence(labels.law(law.form)))
        headers.append(Markup(f'{name}<small class="formula">{formula}</small>'))
    return html_table(headers, rows, len(headers), caption)


def _law(law: LawFit, curve: CurveFit) -> Markup:
    """Return one law of one curve: parameters, status where it is not ok, and AICc."""
    parts = []
    for name, (value, lower, upper) in law.params.items():
        text = labels.number(value, 3)
        if math.isfinite(lower) and math.isfinite(upper):
            places = labels.decimals(lower, upper)
            ends = labels.interval(lower, upper, places)
            text = f'{labels.fixed(value, places)} <span class="muted">({ends})</span>'
        parts.append(f"{escape(name)} = {text}")
    if law.status != "ok":
        parts.insert(0, f'<span class="bad">{escape(labels.plain(law.status))}</span>')
    small = f"AICc {labels.fixed(law.aicc, 1)}" if math.isfinite(law.aicc) else ""
    rivals = [f.aicc for f in curve.laws if f is not law and f.points == law.points]
    small += ", smallest" if small and any(rivals) and all(law.aicc < r for r in rivals) else ""
    notes = "".join(f"<small>{escape(text)}</small>" for text in (small, law.note) if text)
    lines = "<br>".join(parts)
    return Markup(f'<span class="stack">{lines}</span>{notes}')


def tipping_section(analysis: Analysis) -> str:
    """Return the table of tipping points, each with a strip that shows where it lies."""
    if not any(curve.tipping for curve in analysis.fits):
        return ""
    theory = analysis.theory
    words = (
        "A tipping point is where the response changes regime: a kink, a jump or a sigmoid. It is "
        "reported only where every polynomial of degree 2 is rejected: a curve that merely bends "
        "has none."
    )
    if theory is not None:
        words += f" Theory for this bias, with unlimited data: {theory.formula} = "
        words += f"{theory.value:.3f} with K = {theory.classes}"
        words += f" ({theory.meaning})." if theory.meaning else "."
        words += " The dashed line marks it."
    seeds = labels.count(analysis.grid.seeds, "seed")
    caption = f"{analysis.percent} interval over kinds, places and widths that {seeds} support."
    if analysis.grid.seeds < 2:
        caption = f"{analysis.percent} interval from the residuals of one seed, "
        caption += "which ignores the spread between seeds."
    caption += (
        " p: test of there being none, by flipping signs of seeds (rotating residuals of one)."
    )
    table = _split(
        analysis, lambda *a: _tipping_table(analysis, *a), "Tipping points in the other settings"
    )
    return section(
        "tipping", "Tipping points", paragraph(words, "lead"), table, paragraph(caption, "note")
    )


def _tipping_table(
    analysis: Analysis, curves: Sequence[CurveFit], caption: str, settings: bool
) -> Markup:
    theory, rows = analysis.theory, []
    for curve in curves:
        tip = curve.tipping
        if tip is None:
            continue
        row: list[object] = [analysis.grid.cell_label(curve.cell)] if settings else []
        row.append(labels.sentence(labels.series(curve.task, curve.adaptation)))
        row += [_strip(tip, curve, None if theory is None else theory.value)]
        found = labels.fixed(tip.location, 2) if tip.detected else "none"
        row += [found, labels.interval(tip.lower, tip.upper, 2), _p_value(tip)]
        rows.append(row if theory is None else [*row, _verdict(tip, theory.value)])
    headers = [
        "Task and adaptation",
        labels.sentence(analysis.grid.axis_label),
        "Found",
        "Interval",
        "p",
    ]
    headers += [] if theory is None else ["Theory"]
    return html_table(
        ["Setting", *headers] if settings else headers, rows, 3 if settings else 2, caption
    )


def _p_value(tip: Tipping) -> Markup:
    text = labels.number(tip.p_value, 2)
    small = "" if tip.detected or not tip.reason else f"<small>{escape(tip.reason)}</small>"
    return Markup(text + small)


def _verdict(tip: Tipping, value: float) -> Markup:
    if not tip.detected:
        return Markup('<span class="bad">not detected</span>')
    if tip.contains(value):
        return Markup(f'<span class="good">contains {value:.2f}</span>')
    return Markup(f'<span class="bad">excludes {value:.2f}</span>')


def _strip(tip: Tipping, curve: CurveFit, theory: float | None) -> Markup:
    """Return a small drawing of the axis with the tipping point, its interval and the theory."""
    low, high = float(curve.x.min()), float(curve.x.max())
    place = lambda value: 6 + 228 * (min(max(value, low), high) - low) / ((high - low) or 1.0)
    marks = '<line class="base" x1="6" x2="234" y1="11" y2="11"/>'
    if theory is not None:
        at = place(theory)
        marks += f'<line class="theory" x1="{at:.1f}" x2="{at:.1f}" y1="1" y2="21"/>'
    if tip.detected:
        ends = f'x1="{place(tip.lower):.1f}" x2="{place(tip.upper):.1f}"'
        marks += f'<line class="range" {ends} y1="11" y2="11"/>'
        marks += f'<circle class="at" cx="{place(tip.location):.1f}" cy="11" r="4"/>'
    return Markup(f'<svg class="strip" viewBox="0 0 240 22" aria-hidden="true">{marks}</svg>')


def _split(
    analysis: Analysis, render: Callable[[list[CurveFit], str, bool], str], noun: str
) -> str:
    """Return a table for the setting of the findings, and one behind a fold for all others."""
    focus = [c for c in analysis.fits if c.cell == analysis.focus.cell]
    rest = [c for c in analysis.fits if c.cell != analysis.focus.cell]
    setting = analysis.grid.cell_label(analysis.focus.cell)
    shown = str(render(focus, labels.sentence(setting), False))
    if not rest:
        return shown
    title = f"All other settings ({labels.count(len(rest), 'curve')})"
    return f"{shown}<details><summary>{title}</summary>{render(rest, noun, True)}</details>"
