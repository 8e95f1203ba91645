"""Groups: how small the smallest is, and how much they say about the label."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import stats

from jaxuim.audit.checks import Array, coded
from jaxuim.audit.intervals import Share, wilson

PERMUTATIONS = 999


class GroupBalance(NamedTuple):
    """Groups of a data set.

    ``smallest`` is the share of the smallest group with interval, ``name`` which it is.
    ``cramers_v`` in [0, 1] and ``information`` (nats, at least 0) between group and label are
    corrected for bias; ``p_value`` of independence by permutation. ``counts`` i64[G, K].
    """

    names: NDArray[np.generic]
    counts: NDArray[np.int64]
    smallest: Share
    name: str
    cramers_v: float
    information: float
    p_value: float


def group_balance(
    groups: ArrayLike, y: ArrayLike, *, confidence: float = 0.95, seed: int = 0
) -> GroupBalance:
    """Return sizes of groups and dependence of the label on the group.

    Independence is tested by 999 tables with the given margins (what permuting the labels gives),
    p = (1 + number of tables of at least the observed chi-square) / 1000.

    Args:
        groups: integers or text, [n], at least 2 distinct.
        y: labels, integers or text, [n], at least 2 distinct.
        confidence: of the interval.
        seed: of the permutations.

    Raises:
        ValueError: the lengths differ, or there is one group or one class.

    Source: Cramer's V corrected as Bergsma 2013; information as Miller 1955.

    >>> found = group_balance([0, 0, 0, 1, 1, 1] * 20, [0, 0, 0, 1, 1, 1] * 20)
    >>> round(found.cramers_v, 2), found.p_value
    (1.0, 0.001)
    """
    members = np.asarray(groups)
    n = len(members) if members.ndim else 0
    g, labels = coded("groups", members, n), coded("y", y, n)
    size = len(g.names), len(labels.names)
    counts = np.bincount(g.codes * size[1] + labels.codes, minlength=size[0] * size[1])
    counts = counts.reshape(size)
    rows, columns = counts.sum(axis=1), counts.sum(axis=0)
    small = int(np.argmin(rows))
    chi = chi_square(counts)
    tables = stats.random_table(rows, columns).rvs(
        PERMUTATIONS, random_state=np.random.default_rng(seed)
    )
    above = int(np.sum(chi_square(tables) >= chi * (1 - 1e-9)))
    return GroupBalance(
        g.names,
        counts,
        wilson(int(rows[small]), n, confidence),
        str(g.names[small]),
        cramers_v(counts),
        mutual_information(counts),
        (1 + above) / (1 + PERMUTATIONS),
    )


def chi_square(counts: ArrayLike) -> Array:
    """Return Pearson's chi-square of tables [..., G, K] without empty rows and columns.

    >>> float(chi_square([[10, 0], [0, 10]]))
    20.0
    """
    table = np.asarray(counts, dtype=np.float64)
    rows, columns = table.sum(axis=-1, keepdims=True), table.sum(axis=-2, keepdims=True)
    expected = rows * columns / table.sum(axis=(-2, -1), keepdims=True)
    return np.asarray(((table - expected) ** 2 / expected).sum(axis=(-2, -1)))


def cramers_v(counts: ArrayLike) -> float:
    """Return Cramer's V of a table [G, K] with Bergsma's correction, in [0, 1].

    phi^2 = chi^2/n - (G-1)(K-1)/(n-1), floored at 0; V = sqrt(phi^2 / min(G~ - 1, K~ - 1)) with
    G~ = G - (G-1)^2/(n-1).

    Args:
        counts: at least 0, [G, K]; empty rows and columns are left out, G, K >= 2 without them.

    Returns:
        V; NaN where the total is no larger than G or K, because every table then looks alike.

    Raises:
        ValueError: counts cannot be used.

    Source: Bergsma 2013.

    >>> round(cramers_v([[50, 50], [50, 50]]), 3)
    0.0
    """
    table = _table(counts)
    n, (g, k) = table.sum(), table.shape
    if n <= max(g, k):
        return float("nan")
    phi = max(0.0, float(chi_square(table)) / n - (g - 1) * (k - 1) / (n - 1))
    room = min(g - 1 - (g - 1) ** 2 / (n - 1), k - 1 - (k - 1) ** 2 / (n - 1))
    return float(min(1.0, np.sqrt(phi / room)))


def mutual_information(counts: ArrayLike) -> float:
    """Return the information between rows and columns of a table [G, K] in nats, at least 0.

    Plug-in value less Miller's bias (G-1)(K-1)/(2n).

    Args:
        counts: at least 0, [G, K]; empty rows and columns are left out, G, K >= 2 without them.

    Raises:
        ValueError: counts cannot be used.

    Source: Miller 1955.

    >>> round(mutual_information([[5000, 0], [0, 5000]]), 3)
    0.693
    """
    return information(_table(counts))


def information(table: Array) -> float:
    """Return the mutual information of a checked table, which may have empty rows and columns."""
    n = table.sum()
    rows, columns = table.sum(axis=1, keepdims=True), table.sum(axis=0, keepdims=True)
    used = table > 0
    terms = table[used] * np.log((table * n)[used] / (rows * columns)[used])
    freedom = (np.count_nonzero(rows) - 1) * (np.count_nonzero(columns) - 1)
    return float(max(0.0, terms.sum() / n - freedom / (2 * n)))


def _table(counts: ArrayLike) -> Array:
    """Return a table of counts without its empty rows and columns."""
    table = np.asarray(counts, dtype=np.float64)
    if table.ndim != 2:
        raise ValueError(f"counts have shape {table.shape}; a table [G, K] is needed")
    bad = ~(np.isfinite(table) & (table >= 0))
    if bad.any():
        raise ValueError(f"counts hold {table[bad][0]:g}; finite numbers of at least 0 are needed")
    used = table[table.any(axis=1)][:, table.any(axis=0)]
    if min(used.shape) < 2:
        raise ValueError(
            f"counts have {used.shape[0]} rows and {used.shape[1]} columns that are not empty; at "
            "least 2 of each are needed"
        )
    return np.asarray(used)
