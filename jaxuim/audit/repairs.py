"""Repairs that an audit suggests, each with the effect that it should have."""

from typing import Literal, NamedTuple, get_args

import numpy as np

from jaxuim.audit.checks import Array, Codes, Flags
from jaxuim.audit.copies import duplicate_weights
from jaxuim.audit.grouped import cramers_v
from jaxuim.audit.record import Audit
from jaxuim.audit.weights import class_weights, effective_number, group_weights

Method = Literal[
    "drop", "relabel", "deduplicate", "balance_classes", "balance_groups", "decontaminate"
]
METHODS: tuple[Method, ...] = get_args(Method)


class Repair(NamedTuple):
    """A repaired data set: ``keep`` bool[n], ``labels`` i32[n], ``weights`` f64[n].

    Weights are 0 where an example is dropped and have mean 1 over those kept. ``expected`` is a
    prediction of what the audit would find afterwards: ``n``, ``effective`` (equally weighted
    distinct examples), ``noise_rate``, ``imbalance_ratio``, ``duplicate_share``,
    ``smallest_group_share`` and ``cramers_v`` (NaN without groups), ``contamination`` (NaN without
    test data). Shares and ratios are weighted.
    """

    keep: Flags
    labels: Codes
    weights: Array
    expected: dict[str, float]


def repair(audit: Audit, method: Method) -> Repair:
    """Return one bias removed, with its expected effect on all.

    - ``drop`` leaves out the label issues, ``relabel`` gives them their most probable label.
    - ``deduplicate`` keeps the first of each group of exact and near copies.
    - ``balance_classes`` and ``balance_groups`` weigh, as :func:`class_weights` and
      :func:`group_weights` do.
    - ``decontaminate`` leaves out training examples that stand in the test data.

    The noise expected to be left is the mean probability that a kept label is wrong; where an
    example cannot be told from noise, that probability is a guess as good as the predictor.

    Args:
        audit: of the data set.
        method: what to remove.

    Raises:
        ValueError: the method is unknown, or needs groups or test data that the audit had not.

    Source: derived here.

    >>> from jaxuim.audit import audit
    >>> rows = np.random.default_rng(0).normal(size=(60, 2)) + 5 * np.repeat(np.eye(2), 30, axis=0)
    >>> twice = np.concatenate([rows, rows[:30]])
    >>> y = np.concatenate([np.repeat([0, 1], 30), np.zeros(30, int)])
    >>> repair(audit(twice, y), "deduplicate").expected["n"]
    60.0
    """
    keep, labels = np.ones(audit.n, dtype=bool), audit.labels
    weights = np.ones(audit.n)
    wrong = audit.scores.wrong
    if method == "drop":
        keep = ~audit.label_issues
    elif method == "relabel":
        labels = np.where(audit.label_issues, audit.scores.suggested, labels).astype(np.int32)
        wrong = np.where(audit.label_issues, audit.scores.suggestion_wrong, wrong)
    elif method == "deduplicate":
        keep = np.zeros(audit.n, dtype=bool)
        keep[np.unique(audit.duplicates.near, return_index=True)[1]] = True
    elif method == "balance_classes":
        weights = class_weights(labels)
    elif method == "balance_groups":
        if audit.groups is None:
            raise ValueError("balance_groups needs groups, which the audit was not given")
        weights = group_weights(audit.groups, labels)
    elif method == "decontaminate":
        if audit.contamination is None:
            raise ValueError("decontaminate needs test_x, which the audit was not given")
        keep = ~audit.contamination.train
    else:
        raise ValueError(f"method is {method!r}; {', '.join(METHODS)} are allowed")
    weights = np.where(keep, weights, 0.0)
    weights *= keep.sum() / max(weights.sum(), 1e-300)
    return Repair(keep, labels, weights, _expected(audit, keep, labels, weights, wrong))


def inverse_duplicate_weights(audit: Audit) -> Array:
    """Return weights under which every distinct example counts once, f64[n] of mean 1."""
    return duplicate_weights(audit.duplicates.near)


def _expected(
    audit: Audit, keep: Flags, labels: Codes, weights: Array, wrong: Array
) -> dict[str, float]:
    """Return what another audit should find."""
    total, copies = max(float(weights.sum()), 1e-300), audit.duplicates.near
    classes = np.bincount(labels, weights=weights, minlength=len(audit.classes))
    low, n = float(classes.min()), int(keep.sum())
    small, dependence = np.nan, np.nan
    if audit.groups is not None and n:
        count = int(audit.groups.max()) + 1
        cells = np.bincount(audit.groups * len(classes) + labels, weights, count * len(classes))
        cells = cells.reshape(count, -1)
        small = float(cells.sum(axis=1).min() / total)
        used = cells[cells.sum(axis=1) > 0][:, classes > 0]
        dependence = cramers_v(used) if min(used.shape) > 1 else 0.0
    left = np.nan
    if audit.contamination is not None:
        tests = audit.contamination.near
        left = 0.0 if not (keep & audit.contamination.train).any() else tests.value
    return {
        "n": float(n),
        "effective": effective_number(weights, copies),
        "noise_rate": float(weights @ wrong / total),
        "imbalance_ratio": float(classes.max() / low) if low > 0 else np.inf,
        "duplicate_share": 1.0 - len(np.unique(copies[keep])) / max(n, 1),
        "smallest_group_share": small,
        "cramers_v": dependence,
        "contamination": left,
    }
