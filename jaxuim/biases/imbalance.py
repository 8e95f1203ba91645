"""Class imbalance: classes lose examples at their own rates and the rest fill the slots."""

import math

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import ArrayLike

from jaxuim.biases.refill import refill, with_last
from jaxuim.biases.slots import Facts, Slots, in_use

RATIO = 100.0  # n_max / n_min of a long tail at level 1


def long_tail(slots: Slots, level: jax.Array, facts: Facts) -> Slots:
    """Keep a share ``100^(-level c/(K-1))`` of class c and refill the removed slots with kept ones.

    A slot of class c that holds example e is kept iff ``uniforms[0, e]`` is below that share, so
    kept sets are nested in the level. A removed slot i takes over the kept slot of rank
    ``floor(uniforms[1, i] kept)``: the number of slots stays, that of distinct examples falls.
    The slot that would be the last to go as the level rises always stays. Level 0 changes nothing.

    Args:
        slots: the run's slots, N of them.
        level: f32[] in [0, 1]; ``n_min / n_max = 100^-level``.
        facts: samples in use (others neither go nor serve as refill), uniforms, classes.

    Raises:
        ValueError: if there are fewer than 2 classes.

    Source: exponential profile of Cui et al. 2019 with the imbalance ratio as the dial.

    >>> from jaxuim.biases.slots import Examples, clean
    >>> slots = clean(jnp.arange(2), jnp.array([0, 1]), jnp.zeros(2))
    >>> facts = Facts(2, jnp.full((3, 2), 0.5), 2, Examples(slots.label))
    >>> long_tail(slots, 1.0, facts).index
    Array([0, 0], dtype=int32)
    """
    return _thinned(slots, level, facts, tail_rates(facts.classes))


def zipf_long_tail(slots: Slots, level: jax.Array, facts: Facts, *, exponent: float = 1.0) -> Slots:
    """Keep a share ``(c + 1)^(-exponent level)`` of class c; the rest is as in :func:`long_tail`.

    At level 1 class c, counted from 0, is ``(c + 1)^exponent`` times rarer than class 0: Zipf's law
    by rank. Level 0 changes nothing.

    Raises:
        ValueError: if there are fewer than 2 classes.

    Source: Zipf 1949; as a profile of classes derived here.
    """
    return _thinned(slots, level, facts, zipf_rates(facts.classes, exponent))


def step_imbalance(
    slots: Slots, level: jax.Array, facts: Facts, *, minority: float = 0.5, ratio: float = 100.0
) -> Slots:
    """Keep a share ``ratio^-level`` of the minority classes; the rest as in :func:`long_tail`.

    The minority are the last ``minority`` share of the classes (rounded, at least one, leaving at
    least one). Level 0 changes nothing.

    Raises:
        ValueError: if there are fewer than 2 classes.

    Source: Buda, Maki and Mazurowski 2018, with the imbalance ratio as the dial.
    """
    return _thinned(slots, level, facts, step_rates(facts.classes, minority, ratio))


def tail_rates(classes: int) -> np.ndarray:
    """Return the rates f64[K] of a long tail: class c keeps a share ``exp(-level rate_c)``.

    >>> np.exp(-tail_rates(3)).round(2).tolist()
    [1.0, 0.1, 0.01]
    """
    _need_two(classes)
    return math.log(RATIO) / (classes - 1) * np.arange(classes)


def zipf_rates(classes: int, exponent: float = 1.0) -> np.ndarray:
    """Return the rates f64[K] of a Zipf long tail.

    >>> np.exp(-zipf_rates(4)).round(3).tolist()
    [1.0, 0.5, 0.333, 0.25]
    """
    _need_two(classes)
    return exponent * np.log1p(np.arange(classes))


def step_rates(classes: int, minority: float = 0.5, ratio: float = 100.0) -> np.ndarray:
    """Return the rates f64[K] of a step imbalance.

    >>> np.exp(-step_rates(4)).round(2).tolist()
    [1.0, 1.0, 0.01, 0.01]
    """
    _need_two(classes)
    count = min(max(1, round(minority * classes)), classes - 1)
    return math.log(ratio) * (np.arange(classes) >= classes - count)


def _need_two(classes: int) -> None:
    if classes < 2:
        raise ValueError(f"class imbalance needs at least 2 classes, got {classes}")


def _thinned(slots: Slots, level: jax.Array, facts: Facts, rates: np.ndarray) -> Slots:
    """Keep a share ``exp(-level rate)`` of each class and refill."""
    rate = jnp.asarray(rates, jnp.float32)[slots.label]
    used = in_use(slots, facts.samples)
    u = facts.uniforms[0][slots.index]
    kept = used & (u < jnp.exp(-level * rate))
    lifetime = -jnp.log(jnp.maximum(u, 1e-30)) / jnp.maximum(rate, 1e-6)
    return refill(slots, with_last(kept, lifetime, used), facts)


def population_class_share(
    prior: ArrayLike, level: float, rates: ArrayLike | None = None
) -> np.ndarray:
    """Return P(class) after the bias: proportional to ``pi_c exp(-level rate_c)``.

    ``prior`` [K] is the clean class distribution pi; ``rates`` [K] are those of the profile, of the
    long tail if None. Source: derived here.

    >>> population_class_share([0.5, 0.5], 1.0).round(4).tolist()
    [0.9901, 0.0099]
    """
    kept = _kept(prior, level, rates)
    return kept / kept.sum()


def population_distinct_share(
    prior: ArrayLike, level: float, rates: ArrayLike | None = None
) -> float:
    """Return the expected share of distinct examples, ``sum_c pi_c exp(-level rate_c)``.

    ``prior`` [K] is the clean class distribution pi; ``rates`` [K] are those of the profile, of the
    long tail if None. Source: derived here.

    >>> round(population_distinct_share([0.5, 0.5], 1.0), 4)
    0.505
    """
    return float(_kept(prior, level, rates).sum())


def _kept(prior: ArrayLike, level: float, rates: ArrayLike | None) -> np.ndarray:
    """Return pi_c times the share of class c that stays, in float64."""
    pi = np.asarray(prior, np.float64)
    rate = tail_rates(len(pi)) if rates is None else np.asarray(rates, np.float64)
    return pi * np.exp(-level * rate)
