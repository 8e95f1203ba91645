"""Removal held against fits on what is left: exact, influence steps, iterations, ascent."""

import jax
import numpy as np
from scipy import optimize

from theory import unlearning as theory
from theory.study.claim import Array, Outcome, Row
from theory.study.size import Size

ROUNDING = "rounding of one linear solve"
PENALTY = 5.0
_fitted = jax.jit(theory.fitted)
_unlearned = jax.jit(theory.unlearned)
_influence_step = jax.jit(theory.influence_step)


def identities(size: Size) -> Outcome:
    """Hold exact removal, influence steps and iterations against fits on what is left."""
    rng = size.rng("identities")
    x, y = rng.normal(size=(40, 25)), rng.normal(size=40)
    one = np.array([0])
    fit = np.asarray(_fitted(x, y, PENALTY))
    without = np.asarray(_fitted(x[1:], y[1:], PENALTY))
    h = float(theory.leverages(x, PENALTY, one)[0, 0])
    residual = float(y[0] - x[0] @ fit)
    away = float(np.linalg.norm(_unlearned(x, y, PENALTY, one) - without))
    moved = np.asarray(_influence_step(x, y, PENALTY, one))
    left_out = float(y[0] - x[0] @ without)
    name = "distance of exact unlearning from retraining"
    rows = [
        Row(name, 0.0, away, floor=1e-12, reason=ROUNDING),
        _tight("share that an influence step leaves", h, _left(moved, fit, without)),
        _tight("left-out residual", float(theory.left_out_residual(residual, h)), left_out),
    ]
    shares, weights = [], fit
    a = x.T @ x + PENALTY * np.eye(25)
    for j in range(1, 5):
        weights = np.linalg.solve(a, x.T @ y - x[0] * y[0] + x[0] * (x[0] @ weights))
        shares.append(_left(weights, fit, without))
        predicted = float(theory.remaining_share(h, j))
        rows.append(_tight(f"share left after {j} Neumann iterations", predicted, shares[-1]))
    rows.append(_several(rng))
    rows += _ascent_rows(x, y, fit, without, h)
    return Outcome(rows=tuple(rows), curves={"shares": np.array(shares), "h": np.array(h)})


def _tight(name: str, predicted: float, found: float) -> Row:
    return Row(name, predicted, found, allowance=1e-9, reason=ROUNDING)


def _left(weights: Array, fit: Array, without: Array) -> float:
    """Return how much of the way from the fit to retraining is still to go."""
    return float(np.linalg.norm(weights - without) / np.linalg.norm(fit - without))


def _several(rng: np.random.Generator) -> Row:
    """Return the row on several points: what an influence step leaves is bounded by H."""
    held, draws = 0, 200
    for _ in range(draws):
        k = int(rng.integers(2, 9))
        x, y = rng.normal(size=(40, 25)), rng.normal(size=40)
        fit, without = _ridge(x, y), _ridge(x[k:], y[k:])
        a = x.T @ x + PENALTY * np.eye(25)
        inverse = np.linalg.solve(a, x[:k].T)
        moved = fit - inverse @ (y[:k] - x[:k] @ fit)
        norm = lambda v, a=a: float(np.sqrt(v @ a @ v))
        largest = float(np.linalg.eigvalsh(x[:k] @ inverse)[-1])
        held += norm(moved - without) <= largest * norm(fit - without) * (1 + 1e-9)
    name = "share of draws where an influence step on 2 to 8 points stays within its bound"
    return Row(name, 1.0, held / draws, reason="an inequality, which must always hold")


def _ridge(x: Array, y: Array) -> Array:
    a = x.T @ x + PENALTY * np.eye(x.shape[1])
    return np.asarray(np.linalg.solve(a, x.T @ y), dtype=np.float64)


def _ascent_rows(x: Array, y: Array, fit: Array, without: Array, h: float) -> list[Row]:
    """Return rows on an ascent that is really taken, step by step."""
    step, point = 0.01, x[0]
    weights, residuals = fit.copy(), []
    for _ in range(12):
        residuals.append(float(y[0] - point @ weights))
        weights = weights - step * residuals[-1] * point
    wanted = float(y[0] - point @ without)
    crossed = np.interp(np.log(abs(wanted)), np.log(np.abs(residuals)), np.arange(12.0))
    far = lambda t: float(np.linalg.norm(fit + t * point - without))
    best = optimize.minimize_scalar(far)
    direction = np.linalg.solve(x.T @ x + PENALTY * np.eye(len(point)), point)
    cosine = point @ direction / np.linalg.norm(point) / np.linalg.norm(direction)
    predicted = float(theory.matching_steps(h, step, point @ point))
    return [
        Row("ascent steps that match retraining", predicted, float(crossed), allowance=1e-9,
            reason=ROUNDING),
        Row("share of the way that ascent along a point misses", float(np.sqrt(1 - cosine**2)),
            float(best.fun / np.linalg.norm(fit - without)), allowance=1e-6,
            reason="tolerance of the line search"),
    ]  # fmt: skip
