"""Out-of-sample class probabilities: leave-one-group-out neighbours or logistic regression."""

from collections.abc import Callable
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jaxuim.audit.checks import (
    Array,
    Codes,
    Flags,
    Floats,
    Table,
    label_codes,
    means,
    single,
    table,
)
from jaxuim.audit.copies import NEIGHBOURS, Duplicates, distinct_rows, near_duplicates
from jaxuim.audit.geometry import Neighbours, Scaling, Space, neighbours, space

Method = Literal["auto", "knn", "logistic"]
COUNTS = (5, 10, 20, NEIGHBOURS)  # of neighbours that are tried
PENALTIES = (0.01, 0.1, 1.0)  # inverse strengths C that are tried
FOLDS = 5
SAMPLE = 5000  # examples on which choices are made
FEW_ROWS = 100  # distinct ones, up to which examples of equal features may vote
FEW_VALUES = 10  # of each feature
OFTEN = 5  # times that a distinct row stands there on average


class Prediction(NamedTuple):
    """Probabilities f64[n, K] of the given label, each from examples that hold no copy of it.

    Where features take few values equal rows are no copies, and each is from the other examples.
    ``accuracy`` is the share of examples whose given label has the largest probability; ``refit``
    maps other labels i32[n] of the same examples to their probabilities.
    """

    probabilities: Array
    accuracy: float
    method: str
    refit: Callable[[Codes], Array] | None


class Layout(NamedTuple):
    """Distinct rows of a data set: their neighbours and duplicates, one first member each.

    ``x`` f32[n, d] are the features of all rows. ``discrete`` says that rows are equal because
    features take few values: at most 10 each, in at most 100 distinct rows that stand there 5 times
    on average.
    """

    x: Floats
    discrete: bool
    first: NDArray[np.int64]
    space: Space
    z: Floats
    near: Neighbours
    copies: Duplicates
    scaling: str


def layout(raw: Table, y: Codes, classes: int, seed: int = 0) -> Layout:
    """Return neighbours of the distinct rows, in the scaling in which labels agree more.

    Raises:
        ValueError: all rows are equal.
    """
    exact, first = distinct_rows(raw)
    x = single(raw, means(raw))
    scaling = _scaling(x[first], y[first], classes, seed)
    project = space(x, scaling, seed)
    z = project(x[first])
    near = neighbours(z, min(NEIGHBOURS, len(first) - 1))
    copies = near_duplicates(exact, near)
    return Layout(x, _discrete(raw[first], len(raw)), first, project, z, near, copies, scaling)


def _discrete(distinct: Table, n: int) -> bool:
    if len(distinct) > min(FEW_ROWS, n // OFTEN):
        return False
    return all(len(np.unique(column)) <= FEW_VALUES for column in distinct.T)


def _scaling(x: Floats, y: Codes, classes: int, seed: int) -> Scaling:
    """Return the scaling in which neighbours of a sample of examples agree more often."""
    chosen = np.random.default_rng(seed).permutation(len(x))[:SAMPLE]
    x, y = x[chosen], y[chosen]
    k = min(10, len(x) - 1)
    agree: dict[Scaling, float] = {}
    for name in ("common", "feature"):
        index = neighbours(space(x, name, seed)(x), k).rows
        votes = np.stack([(y[index] == c).sum(axis=1) for c in range(classes)], axis=1)
        agree[name] = float(np.mean(votes.argmax(axis=1) == y))
    better = agree["feature"] - agree["common"] > _error(agree["common"], len(y))
    return "feature" if better else "common"


def _error(share: float, n: int) -> float:
    """Return the standard error of a share."""
    return float(np.sqrt(share * (1 - share) / n))


def cross_validated_probabilities(
    x: ArrayLike, y: ArrayLike, *, method: Method = "auto", seed: int = 0
) -> Array:
    """Return out-of-sample probabilities of the given labels.

    ``"knn"``: shares of the labels among the nearest k of 5, 10, 20, 30 distinct examples, one of
    each class added in equal parts; an example's own copies and near copies do not vote.
    ``"logistic"``: five-fold multinomial logistic regression on standardised features (64 principal
    components where d > 128), copies in one fold. ``"auto"`` and k, C and the scaling: whatever
    predicts the given labels of left-out examples more often (the largest k within one
    standard error of the best, up to half the median class). But where features take few values
    (at most 10 each, in at most 100 distinct rows that stand there 5 times on average), ``"auto"``
    is the shares of the labels among the other examples of equal features, for these are no copies;
    the shares in all the data are added as one example.

    Args:
        x: real numbers [n, ...], n >= 20.
        y: labels 0 .. K-1, [n], noisy ones too.
        method: as above.
        seed: of folds and of the sample on which choices are made.

    Returns:
        f64[n, K], rows sum to 1.

    Raises:
        ValueError: x or y cannot be used, all rows are equal, or the method is unknown.

    >>> x = np.repeat(np.eye(2), 20, axis=0) + 0.1 * np.random.default_rng(0).normal(size=(40, 2))
    >>> p = cross_validated_probabilities(x, np.repeat([0, 1], 20), method="knn")
    >>> p.shape, bool(p[0, 0] > 0.8)
    ((40, 2), True)
    """
    rows = table("x", x)
    labels, classes = label_codes("y", y)
    if len(labels) != len(rows):
        raise ValueError(f"x has {len(rows)} rows but y {len(labels)}; they must be equal")
    return predict(labels, classes, layout(rows, labels, classes, seed), method, seed)[0]


def predict(
    y: Codes, classes: int, plan: Layout, method: Method = "auto", seed: int = 0
) -> Prediction:
    """Return the prediction of the chosen method; see :func:`cross_validated_probabilities`."""
    if method not in ("auto", "knn", "logistic"):
        raise ValueError(f"method is {method!r}; 'auto', 'knn' and 'logistic' are allowed")
    if method == "auto" and plan.discrete:
        return _by_equals(y, classes, plan)
    near = _by_neighbours(y, classes, plan) if method != "logistic" else None
    if method == "knn" and near is not None:
        return near
    linear = _by_regression(y, classes, plan, seed)
    return linear if near is None or linear.accuracy > near.accuracy else near


def _accuracy(probabilities: Array, y: Codes) -> float:
    return float(np.mean(probabilities.argmax(axis=1) == y))


def _by_equals(y: Codes, classes: int, plan: Layout) -> Prediction:
    """Return the shares of the labels among the other examples of equal features."""
    exact, u = plan.copies.exact, len(plan.first)
    members = np.bincount(exact)[exact][:, None]

    def probabilities(labels: Codes) -> Array:
        cells = np.bincount(exact * classes + labels, minlength=u * classes).reshape(u, classes)
        shares = np.bincount(labels, minlength=classes) / len(labels)
        own = np.eye(classes)[labels]
        return np.asarray((cells[exact] - own + shares) / members)

    found = probabilities(y)
    return Prediction(found, _accuracy(found, y), "other examples of equal features", probabilities)


def _by_neighbours(y: Codes, classes: int, plan: Layout) -> Prediction:
    group = plan.copies.near[plan.first]
    stranger = group[plan.near.rows] != group[:, None]
    rank = np.cumsum(stranger, axis=1)
    largest = max(COUNTS[0], int(np.median(np.bincount(y, minlength=classes))) // 2)
    counts = sorted({min(k, largest, stranger.shape[1]) for k in COUNTS})
    tried = [(k, _voted(plan, stranger & (rank <= k), classes)) for k in counts]
    scored = [(_accuracy(vote(y), y), k, vote) for k, vote in tried]
    best = max(accuracy for accuracy, _, _ in scored)
    # The largest count that is as good: its probabilities are less noisy.
    good = [s for s in scored if s[0] >= best - _error(best, len(y))]
    accuracy, k, vote = max(good, key=lambda s: s[1])
    return Prediction(vote(y), accuracy, f"{k} nearest neighbours, {plan.scaling} scale", vote)


def _voted(plan: Layout, votes: Flags, classes: int) -> Callable[[Codes], Array]:
    """Return the function from labels to probabilities for neighbours that may vote."""
    from scipy.sparse import csr_array

    exact, u = plan.copies.exact, len(plan.first)
    start, place = np.nonzero(votes)
    graph = csr_array((np.ones(len(start)), (start, plan.near.rows[start, place])), shape=(u, u))
    members = np.bincount(exact)[:, None]

    def probabilities(y: Codes) -> Array:
        cells = np.bincount(exact * classes + y, minlength=u * classes).reshape(u, classes)
        summed = graph @ (cells / members) + 1.0 / classes
        shares: Array = (summed / summed.sum(axis=1, keepdims=True))[exact]
        return shares

    return probabilities


def _by_regression(y: Codes, classes: int, plan: Layout, seed: int) -> Prediction:
    rng = np.random.default_rng(seed)
    group = plan.copies.near
    fold = rng.permutation(np.arange(plan.copies.distinct) % FOLDS)[group]
    z = space(plan.x, "feature", seed)(plan.x)
    sample = rng.permutation(len(y))[:SAMPLE]
    trial = {c: _folded(z[sample], y[sample], fold[sample], classes, c, 2) for c in PENALTIES}
    scores = {c: np.mean(p.argmax(axis=1) == y[sample]) for c, p in trial.items()}
    best = max(PENALTIES, key=lambda c: (scores[c], -c))
    refit = lambda labels: _folded(z, labels, fold, classes, best, FOLDS)
    found = refit(y)
    return Prediction(found, _accuracy(found, y), f"logistic regression, C = {best:g}", refit)


def _folded(
    z: Floats, y: Codes, fold: NDArray[np.int64], classes: int, penalty: float, folds: int
) -> Array:
    """Return probabilities of every example by a regression on the other folds."""
    from sklearn.linear_model import LogisticRegression
    from threadpoolctl import threadpool_limits

    shares = np.bincount(y, minlength=classes) / len(y)
    found = np.tile(shares, (len(y), 1))  # what is said where a fold's complement is one class
    for part in range(folds):
        held, used = fold % folds == part, fold % folds != part
        if not held.any() or len(np.unique(y[used])) < 2:
            continue
        with threadpool_limits(1):
            model = LogisticRegression(C=penalty, tol=1e-3, max_iter=300).fit(z[used], y[used])
        found[held] = 0.0
        found[np.ix_(held, model.classes_)] = model.predict_proba(z[held])
    return found
