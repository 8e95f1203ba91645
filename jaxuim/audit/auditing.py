"""One audit of one data set: every estimate, from shared neighbours and predictions."""

import numpy as np
from numpy.typing import ArrayLike

from jaxuim.audit.checks import (
    Array,
    Coded,
    Codes,
    Flags,
    Table,
    coded,
    means,
    probability_rows,
    single,
    table,
    unboxed,
)
from jaxuim.audit.copies import NEIGHBOURS
from jaxuim.audit.distances import NEIGHBOUR, far_out
from jaxuim.audit.frequencies import class_balance, hill, zipf
from jaxuim.audit.geometry import neighbours
from jaxuim.audit.grouped import GroupBalance, group_balance
from jaxuim.audit.leaks import Contamination, compare
from jaxuim.audit.noise import NoiseEstimate, estimate_noise
from jaxuim.audit.predictions import Layout, Prediction, layout, predict
from jaxuim.audit.record import Audit
from jaxuim.audit.scoring import LabelScores, issues_of, scores_of, unscored
from jaxuim.audit.single_features import ranked
from jaxuim.laws.checks import check_confidence


def audit(
    x: ArrayLike,
    y: ArrayLike,
    *,
    groups: ArrayLike | None = None,
    test_x: ArrayLike | None = None,
    test_y: ArrayLike | None = None,
    probabilities: ArrayLike | None = None,
    confidence: float = 0.95,
    seed: int = 0,
) -> Audit:
    """Return which biases a data set holds, from label noise to outliers.

    Each estimate is a function of its own in ``jaxuim.audit``, where its assumptions stand; here
    they share one scaling, one search for neighbours and one predictor.

    Args:
        x: features, real numbers [n, ...], n >= 20; raw inputs or those of any model.
        y: given labels, integers or text, [n], at least 2 classes.
        groups: of the examples, integers or text, [n].
        test_x: features of test examples [m, ...], looked for in ``x``.
        test_y: their labels [m].
        probabilities: your own out-of-sample P(label | x), [n, K], classes in sorted order; without
            them neighbours or a logistic regression are used.
        confidence: of every interval.
        seed: of everything random.

    Raises:
        ValueError: an array cannot be used, or the data cannot be audited: fewer than 20 examples,
            a single label, or a single distinct row; what is wrong and what is needed is said.

    >>> centres = 6 * np.repeat(np.eye(2, 4), 40, axis=0)
    >>> rows = np.random.default_rng(0).normal(size=(80, 4)) + centres
    >>> found = audit(rows, ["cat"] * 39 + ["dog"] * 41)
    >>> np.flatnonzero(found.label_issues).tolist()
    [39]
    """
    check_confidence(confidence)
    rows = table("x", x)
    labels = coded("y", y, len(rows))
    members = None if groups is None else coded("groups", groups, len(rows))
    tests = _tests(rows, test_x, test_y)
    classes = len(labels.names)
    given = None
    if probabilities is not None:
        given = probability_rows("probabilities", probabilities, len(rows), classes)
    plan = layout(rows, labels.codes, classes, seed)
    if given is None:
        made = predict(labels.codes, classes, plan, "auto", seed)
    else:
        agree = float(np.mean(given.argmax(axis=1) == labels.codes))
        made = Prediction(given, agree, "given probabilities", None)
    p = made.probabilities
    noise = estimate_noise(
        labels.codes,
        p,
        refit=made.refit,
        slow=made.method.startswith("logistic"),
        confidence=confidence,
        seed=seed,
    )
    overlap = None
    if tests is not None:
        overlap = _tested(rows, labels, tests, test_y, plan, confidence)
    counts = np.bincount(labels.codes)
    correct = p.argmax(axis=1) == labels.codes
    scores, flagged = _judged(labels.codes, p, noise)
    group_codes = None if members is None else members.codes
    far = plan.near.distance[:, min(NEIGHBOUR, plan.near.distance.shape[1]) - 1]
    return Audit(
        n=len(rows),
        d=rows.shape[1],
        classes=labels.names,
        labels=labels.codes,
        groups=group_codes,
        predictor=made.method,
        accuracy=made.accuracy,
        probabilities=p,
        noise=noise,
        scores=scores,
        label_issues=flagged,
        duplicates=plan.copies,
        balance=class_balance(counts, confidence=confidence),
        tail=hill(counts, confidence=confidence),
        zipf=zipf(counts, confidence=confidence),
        group_balance=_groups(members, labels, confidence, seed),
        contamination=overlap,
        shortcuts=ranked(
            plan.x, labels.codes, classes, correct, ~flagged, group_codes, confidence, seed
        ),
        outliers=far_out(far.astype(np.float64)[plan.copies.exact], confidence),
        confidence=confidence,
        seed=seed,
    )


def _judged(y: Codes, p: Array, noise: NoiseEstimate) -> tuple[LabelScores, Flags]:
    """Return scores and issues; no issues and unknown probabilities where noise is unknown."""
    if not noise.known:
        return unscored(y, p), np.zeros(len(y), dtype=bool)
    flagged = issues_of(y, p, noise.joint, "prune_by_noise_rate")
    return scores_of(y, p, noise.joint, noise.rate), flagged


def _tests(rows: Table, test_x: ArrayLike | None, test_y: ArrayLike | None) -> Table | None:
    """Return the test features, checked against the training features and the test labels."""
    if test_x is None:
        if test_y is not None:
            raise ValueError("test_y is given without test_x; both or test_x alone are allowed")
        return None
    tests = table("test_x", test_x, fewest=1)
    if tests.shape[1] != rows.shape[1]:
        raise ValueError(
            f"x has {rows.shape[1]} features but test_x {tests.shape[1]}; they must be equal"
        )
    if test_y is not None:
        coded("test_y", test_y, len(tests), fewest=1)
    return tests


def _groups(
    members: Coded | None, labels: Coded, confidence: float, seed: int
) -> GroupBalance | None:
    if members is None:
        return None
    given, names = members.names[members.codes], labels.names[labels.codes]
    return group_balance(given, names, confidence=confidence, seed=seed)


def _tested(
    rows: Table, labels: Coded, tests: Table, test_y: ArrayLike | None, plan: Layout, level: float
) -> Contamination:
    """Return the contamination, with the neighbours among the distinct training rows."""
    z = plan.space(single(tests, means(rows)))
    found = neighbours(plan.z, min(NEIGHBOURS, len(plan.z) - 1), z)
    found = found._replace(rows=plan.first[found.rows])
    known = None if test_y is None else unboxed(test_y).astype(str)
    names = labels.names[labels.codes].astype(str)
    return compare(rows, tests, found, plan.copies.dimension, names, known, level)
