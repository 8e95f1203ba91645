"""Finite-size scaling: the critical level and exponent at which curves of all sizes collapse."""

from dataclasses import dataclass
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from jaxuim.laws.checks import check_confidence, finite, vector

Array = NDArray[np.float64]

CELLS = 41
ZOOMS = 12
EXPONENTS = (0.05, 3.0)
MODERATE = 4.0  # logits beyond are dominated by the counting error of rare events
CLIP = 1e-3


@dataclass(frozen=True)
class Collapse:
    """One curve for all sizes: y = f((x - critical) size^exponent), exponent = 1/nu.

    ``critical`` and ``exponent`` are ``None`` where they cannot be told, see ``reason``; an end of
    ``exponent_interval`` at the end of the searched range (0.05 to 3) means "or beyond".
    ``spread`` is the root mean square distance from the common curve on the scale of the fit.
    """

    critical: float | None
    interval: tuple[float, float] | None
    exponent: float | None
    exponent_interval: tuple[float, float] | None
    confidence: float
    spread: float
    coefficients: tuple[float, ...]
    n: int
    used: int
    reason: str

    @property
    def card(self) -> dict[str, Any]:
        """The result as plain JSON values (None for what is not finite)."""
        return {
            "critical": self.critical,
            "interval": None if self.interval is None else list(self.interval),
            "exponent": self.exponent,
            "exponent_interval": None
            if self.exponent_interval is None
            else list(self.exponent_interval),
            "confidence": self.confidence,
            "spread": finite(self.spread),
            "coefficients": list(self.coefficients),
            "n": self.n,
            "used": self.used,
            "reason": self.reason,
        }


class _Grid(NamedTuple):
    critical: Array
    exponent: Array
    rss: Array


def collapse(
    x: ArrayLike,
    y: ArrayLike,
    sizes: ArrayLike,
    *,
    y_err: ArrayLike | None = None,
    scale: Literal["logit", "linear"] = "logit",
    degree: int = 5,
    confidence: float = 0.95,
) -> Collapse:
    """Fit logit(y) = polynomial((x - x_c) m^(1/nu)) over several sizes m.

    At a critical level x_c the response does not depend on the size, and near it only through the
    product (x - x_c) m^(1/nu). The polynomial is profiled out, (x_c, 1/nu) are found on a grid that
    closes in on the minimum, and intervals invert the profile F of each. Rates are clipped to
    [0.001, 0.999], and only logits within 4 of 0 are used: empirical rates of 0 and 1 would rule
    the fit.

    Args:
        x: level, shape (n,).
        y: rate in [0, 1], or any response with ``scale="linear"``; rows that are not finite are
            left out.
        sizes: positive size m of each row, shape (n,): votes, samples, width.
        y_err: standard errors of y up to a common factor; without them those of counted rates,
            sqrt(y (1 - y)), or equal ones on the linear scale.
        scale: of y in the fit.
        degree: of the polynomial.
        confidence: of the intervals.

    Returns:
        A ``Collapse``.

    Raises:
        ValueError: lengths differ, x is not finite, sizes are not positive, a rate is outside
            [0, 1], degree is below 1.

    Source: Fisher and Barber 1972 (finite-size scaling); variable projection: Golub and Pereyra
    1973.

    >>> x, m = (grid.ravel() for grid in np.meshgrid(np.linspace(0.6, 1.0, 21), [25, 100, 400]))
    >>> found = collapse(x, 1 / (1 + np.exp(-3.0 * (x - 0.8) * m**0.5)), m, degree=1)
    >>> round(found.critical, 4), round(found.exponent, 4)
    (0.8, 0.5)
    """
    level = check_confidence(confidence)
    xs, ys, ms = vector("x", x), vector("y", y), vector("sizes", sizes)
    for name, array in (("y", ys), ("sizes", ms)):
        if array.shape != xs.shape:
            raise ValueError(f"{name} has shape {array.shape} but x has shape {xs.shape}")
    if not np.all(np.isfinite(xs)):
        raise ValueError("x contains a value that is not finite")
    if not np.all(np.isfinite(ms) & (ms > 0)):
        raise ValueError("sizes contains a value that is not a positive finite number")
    if degree < 1:
        raise ValueError(f"degree is {degree}; it must be at least 1")
    errors = None if y_err is None else vector("y_err", y_err)
    if errors is not None and (errors.shape != xs.shape or not np.all(errors > 0)):
        raise ValueError("y_err must hold a positive number for every row")
    keep = np.isfinite(ys)
    weight = np.ones_like(xs) if errors is None else 1 / errors
    if scale == "logit":
        if np.any((ys[keep] < 0) | (ys[keep] > 1)):
            raise ValueError("y contains a rate outside [0, 1]; use scale='linear'")
        rate = np.clip(ys, CLIP, 1 - CLIP)
        ys = special.logit(rate)
        slope = rate * (1 - rate)  # of the rate by its logit
        weight = np.sqrt(slope) if errors is None else slope * weight
        keep &= np.abs(ys) <= MODERATE
    elif scale != "linear":
        raise ValueError(f"scale is {scale!r}; it must be 'logit' or 'linear'")
    reason = _too_little(xs[keep], ys[keep], ms[keep], degree)
    if reason:
        nothing = (None, None, None, None)
        return Collapse(*nothing, level, float("nan"), (), len(xs), int(keep.sum()), reason)
    root = weight[keep] / weight[keep].max()
    return _fit(xs[keep], ys[keep], ms[keep], root, degree, level, len(xs))


def _too_little(x: Array, y: Array, m: Array, degree: int) -> str:
    if len(np.unique(m)) < 2:
        return "fewer than 2 sizes with usable rows"
    if len(x) < degree + 5:
        return f"fewer than {degree + 5} usable rows"
    if np.ptp(x) == 0 or np.ptp(y) == 0:
        return "x or y does not vary"
    return ""


def _fit(
    x: Array, y: Array, m: Array, root: Array, degree: int, confidence: float, n: int
) -> Collapse:
    low, span = float(x.min()), float(np.ptp(x))
    u, logs = (x - low) / span, np.log(m)
    logs = logs - logs.mean()
    size = float(np.ptp(y))
    z = root * (y - y.mean()) / size
    grid = _profile(u, z, logs, root, degree, (0.0, 1.0), EXPONENTS)
    dof = len(x) - degree - 3
    allowed = 1 + float(special.fdtri(1, dof, confidence)) / dof
    for _ in range(ZOOMS):
        inside = grid.rss <= max(grid.rss.min(), 1e-15 * float(z @ z)) * (1 + 4 * (allowed - 1))
        rows, columns = inside.any(axis=1), inside.any(axis=0)
        if rows.sum() >= CELLS // 4 and columns.sum() >= CELLS // 4:
            break
        ranges = _range(grid.critical, rows), _range(grid.exponent, columns)
        finer = _profile(u, z, logs, root, degree, *ranges)
        if all(np.ptp(r) >= np.ptp(g) for r, g in zip(ranges, grid[:2], strict=True)):
            break
        grid = finer
    i, j = np.unravel_index(int(np.argmin(grid.rss)), grid.rss.shape)
    inside = grid.rss <= max(float(grid.rss.min()), 1e-15 * float(z @ z)) * allowed
    inside[i, j] = True
    levels = _hull(grid.critical, inside, axis=1)
    exponents = _hull(grid.exponent, inside, axis=0)
    place, power = float(grid.critical[i]), float(grid.exponent[j])
    design = _design(u, logs, place, power, degree) * root[:, None]
    found = np.linalg.lstsq(design, z, rcond=None)[0]
    spread = size * float(np.sqrt(np.sum((z - design @ found) ** 2) / dof))
    return Collapse(
        critical=low + span * place,
        interval=(low + span * levels[0], low + span * levels[1]),
        exponent=power,
        exponent_interval=exponents,
        confidence=confidence,
        spread=spread,
        coefficients=tuple((size * found).tolist()),
        n=n,
        used=len(x),
        reason="",
    )


def _range(grid: Array, inside: NDArray[np.bool_]) -> tuple[float, float]:
    """Return the range of the cells inside, one to spare on either side."""
    found = np.flatnonzero(inside)
    return float(grid[max(found[0] - 1, 0)]), float(grid[min(found[-1] + 1, len(grid) - 1)])


def _hull(grid: Array, inside: NDArray[np.bool_], axis: int) -> tuple[float, float]:
    """Return the range of the cells inside, half a cell more on either side."""
    found, half = grid[np.any(inside, axis=axis)], (grid[1] - grid[0]) / 2
    return float(max(found[0] - half, grid[0])), float(min(found[-1] + half, grid[-1]))


def _design(u: Array, logs: Array, place: float, power: float, degree: int) -> Array:
    """Return Chebyshev columns of the scaled distance from the critical level, (n, degree + 1)."""
    distance = (u - place) * np.exp(power * logs)
    return np.polynomial.chebyshev.chebvander(distance / np.abs(distance).max(), degree)


def _profile(
    u: Array,
    z: Array,
    logs: Array,
    root: Array,
    degree: int,
    places: tuple[float, float],
    powers: tuple[float, float],
) -> _Grid:
    """Return the sum of squares left by the best polynomial at every (x_c, 1/nu)."""
    t, a = np.linspace(*places, CELLS), np.linspace(*powers, CELLS)
    distance = (u - t[:, None, None]) * np.exp(a[:, None] * logs)
    largest = np.abs(distance).max(axis=-1, keepdims=True)
    columns = np.polynomial.chebyshev.chebvander(distance / np.maximum(largest, 1e-300), degree)
    basis, sizes, _ = np.linalg.svd(columns * root[:, None], full_matrices=False)
    usable = sizes > 1e-10 * sizes[..., :1]
    product = np.einsum("abnk,n->abk", basis, z) * usable
    left = z - np.einsum("abnk,abk->abn", basis, product)
    return _Grid(t, a, np.sum(left**2, axis=-1))
