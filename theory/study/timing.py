"""Seconds a repetition of a vectorised simulation takes beside a plain loop for its outputs."""

import time
from collections.abc import Callable
from typing import Any

import jax
import numpy as np

from theory.study.claim import Speed

LOOP_SECONDS = 0.4  # the loop runs at least so long, and at least three repetitions
ROUNDS = 3


def study_speed(
    name: str,
    program: Callable[[int], Any],
    loop: Callable[[np.random.Generator], Any],
    repetitions: int,
) -> Speed:
    """Time both in turns, after one call of each that is not counted (compilation, caches).

    Args:
        name: what is simulated.
        program: runs so many repetitions at once.
        loop: one repetition with the same outputs (the same grid) as a researcher would write it
            in NumPy and SciPy, without the vectorised version's shortcuts, given a generator.
        repetitions: of the vectorised program, enough to fill its batches.
    """
    rng = np.random.default_rng(0)
    jax.block_until_ready(program(repetitions))
    loop(rng)
    together, alone = [], []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        jax.block_until_ready(program(repetitions))
        together.append((time.perf_counter() - begun) / repetitions)
        alone.append(_one(loop, rng))
    return Speed(name, float(np.median(together)), float(np.median(alone)))


def _one(loop: Callable[[np.random.Generator], Any], rng: np.random.Generator) -> float:
    """Return the seconds of one repetition, averaged over enough of them."""
    begun, count = time.perf_counter(), 0
    while count < 3 or time.perf_counter() - begun < LOOP_SECONDS / ROUNDS:
        loop(rng)
        count += 1
    return (time.perf_counter() - begun) / count
