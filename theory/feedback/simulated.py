"""Simulated feedback: populations of agents, retrained estimates, and measured shares."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def sharpened(share: Array, real: ArrayLike, reentry: ArrayLike, sharpening: float) -> Array:
    """Return the probability of option 1 in the next training data, from odds."""
    odds = np.power(share / np.maximum(1.0 - share, 1e-300), sharpening)
    s = np.asarray(reentry, dtype=np.float64)
    found: Array = (1.0 - s) * np.asarray(real) + s * odds / (1.0 + odds)
    return found


def populations(
    rng: np.random.Generator,
    shape: tuple[int, ...],
    agents: int,
    reentry: ArrayLike,
    sharpening: float,
    generations: int,
    settled: int = 0,
    real: ArrayLike = 0.5,
    begin: float = 0.5,
) -> Array:
    """Return shares of option 1 after each generation kept, shape (generations, *shape).

    Every agent of the next generation draws its option anew: a binomial number. ``reentry`` and
    ``real`` broadcast with ``shape``; the first ``settled`` generations are left out.
    """
    share = np.full(shape, begin)
    found = np.empty((generations, *shape))
    for generation in range(-settled, generations):
        probability = np.clip(sharpened(share, real, reentry, sharpening), 0.0, 1.0)
        share = rng.binomial(agents, probability) / agents
        if generation >= 0:
            found[generation] = share
    return found


def ramps(
    rng: np.random.Generator, shape: tuple[int, ...], agents: int, reentries: Array, b: float
) -> Array:
    """Return shares along a slow change of s, shape (*shape, generations)."""
    share = populations(rng, shape, agents, reentries[0], b, 1, settled=40)[0]
    found = np.empty((*shape, len(reentries)))
    for place, reentry in enumerate(reentries):
        share = rng.binomial(agents, sharpened(share, 0.5, reentry, b)) / agents
        found[..., place] = share
    return found


def estimates(
    rng: np.random.Generator,
    chains: int,
    rounds: int,
    n: int,
    sway: float,
    begin: ArrayLike,
    centre: float = 1.0,
) -> Array:
    """Return estimates of a mean that the estimates themselves shift, shape (rounds + 1, chains).

    The mean of n samples of unit variance is drawn as one normal number.
    """
    theta = np.broadcast_to(np.asarray(begin, dtype=np.float64), (chains,))
    found = np.empty((rounds + 1, chains))
    found[0] = theta
    for step in range(rounds):
        theta = centre + sway * theta + rng.standard_normal(chains) / np.sqrt(n)
        found[step + 1] = theta
    return found


def deviations(
    rng: np.random.Generator,
    shape: tuple[int, ...],
    rounds: int,
    n: int,
    share: ArrayLike,
    amplification: float,
    drift: float,
    begin: float,
) -> Array:
    """Return a mean fitted to mixed data after each round, shape (rounds, *shape).

    Of n samples of unit variance each is the model's own with probability ``share`` and then has
    the mean (1 + k) d + drift, else 0.
    """
    d, share = np.full(shape, begin), np.asarray(share, dtype=np.float64)
    found = np.empty((rounds, *shape))
    for step in range(rounds):
        own = rng.binomial(n, share, shape) / n
        shifted = own * ((1.0 + amplification) * d + drift)
        d = shifted + rng.standard_normal(shape) / np.sqrt(n)
        found[step] = d
    return found


def measured(rng: np.random.Generator, share: ArrayLike, shape: tuple[int, ...], n: int) -> Array:
    """Return shares of option 1 in n outputs of a model, shape ``shape`` (levels last)."""
    return rng.binomial(n, np.broadcast_to(np.asarray(share, dtype=np.float64), shape)) / n
