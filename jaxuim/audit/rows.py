"""The table of an audit and its list of examples to look at."""

from collections.abc import Iterator

import numpy as np

from jaxuim.audit.checks import Codes, Flags
from jaxuim.audit.intervals import Share
from jaxuim.audit.noise import UNKNOWN
from jaxuim.audit.record import Audit, Issue, Row

SIGNIFICANT = 0.05
NOISY = 0.01  # lower end of the noise rate above which there is an alarm
DEPENDENT = 0.1  # Cramer's V
SMALL = 0.5  # smallest group, as a share of its equal share
HIDDEN = 0.01  # share that the predictor gets wrong beyond the noise, from which it is told
FAR = 0.005  # lower end of the share of outliers; light tails of clean data stay below


def rows(audit: Audit) -> tuple[Row, ...]:
    """Return one row for each estimate."""
    parts = (_noise, _duplicates, _classes, _groups, _contamination, _shortcuts, _outliers)
    return tuple(row for part in parts for row in part(audit))


def _share(bias: str, quantity: str, share: Share, alarm: bool, method: str) -> Row:
    return Row(bias, quantity, share.value, share.lower, share.upper, alarm, method)


def _counted(bias: str, quantity: str, value: float, alarm: bool, method: str) -> Row:
    return Row(bias, quantity, float(value), np.nan, np.nan, alarm, method)


def _p(value: float) -> str:
    return "p < 0.0001" if value < 1e-4 else f"p = {value:.2g}"


def _noise(audit: Audit) -> Iterator[Row]:
    found = audit.noise
    if not found.known:
        yield _counted("label noise", "noise rate", found.rate, False, UNKNOWN)
        return
    how = f"confident learning, {audit.predictor}"
    how += ", calibrated" if found.calibrated else ", bootstrap"
    how += f"; {found.hidden:.2g} more wrong, noise or overlap" if found.hidden >= HIDDEN else ""
    alarm = found.lower > NOISY
    yield Row("label noise", "noise rate", found.rate, found.lower, found.upper, alarm, how)
    worst = int(np.argmax(found.class_rates))
    yield Row(
        "label noise",
        f"noisiest class ({audit.classes[worst]})",
        float(found.class_rates[worst]),
        float(found.class_lower[worst]),
        float(found.class_upper[worst]),
        alarm and bool(found.class_lower[worst] > NOISY),
        "P(given differs | true class)",
    )


def _duplicates(audit: Audit) -> Iterator[Row]:
    found = audit.duplicates
    yield _counted(
        "duplication", "exact copies", found.exact_share, found.exact_share > 0, "hash, counted"
    )
    near = found.near_share > found.exact_share
    how = f"closer than {found.ratio:.2g} of the local distance"
    yield _counted("duplication", "exact and near copies", found.near_share, near, how)
    yield _counted(
        "duplication",
        "effective examples",
        found.effective,
        False,
        "Kish, n squared over summed squares of group sizes",
    )


def _classes(audit: Audit) -> Iterator[Row]:
    found, tail, zipf = audit.balance, audit.tail, audit.zipf
    uneven = found.p_value < SIGNIFICANT and found.ratio >= 2
    how = f"largest over smallest class; equal: {_p(found.p_value)}"
    yield Row("imbalance", "imbalance ratio", found.ratio, found.lower, found.upper, uneven, how)
    if np.isfinite(zipf.exponent):
        how = "rank-frequency exponent"
        if np.isfinite(zipf.r_squared):
            how += f", R2 = {zipf.r_squared:.2f}; low where counts are small"
        yield Row("imbalance", "Zipf exponent", zipf.exponent, zipf.lower, zipf.upper, False, how)
    if np.isfinite(tail.alpha):
        how = f"Hill estimator, {tail.k} largest of {tail.n} classes; interval if Pareto there"
        yield Row("imbalance", "tail exponent", tail.alpha, tail.lower, tail.upper, False, how)


def _groups(audit: Audit) -> Iterator[Row]:
    found = audit.group_balance
    if found is None:
        return
    name, small = f"smallest group ({found.name})", SMALL / len(found.names)
    alarm = found.smallest.upper < small
    yield _share("groups", name, found.smallest, alarm, "share of examples")
    depends = found.p_value < SIGNIFICANT and found.cramers_v >= DEPENDENT
    how = f"bias-corrected; independent: {_p(found.p_value)}"
    yield _counted("groups", "label given group, Cramer's V", found.cramers_v, depends, how)


def _contamination(audit: Audit) -> Iterator[Row]:
    found = audit.contamination
    if found is None:
        return
    alarm = found.near.hits > 0
    yield _share(
        "contamination", "test examples in training, exact", found.exact, alarm, "hash, counted"
    )
    yield _share("contamination", "exact and near copies", found.near, alarm, "ratio of distances")
    if found.agreement is not None:
        how = "of exact and near copies"
        yield _share("contamination", "copies with the same label", found.agreement, False, how)


def _shortcuts(audit: Audit) -> Iterator[Row]:
    found = audit.shortcuts
    for best in found.alarms or found.ranked[:1]:
        part = f"{best.share * 100:.0f} % of the model's accuracy above chance"
        part = part if np.isfinite(best.share) else "the model is no better than chance"
        how = f"{part}, {_p(best.p_value)}"
        quantity = f"accuracy of {best.name} alone"
        yield _share("shortcut", quantity, best.accuracy, best.alarm, how)
        if best.alarm and best.model_disagreeing is not None:
            quantity = f"model's accuracy where {best.name} is wrong"
            right = best.model_agreeing.value if best.model_agreeing else float("nan")
            how = f"{right:.3f} where it is right"
            yield _share("shortcut", quantity, best.model_disagreeing, best.misleads, how)


def _outliers(audit: Audit) -> Iterator[Row]:
    found = audit.outliers
    alarm = found.share.lower > FAR
    how = f"log distance beyond z = {found.cut:g}"
    yield _share("out of distribution", "outliers", found.share, alarm, how)


def issues(audit: Audit) -> tuple[Issue, ...]:
    """Return examples to drop, relabel or look at, one entry for each reason."""
    names = [str(name) for name in audit.classes]
    label = lambda i: names[audit.labels[i]]
    found = [_doubtful(audit, int(i), names) for i in np.flatnonzero(audit.label_issues)]
    copies = audit.duplicates
    for reason, group in (("exact copy", copies.exact), ("near copy", copies.near)):
        extra = _extra(group)
        if reason == "near copy":
            extra &= ~_extra(copies.exact)
        found += [Issue(int(i), "drop", reason, label(i), None, 1.0) for i in np.flatnonzero(extra)]
    if audit.contamination is not None:
        seen = np.flatnonzero(audit.contamination.train)
        found += [Issue(int(i), "drop", "in the test data", label(i), None, 1.0) for i in seen]
    far = audit.outliers
    found += [
        Issue(int(i), "look", "outlier", label(i), None, float(1 - far.cut / far.score[i]))
        for i in np.flatnonzero(far.flags)
    ]
    return tuple(sorted(found, key=lambda issue: (issue.example, issue.reason)))


def _doubtful(audit: Audit, i: int, names: list[str]) -> Issue:
    """Return the issue of a label; where none is more probable than the given one, only a look."""
    given, best = names[audit.labels[i]], names[audit.scores.suggested[i]]
    score = float(audit.scores.wrong[i])
    if best == given:
        return Issue(i, "look", "label", given, None, score)
    return Issue(i, "relabel", "label", given, best, score)


def _extra(group: Codes) -> Flags:
    """Flag all but the first member of each group."""
    extra = np.ones(len(group), dtype=bool)
    extra[np.unique(group, return_index=True)[1]] = False
    return extra
