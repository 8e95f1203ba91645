"""Per-example label quality, and which examples are label issues."""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jaxuim.audit.checks import Array, Codes, Flags, label_codes, probability_rows
from jaxuim.audit.confident import ConfidentJoint, joint_of

Rule = Literal["prune_by_noise_rate", "prune_by_class", "both", "confident"]
STEPS = 20  # of the deconvolution
POWERS = np.linspace(1.0, 4.0, 13)  # of the recovered probabilities


class LabelScores(NamedTuple):
    """Scores of the given labels, low where a label is doubtful.

    ``self_confidence`` f64[n] is p of the given label, in [0, 1]. ``margin`` f64[n] is
    p_given - max of the others, in [-1, 1]. ``wrong`` f64[n] is the probability that the given
    label is not the true one, and ``suggested`` i32[n] the most probable true label.
    ``suggestion_wrong`` f64[n] is the probability that this is not the true one either. In an audit
    whose noise rate is unknown, probabilities are NaN and the given labels are suggested.
    """

    self_confidence: Array
    margin: Array
    wrong: Array
    suggested: Codes
    suggestion_wrong: Array


def self_confidence(labels: ArrayLike, probabilities: ArrayLike) -> Array:
    """Return the predicted probability of each given label, f64[n] in [0, 1].

    Args:
        labels: given labels 0 .. K-1, [n].
        probabilities: out-of-sample, [n, K], rows sum to 1.

    Raises:
        ValueError: labels or probabilities cannot be used.

    Source: Northcutt, Jiang and Chuang 2021.

    >>> self_confidence([0, 1], [[0.9, 0.1], [0.7, 0.3]]).tolist()
    [0.9, 0.3]
    """
    y, p = _checked(labels, probabilities)
    return p[np.arange(len(y)), y]


def margin(labels: ArrayLike, probabilities: ArrayLike) -> Array:
    """Return p of the given label minus the largest p of another, f64[n] in [-1, 1].

    The normalised margin that other libraries score with is (margin + 1) / 2, in [0, 1].

    Args:
        labels: given labels 0 .. K-1, [n].
        probabilities: out-of-sample, [n, K], rows sum to 1.

    Raises:
        ValueError: labels or probabilities cannot be used.

    Source: Northcutt, Jiang and Chuang 2021.

    >>> margin([0, 1], [[0.75, 0.25], [0.75, 0.25]]).tolist()
    [0.5, -0.5]
    """
    return _margin(*_checked(labels, probabilities))


def _margin(y: Codes, p: Array) -> Array:
    others = p.copy()
    others[np.arange(len(y)), y] = -1.0
    return np.asarray(p[np.arange(len(y)), y] - others.max(axis=1))


def label_scores(labels: ArrayLike, probabilities: ArrayLike) -> LabelScores:
    """Return all scores of the given labels.

    The predictor knows P(given | x) = sum_t P(t | x) T[t, given]; P(t | x) is recovered by 20 steps
    of Richardson and Lucy's deconvolution with the confident transition matrix T, and
    P(t | x, given) is proportional to P(t | x)^b T[t, given]. The power b, 1 to 4, makes the mean
    of ``wrong`` the noise rate: predictors that learn from noisy labels are too timid.

    Args:
        labels: given labels 0 .. K-1, [n]; every class occurs.
        probabilities: out-of-sample, [n, K], rows sum to 1.

    Raises:
        ValueError: labels or probabilities cannot be used.

    Source: the first two scores Northcutt, Jiang and Chuang 2021; the others derived here.

    >>> p = [[0.9, 0.1], [0.8, 0.2], [0.9, 0.1], [0.2, 0.8], [0.1, 0.9]]
    >>> label_scores([0, 0, 1, 1, 1], p).wrong.argmax()
    np.int64(2)
    """
    y, p = _checked(labels, probabilities)
    joint = joint_of(y, p)
    return scores_of(y, p, joint, joint.noise_rate)


def scores_of(y: Codes, p: Array, joint: ConfidentJoint, rate: float) -> LabelScores:
    """Return the scores of arrays that are checked already, told the noise rate."""
    rows, table = np.arange(len(y)), joint.transition
    clean = np.broadcast_to(joint.prior, p.shape)
    for _ in range(STEPS):
        clean = clean * ((p / np.maximum(clean @ table, 1e-12)) @ table.T)
    logs, flips = np.log(clean + 1e-12), np.log(table.T[y] + 1e-12)
    tried = [_normalised(power * logs + flips) for power in POWERS]
    posterior = min(tried, key=lambda q: abs(1 - np.mean(q[rows, y]) - rate))
    best = posterior.argmax(axis=1).astype(np.int32)
    return LabelScores(
        p[rows, y], _margin(y, p), 1 - posterior[rows, y], best, 1 - posterior[rows, best]
    )


def unscored(y: Codes, p: Array) -> LabelScores:
    """Return scores where noise could not be estimated: what depends on it is NaN."""
    unknown = np.full(len(y), np.nan)
    return LabelScores(p[np.arange(len(y)), y], _margin(y, p), unknown, y, unknown)


def _normalised(logs: Array) -> Array:
    weights = np.exp(logs - logs.max(axis=1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=1, keepdims=True))


def label_issues(
    labels: ArrayLike, probabilities: ArrayLike, *, by: Rule = "prune_by_noise_rate"
) -> Flags:
    """Return which examples are probably mislabelled, bool[n].

    ``"prune_by_noise_rate"``: for given j and true k, the n * joint[j, k] examples labelled j of
    largest p_k - p_j. ``"prune_by_class"``: for given j, the n * sum_k joint[j, k] examples of
    lowest self-confidence, k != j. ``"both"``: flagged by both rules. ``"confident"``: confidently
    of another class (off the diagonal of the confident joint). In each class at least one example
    stays, and examples whose given label is the most probable are no issues.

    Args:
        labels: given labels 0 .. K-1, [n]; every class occurs.
        probabilities: out-of-sample, [n, K], rows sum to 1.
        by: the rule.

    Raises:
        ValueError: labels or probabilities cannot be used, or the rule is unknown.

    Source: Northcutt, Jiang and Chuang 2021.

    >>> p = [[0.9, 0.1], [0.8, 0.2], [0.9, 0.1], [0.2, 0.8], [0.1, 0.9]]
    >>> label_issues([0, 0, 1, 1, 1], p).tolist()
    [False, False, True, False, False]
    """
    y, p = _checked(labels, probabilities)
    return issues_of(y, p, joint_of(y, p), by)


def issues_of(y: Codes, p: Array, joint: ConfidentJoint, by: Rule) -> Flags:
    """Return the issues of arrays that are checked already."""
    if by == "prune_by_noise_rate":
        found = _by_noise_rate(y, p, joint)
    elif by == "prune_by_class":
        found = _by_class(y, p, joint)
    elif by == "both":
        found = _by_noise_rate(y, p, joint) & _by_class(y, p, joint)
    elif by == "confident":
        found = (joint.guess >= 0) & (joint.guess != y)
    else:
        raise ValueError(
            f"by is {by!r}; 'prune_by_noise_rate', 'prune_by_class', 'both' and 'confident' are "
            "allowed"
        )
    flags: Flags = found & (p.argmax(axis=1) != y)
    for label in np.flatnonzero(np.bincount(y[~flags], minlength=p.shape[1]) == 0):
        own = np.flatnonzero(y == label)
        flags[own[p[own, label].argmax()]] = False
    return flags


def _by_noise_rate(y: Codes, p: Array, joint: ConfidentJoint) -> Flags:
    number = _whole(joint.joint * len(y))
    flags = np.zeros(len(y), dtype=bool)
    for given, true in np.argwhere(number > 0):
        own = np.flatnonzero(y == given)
        if given != true:
            excess = p[own, true] - p[own, given]
            flags[own[np.argsort(-excess, kind="stable")[: number[given, true]]]] = True
    return flags


def _whole(amounts: Array) -> NDArray[np.int64]:
    """Round, halves down whatever their last bits are."""
    return np.floor(amounts + 0.5 - 1e-6).astype(np.int64)


def _by_class(y: Codes, p: Array, joint: ConfidentJoint) -> Flags:
    wrong = joint.joint.sum(axis=1) - np.diag(joint.joint)
    number = _whole(wrong * len(y))
    flags = np.zeros(len(y), dtype=bool)
    for given, count in enumerate(number):
        own = np.flatnonzero(y == given)
        flags[own[np.argsort(p[own, given], kind="stable")[:count]]] = True
    return flags


def _checked(labels: ArrayLike, probabilities: ArrayLike) -> tuple[Codes, Array]:
    y, classes = label_codes("labels", labels)
    return y, probability_rows("probabilities", probabilities, len(y), classes)
