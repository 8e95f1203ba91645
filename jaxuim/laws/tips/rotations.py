"""The test of 'no tipping point': any polynomial of degree 2, given what it fits, rotated errors.

Under the null with independent Gaussian errors the fitted polynomial and the total size of the
residuals are a complete sufficient statistic; given them, the residuals point in a uniformly
distributed direction, whatever the polynomial and the noise. Drawing that direction again makes the
test of *any* statistic exact, so that the posterior odds of the shapes may be used: they look for
those shapes only that the fitted polynomial allows, and so see more than a largest F does.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from jaxuim.laws.tips.designs import Block, Curve, Design
from jaxuim.laws.tips.shapes import polynomial

Array = NDArray[np.float64]
Floats = NDArray[np.floating]

T_CELLS, S_CELLS = 24, 3
RARE = 0.03  # prior below which a shape is not looked for by the test
STAGES = ((100, 0.0, 0.3), (500, 0.015, 0.1), (2000, 0.0, 0.0))  # draws; p-values to go on with
EXACT = 1e-12  # of the residual of the polynomial: below, a fit is exact
STEEP = 30.0  # polynomial part, in sizes of the residual, above which float32 does not suffice


class Products(NamedTuple):
    """Products of rows (k, .) with all candidates' directions, and with the two backgrounds."""

    first: Floats
    second: Floats | None
    backgrounds: tuple[Array, Array]


class Candidates(NamedTuple):
    """All cells of all shapes: unit directions (k, rows), degree of the background, log weight."""

    first: Array
    second: Array | None
    backgrounds: tuple[Array, Array]
    degree: NDArray[np.int64]
    weight: Array

    def products(self, rows: Array) -> Products:
        """Return the products of rows (m, rows) with directions and backgrounds."""
        second = None if self.second is None else rows @ self.second.T
        constant, line = (rows @ b for b in self.backgrounds)
        return Products(rows @ self.first.T, second, (constant, line))


class Null(NamedTuple):
    """What does not depend on y: the polynomial's basis, and products with it and the draws."""

    basis: Array
    candidates: Candidates
    fixed: Products
    directions: Array
    drawn: dict[int, Products]

    def products(self, start: int, stop: int, exact: bool) -> Products:
        """Return the products of some draws, in float32 and remembered unless exact."""
        if exact:
            return self.candidates.products(self.directions[start:stop])
        if start not in self.drawn:
            found = self.candidates.products(self.directions[start:stop])
            second = None if found.second is None else found.second.astype(np.float32)
            single = Products(found.first.astype(np.float32), second, found.backgrounds)
            self.drawn[start] = single
        return self.drawn[start]


def null(design: Design, kind: str, degree: int, seed: int) -> Null:
    """Return the draws of a design; the last designs seen are remembered."""
    key = design.x.round(12).tobytes(), design.whiten.diagonal().round(12).tobytes()
    return _null(*key, design.size, kind, degree, seed)


@lru_cache(maxsize=48)
def _null(x: bytes, weight: bytes, size: int, kind: str, degree: int, seed: int) -> Null:
    design = Design(np.frombuffer(x), np.diag(np.frombuffer(weight)), size)
    basis = polynomial(design.x, degree, design.whiten)
    candidates = _candidates(design, kind)
    directions = _directions(design, basis, seed)
    return Null(basis, candidates, candidates.products(basis.T), directions, {})


def _directions(design: Design, basis: Array, seed: int) -> Array:
    """Draw residual directions; the part within levels only shortens them."""
    rng, draws = np.random.default_rng(seed), STAGES[-1][0]
    drawn = rng.standard_normal((draws, len(design.x)))
    for _ in range(2):
        drawn -= (drawn @ basis) @ basis.T
    within = design.size - len(design.x)
    pure = rng.chisquare(within, draws) if within else 0.0
    return np.asarray(drawn / np.sqrt(np.einsum("ij,ij->i", drawn, drawn) + pure)[:, None])


def _candidates(design: Design, kind: str) -> Candidates:
    blocks = design.dictionary(kind, T_CELLS, S_CELLS)
    blocks = tuple(b for b in blocks if b.shape.prior >= RARE)
    second = None
    if any(len(b.units) > 1 for b in blocks):
        pairs = [(*b.units, 0 * b.units[0])[1] for b in blocks]
        second = np.concatenate(pairs)
    constant, line = (polynomial(design.x, degree, design.whiten) for degree in (0, 1))
    counts = [b.units.shape[1] for b in blocks]
    return Candidates(
        first=np.concatenate([b.units[0] for b in blocks]),
        second=second,
        backgrounds=(constant, line),
        degree=np.repeat([b.shape.degree for b in blocks], counts),
        weight=np.concatenate([_log_weight(b, design.size) for b in blocks]),
    )


def _log_weight(found: Block, size: int) -> Array:
    prior = np.log(found.shape.prior) - 0.5 * found.shape.size * np.log(size)
    return np.asarray(found.volume.ravel() + prior)


def p_value(found: Null, curve: Curve) -> tuple[float, float]:
    """Return the log posterior odds of a tipping point and the share of draws that reach them."""
    fitted = curve.y @ found.basis
    rest = curve.y - found.basis @ fitted
    scale = float(rest @ rest) + curve.pure
    if scale <= 1e-22 * (float(curve.y @ curve.y) + curve.pure):
        return 0.0, 1.0
    fitted, rest = fitted / np.sqrt(scale), rest / np.sqrt(scale)
    observed = float(_odds(found, found.candidates.products(rest[None]), fitted, curve.power)[0])
    steep = float(fitted @ fitted) >= STEEP**2
    reached, start, p = 0, 0, 1.0
    for stop, low, high in STAGES:
        drawn = found.products(start, stop, exact=steep)
        reached += int(np.sum(_odds(found, drawn, fitted, curve.power) >= observed - 1e-4))
        p, start = (1 + reached) / (1 + stop), stop
        if not low < p <= high:
            break
    return observed, p


def _odds(found: Null, rest: Products, fitted: Array, power: float) -> Array:
    """Return the log odds of curves with the given polynomial part and other residuals."""
    total = float(fitted @ fitted) + 1.0
    shifted = zip(rest.backgrounds, found.fixed.backgrounds, strict=True)
    base = [total - np.sum((b + fitted @ f) ** 2, axis=1) for b, f in shifted]
    dtype = rest.first.dtype
    rss = np.stack(base, axis=1).astype(dtype)[:, found.candidates.degree]
    for drawn, fixed in ((rest.first, found.fixed.first), (rest.second, found.fixed.second)):
        if drawn is not None and fixed is not None:
            gain = drawn + (fitted @ fixed).astype(dtype)
            rss -= np.square(gain, out=gain)
    logs = np.log(np.maximum(rss, EXACT, out=rss), out=rss)
    logs *= -power
    logs += found.candidates.weight.astype(dtype)
    top = logs.max(axis=1, keepdims=True)
    logs -= top
    return np.asarray(np.log(np.exp(logs, out=logs).sum(axis=1)) + top[:, 0], dtype=np.float64)
