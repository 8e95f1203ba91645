"""Exact and near duplicates: who copies whom, and how many distinct examples that leaves."""

from hashlib import blake2b
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jaxuim.audit.checks import Array, Codes, Table, means, single, table
from jaxuim.audit.geometry import Neighbours, Scaling, neighbours, space

NEIGHBOURS = 30  # whose distances set the local scale
FALSE_ALARMS = 0.05  # expected in a whole data set without near duplicates


class Duplicates(NamedTuple):
    """Who copies whom.

    ``exact`` and ``near`` i32[n] number the groups of equal and of equal or nearly equal
    examples; ``sizes`` i64[n] counts the members of the example's near group. ``exact_share`` and
    ``near_share`` in [0, 1) say which share could be removed while one of each group stays (near
    includes exact). ``distinct`` counts the near groups. ``effective`` is n^2 / sum_g m_g^2,
    the number of equally frequent examples that repeat as often. ``dimension`` is the
    intrinsic dimension and ``ratio`` the cut that follows from it: a pair is nearly equal if it
    is closer than ``ratio`` times the distance to the k-th neighbour.
    """

    exact: Codes
    near: Codes
    sizes: NDArray[np.int64]
    exact_share: float
    near_share: float
    distinct: int
    effective: float
    dimension: float
    ratio: float


def exact_groups(x: ArrayLike) -> Codes:
    """Return i32[n], the same number for rows that are equal in the type in which they are given.

    Groups are numbered by first appearance; rows are compared by their 128-bit hashes.

    >>> exact_groups(np.repeat(np.arange(10.0), 2)[:, None])[:4].tolist()
    [0, 0, 1, 1]
    """
    return hashed(table("x", x, fewest=1))


def hashed(*parts: Table) -> Codes:
    """Number the rows of several arrays of one type by their content, equal rows alike."""
    seen: dict[bytes, int] = {}
    rows = (row for part in parts for row in np.ascontiguousarray(part))
    found = [
        seen.setdefault(blake2b(row.tobytes(), digest_size=16).digest(), len(seen)) for row in rows
    ]
    return np.array(found, dtype=np.int32)


def distinct_rows(raw: Table) -> tuple[Codes, NDArray[np.int64]]:
    """Return the exact groups of checked rows and the first row of each.

    Raises:
        ValueError: all rows are equal.
    """
    exact = hashed(raw)
    first = np.unique(exact, return_index=True)[1]
    if len(first) < 2:
        raise ValueError("x holds 1 distinct row; at least 2 are needed")
    return exact, first


def duplicates(x: ArrayLike, *, scaling: Scaling = "common", seed: int = 0) -> Duplicates:
    """Return exact and near duplicates among the rows of a data set.

    Near duplicates are told by a ratio test. If examples were spread evenly around example i in m
    dimensions, (d_1 / d_k)^m would be the smallest of k - 1 uniforms: a pair is nearly
    equal where that is improbable at 0.05 / n, so a data set without near duplicates gives
    one false pair in twenty audits. m is estimated from the outer half of the neighbours; groups
    are connected components. Near copies of one example beyond k / 2 = 15 hide each other.

    Args:
        x: real numbers [n, ...], n >= 20.
        scaling: of the features before distances are taken, see ``jaxuim.audit.geometry``.
        seed: of the principal components where there are more than 1000 features.

    Raises:
        ValueError: x is not finite, has too few rows, or all its rows are equal.

    Source: intrinsic dimension as Levina and Bickel 2004; the ratio test is derived here.

    >>> rows = np.random.default_rng(0).normal(size=(60, 3))
    >>> found = duplicates(np.concatenate([rows, rows[:20]]))
    >>> found.distinct, found.exact_share
    (60, 0.25)
    """
    raw = table("x", x)
    exact, first = distinct_rows(raw)
    rows = single(raw, means(raw))
    z = space(rows, scaling, seed)(rows[first])
    return near_duplicates(exact, neighbours(z, min(NEIGHBOURS, len(first) - 1)))


def near_duplicates(exact: Codes, near: Neighbours) -> Duplicates:
    """Join the exact groups by the neighbours of their first members; see :func:`duplicates`."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    count = int(exact.max()) + 1
    dimension = intrinsic_dimension(near.distance)
    ratio = ratio_cut(dimension, near.distance.shape[1], count)
    close = near.distance < ratio * near.distance[:, -1:]
    start, place = np.nonzero(close)
    edges = coo_array((np.ones(len(start)), (start, near.rows[start, place])), (count, count))
    joined = connected_components(edges, directed=False)[1].astype(np.int32)
    group = joined[exact]
    members = np.bincount(group)
    n, distinct = len(exact), len(members)
    return Duplicates(
        exact,
        group,
        members[group],
        1 - count / n,
        1 - distinct / n,
        distinct,
        float(n**2 / np.sum(members.astype(np.float64) ** 2)),
        dimension,
        ratio,
    )


def intrinsic_dimension(distance: NDArray[np.floating]) -> float:
    """Return m from the distances to the k/2-th and the k-th neighbour, at least 1.

    m = (H_{k-1} - H_{j-1}) / mean log(d_k / d_j), j = k/2, H harmonic numbers. Near copies,
    which stand in the inner half, do not touch it. NaN-free: 1 where distances do not grow.

    Args:
        distance: [n, k], nearest first, units of the space.

    Source: Levina and Bickel 2004, with the inner half left out.

    >>> z = np.random.default_rng(0).normal(size=(2000, 3)).astype(np.float32)
    >>> 2.4 < intrinsic_dimension(neighbours(z, 30).distance) < 3.6
    True
    """
    k = distance.shape[1]
    j = max(k // 2, 1)
    inner, outer = distance[:, j - 1].astype(np.float64), distance[:, -1].astype(np.float64)
    used = inner > 0
    spread = float(np.mean(np.log(outer[used] / inner[used]))) if used.any() else 0.0
    expected = float(np.sum(1.0 / np.arange(j, k))) if k > j else 0.0
    return max(1.0, expected / spread) if spread > 0 else 1.0


def ratio_cut(dimension: float, k: int, n: int) -> float:
    """Return d_1 / d_k below which a pair is nearly equal: (1 - (1 - 0.05/n)^(1/(k-1)))^(1/m).

    >>> round(ratio_cut(10.0, 30, 1000), 3)
    0.265
    """
    if k < 2:
        return 0.0
    tail = -np.expm1(np.log1p(-FALSE_ALARMS / n) / (k - 1))
    return float(tail ** (1.0 / dimension))


def duplicate_weights(group: Codes) -> Array:
    """Return f64[n], the inverse size of each example's group, of mean 1.

    >>> duplicate_weights(np.array([0, 0, 1], np.int32)).tolist()
    [0.75, 0.75, 1.5]
    """
    members = np.bincount(group)
    return len(group) / len(members) / members[group]
