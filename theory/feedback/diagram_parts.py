"""Populations on the branches of the amplification map, for the diagrams."""

import jax
import numpy as np
from numpy.typing import NDArray

from theory.feedback.amplification import fold, next_share, reentry_of
from theory.feedback.simulated import populations
from theory.feedback.tipping_parts import FOLD, B
from theory.study.claim import Outcome
from theory.study.size import Size

Array = NDArray[np.float64]
AGENTS = 20_000
TILTED = 0.52  # share in real data of the imperfect pitchfork
_slope = jax.jit(jax.vmap(jax.grad(next_share), in_axes=(0, 0, 0, None)))


def diagrams(size: Size) -> Outcome:
    """Follow populations from both sides over the re-entry share, and over the real share."""
    curves: dict[str, Array] = {}
    rng = size.rng("diagrams")
    levels = np.linspace(0.3, 0.9, 13)
    for name, real in (("even", 0.5), ("tilted", TILTED)):
        shares = np.concatenate([np.linspace(0.01, 0.499, 250), np.linspace(0.501, 0.99, 250)])
        curves |= _branch(name, np.asarray(reentry_of(shares, real, B)), shares, real)
        for begin, side in ((0.99, "upper"), (0.01, "lower")):
            curves[f"{name} {side} points"] = _ends(rng, levels, real, begin)
    curves["levels"] = levels
    s, b = FOLD
    shares = np.linspace(0.005, 0.995, 400)
    m = 2.0 * shares - 1.0
    pull = m - s * np.tanh(b * np.arctanh(m))
    reals = 0.5 * (1.0 + pull / (1.0 - s))
    curves["loop real"], curves["loop share"] = reals, shares
    slopes = np.asarray(_slope(shares, reals, np.full(400, s), b))
    curves["loop stable"] = np.where(slopes < 1.0, 1.0, 0.0)
    curves["reals"] = np.linspace(0.2, 0.8, 25)
    for begin, side in ((0.99, "upper"), (0.01, "lower")):
        curves[f"loop {side} points"] = _ends(rng, np.full(25, s), curves["reals"], begin)
    curves["folds"] = 0.5 * (1.0 + np.array([1.0, -1.0]) * float(fold(s, b)[0]) / (1.0 - s))
    return Outcome(curves=curves)


def _branch(name: str, reentries: Array, shares: Array, real: float) -> dict[str, Array]:
    """Return the fixed points with a re-entry share in [0, 1], and which are stable."""
    inside = (reentries >= 0.25) & (reentries <= 0.95)
    s, p = reentries[inside], shares[inside]
    slopes = np.asarray(_slope(p, np.full(len(p), real), s, B))
    return {
        f"{name} reentry": s,
        f"{name} share": p,
        f"{name} stable": np.where(slopes < 1.0, 1.0, 0.0),
    }


def _ends(rng: np.random.Generator, reentry: Array, real: float | Array, begin: float) -> Array:
    """Return the shares after 400 generations at each level."""
    return populations(
        rng, reentry.shape, AGENTS, reentry, B, 1, settled=400, real=real, begin=begin
    )[0]
