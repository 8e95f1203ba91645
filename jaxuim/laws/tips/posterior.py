"""Which shape, location and width the data support: the posterior over all candidates of a curve.

Each candidate is a shape with a location t and a scale s on a grid; its linear parameters are
profiled out. Its weight is prior x (n R)^(-p/2) x (sum of squares)^(-power): BIC, but with
parameters that are as large as the response before the data, not as the noise; R is the ratio of
the sums of squares of a line and of the best candidate.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from jaxuim.laws.tips.designs import Block, Curve, Design, block
from jaxuim.laws.tips.shapes import polynomial

Array = NDArray[np.float64]

T_CELLS, S_CELLS = 96, 9
ZOOM_T, ZOOM_S = 32, 8
ZOOMS = 14
COUNTS = 0.01  # share below which a shape is not looked at more closely
DEPTH = 12.0  # log likelihood below the best cell that is still looked at
ROUNDING = 1e-13  # of the total sum of squares: below, a fit is exact


class Piece(NamedTuple):
    """The posterior of one shape: masses of its cells (t cells, s cells), summing to its share."""

    block: Block
    mass: Array

    @property
    def share(self) -> float:
        """Return the probability of the shape."""
        return float(self.mass.sum())


def log_masses(found: Block, y: Array, pure: Array, power: float, penalty: Array) -> Array:
    """Return the log weight of every cell, (curves, t cells, s cells); y is (curves, rows)."""
    total = np.einsum("ij,ij->i", y, y)
    base = total - np.sum((y @ found.background) ** 2, axis=1)
    rss = base[:, None] + pure[:, None]
    for direction in found.units:
        product = y @ direction.T
        rss = rss - np.square(product, out=product)
    floor = ROUNDING * (total + pure)
    rss = np.log(np.maximum(rss, np.where(floor > 0, floor, 1.0)[:, None], out=rss), out=rss)
    rss *= -power
    rss += (np.log(found.shape.prior) - found.shape.size * penalty)[:, None]
    return np.asarray(rss.reshape(len(y), *found.volume.shape) + found.volume)


def penalties(design: Design, blocks: tuple[Block, ...], y: Array, pure: Array) -> Array:
    """Return half the log of n x (sum of squares of a line) / (of the best cell) by curve."""
    total = np.einsum("ij,ij->i", y, y) + pure
    line = polynomial(design.x, 1, design.whiten)
    straight = total - np.sum((y @ line) ** 2, axis=1)
    best = straight.copy()
    for found in blocks:
        base = total - np.sum((y @ found.background) ** 2, axis=1)
        gain = sum((y @ direction.T) ** 2 for direction in found.units)
        np.minimum(best, base - np.max(gain, axis=1), out=best)
    floor = np.where(total > 0, ROUNDING * total, 1.0)
    ratio = np.maximum(straight, floor) / np.maximum(best, floor)
    return np.asarray(0.5 * np.log(design.size * np.maximum(ratio, 1.0)))


def posteriors(design: Design, curves: list[Curve], kind: str) -> list[tuple[Piece, ...]]:
    """Return the posterior of every curve: one product per shape, then a closer look at each."""
    blocks = design.dictionary(kind, T_CELLS, S_CELLS)
    y, pure = np.stack([c.y for c in curves]), np.array([c.pure for c in curves])
    power = curves[0].power
    penalty = penalties(design, blocks, y, pure)
    logs = [log_masses(b, y, pure, power, penalty) for b in blocks]
    found = []
    for i, curve in enumerate(curves):
        cells = [(b, part[i]) for b, part in zip(blocks, logs, strict=True)]
        found.append(_closer(design, curve, penalty[i : i + 1], cells))
    return found


def _closer(
    design: Design, curve: Curve, penalty: Array, cells: list[tuple[Block, Array]]
) -> tuple[Piece, ...]:
    """Look more closely at the shapes that count, at all where coarse cells cannot tell."""
    totals = np.array([_log_sum(part) for _, part in cells])
    wanted = totals.max() + np.log(COUNTS)
    for k in range(len(cells)):
        if totals[k] <= wanted:
            totals[k] += _promise(*cells[k], curve.power)
    for k in np.flatnonzero(totals > wanted).tolist():
        cells[k] = _zoomed(design, curve, penalty, *cells[k])
    top = max(float(part.max()) for _, part in cells)
    masses = [np.exp(part - top) for _, part in cells]
    total = sum(float(mass.sum()) for mass in masses)
    return tuple(Piece(c[0], mass / total) for c, mass in zip(cells, masses, strict=True))


def _log_sum(part: Array) -> float:
    top = part.max()
    return float(top + np.log(np.sum(np.exp(part - top))))


def _promise(found: Block, logs: Array, power: float) -> float:
    """Return by how much finer cells may raise the log weight: four times the drop of parabolas."""
    if found.shape.kind == "jump":
        return 0.0
    t, s = (int(i) for i in np.unravel_index(int(np.argmax(logs)), logs.shape))
    best, drop = float(logs[t, s]), 0.0
    for line, middle in ((logs[:, s], t), (logs[t], s)):
        if len(line) > 1:
            ends = line[max(middle - 1, 0)], line[min(middle + 1, len(line) - 1)]
            left, right = (math.expm1(min((best - float(e)) / power, 50.0)) for e in ends)
            drop += (right - left) ** 2 / (2 * (right + left)) if right + left > 0 else 0.0
    return -power * math.log(max(1.0 - drop, ROUNDING))


def _zoomed(
    design: Design, curve: Curve, penalty: Array, found: Block, logs: Array
) -> tuple[Block, Array]:
    """Return finer cells where the mass lies, until it spreads over enough of them."""
    y, pure = curve.y[None], np.array([curve.pure])
    shape = found.shape
    whole_t, whole_s = found.t_edges, found.s_edges
    whole = np.ptp(whole_t) * np.ptp(whole_s)
    for _ in range(ZOOMS):
        fine_t = shape.kind == "jump" or _enough(logs.max(axis=1), ZOOM_T)
        fine_s = shape.scale == "none" or _enough(logs.max(axis=0), ZOOM_S)
        if fine_t and fine_s:
            break
        t_edges, s_edges = found.t_edges, found.s_edges
        if shape.kind != "jump":
            t_edges = _finer(t_edges, logs.max(axis=1), ZOOM_T, whole_t)
        if shape.scale != "none":
            s_edges = _finer(s_edges, logs.max(axis=0), ZOOM_S, whole_s)
        found = block(shape, design.x, design.whiten, t_edges, s_edges)
        inside = np.log(np.ptp(t_edges) * np.ptp(s_edges) / whole)
        found = found._replace(volume=found.volume + inside)
        logs = log_masses(found, y, pure, curve.power, penalty)[0]
    return found, logs


def _enough(best: Array, cells: int) -> bool:
    """Say whether the mass spreads over enough cells."""
    return bool(np.count_nonzero(best > best.max() - DEPTH) >= cells // 2)


def _finer(edges: Array, best: Array, cells: int, whole: Array) -> Array:
    """Return finer edges around the cells that count; move on where the best is at the border."""
    inside = np.flatnonzero(best > best.max() - DEPTH)
    low = edges[max(int(inside[0]) - 1, 0)]
    high = edges[min(int(inside[-1]) + 2, len(best))]
    step = np.ptp(edges) / 4
    if np.argmax(best) == 0:
        low = max(edges[0] - step, whole[0])
    if np.argmax(best) == len(best) - 1:
        high = min(edges[-1] + step, whole[-1])
    return np.linspace(low, high, cells + 1)


def quantiles(pieces: tuple[Piece, ...], probabilities: Array) -> Array:
    """Return quantiles of the location over all shapes, mass being even within a cell."""
    edges = np.unique(np.concatenate([p.block.t_edges for p in pieces if p.share > 0]))
    rising = np.zeros_like(edges)
    for piece in pieces:
        steps = np.concatenate([[0.0], np.cumsum(piece.mass.sum(axis=1))])
        rising += np.interp(edges, piece.block.t_edges, steps)
    return _inverse(rising / rising[-1], edges, probabilities)


def widths(pieces: tuple[Piece, ...], probabilities: Array) -> Array:
    """Return quantiles of the width over the sigmoids, in ranges of x."""
    scaled = [p for p in pieces if p.block.shape.scale == "width"]
    edges = np.unique(np.concatenate([p.block.s_edges for p in scaled]))
    rising = np.zeros_like(edges)
    for piece in scaled:
        steps = np.concatenate([[0.0], np.cumsum(piece.mass.sum(axis=0))])
        rising += np.interp(edges, piece.block.s_edges, steps)
    return np.asarray(np.exp(_inverse(rising / rising[-1], edges, probabilities)))


def _inverse(rising: Array, edges: Array, probabilities: Array) -> Array:
    """Invert a distribution function given at edges; the middle of a stretch where it is flat."""
    right = np.interp(probabilities, rising, edges)
    left = np.interp(1 - probabilities, 1 - rising[::-1], edges[::-1])
    return np.asarray((left + right) / 2)
