"""The headline: a few sentences computed from the data, each with a verdict."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from jaxuim import laws
from jaxuim.report import labels
from jaxuim.report.analysis import Analysis
from jaxuim.report.curves import matrix, paired
from jaxuim.report.expected import expected_findings
from jaxuim.report.finding import Finding, Verdict, at_level, focus_effects, response_name
from jaxuim.report.fit_findings import law_finding, tipping_finding
from jaxuim.report.grid import ordered, select
from jaxuim.report.joint_section import joint_finding
from jaxuim.report.pair_section import pair_finding
from jaxuim.report.recovery_section import recovery_findings

NEAR = "near_ood"


def findings(analysis: Analysis) -> list[Finding]:
    """Return what the sweep expected, then what the data allow: at most seven, a forecast first."""
    makers = (
        *(joint_finding, _effect, _nearer, pair_finding),
        *(tipping_finding, law_finding, _adaptations),
    )
    found = [one for maker in makers if (one := maker(analysis)) is not None]
    return expected_findings(analysis.expected) + recovery_findings(analysis) + found


def _nearer(analysis: Analysis) -> Finding | None:
    """The effect near the pre-training distribution, where the first finding is of far from it."""
    focus = analysis.focus
    if focus.task != "far_ood" or NEAR not in set(analysis.responses["task"]):
        return None
    return _effect(replace(analysis, focus=replace(focus, task=NEAR)))


def _effect(analysis: Analysis) -> Finding | None:
    grid, focus = analysis.grid, analysis.focus
    strongest = focus_effects(analysis)
    mine = select(strongest, {"task": focus.task, "adaptation": focus.adaptation})
    here = select(mine, focus.cell)
    if here.empty:
        return Finding(_why_no_effect(analysis), "", "open", "no effect computed")
    row = here.iloc[0]
    name = labels.sentence(response_name(analysis, focus.task, focus.adaptation))
    where = at_level(analysis, row[grid.axis])
    evidence = _evidence(analysis, row)
    if row["seeds"] < 2:
        text = f"{name} {_moves(row['mean'])} {where}; one seed, so there is no interval."
        return Finding(text, _clean_value(analysis), "open", "one seed")
    context = [_clean_value(analysis), _settings(mine), _other_tasks(analysis, strongest)]
    if row["lower"] <= 0 <= row["upper"]:
        text = f"{name} shows no detectable effect {where}: change {evidence}."
        return Finding(text, _joined(context), "fails", "no effect detected")
    worse = _worse(analysis, row["mean"])
    text = f"{name} {_moves(row['mean'], row)} {evidence} {where}."
    detail = _joined([*context, _passed_on(analysis, row)])
    if worse is None:
        return Finding(text, detail, "open", "changed")
    verdict: Verdict = "holds" if worse else "fails"
    return Finding(text, detail, verdict, "inherited" if worse else "improved instead")


def _joined(sentences: list[str]) -> str:
    return " ".join(text for text in sentences if text)


def _why_no_effect(analysis: Analysis) -> str:
    grid = analysis.grid
    if grid.final.empty:
        return "Every run failed, so there is nothing to compare."
    levels = [c for c in grid.final.columns if c.startswith("bias") and c.endswith(".level")]
    if not (grid.final[levels] != 0).to_numpy().any():
        if grid.axis in levels:
            return "Only clean runs (level 0) are there, so no effect can be computed."
        return (
            f"Every run is without bias (level 0), so nothing can be inherited; the curves show "
            f"what {grid.axis_label} changes."
        )
    return "No effect can be computed: no biased run has a clean partner of the same seed."


def _moves(mean: float, row: "pd.Series[Any] | None" = None) -> str:
    places = 3 if row is None else labels.decimals(row["lower"], row["upper"])
    return f"{'rises' if mean > 0 else 'falls'} by {labels.fixed(abs(mean), places)}"


def _evidence(analysis: Analysis, row: "pd.Series[Any]") -> str:
    sign = -1 if row["mean"] < 0 and not row["lower"] <= 0 <= row["upper"] else 1
    low, high = sorted((sign * row["lower"], sign * row["upper"]))
    places = labels.decimals(low, high)
    seeds = labels.count(int(row["seeds"]), "seed")
    mean = f"{labels.fixed(row['mean'], places)} " if sign == 1 and row["lower"] <= 0 else ""
    return f"{mean}({analysis.percent} interval {labels.interval(low, high, places)}, {seeds})"


def _worse(analysis: Analysis, change: float) -> bool | None:
    rows = analysis.grid.final
    better = rows.loc[rows["measure"] == analysis.grid.response, "better"].iloc[0]
    return None if better == "none" else (change > 0) == (better == "lower")


def _clean_value(analysis: Analysis) -> str:
    grid, focus = analysis.grid, analysis.focus
    wanted = {**focus.cell, "task": focus.task, "adaptation": focus.adaptation}
    table = select(analysis.responses, {**wanted, "measure": grid.response})
    if grid.axis not in grid.levels or table.empty:
        return ""
    first, last = table.iloc[0], table.iloc[-1]
    settings = f" ({grid.cell_label(focus.cell)})" if focus.cell else ""
    ends = f"{labels.fixed(first['mean'], 3)} to {labels.fixed(last['mean'], 3)}"
    return f"From {ends}{settings}."


def _settings(rows: pd.DataFrame) -> str:
    """Say in how many settings of the other axes the interval shows a rise, a fall or neither."""
    if len(rows) < 2:
        return ""
    rises, falls = int((rows["lower"] > 0).sum()), int((rows["upper"] < 0).sum())
    rest = len(rows) - rises - falls
    where = f"a rise in {rises} of {len(rows)} settings, a fall in {falls}, neither in {rest}"
    return f"The interval shows {where}."


def _other_tasks(analysis: Analysis, strongest: pd.DataFrame) -> str:
    """Give the effects on the other tasks in the same setting with the same adaptation."""
    focus = analysis.focus
    here = select(strongest, focus.cell)
    here = here[here["adaptation"].isin([focus.adaptation, "none"]) & (here["task"] != focus.task)]
    parts = []
    for task in ordered(here["task"].tolist()):
        row = select(here, {"task": task}).iloc[0]
        if np.isfinite(row["lower"]):
            places = labels.decimals(row["lower"], row["upper"])
            ends = labels.interval(row["lower"], row["upper"], places)
            parts.append(f"{labels.task(task)} {labels.fixed(row['mean'], places)} ({ends})")
    return f"Other tasks: {', '.join(parts)}." if parts else ""


def _passed_on(analysis: Analysis, row: "pd.Series[Any]") -> str:
    focus, axis = analysis.focus, analysis.grid.axis
    wanted = {**focus.cell, "task": focus.task, "adaptation": focus.adaptation, axis: row[axis]}
    table = select(analysis.transmission, wanted)
    if table.empty or table.iloc[0]["status"] != "ok":
        return ""
    passed = table.iloc[0]
    ends = labels.interval(passed["lower"], passed["upper"])
    places = labels.decimals(passed["lower"], passed["upper"])
    share = labels.fixed(passed["ratio"], places)
    return f"That is {share} ({ends}) of the effect on the model's own upstream task."


def _adaptations(analysis: Analysis) -> Finding | None:
    """Compare two adaptations on the task of the findings, seed by seed."""
    grid, focus = analysis.grid, analysis.focus
    rows = select(grid.final, {**focus.cell, "task": focus.task, "measure": grid.response})
    other = [a for a in ordered(rows["adaptation"].tolist()) if a != focus.adaptation]
    strongest = focus_effects(analysis)
    if not other or strongest.empty:
        return None
    level = strongest[grid.axis].iloc[0]
    differences = paired(rows, grid.axes, grid.levels)
    here = matrix(differences[differences[grid.axis] == level], "adaptation")
    if focus.adaptation not in here or other[0] not in here:
        return None
    found = laws.inherited_effect(
        here[other[0]].to_numpy(), here[focus.adaptation].to_numpy(), confidence=analysis.confidence
    )
    first, second = here[focus.adaptation].mean(), here[other[0]].mean()
    places = labels.decimals(float(found.lower), float(found.upper))
    a, b = (labels.with_adaptation(name) for name in (focus.adaptation, other[0]))
    pair = f"{labels.fixed(second, places)} against {labels.fixed(first, places)}"
    what = f"effect on {labels.task(focus.task)} {labels.measure(grid.response)}"
    ends = labels.interval(float(found.lower), float(found.upper), places)
    gap = f"difference {labels.fixed(float(found.mean), places)}"
    gap += f", {analysis.percent} interval {ends}, {labels.count(int(found.n), 'pair')} of seeds"
    if found.n < 2:
        return None
    if found.lower <= 0 <= found.upper:
        text = f"No difference was detected between {b} and {a}: {what} {pair} ({gap})."
        return Finding(
            text, f"{labels.sentence(at_level(analysis, level))}.", "open", "no difference"
        )
    less = abs(second) < abs(first)
    verb = f"inherits {'less' if less else 'more'}"
    text = f"{labels.sentence(b)} {verb} than {a}: {what} {pair} ({gap})."
    return Finding(
        text,
        f"{labels.sentence(at_level(analysis, level))}.",
        "open",
        f"inherits {'less' if less else 'more'}",
    )
