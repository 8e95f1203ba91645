"""Test examples that stand in the training data, exactly or nearly."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jaxuim.audit.checks import LARGEST, Flags, Floats, Table, means, single, table
from jaxuim.audit.copies import NEIGHBOURS, hashed, intrinsic_dimension, ratio_cut
from jaxuim.audit.geometry import Neighbours, Scaling, neighbours, space
from jaxuim.audit.intervals import Share, wilson


class Contamination(NamedTuple):
    """Overlap of test and training data.

    ``exact`` and ``near`` are shares of the test examples that have an equal, or an equal or nearly
    equal, example in training. ``agreement`` is the share of them whose label is that of
    their copy (None without test labels or without copies). ``partner`` i64[m] is the training
    example that copies each test example, -1 for none; ``train`` bool[n] flags the training
    examples that copy a test example.
    """

    exact: Share
    near: Share
    agreement: Share | None
    partner: NDArray[np.int64]
    train: Flags


def contamination(
    x: ArrayLike,
    test_x: ArrayLike,
    y: ArrayLike | None = None,
    test_y: ArrayLike | None = None,
    *,
    scaling: Scaling = "common",
    confidence: float = 0.95,
    seed: int = 0,
) -> Contamination:
    """Return which test examples stand in the training data.

    Exact copies are equal in the less precise type of the two. A near copy is closer to a
    training example than the ratio test of :func:`jaxuim.audit.duplicates` allows by chance (0.05
    false pairs expected among all test examples). Wilson's interval is that of the share among new
    test examples from the same source.

    Args:
        x: training features [n, ...], n >= 20.
        test_x: test features [m, ...], m >= 1.
        y: training labels [n], compared with ``test_y`` [m]; both or neither.
        test_y: test labels.
        scaling: of the features before distances are taken.
        confidence: of the intervals.
        seed: of the principal components where there are more than 1000 features.

    Raises:
        ValueError: features differ in size, are not finite, or labels do not fit or are given for
            one of the two alone.

    >>> rows = np.random.default_rng(0).normal(size=(100, 4))
    >>> found = contamination(rows, np.concatenate([rows[:5], rows[:15] + 10]))
    >>> found.exact.value, found.near.hits
    (0.25, 5)
    """
    if (y is None) != (test_y is None):
        alone, missing = ("test_y", "y") if y is None else ("y", "test_y")
        raise ValueError(f"{alone} is given without {missing}; both or neither are allowed")
    rows, tests = table("x", x), table("test_x", test_x, fewest=1)
    if rows.shape[1] != tests.shape[1]:
        raise ValueError(
            f"x has {rows.shape[1]} features but test_x {tests.shape[1]}; they must be equal"
        )
    labels, others = labels_of("y", y, len(rows)), labels_of("test_y", test_y, len(tests))
    origin = means(rows)
    train = single(rows, origin)
    project = space(train, scaling, seed)
    z = project(train)
    queries = project(single(tests, origin))
    found = neighbours(z, min(NEIGHBOURS, len(z) - 1), queries)
    return compare(rows, tests, found, intrinsic_of(z, seed), labels, others, confidence)


def labels_of(name: str, values: ArrayLike | None, n: int) -> NDArray[np.generic] | None:
    """Return labels as an array of ``n``, or None."""
    if values is None:
        return None
    array = np.asarray(values)
    if array.shape != (n,):
        raise ValueError(f"{name} has shape {array.shape}; one label for each of {n} is needed")
    return array


def intrinsic_of(z: Floats, seed: int, sample: int = 2000) -> float:
    """Return the intrinsic dimension at a sample of the rows."""
    chosen = np.random.default_rng(seed).permutation(len(z))[:sample]
    k = min(NEIGHBOURS, len(z) - 1)
    found = neighbours(z, k + 1, z[chosen])
    return intrinsic_dimension(found.distance[:, 1:])


def _alike(x: Table, test_x: Table) -> tuple[Table, Table]:
    """Return both in one type: of two float types the shorter, for digits beyond it were lost."""
    kinds = x.dtype.kind + test_x.dtype.kind
    shared = min(x.dtype, test_x.dtype, key=lambda t: t.itemsize)
    to = shared if kinds == "ff" else np.result_type(x, test_x)
    return x.astype(to, copy=False), test_x.astype(to, copy=False)


def compare(
    x: Table,
    test_x: Table,
    found: Neighbours,
    dimension: float,
    y: NDArray[np.generic] | None,
    test_y: NDArray[np.generic] | None,
    confidence: float = 0.95,
) -> Contamination:
    """Judge test examples by their neighbours in training; see :func:`contamination`."""
    n, m = len(x), len(test_x)
    group = hashed(*_alike(x, test_x))
    holder = np.full(int(group.max()) + 1, -1, dtype=np.int64)
    holder[group[:n][::-1]] = np.arange(n)[::-1]  # the first of equal rows
    partner = holder[group[n:]]
    exact = partner >= 0
    distance = np.where(exact[:, None], LARGEST, found.distance)
    close = distance < ratio_cut(dimension, distance.shape[1], m) * found.distance[:, -1:]
    near = close.any(axis=1)
    partner[near] = found.rows[near, 0]
    train = np.isin(group[:n], group[n:])
    train[found.rows[close]] = True
    hit = partner >= 0
    agreement = None
    if y is not None and test_y is not None and hit.any():
        same = y[partner[hit]] == test_y[hit]
        agreement = wilson(int(same.sum()), int(hit.sum()), confidence)
    return Contamination(
        wilson(int(exact.sum()), m, confidence),
        wilson(int(hit.sum()), m, confidence),
        agreement,
        partner,
        train,
    )
