"""Comparisons of the amplification map: pitchfork, amplitude, exact branch, folds, exponent."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np

from theory.feedback.amplification import (
    amplitude,
    amplitude_onset,
    critical_reentry,
    fold,
    fold_share,
    next_share,
    settled_share,
)
from theory.feedback.population import recovery_time
from theory.feedback.simulated import sharpened
from theory.study.claim import Outcome, Row
from theory.study.size import Size
from theory.study.tipping import root

NEAR = 1.003  # s b of the rows on the onset
PLACES = 9  # distances from the onset that the exponent is fitted on
NEXT = "the next order is of relative size s b - 1"
_amplitude = jax.jit(jax.vmap(amplitude, in_axes=(0, None)))
_onset = jax.jit(amplitude_onset)
_fold = jax.jit(fold)
_fold_share = jax.jit(fold_share)
_settled = jax.jit(settled_share, static_argnames="generations")
_slope = jax.jit(jax.grad(next_share))


def branches(size: Size) -> Outcome:
    """Compare pitchfork, amplitude and the exact branch with the iterated map."""
    rows: list[Row] = []
    for b in (1.5, 2.0, 3.0):
        flat = root(partial(_excess_slope, b), 0.1, 0.9)
        name = f"re-entry share at which an even split turns unstable, b = {b:g}"
        rows.append(Row(name, float(critical_reentry(b)), flat, floor=1e-9, reason="rounding"))
        s = NEAR / b
        found = 2.0 * float(_settled(0.9, 0.5, s, b, generations=12_000)) - 1.0
        onset = float(_onset(s, b))
        name = f"amplitude near the onset, s b = {NEAR}, b = {b:g}"
        rows.append(Row(name, onset, found, allowance=NEAR - 1.0, reason=NEXT))
        full = float(_amplitude(np.full(PLACES, s), b)[0])
        left = "12 000 generations"
        rows.append(Row(f"{name}, all orders", full, found, floor=1e-9, reason=left))
        rows.append(_exponent(b))
    for s in (0.6, 0.8):
        found = 2.0 * float(_settled(0.9, 0.5, s, 2.0, generations=12_000)) - 1.0
        rows.append(Row(f"amplitude for b = 2, s = {s:g}", float(np.sqrt(2.0 * s - 1.0)), found,
                        floor=1e-12, reason="rounding"))  # fmt: skip
    rows.append(_recovery())
    return Outcome(tuple(rows))


def _excess_slope(b: float, s: float) -> float:
    """Return the slope of the map at an even split, minus one."""
    return float(_slope(0.5, 0.5, s, b)) - 1.0


def _exponent(b: float) -> Row:
    """Return the row of the exponent of the amplitude, fitted close to the onset."""
    excess = np.geomspace(1e-6, 1e-4, PLACES)
    found = _amplitude((1.0 + excess) / b, b)
    slope = float(np.polyfit(np.log(excess), np.log(np.asarray(found)), 1)[0])
    left = "the grid ends at s b - 1 = 1e-4"
    return Row(f"exponent of the amplitude, b = {b:g}", 0.5, slope, allowance=1e-3, reason=left)


def _recovery() -> Row:
    """Return the row of the decay of a small deviation under the map in its form of odds."""
    share, steps = np.array(0.5 + 1e-6), 40
    for _ in range(steps):
        share = sharpened(share, 0.5, 0.45, 2.0)
    found = -steps / np.log((float(share) - 0.5) / 1e-6)
    return Row("generations of recovery by a factor e, s b = 0.9", float(recovery_time(0.45, 2.0)),
               float(found), allowance=1e-6, reason="the deviation of 1e-6")  # fmt: skip


def folds(size: Size) -> Outcome:
    """Compare the ends of the upper branch with where the iterated map leaves it."""
    rows: list[Row] = []
    for s, b in ((0.7, 2.0), (0.8, 3.0), (0.6, 3.0)):
        predicted, share = _fold(s, b)
        found = _end(s, b)
        name = f"pull at which the upper branch ends, s = {s:g}, b = {b:g}"
        left = "20 000 generations pass a gap of 1e-8"
        rows.append(Row(name, float(predicted), found, floor=2e-7, reason=left))
        reached = float(_fold_share(s, b))
        if reached < 0:
            kept = float(_settled(1.0, 0.0, s, b, generations=20_000))
            name = f"upper branch without any real data of option 1, s = {s:g}, b = {b:g}"
            rows.append(Row(f"{name}: it survives", 1.0, float(2.0 * kept - 1.0 > float(share))))
    return Outcome(tuple(rows))


@partial(jax.jit, static_argnames="steps")
def _survives(pull: jax.Array, s: float, b: float, steps: int) -> jax.Array:
    """Return m after so many steps from 1, given a pull h: the map by odds, without tanh."""

    def advance(_: int, m: jax.Array) -> jax.Array:
        inside = jnp.clip(m, -1.0 + 1e-12, 1.0 - 1e-12)
        odds = ((1.0 + inside) / (1.0 - inside)) ** b
        return pull + s * (odds - 1.0) / (odds + 1.0)

    return jax.lax.fori_loop(0, steps, advance, jnp.ones_like(pull))


def _end(s: float, b: float) -> float:
    """Return the pull at which the upper branch is left, on finer and finer grids."""
    low, high = -1.0, 0.0
    for _ in range(6):
        grid = np.linspace(low, high, 41)
        # With a negative pull m is positive on the upper branch and negative on the lower one.
        upper = np.asarray(_survives(jnp.asarray(grid), s, b, 20_000)) > 0
        first = int(np.argmax(upper))
        low, high = grid[first - 1], grid[first]
    return float(0.5 * (low + high))
