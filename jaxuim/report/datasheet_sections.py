"""The sections of a datasheet as HTML; numbers come from the audit and are only worded here."""

from html import escape
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from jaxuim.audit import Audit, Row
from jaxuim.audit.noise import UNKNOWN
from jaxuim.report import labels
from jaxuim.report.datasheet_charts import bars, value_cell, worded
from jaxuim.report.datasheet_examples import copies, doubtful, shortcut_table, transition
from jaxuim.report.markup import Markup, html_table, paragraph, section

if TYPE_CHECKING:
    Pixels = NDArray[np.generic]

SHOWN_CLASSES = 20
REPAIRS = {
    "drop": "Drop label issues",
    "relabel": "Relabel label issues",
    "deduplicate": "Keep one of each group of copies",
    "balance_classes": "Weigh classes equally",
    "balance_groups": "Weigh groups equally",
    "decontaminate": "Drop training copies of test examples",
}
EXPECTED = {
    "n": "Examples",
    "effective": "Effective examples",
    "noise_rate": "Noise rate",
    "imbalance_ratio": "Imbalance ratio",
    "duplicate_share": "Copies",
    "cramers_v": "Label given group, V",
    "contamination": "Test in training",
}
ASSUMED = (
    (
        "Label noise",
        "Confident learning. Noise depends on the class alone; an example whose features do not "
        "decide its class counts as noise, so the rate of a clean but hard data set is above 0; "
        "the lower end allows for all that the predictor gets wrong. "
        "Where the predictor could be fitted again, its error on labels of known noise is "
        "subtracted.",
    ),
    (
        "Copies",
        "Exact: equal in every digit given. Near: closer than a locally even spread of examples, "
        "of the estimated intrinsic dimension, would allow once in twenty audits.",
    ),
    (
        "Imbalance",
        "Ratio of the largest to the smallest class; the interval allows for their choice among "
        "all. Exponents say something only where there are "
        "many classes and their frequencies follow a power law; small counts pull them down.",
    ),
    ("Groups", "Cramér's V with Bergsma's correction; independence tested by permutation."),
    (
        "Shortcuts",
        "Held-out accuracy of one feature cut at its 16-quantiles, against the best feature on "
        "permuted labels. An alarm: half of the model's accuracy above chance (where the model has "
        "any), and far above the other features. Shortcuts spread over many features are not seen.",
    ),
    (
        "Outliers",
        "Log distance to the tenth neighbour beyond a modified z-score of 3.5. Foreign examples "
        "that form a cluster of their own are not seen.",
    ),
)


def intro(audit: Audit) -> str:
    """Return what the data set is in one line, and how it was audited."""
    alarms = len({row.bias for row in audit.table() if row.alarm})
    text = (
        f"{labels.count(audit.n, 'example')} of {labels.count(audit.d, 'feature')} in "
        f"{len(audit.classes)} classes. "
    )
    text += f"{labels.count(alarms, 'kind')} of bias ask{'s' * (alarms == 1)} for a look."
    about = {
        "Labels judged by": f"{audit.predictor}; they predict {100 * audit.accuracy:.1f} % of the "
        "given labels of examples that were left out",
        "Intervals": f"{100 * audit.confidence:g} %; seed {audit.seed}",
    }
    listed = "".join(f"<dt>{n}</dt><dd>{escape(v)}</dd>" for n, v in about.items())
    return f'<p class="question">{escape(text)}</p><dl class="about">{listed}</dl>'


def parts(audit: Audit, images: "Pixels | None") -> tuple[str, ...]:
    """Return all sections in their order."""
    return (
        _found(audit),
        _content(audit),
        _estimates(audit),
        _labels(audit, images),
        _copied(audit),
        _shortcuts(audit),
        _repairs(audit),
        _method(),
    )


def _found(audit: Audit) -> str:
    """Return one finding for each kind of bias, alarms first."""
    kinds: dict[str, list[Row]] = {}
    for row in audit.table():
        kinds.setdefault(row.bias, []).append(row)
    items = []
    for bias, rows in sorted(kinds.items(), key=lambda k: not any(r.alarm for r in k[1])):
        alarm = any(row.alarm for row in rows)
        first = next((row for row in rows if row.alarm), rows[0])
        rest = "; ".join(_worded(row) for row in rows if row is not first)
        tag = "asks for a look" if alarm else "nothing found"
        items.append(
            f'<li class="{"alarm" if alarm else "holds"}"><div>'
            f'<p class="text">{escape(labels.sentence(bias))}: {escape(_worded(first))}</p>'
            f'<p class="detail">{escape(labels.sentence(rest))}</p></div>'
            f'<span class="tag">{tag}</span></li>'
        )
    return section("found", "Biases found", f'<ol class="findings">{"".join(items)}</ol>')


def _worded(row: Row) -> str:
    shown, ends = worded(row.value, row.lower, row.upper)
    return f"{row.quantity} {shown}" + (f" ({ends})" if ends else "")


def _content(audit: Audit) -> str:
    """Return how many examples there are of each class and group."""
    order = np.argsort(-audit.balance.counts, kind="stable")[:SHOWN_CLASSES]
    names = [str(audit.classes[i]) for i in order]
    amounts = [int(audit.balance.counts[i]) for i in order]
    hidden = len(audit.classes) - len(order)
    if hidden:
        names.append(f"{hidden} more")
        amounts.append(audit.n - sum(amounts))
    drawn = [bars(names, amounts, "Examples of each given label")]
    found = audit.group_balance
    if found is not None:
        sizes = found.counts.sum(axis=1)
        ranked = np.argsort(-sizes, kind="stable")[:SHOWN_CLASSES]
        drawn.append(
            bars(
                [str(found.names[i]) for i in ranked],
                [int(sizes[i]) for i in ranked],
                "Examples of each group",
            )
        )
    boxes = "".join(f"<div>{box}</div>" for box in drawn)
    return section("content", "What is in the data", f'<div class="pair">{boxes}</div>')


def _estimates(audit: Audit) -> str:
    rows = [
        [
            labels.sentence(row.quantity),
            labels.sentence(row.method),
            value_cell(row.value, row.lower, row.upper),
            Markup('<span class="bad">look</span>') if row.alarm else "",
        ]
        for row in audit.table()
    ]
    table = html_table(["Quantity", "How", "Value and interval", ""], rows, text=2)
    lead = (
        "Every estimate. Where no interval stands, the quantity was counted, or, without a value, "
        "cannot be estimated."
    )
    return section("estimates", "Estimates", paragraph(lead, "lead"), table)


def _labels(audit: Audit, images: "Pixels | None") -> str:
    if not audit.noise.known:
        return section("labels", "Labels", paragraph(f"{labels.sentence(UNKNOWN)}.", "lead"))
    lead = (
        f"{labels.count(int(audit.label_issues.sum()), 'example')} are flagged as probably "
        "mislabelled, as many as the estimated joint distribution of given and true labels says."
    )
    return section(
        "labels",
        "Labels",
        paragraph(lead, "lead"),
        transition(audit),
        doubtful(audit, images),
    )


def _copied(audit: Audit) -> str:
    table = copies(audit)
    lead = (
        f"{labels.count(audit.duplicates.distinct, 'distinct example')}; the largest groups of "
        "copies are listed."
    )
    return section("copies", "Copies", paragraph(lead, "lead"), table) if table else ""


def _shortcuts(audit: Audit) -> str:
    lead = (
        f"What single features say about the label. The largest class alone gives an accuracy of "
        f"{audit.shortcuts.chance:.3f}, the whole model {audit.shortcuts.model:.3f}; on permuted "
        f"labels the best feature stays below {audit.shortcuts.null:.3f} in 19 of 20 draws. The "
        "model's accuracy where a feature is right or wrong leaves flagged labels out."
    )
    return section("shortcuts", "Shortcuts", paragraph(lead, "lead"), shortcut_table(audit))


def _repairs(audit: Audit) -> str:
    """Return what each repair is predicted to leave."""
    from jaxuim.audit.cards import applicable
    from jaxuim.audit.repairs import repair

    expected = {name: repair(audit, name).expected for name in applicable(audit)}
    shown = [k for k in EXPECTED if any(np.isfinite(e[k]) for e in expected.values())]
    rows = [
        [REPAIRS[name], *(worded(found[key], np.nan, np.nan)[0] for key in shown)]
        for name, found in expected.items()
    ]
    lead = (
        "Predictions from this audit, not results: train again and measure. Shares and ratios are "
        "weighted where a repair weighs. examples.csv holds scores, suggestions and weights."
    )
    table = html_table(["Repair", *(EXPECTED[key] for key in shown)], rows)
    return section("repairs", "What to do", paragraph(lead, "lead"), table)


def _method() -> str:
    rows = [[name, text] for name, text in ASSUMED]
    return section("method", "How it was measured", html_table(["Bias", "Assumptions"], rows, 2))
