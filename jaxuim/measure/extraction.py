"""How often a language model continues its training text word for word."""

from typing import NamedTuple

import numpy as np
from jax.typing import ArrayLike

from jaxuim.measure.checks import shape
from jaxuim.measure.intervals import clopper_pearson


class Share(NamedTuple):
    """A share with its exact interval."""

    value: float
    low: float
    high: float


def extraction_rate(continuations: ArrayLike, truths: ArrayLike, confidence: float = 0.95) -> Share:
    """Return the share of sequences of which all k tokens equal those of the training text.

    Args:
        continuations: i32[n, k], the greedy continuation of each prefix.
        truths: i32[n, k], what followed the prefix in training.
        confidence: of the interval of Clopper and Pearson, for independent sequences.

    Returns:
        A :class:`Share` in [0, 1].

    Raises:
        ValueError: wrong or different shapes, no sequence, or token numbers that are not whole.

    Source: Carlini et al. 2023 (k = 50 there).

    >>> extraction_rate([[1, 2], [3, 4]], [[1, 2], [3, 5]]).value
    0.5
    """
    n, k = shape("continuations", continuations, "n k")
    shape("truths", truths, "n k", n=n, k=k)
    ours, theirs = np.asarray(continuations), np.asarray(truths)
    for name, tokens in (("continuations", ours), ("truths", theirs)):
        if tokens.dtype.kind not in "iu":
            raise ValueError(f"{name} has dtype {tokens.dtype}; allowed are whole numbers")
    hits = int((ours == theirs).all(axis=1).sum())
    low, high = clopper_pearson(hits, n, confidence)
    return Share(hits / n, float(low), float(high))
