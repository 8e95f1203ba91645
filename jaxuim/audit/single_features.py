"""Shortcuts: single features, or the group, that predict the label suspiciously well."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jaxuim.audit.checks import Array, Codes, Flags, Floats, features, label_codes
from jaxuim.audit.grouped import information
from jaxuim.audit.intervals import Share, above_chance, wilson

BINS = 16
PERMUTATIONS = 199
CELLS = 2_000_000  # feature values that are looked at
FEWEST_ROWS = 500
LISTED = 10
SIGNIFICANT = 0.05


class Shortcut(NamedTuple):
    """One candidate: feature ``column`` (-1 is the group) alone.

    ``accuracy`` is held out, with interval; ``information`` in nats about the label; ``p_value``
    against permuted labels, corrected for the number of features. ``share`` is the accuracy above
    chance as a share of the whole model's (NaN where that is no better than chance).
    ``model_agreeing`` and ``model_disagreeing`` are the whole model's accuracy where this feature's
    guess is right and where it is wrong (None where there are no such examples), and
    ``misleads`` whether these intervals lie apart: the model leans on the feature. ``alarm`` says
    whether the feature looks like a shortcut.
    """

    column: int
    name: str
    accuracy: Share
    information: float
    p_value: float
    share: float
    model_agreeing: Share | None
    model_disagreeing: Share | None
    misleads: bool
    alarm: bool


class Shortcuts(NamedTuple):
    """Candidates by accuracy, best first, at most 10 features and the group.

    ``chance`` is the accuracy of the largest class, ``model`` that of the whole model, ``null``
    the 95th percentile of the best feature's accuracy on permuted labels; ``rows`` were looked at.
    """

    ranked: tuple[Shortcut, ...]
    chance: float
    model: float
    null: float
    rows: int

    @property
    def alarms(self) -> tuple[Shortcut, ...]:
        """The candidates that look like shortcuts."""
        return tuple(found for found in self.ranked if found.alarm)


class _Scored(NamedTuple):
    """Accuracies [d], information [d], and whether each guess was right, bool[n, d]."""

    accuracy: Array
    information: Array
    right: Flags


def shortcuts(
    x: ArrayLike,
    y: ArrayLike,
    predicted: ArrayLike,
    groups: ArrayLike | None = None,
    *,
    label_issues: ArrayLike | None = None,
    confidence: float = 0.95,
    seed: int = 0,
) -> Shortcuts:
    """Return which features, alone, predict the label, and which of them look like shortcuts.

    A feature is cut at its 16-quantiles; the label guessed is the most frequent of its cell in the
    other half of the data. The null is the best feature on permuted labels (199 times), so p-values
    hold for all features at once. There is an alarm where p <= 0.05, the feature alone
    reaches half of the whole model's accuracy above chance (unless the model is no better than
    chance, which says nothing about the feature) and stands out among the features (above
    Q3 + 3 IQR of their accuracies, where there are at least 8). An alarm asks for a look: a feature
    may predict the label for a good reason. Whether the given model follows it is told
    apart: its accuracy where the feature's guess is right and where it is wrong. Shortcuts
    spread over many features are not seen.

    Args:
        x: real numbers [n, ...], n >= 20.
        y: labels 0 .. K-1, [n].
        predicted: the whole model's held-out predictions, labels 0 .. K-1, [n].
        groups: 0 .. G-1, [n], a further candidate.
        label_issues: bool[n], examples left out where the model's accuracies are compared: a wrong
            label makes feature and model wrong together.
        confidence: of the intervals.
        seed: of halves, permutations and the sample of rows where there are many.

    Raises:
        ValueError: an array cannot be used.

    Source: derived here.

    >>> rng = np.random.default_rng(0)
    >>> y = rng.integers(0, 2, 400)
    >>> x = rng.normal(size=(400, 9))
    >>> x[:, 4] += 3 * y
    >>> shortcuts(x, y, (x[:, 4] > 1.5).astype(int)).ranked[0].column
    4
    """
    rows = features("x", x)
    labels, classes = label_codes("y", y)
    guess = np.asarray(predicted)
    doubted = np.zeros(len(rows), bool) if label_issues is None else np.asarray(label_issues)
    members = None if groups is None else label_codes("groups", groups)[0]
    wanted = {"y": labels, "predicted": guess, "groups": members, "label_issues": doubted}
    for name, array in wanted.items():
        if array is not None and array.shape != rows.shape[:1]:
            raise ValueError(f"{name} has shape {array.shape} but x has {len(rows)} rows")
    _check_predicted(guess, classes)
    trusted = ~doubted.astype(bool)
    return ranked(rows, labels, classes, guess == labels, trusted, members, confidence, seed)


def _check_predicted(guess: NDArray[Any], classes: int) -> None:
    if guess.dtype.kind not in "fiub":
        raise ValueError(f"predicted has type {guess.dtype}; labels 0 to {classes - 1} are needed")
    bad = ~((guess >= 0) & (guess < classes) & (guess == np.floor(guess)))
    if bad.any():
        raise ValueError(f"predicted holds {guess[bad][0]}; labels 0 to {classes - 1} are needed")


def ranked(
    x: Floats,
    y: Codes,
    classes: int,
    correct: Flags,
    trusted: Flags,
    groups: Codes | None,
    confidence: float,
    seed: int,
) -> Shortcuts:
    """Rank arrays that are checked already; see :func:`shortcuts`."""
    rng = np.random.default_rng(seed)
    rows = min(len(y), max(FEWEST_ROWS, CELLS // x.shape[1]))
    chosen = rng.permutation(len(y))[:rows]
    y, correct, trusted = y[chosen], correct[chosen], trusted[chosen]
    cells = _binned(x[chosen])
    if groups is not None:
        cells = np.concatenate([cells, groups[chosen][:, None].astype(np.int64)], axis=1)
    bins = int(cells.max()) + 1
    found = _scored(cells, y, bins, classes)
    null = np.array(
        [
            _accuracies(cells, rng.permutation(y), bins, classes)[0].max()
            for _ in range(PERMUTATIONS)
        ]
    )
    chance, model = float(np.bincount(y).max() / rows), float(correct.mean())
    better = above_chance(model, chance, rows)
    named = [*range(x.shape[1]), *([-1] if groups is not None else [])]
    cut = _outlying(found.accuracy[: x.shape[1]])
    order = np.argsort(-found.accuracy, kind="stable")
    result = []
    for c in (c for i, c in enumerate(order) if i < LISTED or named[c] < 0):
        p_value = (1 + int(np.sum(null >= found.accuracy[c] - 1e-12))) / (1 + PERMUTATIONS)
        share = (found.accuracy[c] - chance) / (model - chance) if better else np.nan
        strong = share >= 0.5 or not better
        right = found.right[:, c]
        agreeing = _share(correct[trusted & right], confidence)
        against = _share(correct[trusted & ~right], confidence)
        stands_out = named[c] < 0 or found.accuracy[c] > cut
        result.append(
            Shortcut(
                named[c],
                "groups" if named[c] < 0 else f"feature {named[c]}",
                wilson(int(right.sum()), rows, confidence),
                float(found.information[c]),
                p_value,
                float(share),
                agreeing,
                against,
                bool(agreeing and against and against.upper < agreeing.lower),
                bool(p_value <= SIGNIFICANT and strong and stands_out),
            )
        )
    return Shortcuts(tuple(result), chance, model, float(np.quantile(null, 0.95)), rows)


def _share(correct: Flags, confidence: float) -> Share | None:
    return wilson(int(correct.sum()), len(correct), confidence) if len(correct) else None


def _outlying(accuracy: Array) -> float:
    """Return Tukey's far-out fence of the features' accuracies; none below 8 features."""
    if len(accuracy) < 8:
        return -1.0
    low, high = np.quantile(accuracy, [0.25, 0.75])
    return float(high + 3 * (high - low))


def _binned(x: Floats) -> NDArray[np.int64]:
    """Return the quantile cell of every value, i64[n, d]."""
    levels = np.arange(1, BINS) / BINS
    cells = np.empty(x.shape, dtype=np.int64)
    for column, edges in enumerate(np.quantile(x, levels, axis=0, method="nearest").T):
        cells[:, column] = np.searchsorted(np.unique(edges), x[:, column], side="left")
    return cells


def _tables(cells: NDArray[np.int64], y: Codes, bins: int, classes: int) -> NDArray[np.int64]:
    """Return counts of label by cell, i64[d, bins, K]."""
    d = cells.shape[1]
    code = (np.arange(d) * bins + cells) * classes + y[:, None]
    return np.bincount(code.ravel(), minlength=d * bins * classes).reshape(d, bins, classes)


def _accuracies(
    cells: NDArray[np.int64], y: Codes, bins: int, classes: int
) -> tuple[Array, NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return held-out accuracies [d], the guesses [2, d, bins] of both halves, and both tables.

    Rows come in random order, so halves are the first and the second.
    """
    half = len(y) // 2
    first = _tables(cells[:half], y[:half], bins, classes)
    second = _tables(cells[half:], y[half:], bins, classes)
    guesses = np.stack([t.argmax(axis=2) for t in (second, first)])
    hits = [
        np.take_along_axis(table, guess[:, :, None], axis=2).sum(axis=(1, 2))
        for table, guess in zip((first, second), guesses, strict=True)
    ]
    return (hits[0] + hits[1]) / len(y), guesses, first, second


def _scored(cells: NDArray[np.int64], y: Codes, bins: int, classes: int) -> _Scored:
    accuracy, guesses, first, second = _accuracies(cells, y, bins, classes)
    nats = np.array([information(table) for table in (first + second).astype(np.float64)])
    half, feature = len(y) // 2, np.arange(cells.shape[1])
    guess = np.concatenate([guesses[0][feature, cells[:half]], guesses[1][feature, cells[half:]]])
    return _Scored(accuracy, nats, guess == y[:, None])
