"""Tables of single examples and features in a datasheet: doubtful labels, copies, shortcuts."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from jaxuim.audit import Audit, Share
from jaxuim.report import labels
from jaxuim.report.datasheet_charts import is_image, matrix, thumbnail, value_cell
from jaxuim.report.markup import Markup, html_table

if TYPE_CHECKING:
    Pixels = NDArray[np.generic]

SHOWN = 15
WIDEST = 16  # classes of a matrix that is shown whole


def transition(audit: Audit) -> Markup:
    """Return P(given | true) as a matrix, or its largest entries where there are many classes."""
    noise, names = audit.noise, [str(name) for name in audit.classes]
    table, errors = noise.joint.transition, noise.transition_error
    if len(names) <= WIDEST:
        caption = "P(given label | true label); every row sums to 1"
        return matrix(names, table, errors, caption)
    off = np.where(np.eye(len(names), dtype=bool), -1.0, table)
    order = np.argsort(-off, axis=None)[:SHOWN]
    rows = [
        [names[i], names[j], f"{table[i, j]:.3f}", f"{errors[i, j]:.3f}"]
        for i, j in (divmod(int(cell), len(names)) for cell in order)
    ]
    header = ["True label", "Given label", "P(given | true)", "Standard error"]
    return html_table(header, rows, 2, "Most frequent confusions")


def doubtful(audit: Audit, images: "Pixels | None" = None) -> Markup:
    """Return the flagged examples whose labels are most probably wrong, with their images."""
    flagged = np.flatnonzero(audit.label_issues)
    scores, names = audit.scores, [str(name) for name in audit.classes]
    order = flagged[np.lexsort((scores.margin[flagged], -scores.wrong[flagged].round(4)))][:SHOWN]
    if not len(order):
        return Markup("")
    rows: list[list[object]] = [
        [
            str(i),
            names[audit.labels[i]],
            names[scores.suggested[i]],
            f"{scores.wrong[i]:.3f}",
            f"{scores.self_confidence[i]:.3f}",
        ]
        for i in order
    ]
    header = ["Example", "Given", "Suggested", "P(given is wrong)", "Self-confidence"]
    text = 3
    if images is not None and is_image(images.shape):
        low, high = float(images[order].min()), float(images[order].max())
        rows = [[thumbnail(images[i], low, high), *row] for i, row in zip(order, rows, strict=True)]
        header, text = ["Image", *header], 4
    return html_table(header, rows, text, "Most doubtful labels")


def copies(audit: Audit) -> Markup:
    """Return the largest groups of copies, or nothing where there are none."""
    found = audit.duplicates
    sizes = np.bincount(found.near)
    order = [g for g in np.argsort(-sizes, kind="stable")[:SHOWN] if sizes[g] > 1]
    rows = []
    for group in order:
        members = np.flatnonzero(found.near == group)
        given = np.unique(audit.labels[members])
        listed = ", ".join(map(str, members[:8])) + (", …" if len(members) > 8 else "")
        names = ", ".join(str(audit.classes[label]) for label in given)
        rows.append([listed, names, str(len(members)), str(len(np.unique(found.exact[members])))])
    header = ["Examples", "Given labels", "Members", "Distinct"]
    return html_table(header, rows, 2) if rows else Markup("")


def shortcut_table(audit: Audit) -> Markup:
    """Return the features that predict the label best, alone."""
    rows = [
        [
            labels.sentence(found.name),
            _cell(found.accuracy),
            labels.number(found.information, 3),
            f"{100 * found.share:.0f} %" if np.isfinite(found.share) else labels.NOTHING,
            _cell(found.model_agreeing),
            _cell(found.model_disagreeing),
            labels.p_value(found.p_value).removeprefix("p = "),
            Markup('<span class="bad">look</span>') if found.alarm else "",
        ]
        for found in audit.shortcuts.ranked
    ]
    header = [
        "Feature",
        "Accuracy alone",
        "Information, nats",
        "Of the model's",
        "Model where it is right",
        "Model where it is wrong",
        "p",
        "",
    ]
    return html_table(header, rows)


def _cell(share: Share | None) -> Markup:
    if share is None:
        return Markup(labels.NOTHING)
    return value_cell(share.value, share.lower, share.upper)
