"""What the comparisons share: power laws as plain arrays, allowances, seeds drawn from a pool."""

import jax
import numpy as np
from numpy.typing import NDArray

from theory.ridge.equivalent import Equivalent, equivalent

Array = NDArray[np.float64]
REASON = "leaves out terms of order 1/df1 + 1/(n - df2), here capped at 3 %"
SOLVE = jax.jit(jax.vmap(equivalent, in_axes=(None, None, 0, 0, 0)))


def power(d: int, a: float, b: float) -> tuple[Array, Array]:
    """Return eigenvalues i^-a and coefficients with l_i beta_i^2 = i^-b, both of shape (d,)."""
    i = np.arange(1.0, d + 1)
    return i**-a, i ** ((a - b) / 2)


def finite_size(found: Equivalent, n: Array) -> Array:
    """Return the relative size of what the equivalent leaves out at finite dimension."""
    terms = 1.0 / np.asarray(found.df1) + 1.0 / (n - np.asarray(found.df2))
    return np.minimum(0.03, terms)


def shuffled(pool: Array, studies: int, seeds: int, rng: np.random.Generator) -> Array:
    """Return data sets, shape (studies, seeds, levels), that use every number at most once.

    Each level of ``pool``, shape (repetitions, levels), is put in a random order of its own: points
    of a data set are from different draws but for chance, and data sets share no number.

    Raises:
        ValueError: the pool is too small.
    """
    repetitions, levels = pool.shape
    if repetitions < studies * seeds:
        raise ValueError(f"{repetitions} repetitions are too few for {studies} x {seeds} curves")
    return rng.permuted(pool, axis=0)[: studies * seeds].reshape(studies, seeds, levels)


def seeds_of(pool: Array, studies: int, seeds: int, rng: np.random.Generator) -> Array:
    """Return data sets, shape (studies, seeds, levels), whose every number is another repetition.

    A repetition in ``pool``, shape (repetitions, levels), holds all levels of one draw; taking each
    level from other repetitions makes the points independent, as fits assume. No repetition occurs
    twice within a data set, so that each is an exact sample; between data sets they recur, so that
    how many of them cover a truth is not a binomial count.

    Raises:
        ValueError: the pool is too small.
    """
    repetitions, levels = pool.shape
    if repetitions < seeds * levels:
        raise ValueError(
            f"{repetitions} repetitions are too few for {seeds} seeds, {levels} levels"
        )
    chosen = np.stack([rng.permutation(repetitions)[: seeds * levels] for _ in range(studies)])
    return pool[chosen.reshape(studies, seeds, levels), np.arange(levels)]
