"""Outliers: examples that lie far from all others."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from jaxuim.audit.checks import Array, Flags, means, single, table
from jaxuim.audit.copies import distinct_rows
from jaxuim.audit.geometry import Scaling, neighbours, space
from jaxuim.audit.intervals import Share, wilson

NEIGHBOUR = 10  # whose distance is looked at
CUT = 3.5
CONSISTENT = 0.6744897501960817  # MAD of a standard normal


class Outliers(NamedTuple):
    """Share of examples far from all others.

    ``share`` with interval, ``score`` f64[n] the modified z-score of the log distance, ``flags``
    bool[n] where it exceeds ``cut``; ``expected`` is the share above the cut if log distances were
    Gaussian.
    """

    share: Share
    score: Array
    flags: Flags
    cut: float
    expected: float


def outliers(
    x: ArrayLike, *, scaling: Scaling = "common", confidence: float = 0.95, seed: int = 0
) -> Outliers:
    """Return examples that lie far from all others.

    The logarithm of the distance to the tenth nearest distinct example is compared with its median
    by the modified z-score 0.6745 (log d - median) / MAD; above 3.5 an example is an outlier.
    Assumes that less than half of the data are out of distribution and that these do not form a
    cluster of more than ten.

    Args:
        x: real numbers [n, ...], n >= 20.
        scaling: of the features before distances are taken.
        confidence: of the interval.
        seed: of the principal components where there are more than 1000 features.

    Raises:
        ValueError: x cannot be used, or all its rows are equal.

    Source: cut of Iglewicz and Hoaglin 1993; distance as Sun, Ming, Zhu and Li 2022.

    >>> rows = np.random.default_rng(0).normal(size=(200, 4))
    >>> rows[:3] *= 20
    >>> outliers(rows).flags[:4].tolist()
    [True, True, True, False]
    """
    raw = table("x", x)
    group, first = distinct_rows(raw)
    rows = single(raw, means(raw))
    near = neighbours(space(rows, scaling, seed)(rows[first]), min(NEIGHBOUR, len(first) - 1))
    return far_out(near.distance[:, -1].astype(np.float64)[group], confidence)


def far_out(distance: Array, confidence: float = 0.95) -> Outliers:
    """Return which of positive distances [n] are outlying; see :func:`outliers`."""
    from scipy import special

    logs = np.log(np.maximum(distance, 1e-30))
    centre = np.median(logs)
    deviation = float(np.median(np.abs(logs - centre))) or 1e-12
    score = CONSISTENT * (logs - centre) / deviation
    flags = score > CUT
    expected = float(special.ndtr(-CUT))
    return Outliers(wilson(int(flags.sum()), len(flags), confidence), score, flags, CUT, expected)
