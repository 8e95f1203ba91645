"""From checked rows to tipping points: test every curve, then locate those that have one."""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from jaxuim.laws.checks import Sample
from jaxuim.laws.tips import flips, posterior, rotations, seeds
from jaxuim.laws.tips.designs import Curve, Design, independent
from jaxuim.laws.tips.points import Method, TippingPoint, clusters, none
from jaxuim.laws.tips.spread import trend_weights

Array = NDArray[np.float64]
Asked = Literal["auto", "kink", "jump", "sigmoid"]

BATCH = 256
CLOSE = 1e-6  # share of the range of x that levels must spread over


class Examined(NamedTuple):
    """A scaled sample with its test."""

    data: Sample
    statistic: float
    p_value: float
    method: Method


def search(
    curves: list[Sample], kind: Asked, confidence: float, degree: int, seed: int
) -> list[TippingPoint]:
    """Test every curve, then locate those with a tipping point, design by design."""
    if kind not in ("auto", "kink", "jump", "sigmoid"):
        raise ValueError(f"kind is {kind!r}; it must be 'auto', 'kink', 'jump' or 'sigmoid'")
    if degree not in (1, 2):
        raise ValueError(f"null_degree is {degree}; it must be 1 or 2")
    found: dict[int, TippingPoint] = {}
    waiting: dict[bytes, list[tuple[int, Examined, Design, Curve]]] = {}
    for i, raw in enumerate(curves):
        data = _scaled(raw)
        reason = _too_little(data, degree)
        if reason:
            method: Method = "rotation" if data.groups is None else "sign_flip"
            found[i] = none(raw, confidence, reason, method)
            continue
        tested = _test(data, kind, degree, seed)
        if tested.p_value > 1 - confidence:
            words = "straight line" if degree == 1 else "polynomial of degree 2"
            reason = f"a {words} is not rejected at {1 - confidence:.3g}"
            found[i] = none(
                raw, confidence, reason, tested.method, tested.p_value, tested.statistic
            )
            continue
        design, curve = _reduced(tested.data)
        waiting.setdefault(_key(design, curve), []).append((i, tested, design, curve))
    for batch in waiting.values():
        for start in range(0, len(batch), BATCH):
            part = batch[start : start + BATCH]
            pieces = posterior.posteriors(part[0][2], [curve for *_, curve in part], kind)
            for (i, tested, *_), piece in zip(part, pieces, strict=True):
                found[i] = _located(curves[i], tested, piece, confidence)
    return [found[i] for i in range(len(curves))]


def _scaled(data: Sample) -> Sample:
    """Return the rows with x on [0, 1] and the largest |y - mean| at 1; weights at most 1."""
    if len(data.x) == 0:
        return data
    x = data.x / max(np.abs(data.x).max(), 1e-300)
    spread = np.ptp(x)
    x = (x - x.min()) / spread if spread > 0 else 0.0 * x
    y = data.y / max(np.abs(data.y).max(), 1e-300)
    y = y - y.mean()
    size = np.abs(y).max()
    weight = np.maximum(data.weight / data.weight.max(), 1e-8)
    return data._replace(x=x.round(12), y=y / size if size > 0 else y, weight=weight)


def _too_little(data: Sample, degree: int) -> str:
    """Say why there is nothing to test, or return an empty text."""
    levels = np.unique(data.x)
    if len(levels) < 5:
        return "fewer than 5 distinct x with a finite y"
    if levels[-2] - levels[1] < CLOSE:
        return "all x but two lie too close together"
    if data.groups is None:
        return ""
    if len(flips.informative(data, degree)) >= 2:
        return ""
    needed = f"{degree + 2} or more distinct x each"
    if data.dropped:
        return f"fewer than 2 groups with {needed} and finite y"
    raise ValueError(f"groups: at least 2 groups must cover {needed}")


def _test(data: Sample, kind: str, degree: int, seed: int) -> Examined:
    """Test a curve; where noise seems to change along x, with weights for it as well.

    The larger p-value counts, so that estimated weights cannot raise false alarms.
    """
    if data.groups is not None:
        statistic, p, method = flips.flip_test(data, kind, degree, seed)
        return Examined(data, statistic, p, method)
    found = _tested_rows(data, kind, degree, seed)
    if np.ptp(data.weight) > 0 or found.p_value > rotations.STAGES[0][2]:
        return found
    weight = trend_weights(data.x, data.y)
    if weight is None:
        return found
    weighted = _tested_rows(data._replace(weight=weight), kind, degree, seed)
    return weighted._replace(p_value=max(found.p_value, weighted.p_value))


def _tested_rows(data: Sample, kind: str, degree: int, seed: int) -> Examined:
    design, curve = independent(data)
    statistic, p = rotations.p_value(rotations.null(design, kind, degree, seed), curve)
    return Examined(data, statistic, p, "rotation")


def _reduced(data: Sample) -> tuple[Design, Curve]:
    """Return the levels with what the likelihood of shapes needs."""
    return independent(data) if data.groups is None else seeds.mean_curve(data)


def _key(design: Design, curve: Curve) -> bytes:
    """Return bytes that are equal for curves that can be worked on together."""
    power = np.array([curve.power, design.size])
    return design.x.tobytes() + design.whiten.tobytes() + power.tobytes()


def _located(
    raw: Sample, tested: Examined, pieces: tuple[posterior.Piece, ...], confidence: float
) -> TippingPoint:
    """Return the tipping point in the units of the data."""
    weights = {"kink": 0.0, "jump": 0.0, "sigmoid": 0.0}
    for piece in pieces:
        weights[piece.block.shape.kind] += piece.share
    weights = {kind: value for kind, value in weights.items() if value > 0}
    kind = max(weights, key=weights.__getitem__)
    alike = [piece for piece in pieces if piece.block.shape.kind == kind]
    tail = (1 - confidence) / 2
    probabilities = np.array([tail, 0.5, 1 - tail])
    low, middle, high = posterior.quantiles(pieces, probabilities)
    low, high = _to_the_ends(pieces, float(low), float(high))
    start, length = float(raw.x.min()), float(np.ptp(raw.x))
    location = start + length * float(middle)
    ends = min(start + length * low, location), max(start + length * high, location)
    width, width_ends = None, None
    if kind == "sigmoid":
        narrow, width, wide = (length * posterior.widths(pieces, probabilities)).tolist()
        width_ends = narrow, wide
    before, after = _slopes(raw, location) if kind == "kink" else (np.nan, np.nan)
    return TippingPoint(
        location=location,
        interval=ends,
        kind=kind,  # type: ignore[arg-type]
        p_value=tested.p_value,
        detected=True,
        confidence=confidence,
        statistic=tested.statistic,
        method=tested.method,
        n=len(raw.x),
        dropped=raw.dropped,
        clusters=clusters(raw),
        reason="",
        shape=max(alike, key=lambda piece: piece.share).block.shape.name,
        width=width,
        width_interval=width_ends,
        weights=weights,
        slope_before=before,
        slope_after=after,
    )


def _to_the_ends(
    pieces: tuple[posterior.Piece, ...], low: float, high: float
) -> tuple[float, float]:
    """Open an interval that reaches the end of the searched range to the end of the data.

    The search cannot tell such places from those beyond.
    """
    first = min(float(p.block.t_edges[0]) for p in pieces)
    last = max(float(p.block.t_edges[-1]) for p in pieces)
    margin = (last - first) / posterior.T_CELLS
    return (0.0 if low < first + margin else low), (1.0 if high > last - margin else high)


def _slopes(data: Sample, location: float) -> tuple[float, float]:
    """Return the slope before and after the hinge at the location, all rows pooled."""
    hinge = np.maximum(data.x - location, 0.0)
    design = np.stack([np.ones_like(hinge), data.x - data.x.mean(), hinge], axis=1)
    weight = data.weight / data.weight.max()
    found = np.linalg.lstsq(design * weight[:, None], data.y * weight, rcond=None)[0]
    return float(found[1]), float(found[1] + found[2])
