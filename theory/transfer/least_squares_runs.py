"""Least squares on flipped labels without data: its weights drawn from a dozen scalars a run."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theory.transfer.isotropic import Tasks

Array = NDArray[np.float64]


class Weights(NamedTuple):
    """Pre-trained weights of many runs at every flip rate, arrays of shape (runs, rates).

    ``along`` is the component along the pre-training task, ``norm`` the norm, ``toward`` the
    component along the downstream task.
    """

    along: Array
    norm: Array
    toward: Array


def pretrain(rng: np.random.Generator, runs: int, rates: ArrayLike, tasks: Tasks) -> Weights:
    """Return exact draws of least-squares weights; the rates of a run share its random numbers.

    Flips act on the one coordinate of the inputs that the task reads, and given that coordinate and
    the labels, all others enter through a Wishart matrix of which three scalars matter. The cost of
    a run does not depend on d or n. Labels that are flipped at one rate stay so at higher ones.

    Args:
        rng: generator.
        runs: how many.
        rates: flip rates in ascending order, shape (rates,).
        tasks: the two tasks, plain numbers.
    """
    d, n = int(np.asarray(tasks.dimension)), int(np.asarray(tasks.samples))
    values = (tasks.size1, np.sqrt(np.asarray(tasks.noise)), tasks.cosine)
    b1, sigma, rho = (float(np.asarray(value)) for value in values)
    kept, flipped = _energies(rng, runs, np.asarray(rates, dtype=np.float64), n)
    total = kept + flipped
    # The labels in the basis of the coordinate that is read and of its flipped copy.
    first, second = rng.standard_normal((2, runs, 1))
    label1 = b1 * (kept - flipped) / np.sqrt(total) + sigma * first
    label2 = np.sqrt(
        (2.0 * b1 * np.sqrt(kept * flipped / total) + sigma * second) ** 2
        + sigma**2 * rng.chisquare(n - 2, (runs, 1))
    )
    leverage, pivot = rng.chisquare(d - 1, (runs, 1)), rng.chisquare(n - d, (runs, 1))
    tail = rng.chisquare(d - 2, (runs, 1)) / rng.chisquare(n - d + 1, (runs, 1))
    across = label2 * np.sqrt(leverage * (1.0 + tail)) / (pivot + leverage)
    along = (label1 - across * rng.standard_normal((runs, 1))) / np.sqrt(total)
    aim = rng.standard_normal((runs, 1))
    aim = aim / np.sqrt(aim**2 + rng.chisquare(d - 2, (runs, 1)))
    toward = rho * along + np.sqrt(1.0 - rho**2) * across * aim
    return Weights(along, np.hypot(along, across), toward)


def squared_residual(weights: Weights, tasks: Tasks) -> Array:
    """Return |beta_2 - w_1|^2 of every run and rate, shape (runs, rates)."""
    b2 = float(np.asarray(tasks.size2))
    return b2**2 - 2.0 * b2 * weights.toward + weights.norm**2


def _energies(rng: np.random.Generator, runs: int, rates: Array, n: int) -> tuple[Array, Array]:
    """Return the sums of squares of n standard normals, unflipped and flipped, (runs, rates)."""
    shares = np.diff(np.concatenate([[0.0], rates, [1.0]]))
    counts = rng.multinomial(n, shares, size=runs)
    energies = np.cumsum(2.0 * rng.standard_gamma(counts / 2.0), axis=1)
    flipped = energies[:, :-1]
    return energies[:, -1:] - flipped, flipped
