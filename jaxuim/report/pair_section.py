"""The page's section on two biases at once: whether their effects add up."""

import math

from jaxuim.report import labels
from jaxuim.report.analysis import Analysis
from jaxuim.report.curves import UPSTREAM
from jaxuim.report.finding import Finding, Verdict, response_name
from jaxuim.report.markup import Markup, html_table, paragraph, section
from jaxuim.report.pairs import PairTest


def pair_finding(analysis: Analysis) -> Finding | None:
    """Say whether the joint effect of two biases is the sum of their effects."""
    test = _focus(analysis)
    if test is None:
        return None
    adds = test.holm > 1 - analysis.confidence
    row = test.strongest if adds else test.clearest
    places = labels.decimals(row["lower"], row["upper"])
    expected = row["effect_first"] + row["effect_second"]
    ends = labels.interval(row["lower"], row["upper"], places)
    kinds = [labels.axis(name, analysis.grid.biases) for name in test.levels]
    what = response_name(analysis, test.task, test.adaptation)
    how = (
        "adds up" if adds else ("exceeds the sum" if row["interaction"] > 0 else "is below the sum")
    )
    text = (
        f"The joint effect of {kinds[0]} and {kinds[1]} on {what} {how}: at levels "
        f"{labels.number(row['first'])} and {labels.number(row['second'])} it is "
        f"{labels.fixed(row['joint'], places)} against a sum of {labels.fixed(expected, places)} "
        f"(difference {labels.fixed(row['interaction'], places)}, {analysis.percent} interval "
        f"{ends})."
    )
    detail = (
        f"Smallest p over {labels.count(len(test.table), 'pair')} of levels after Holm's "
        f"correction: {labels.number(test.holm, 2)}."
    )
    verdict: Verdict = "holds" if adds else "fails"
    return Finding(text, detail, verdict, "effects add" if adds else "effects interact")


def _focus(analysis: Analysis) -> PairTest | None:
    """Return the test of the findings' task, or of the upstream task where nothing moves there."""
    focus = analysis.focus
    series = {(t.task, t.adaptation): t for t in analysis.pairs}
    mine = series.get((focus.task, focus.adaptation))
    if (mine is None or not mine.moves) and (UPSTREAM, "none") in series:
        return series[UPSTREAM, "none"]
    return mine


def pair_section(analysis: Analysis) -> str:
    """Return the table of joint effects, or nothing for a sweep with one bias."""
    if not analysis.pairs:
        return ""
    grid = analysis.grid
    first, second = (labels.axis(name, grid.biases) for name in analysis.pairs[0].levels)
    lead = (
        f"Joint effect of {first} and {second} against the sum of their single effects, paired by "
        "seed. The difference is the interaction: zero where biases simply add up."
    )
    rows = []
    for test in analysis.pairs:
        name = labels.sentence(labels.series(test.task, test.adaptation))
        setting = grid.cell_label(test.cell)
        for _, row in test.table.iterrows():
            places = labels.decimals(row["lower"], row["upper"])
            ends = labels.interval(row["lower"], row["upper"], places)
            clear = row["lower"] > 0 or row["upper"] < 0
            value = f"{labels.fixed(row['interaction'], places)}<small>{ends}</small>"
            rows.append(
                [
                    f"{name}{', ' + setting if setting else ''}",
                    labels.number(row["first"]),
                    labels.number(row["second"]),
                    labels.fixed(row["effect_first"], places),
                    labels.fixed(row["effect_second"], places),
                    labels.fixed(row["joint"], places),
                    Markup(f'<span class="bad">{value}</span>' if clear else value),
                    labels.number(row["p_value"], 2) if math.isfinite(row["p_value"]) else "",
                ]
            )
    headers = ["Task and adaptation", labels.sentence(first), labels.sentence(second)]
    headers += ["First alone", "Second alone", "Together", "Interaction", "p"]
    caption = f"{analysis.percent} t intervals; red where the interval excludes additivity"
    return section(
        "pairs",
        "Do the biases add up?",
        paragraph(lead, "lead"),
        html_table(headers, rows, 1, caption),
    )
