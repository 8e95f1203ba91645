"""Findings about fits: where the response tips against theory, and which law it follows."""

import math

import numpy as np

from jaxuim.report import labels
from jaxuim.report.analysis import Analysis
from jaxuim.report.curves import UPSTREAM
from jaxuim.report.finding import Finding, focus_effects, response_name
from jaxuim.report.fits import CurveFit, LawFit
from jaxuim.report.formula import Theory
from jaxuim.report.grid import select


def _curve(analysis: Analysis, task: str, adaptation: str) -> CurveFit | None:
    wanted = (analysis.focus.cell, task, adaptation)
    return next((c for c in analysis.fits if (c.cell, c.task, c.adaptation) == wanted), None)


def tipping_finding(analysis: Analysis) -> Finding | None:
    """Say where the response tips; where theory names a point, compare the upstream curve too."""
    curve = _curve(analysis, analysis.focus.task, analysis.focus.adaptation)
    if curve is None or curve.tipping is None:
        return None
    if math.isnan(curve.tipping.p_value):
        text = f"No tipping point was looked for in {_name(analysis, curve)}."
        return Finding(text, f"{labels.sentence(curve.tipping.reason)}.", "open", "not tested")
    theory = analysis.theory
    if theory is None:
        text = labels.sentence(f"{_place(analysis, curve)}.")
        tag = "tipping point" if curve.tipping.detected else "none detected"
        return Finding(text, "Theory names no tipping point here.", "open", tag)
    upstream = _curve(analysis, UPSTREAM, "none")
    pair = [c for c in (upstream, curve) if c is not None and c.tipping is not None]
    pair = pair[:1] if upstream is curve else pair
    places = ", ".join(_place(analysis, c) for c in pair)
    agree = [c.tipping is not None and c.tipping.contains(theory.value) for c in pair]
    holds = all(agree)
    found = any(c.tipping is not None and c.tipping.detected for c in pair)
    verdict = _verdict_words(agree) if found else "not confirmed"
    text = f"Theory expects a tipping point at {theory.value:.3f}; {places}: {verdict}."
    tag = "agrees with theory" if holds else "disagrees with theory"
    return Finding(text, _theory_detail(analysis, theory), "holds" if holds else "fails", tag)


def _name(analysis: Analysis, curve: CurveFit) -> str:
    if curve.task == UPSTREAM:
        return f"the model's own upstream {labels.measure(analysis.grid.response)}"
    return response_name(analysis, curve.task, curve.adaptation)


def _place(analysis: Analysis, curve: CurveFit) -> str:
    tip, name = curve.tipping, _name(analysis, curve)
    if tip is None or not tip.detected:
        return f"{name} has no detectable tipping point"
    ends = labels.interval(tip.lower, tip.upper, 2)
    return f"{name} tips at {labels.fixed(tip.location, 2)} ({analysis.percent} interval {ends})"


def _verdict_words(agree: list[bool]) -> str:
    if len(agree) == 1:
        return "the interval contains it" if agree[0] else "the interval does not contain it"
    if all(agree):
        return "both intervals contain it"
    return "only one interval contains it" if any(agree) else "neither interval contains it"


def _theory_detail(analysis: Analysis, theory: Theory) -> str:
    """Say what the prediction is and for how many curves the interval contains it."""
    meaning = f": {theory.meaning}" if theory.meaning else ""
    text = f"{theory.formula} with K = {theory.classes} classes and unlimited data{meaning}."
    tips = [c.tipping for c in analysis.fits if c.tipping is not None]
    agree = sum(tip.contains(theory.value) for tip in tips)
    share = f"{agree} of {len(tips)} intervals contain it"
    return f"{text} Over all settings, tasks and adaptations {share}."


def law_finding(analysis: Analysis) -> Finding | None:
    """Say which of the laws tried describes the response best, and with which parameters.

    Where no effect on the task of the findings was detected there is nothing for a law to describe;
    the finding then speaks of the model's own upstream task.
    """
    curve = _curve(analysis, analysis.focus.task, analysis.focus.adaptation)
    if not _moves(analysis):
        curve = _curve(analysis, UPSTREAM, "none")
    if curve is None or not curve.laws:
        return None
    name, best = _name(analysis, curve), curve.best
    if best is None:
        tried = ", ".join(labels.law(f.form) for f in curve.laws)
        text = f"None of the laws tried describes {name} with a converged fit ({tried})."
        few = any(len(curve.x) < len(f.params) for f in curve.laws)
        detail = f"{labels.sentence(curve.laws[0].note)}." if curve.laws[0].note else ""
        return Finding(text, detail, "open" if few else "fails", "no law")
    text = f"{labels.sentence(name)} follows the {labels.law(best.form)} law{_rank(curve, best)}: "
    intervals = f" ({analysis.percent} intervals: bootstrap over seeds)"
    detail = f"Law: {best.formula}{intervals if analysis.grid.seeds > 1 else ''}."
    detail += f" {labels.sentence(best.note)}." if best.note else ""
    return Finding(f"{text}{_parameters(best)}.", detail, "open", "fitted law")


def _moves(analysis: Analysis) -> bool:
    """Return whether the strongest effect on the task of the findings excludes zero."""
    focus = analysis.focus
    wanted = {**focus.cell, "task": focus.task, "adaptation": focus.adaptation}
    rows = select(focus_effects(analysis), wanted)
    return rows.empty or not rows["lower"].iloc[0] <= 0 <= rows["upper"].iloc[0]


def _rank(curve: CurveFit, best: LawFit) -> str:
    """Say how far ahead the law is, or that it is the only one that converged."""
    others = [f for f in curve.laws if f is not best]
    rivals = [f for f in others if f.status == "ok" and f.points == best.points]
    if rivals:
        gap = min(f.aicc for f in rivals) - best.aicc
        return f", the best of {len(rivals) + 1} that fit (ahead by {gap:.1f} in AICc)"
    failed = [labels.law(f.form) for f in others if f.status != "ok"]
    return f" ({', '.join(failed)} did not converge)" if failed else ""


def _parameters(law: LawFit) -> str:
    parts = []
    for name, (value, lower, upper) in law.params.items():
        if np.isfinite(lower) and np.isfinite(upper):
            places = labels.decimals(lower, upper)
            ends = labels.interval(lower, upper, places)
            parts.append(f"{name} = {labels.fixed(value, places)} ({ends})")
        else:
            parts.append(f"{name} = {labels.number(value, 3)}")
    return ", ".join(parts)
