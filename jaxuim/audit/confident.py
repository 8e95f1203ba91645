"""Confident learning: the joint distribution of given and true labels, without cleaning any."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jaxuim.audit.checks import Array, Codes, label_codes, probability_rows

SLACK = 1e-6  # by which a probability may miss its class's threshold


class ConfidentJoint(NamedTuple):
    """Given label in rows, true label in columns.

    ``counts`` i64[K, K]: examples confidently of a class, at least 1 on the diagonal. ``joint``
    f64[K, K] sums to 1, its rows to the shares of the given labels. ``thresholds`` f64[K] is the
    mean self-confidence of each class. ``guess`` i32[n] is the confident class or -1.
    """

    counts: NDArray[np.int64]
    joint: Array
    thresholds: Array
    guess: Codes

    @property
    def noise_rate(self) -> float:
        """Share of examples whose given label is not the true one."""
        return float(_off_diagonal(self.joint).sum())

    @property
    def transition(self) -> Array:
        """P(given = column | true = row), f64[K, K], rows sum to 1; unit rows for absent classes.

        Other libraries (cleanlab's ``noise_matrix``) have the transpose, columns summing to 1.
        """
        return _rows(self.joint.T)

    @property
    def inverse_transition(self) -> Array:
        """P(true = column | given = row), f64[K, K], rows sum to 1."""
        return _rows(self.joint)

    @property
    def prior(self) -> Array:
        """Shares of the true classes, f64[K]."""
        return np.asarray(self.joint.sum(axis=0))

    @property
    def class_noise_rates(self) -> Array:
        """P(given != true | true), f64[K]."""
        return _off_diagonal(self.transition).sum(axis=1)


def _off_diagonal(table: Array) -> Array:
    """Return a table with a diagonal of 0; its sums are 0 where 1 less the rest would be 1e-16."""
    return np.where(np.eye(len(table), dtype=bool), 0.0, table)


def _rows(joint: Array) -> Array:
    total = joint.sum(axis=1, keepdims=True)
    return np.where(total > 0, joint / np.where(total > 0, total, 1.0), np.eye(len(joint)))


def confident_joint(labels: ArrayLike, probabilities: ArrayLike) -> ConfidentJoint:
    """Return the confident joint of given and true labels.

    Example i counts as of class j if p_ij >= t_j = mean of p_.j over examples labelled j; of
    several such classes the most probable counts. Rows are then scaled to the numbers of given
    labels. Assumes noise that depends on the class alone and probabilities from a model that has
    not seen the example. Examples whose features do not decide the class count as noise.

    Args:
        labels: given labels 0 .. K-1, [n]; every class occurs.
        probabilities: out-of-sample P(given label | features), [n, K], rows sum to 1.

    Returns:
        Counts, joint and thresholds.

    Raises:
        ValueError: labels or probabilities cannot be used.

    Source: Northcutt, Jiang and Chuang 2021.

    >>> p = np.array([[0.9, 0.1], [0.8, 0.2], [0.9, 0.1], [0.2, 0.8], [0.1, 0.9]])
    >>> confident_joint([0, 0, 1, 1, 1], p).counts.tolist()
    [[1, 0], [1, 2]]
    """
    y, classes = label_codes("labels", labels)
    return joint_of(y, probability_rows("probabilities", probabilities, len(y), classes))


def joint_of(y: Codes, p: Array) -> ConfidentJoint:
    """Return the confident joint of arrays that are checked already."""
    n, classes = p.shape
    own = p[np.arange(n), y]
    sizes = np.bincount(y, minlength=classes)
    sums = np.bincount(y, weights=own, minlength=classes)
    thresholds = np.where(sizes > 0, sums / np.maximum(sizes, 1), 1.0)
    above = p >= thresholds - SLACK
    best = np.where(above, p, -1.0).argmax(axis=1)
    guess = np.where(above.any(axis=1), best, -1).astype(np.int32)
    sure = guess >= 0
    counts = np.bincount(y[sure] * classes + guess[sure], minlength=classes**2)
    counts = counts.reshape(classes, classes)
    np.fill_diagonal(counts, np.maximum(np.diag(counts), 1))
    joint = counts / counts.sum(axis=1, keepdims=True) * (sizes / n)[:, None]
    return ConfidentJoint(counts.astype(np.int64), joint, thresholds, guess)
