"""An audit as a plain dictionary, fit for JSON."""

from typing import Any

import jaxuim
from jaxuim.audit.noise import UNKNOWN
from jaxuim.audit.record import Audit, plain
from jaxuim.audit.repairs import METHODS, Method, repair

ORIENTATION = "rows are true classes, columns given labels: P(given | true), rows sum to 1"

OVERLAP = (
    "an example whose features do not decide its class counts as noise; the lower end allows for it"
)


def card(audit: Audit) -> dict[str, Any]:
    """Return every number but those of single examples; what is not finite is None."""
    noise, copies = audit.noise, audit.duplicates
    found: dict[str, Any] = {
        "version": jaxuim.__version__,
        "n": audit.n,
        "features": audit.d,
        "classes": [str(name) for name in audit.classes],
        "confidence": audit.confidence,
        "seed": audit.seed,
        "table": audit.table(),
        "noise": {
            **{k: v for k, v in noise._asdict().items() if k != "joint"},
            "note": OVERLAP if noise.known else UNKNOWN,
            "predictor": audit.predictor,
            "accuracy": audit.accuracy,
            "transition": noise.joint.transition,
            "transition_orientation": ORIENTATION,
            "prior": noise.joint.prior,
            "issues": int(audit.label_issues.sum()),
        },
        "duplicates": {
            key: getattr(copies, key)
            for key in ("exact_share", "near_share", "distinct", "effective", "dimension", "ratio")
        },
        "class_balance": audit.balance,
        "tail": audit.tail,
        "zipf": audit.zipf,
        "groups": audit.group_balance,
        "contamination": _contamination(audit),
        "shortcuts": {**audit.shortcuts._asdict(), "ranked": list(audit.shortcuts.ranked)},
        "outliers": {
            "share": audit.outliers.share,
            "cut": audit.outliers.cut,
            "expected": audit.outliers.expected,
        },
        "repairs": {name: repair(audit, name).expected for name in applicable(audit)},
    }
    cleaned: dict[str, Any] = plain(found)
    return cleaned


def _contamination(audit: Audit) -> dict[str, Any] | None:
    found = audit.contamination
    if found is None:
        return None
    return {"exact": found.exact, "near": found.near, "agreement": found.agreement}


def applicable(audit: Audit) -> tuple[Method, ...]:
    """Return the repairs for which the audit was given what they need."""
    needed = {"balance_groups": audit.groups, "decontaminate": audit.contamination}
    return tuple(name for name in METHODS if needed.get(name, audit) is not None)
