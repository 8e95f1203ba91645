"""The curve that belongs to a tipping point, for drawing: least squares with its place given."""

import numpy as np
from numpy.typing import NDArray

from jaxuim.laws import TippingPoint
from jaxuim.laws.tips.shapes import POWERS, RATES, SHAPES, Shape

Array = NDArray[np.float64]
POINTS = 401
TRIED = 40  # rates of a saturating arm, or exponents of a power


def fitted_shape(
    found: TippingPoint, x: Array, y: Array, weight: Array | None = None
) -> tuple[Array, Array]:
    """Return x and y of the shape of a tipping point, or of the parabola where there is none.

    Args:
        found: the result of ``tipping_point``.
        x: shape (n,).
        y: shape (n,), finite.
        weight: 1 / y_err, shape (n,).

    >>> from jaxuim.laws import tipping_point
    >>> x = np.linspace(0.0, 1.0, 41)
    >>> y = np.maximum(x - 0.5, 0.0)
    >>> at, curve = fitted_shape(tipping_point(x, y), x, y)
    >>> bool(np.allclose(curve, np.maximum(at - 0.5, 0.0), atol=1e-3))
    True
    """
    weight = np.ones(len(x)) if weight is None else weight
    start, length = float(x.min()), float(np.ptp(x)) or 1.0
    at = np.linspace(start, start + length, POINTS)
    if found.location is None:
        return at, _best(
            [(_smooth((x - start) / length), _smooth((at - start) / length))], y, weight
        )
    if found.kind == "jump":
        at = np.sort(np.append(at, [found.location, np.nextafter(found.location, np.inf)]))
    shape = next(shape for shape in SHAPES if shape.name == found.shape)
    scales = np.ones(1)
    if shape.scale == "width" and found.width is not None:
        scales = np.array([found.width / length])
    elif shape.scale == "rate":
        scales = np.geomspace(*RATES, TRIED)
    elif shape.scale == "power":
        scales = np.geomspace(*POWERS, TRIED)
    place = (found.location - start) / length
    sides = [(x - start) / length, (at - start) / length]
    bases = [[_basis(shape, place, float(s), side) for side in sides] for s in scales]
    return at, _best([(known, wanted) for known, wanted in bases], y, weight)


def _best(bases: list[tuple[Array, Array]], y: Array, weight: Array) -> Array:
    """Return the curve of the basis (at the points, where it is drawn) that fits best."""
    smallest, curve = np.inf, np.zeros(len(bases[0][1]))
    for known, wanted in bases:
        solution = np.linalg.lstsq(known * weight[:, None], y * weight, rcond=None)[0]
        loss = float(np.sum((weight * (y - known @ solution)) ** 2))
        if loss < smallest:
            smallest, curve = loss, wanted @ solution
    return curve


def _smooth(x: Array) -> Array:
    return np.vander(x, 3)


def _basis(shape: Shape, place: float, scale: float, x: Array) -> Array:
    """Return the columns of a shape at x on [0, 1]."""
    columns = shape.columns(x[None] - place, np.array([[scale]]))
    return np.column_stack([np.vander(x, shape.degree + 1), *(c[0] for c in columns)])
