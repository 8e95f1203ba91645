"""The headline: a few sentences computed from the data, each with a verdict."""

from typing import Any

import numpy as np
import pandas as pd

from jaxuim import laws
from jaxuim.report import labels
from jaxuim.report.analysis import Analysis
from jaxuim.report.curves import matrix, paired
from jaxuim.report.finding import Finding, Verdict, at_level, focus_effects, response_name
from jaxuim.report.fit_findings import law_finding, tipping_finding
from jaxuim.report.grid import ordered, select


def findings(analysis: Analysis) -> list[Finding]:
    """Return the findings that the data allow, at most four."""
    makers = (_effect, tipping_finding, law_finding, _adaptations)
    return [found for maker in makers if (found := maker(analysis)) is not None]


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
    if row["lower"] <= 0 <= row["upper"]:
        text = f"{name} shows no detectable effect {where}: change {evidence}."
        return Finding(text, _settings(analysis, mine), "fails", "no effect detected")
    worse = _worse(analysis, row["mean"])
    text = f"{name} {_moves(row['mean'], row)} {evidence} {where}."
    parts = (_clean_value(analysis), _settings(analysis, mine), _passed_on(analysis, row))
    detail = " ".join(part for part in parts if part)
    if worse is None:
        return Finding(text, detail, "open", "changed")
    verdict: Verdict = "holds" if worse else "fails"
    return Finding(text, detail, verdict, "inherited" if worse else "improved instead")


def _why_no_effect(analysis: Analysis) -> str:
    grid = analysis.grid
    if grid.final.empty:
        return "Every run failed, so there is nothing to compare."
    if not (grid.final[list(grid.levels)] != 0).to_numpy().any():
        return "Only clean runs (level 0) are there, so no effect can be computed."
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


def _settings(analysis: Analysis, rows: pd.DataFrame) -> str:
    """Say in how many settings of the other axes the effect has an interval on the same side."""
    if len(rows) < 2:
        return ""
    sign = np.sign(select(rows, analysis.focus.cell)["mean"].iloc[0])
    same = ((rows["lower"] * sign > 0) & (rows["upper"] * sign > 0)).sum()
    return f"The interval lies on this side of zero in {same} of {len(rows)} settings."


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
        text = f"{labels.sentence(b)} and {a} inherit alike: {what} {pair} ({gap})."
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
