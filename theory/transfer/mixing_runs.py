"""Mixed mean classifiers drawn from a handful of scalars a run, and their exact error."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import ndtr

from theory.transfer.mixing import Mixtures

Array = NDArray[np.float64]


def mixed_errors(
    rng: np.random.Generator, runs: int, share: float, rates: ArrayLike, tasks: Mixtures
) -> tuple[Array, Array]:
    """Return the errors of (1 - share) w_2 + share w_1, (runs, rates), and of w_2 alone, (runs, 1).

    A classifier is its mean plus isotropic Gaussian noise; only its components in the plane of both
    means and its norm outside matter, and the error of a linear rule is known. The rates of a run
    share all random numbers, and labels flipped at one rate stay so at higher ones.

    Args:
        rng: generator.
        runs: how many.
        share: weight of the pre-trained classifier.
        rates: flip rates in ascending order, shape (rates,).
        tasks: the two mixtures, plain numbers.
    """
    n1, n2, d = (int(np.asarray(v)) for v in (tasks.samples1, tasks.samples2, tasks.dimension))
    size, rho = float(np.sqrt(tasks.squared)), float(np.asarray(tasks.cosine))
    shares = np.diff(np.concatenate([[0.0], np.asarray(rates, dtype=np.float64), [1.0]]))
    flipped = np.cumsum(rng.multinomial(n1, shares, size=runs), axis=1)[:, :-1]
    signal = 1.0 - 2.0 * flipped / n1
    # Noise of both classifiers along the downstream mean, across it in the plane, and outside.
    first, second = rng.standard_normal((2, 3, runs, 1))
    outside1, outside2 = rng.chisquare(d - 3, (2, runs, 1))
    first, second = first / np.sqrt(n1), second / np.sqrt(n2)
    pretrained = np.stack(
        [size * signal * rho + first[0], size * signal * np.sqrt(1.0 - rho**2) + first[1]]
    )
    own = np.stack([size + second[0], second[1]])
    plane = (1.0 - share) * own + share * pretrained
    # The first axis outside is that of w_2: its own norm, and the part of w_1 along it.
    lengthwise = (1.0 - share) * np.sqrt(outside2 / n2 + second[2] ** 2) + share * first[2]
    beside = share**2 * outside1 / n1
    norm = np.sqrt(np.sum(plane**2, axis=0) + lengthwise**2 + beside)
    alone = np.sqrt(np.sum(own**2, axis=0) + outside2 / n2 + second[2] ** 2)
    return ndtr(-size * plane[0] / norm), ndtr(-size * own[0] / alone)
