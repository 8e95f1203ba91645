"""The levels of an experiment and, once for each, everything that does not depend on y."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from jaxuim.laws.checks import Sample
from jaxuim.laws.tips.shapes import (
    Shape,
    chosen,
    directions,
    location_edges,
    polynomial,
    scale_edges,
)

Array = NDArray[np.float64]

LARGEST = 4  # parameters of the largest shape


class Block(NamedTuple):
    """All (t, s) cells of one shape: ``units`` (columns, t cells * s cells, rows) are orthonormal.

    ``background`` (rows, rank) spans the shape's polynomial, ``volume`` (t cells, s cells) is the
    log share of a cell in the range searched.
    """

    shape: Shape
    t_edges: Array
    s_edges: Array
    units: Array
    background: Array
    volume: Array


class Design(NamedTuple):
    """Levels x (rows,) on [0, 1], their whitening matrix, and the number of observations."""

    x: Array
    whiten: Array
    size: int

    def dictionary(self, kind: str, t_cells: int, s_cells: int) -> tuple[Block, ...]:
        """Return the blocks of all shapes of a kind; the last designs seen are remembered."""
        key = self.x.round(12).tobytes(), self.whiten.round(12).tobytes()
        return _dictionary(*key, kind, t_cells, s_cells)


class Curve(NamedTuple):
    """A whitened response on a design; ``pure`` is the sum of squares within levels.

    The log likelihood of a fitted mean f is -power log(pure + |y - f|^2).
    """

    y: Array
    pure: float
    power: float


@lru_cache(maxsize=64)
def _dictionary(
    x: bytes, whiten: bytes, kind: str, t_cells: int, s_cells: int
) -> tuple[Block, ...]:
    levels = np.frombuffer(x)
    matrix = np.frombuffer(whiten).reshape(-1, len(levels))
    blocks = []
    for shape in chosen(kind):
        t, s = location_edges(shape, levels, t_cells), scale_edges(shape, levels, s_cells)
        blocks.append(block(shape, levels, matrix, t, s))
    return tuple(blocks)


def block(shape: Shape, x: Array, whiten: Array, t_edges: Array, s_edges: Array) -> Block:
    """Return the cells between the edges, each represented by its middle."""
    t, s = (t_edges[1:] + t_edges[:-1]) / 2, np.exp((s_edges[1:] + s_edges[:-1]) / 2)
    places, scales = (grid.ravel() for grid in np.meshgrid(t, s, indexing="ij"))
    background = polynomial(x, shape.degree, whiten)
    units = np.stack(directions(shape, x, places, scales, whiten, background))
    share = np.diff(t_edges)[:, None] * np.diff(s_edges)
    return Block(shape, t_edges, s_edges, units, background, np.log(share / share.sum()))


def unit(x: Array) -> Array:
    """Return x moved to [0, 1]."""
    return np.asarray((x - x.min()) / (x.max() - x.min()))


def independent(data: Sample) -> tuple[Design, Curve]:
    """Reduce independent rows to their levels: weighted means, and the spread within levels.

    Nothing is lost: the sum of squares of any curve is that of the means plus the pure error.
    """
    levels, place = np.unique(data.x, return_inverse=True)
    weight = data.weight / data.weight.max()
    total = np.bincount(place, weight**2)
    middle = data.y.mean()
    mean = np.bincount(place, weight**2 * (data.y - middle)) / total
    pure = float(np.sum((weight * (data.y - middle - mean[place])) ** 2))
    root = np.sqrt(total)
    power = max(len(data.y) - LARGEST, 1) / 2
    return Design(unit(levels), np.diag(root), len(data.y)), Curve(root * mean, pure, power)
