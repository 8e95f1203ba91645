"""How many generated samples are copies of training examples."""

from typing import NamedTuple

import numpy as np
from jax.typing import ArrayLike
from numpy.typing import NDArray

from jaxuim.measure.host import reals
from jaxuim.measure.intervals import clopper_pearson
from jaxuim.measure.neighbours import nearest_distances


class Copies(NamedTuple):
    """The share of samples that are copies, its exact interval, and which they are, bool[g]."""

    rate: float
    low: float
    high: float
    copied: NDArray[np.bool_]


def copy_rate(
    samples: ArrayLike, training: ArrayLike, *, factor: float = 1.0 / 3.0, confidence: float = 0.95
) -> Copies:
    """Return the share of samples that are far closer to one training example than to any other.

    A sample is a copy if its Euclidean distance to the nearest training example is at most
    ``factor`` of that to the second nearest. Equal training examples count as one.

    Args:
        samples: f32[g, d], generated.
        training: f32[n, d], at least two of which differ.
        factor: in (0, 1).
        confidence: of the interval of Clopper and Pearson, for independent samples.

    Returns:
        :class:`Copies`.

    Raises:
        ValueError: wrong shapes, a value that is not finite, a factor outside (0, 1), or fewer than
            two different training examples.

    Source: Yoon et al. 2023, with their factor 1/3.

    >>> copy_rate([[0.1], [0.5]], [[0.0], [1.0]]).copied
    array([ True, False])
    """
    made = reals("samples", samples, "g d")
    known = np.unique(reals("training", training, "n d", d=made.shape[1]), axis=0)
    if not 0.0 < factor < 1.0:
        raise ValueError(f"factor = {factor}; allowed is (0, 1)")
    if len(known) < 2:
        raise ValueError("training holds one different example; at least two are needed")
    distance = nearest_distances(made, known, 2)
    copied = distance[:, 0] <= factor * distance[:, 1]
    low, high = clopper_pearson(copied.sum(), len(copied), confidence)
    return Copies(float(copied.mean()), float(low), float(high), copied)
