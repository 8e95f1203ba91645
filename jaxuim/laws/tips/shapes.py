"""The shapes of a tipping point: what a curve looks like around one, on x scaled to [0, 1]."""

from collections.abc import Callable
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

Array = NDArray[np.float64]
Kind = Literal["kink", "jump", "sigmoid"]
Scale = Literal["none", "width", "rate", "power"]

TRIM = 0.1  # share of the range of x left out at either end
WIDEST = 0.15  # sigmoid width, in ranges of x: 10 to 90 % of the change in half of the range
RATES = (0.05, 0.6)  # of a saturating arm, in ranges of x: below a jump, above a straight arm
POWERS = (0.4, 2.5)  # of an arm |x - t|^s


class Shape(NamedTuple):
    """y = polynomial of ``degree`` + combination of ``columns(d, s)``, d = x - t (k, n), s (k, 1).

    ``scale`` says what s is: nothing, the width of a sigmoid, the length of a saturating arm or the
    power of a curved one.
    ``prior`` is the share of the shape before the data are seen.
    """

    name: str
    kind: Kind
    degree: int
    scale: Scale
    prior: float
    columns: Callable[[Array, Array], tuple[Array, ...]]

    @property
    def size(self) -> int:
        """Return the number of linear parameters."""
        return self.degree + 1 + (2 if self.name == "two lines" else 1)


def _after(d: Array, s: Array) -> tuple[Array, ...]:
    return (np.maximum(d, 0.0),)


def _before(d: Array, s: Array) -> tuple[Array, ...]:
    return (np.maximum(-d, 0.0),)


def _step(d: Array, s: Array) -> tuple[Array, ...]:
    return ((d > 0).astype(np.float64),)


def _two_lines(d: Array, s: Array) -> tuple[Array, ...]:
    return (*_step(d, s), np.maximum(d, 0.0))


def _logistic(d: Array, s: Array) -> tuple[Array, ...]:
    return (special.expit(d / s),)


def _saturating_after(d: Array, s: Array) -> tuple[Array, ...]:
    return (-np.expm1(-np.maximum(d, 0.0) / s),)


def _saturating_before(d: Array, s: Array) -> tuple[Array, ...]:
    return (-np.expm1(-np.maximum(-d, 0.0) / s),)


def _power_after(d: Array, s: Array) -> tuple[Array, ...]:
    return (np.maximum(d, 0.0) ** s,)


def _power_before(d: Array, s: Array) -> tuple[Array, ...]:
    return (np.maximum(-d, 0.0) ** s,)


# The shares were set once on the open generator; kinds matter, the split within a kind hardly does.
SHAPES = (
    Shape("line, line", "kink", 1, "none", 0.35, _after),
    Shape("flat, line", "kink", 0, "none", 0.06, _after),
    Shape("line, flat", "kink", 0, "none", 0.06, _before),
    Shape("flat, saturating", "kink", 0, "rate", 0.04, _saturating_after),
    Shape("saturating, flat", "kink", 0, "rate", 0.04, _saturating_before),
    Shape("flat, power", "kink", 0, "power", 0.02, _power_after),
    Shape("power, flat", "kink", 0, "power", 0.02, _power_before),
    Shape("line, saturating", "kink", 1, "rate", 0.01, _saturating_after),
    Shape("saturating, line", "kink", 1, "rate", 0.01, _saturating_before),
    Shape("flat, flat", "jump", 0, "none", 0.03, _step),
    Shape("two lines", "jump", 1, "none", 0.01, _two_lines),
    Shape("logistic", "sigmoid", 0, "width", 0.34, _logistic),
    Shape("logistic on a line", "sigmoid", 1, "width", 0.01, _logistic),
)


def chosen(kind: str) -> tuple[Shape, ...]:
    """Return the shapes of a kind, all of them for ``"auto"``, with priors that sum to 1.

    >>> [shape.name for shape in chosen("jump")]
    ['flat, flat', 'two lines']
    """
    found = [shape for shape in SHAPES if kind in ("auto", shape.kind)]
    total = sum(shape.prior for shape in found)
    return tuple(shape._replace(prior=shape.prior / total) for shape in found)


def location_edges(shape: Shape, x: Array, cells: int) -> Array:
    """Return the edges of the cells of t: the levels for a jump, an even grid otherwise.

    They leave a tenth of the range, and at least two levels, on either side.
    """
    low, high = max(TRIM, float(x[1])), min(1 - TRIM, float(x[-2]))
    if low >= high:
        low, high = float(x[1]), float(x[-2])
    if shape.kind != "jump":
        return np.linspace(low, high, cells + 1)
    inner = x[1:-1]
    inside = inner[(inner >= low) & (inner <= high)]
    return inside if len(inside) >= 2 else inner


def scale_edges(shape: Shape, x: Array, cells: int) -> Array:
    """Return the edges of the cells of log s, a single cell around 0 where s is not used."""
    if shape.scale == "none":
        return np.array([-0.5, 0.5])
    if shape.scale == "width":
        narrowest = min(0.2 * float(np.median(np.diff(x))), WIDEST / 3)
        return np.linspace(np.log(narrowest), np.log(WIDEST), cells + 1)
    ends = RATES if shape.scale == "rate" else POWERS
    return np.linspace(np.log(ends[0]), np.log(ends[1]), cells + 1)


def polynomial(x: Array, degree: int, whiten: Array) -> Array:
    """Return orthonormal columns that span the whitened polynomials of a degree, (rows, rank)."""
    columns = whiten @ np.polynomial.legendre.legvander(2 * x - 1, degree)
    basis, sizes, _ = np.linalg.svd(columns, full_matrices=False)
    return np.asarray(basis[:, sizes > 1e-10 * sizes[0]])


def directions(
    shape: Shape, x: Array, t: Array, s: Array, whiten: Array, background: Array
) -> tuple[Array, ...]:
    """Return the whitened columns without background and one another, each (k, rows), unit or 0."""
    found: list[Array] = []
    for column in shape.columns(x - t[:, None], s[:, None]):
        whitened = column * whiten.diagonal() if _is_diagonal(whiten) else column @ whiten.T
        start = np.einsum("ij,ij->i", whitened, whitened)
        for _ in range(2):
            whitened = whitened - (whitened @ background) @ background.T
            for other in found:
                whitened -= np.einsum("ij,ij->i", whitened, other)[:, None] * other
        left = np.einsum("ij,ij->i", whitened, whitened)
        kept = left > 1e-16 * start
        found.append(whitened * (kept / np.sqrt(np.where(kept, left, 1.0)))[:, None])
    return tuple(found)


def _is_diagonal(whiten: Array) -> bool:
    square = whiten.shape[0] == whiten.shape[1]
    return square and int(np.count_nonzero(whiten)) == int(np.count_nonzero(whiten.diagonal()))
