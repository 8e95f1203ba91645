"""Several tipping points of one curve, found one after another with a test for each."""

from dataclasses import replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jaxuim.laws.checks import Sample, check_confidence, sample
from jaxuim.laws.tips.points import TippingPoint
from jaxuim.laws.tips.search import Asked, search

Array = NDArray[np.float64]

LEVELS_NEEDED = 5


def breakpoints(
    x: ArrayLike,
    y: ArrayLike,
    *,
    most: int = 3,
    kind: Asked = "auto",
    y_err: ArrayLike | None = None,
    groups: ArrayLike | None = None,
    confidence: float = 0.95,
    null_degree: Literal[1, 2] = 2,
    seed: int = 0,
) -> tuple[TippingPoint, ...]:
    """Find up to ``most`` tipping points, in the order of x.

    Each step tests all segments between the points found so far, the level next to a point left
    out, at level (1 - confidence) / (number of segments), and keeps the most significant point. At
    the end every point is located again between its neighbours, with intervals of the confidence
    1 - (1 - confidence) / (number of segments). Where there are k points the chance of finding more
    is at most 1 - confidence, as long as the k are found where they are. Points that hide one
    another from the first test (two equal steps up and down, say) are not found.

    Args:
        x: shape (n,), finite, at least 5 distinct values.
        y: shape (n,); rows that are not finite are dropped and counted.
        most: number of points after which to stop.
        kind: as for ``tipping_point``.
        y_err: shape (n,).
        groups: shape (n,).
        confidence: 1 minus the chance of a point too many.
        null_degree: as for ``tipping_point``.
        seed: as for ``tipping_point``.

    Returns:
        The points; their ``p_value`` counts the segments tested (Bonferroni).

    Raises:
        ValueError: as ``tipping_point``; ``most`` is below 1.

    Source: Bai 1997 (one at a time, then again between neighbours); Vostrikova 1981.

    >>> x = np.linspace(0.0, 1.0, 61)
    >>> y = (x > 0.305) + 2.0 * (x > 0.705) + 0.01 * np.cos(40 * x)
    >>> [round(point.location, 2) for point in breakpoints(x, y)]
    [0.31, 0.71]
    """
    level = check_confidence(confidence)
    if most < 1:
        raise ValueError(f"most is {most}; it must be at least 1")
    data = sample(x, y, y_err, groups)
    given = len(np.unique(np.asarray(x, dtype=np.float64)))
    if given < LEVELS_NEEDED:
        raise ValueError(f"x has {given} distinct values; a tipping point needs {LEVELS_NEEDED}")

    def look(low: float, high: float, tests: int) -> TippingPoint | None:
        part = _between(data, low, high)
        if len(np.unique(part.x)) < LEVELS_NEEDED or _few_groups(part, null_degree):
            return None
        found = search([part], kind, 1 - (1 - level) / tests, null_degree, seed)[0]
        return found if found.detected else None

    points: list[tuple[TippingPoint, int]] = []
    while len(points) < most and len(data.x):
        gaps = _gaps(data, [point for point, _ in points])
        found = [point for low, high in gaps if (point := look(low, high, len(gaps))) is not None]
        if not found:
            break
        best = min(found, key=lambda point: (point.p_value, -point.statistic))
        points = sorted([*points, (best, len(gaps))], key=lambda pair: _place(pair[0]))
    for i, (_, tests) in enumerate(points):
        gaps = _gaps(data, [point for k, (point, _) in enumerate(points) if k != i])
        closer = look(*gaps[i], tests)
        if closer is not None:
            points[i] = closer, tests
    return tuple(_counted(point, tests) for point, tests in points)


def _counted(point: TippingPoint, tests: int) -> TippingPoint:
    return replace(point, p_value=min(1.0, tests * point.p_value))


def _place(point: TippingPoint) -> float:
    return float("nan") if point.location is None else point.location


def _gaps(data: Sample, points: list[TippingPoint]) -> list[tuple[float, float]]:
    """Return the stretches of x between the points, the level next to a point left out."""
    levels = np.unique(data.x)
    edges = [float(levels[0])]
    for point in points:
        i = int(np.searchsorted(levels, _place(point)))
        edges += [float(levels[max(i - 2, 0)]), float(levels[min(i + 1, len(levels) - 1)])]
    edges.append(float(levels[-1]))
    return list(zip(edges[::2], edges[1::2], strict=True))


def _between(data: Sample, low: float, high: float) -> Sample:
    """Return the rows of a stretch, groups numbered from 0."""
    keep = (data.x >= low) & (data.x <= high)
    groups = None
    if data.groups is not None:
        groups = np.unique(data.groups[keep], return_inverse=True)[1].reshape(-1).astype(np.int64)
    return Sample(data.x[keep], data.y[keep], data.weight[keep], groups, data.dropped)


def _few_groups(part: Sample, degree: int) -> bool:
    """Say whether fewer than 2 groups cover enough of the stretch."""
    if part.groups is None:
        return False
    levels = [len(np.unique(part.x[part.groups == g])) for g in np.unique(part.groups)]
    return sum(count >= degree + 2 for count in levels) < 2
