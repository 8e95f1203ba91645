"""Finds the modes of a forecast's law under normal priors, from many starts at once.

In numpy: the law has eight parameters and its derivatives are written below, so that all starts
take some 30 ms, while a compiled program would take seconds to compile before the first forecast.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from jaxuim.laws.forecasts.falling import Prior, law

Array = NDArray[np.float64]

ROUNDS = 4  # of the noise estimate
STEPS = 20  # of Levenberg and Marquardt's method in each round
HUBER = 3.0  # residuals beyond this many standard deviations count linearly
SMALLEST_SIGMA = 3e-3  # of the size of the curve: a closer fit than this is not rewarded
FIRST_SIGMA = 0.02


class Rows(NamedTuple):
    """Rows of a standard curve, each shape (n,)."""

    t: Array
    z: Array
    error: Array
    linear: bool


class Modes(NamedTuple):
    """Where each start ended: parameters (starts, 8), penalised loss, extra variance, Hessian."""

    u: Array
    loss: Array
    variance: Array
    hessian: Array


def jacobian(u: Array, t: Array, linear: bool) -> Array:
    """Return the derivatives of ``falling.law``, (starts, n, 8), for u (starts, 8) and t (n,).

    >>> u = np.array([[-0.5, -1.0, 0.2, 0.3, -1.0, -1.2, 0.1, 0.0]])
    >>> jacobian(u, np.array([-1.0, 1.0]), False).shape
    (1, 2, 8)
    """
    floor, size, first, second, place, sharp, drift, _ = u.T[:, :, None]
    width = np.exp(sharp)
    q = (t - place) / width
    soft, bent = np.logaddexp(0.0, q), 0.5 + 0.5 * np.tanh(0.5 * q)
    gap = size - first * t - second * width * soft - floor + drift * t
    steep = 0.5 + 0.5 * np.tanh(0.5 * gap)  # share of y that can still be learnt
    columns = (
        1.0 - steep,
        steep,
        -steep * t,
        -steep * width * soft,
        steep * second * bent,
        -steep * second * width * (soft - q * bent),
        -(1.0 - steep) * t,
        np.zeros_like(steep),
    )
    logarithmic = np.stack(columns, axis=-1)
    if not linear:
        return logarithmic
    now = np.zeros(1)
    value = lambda at: np.exp(np.minimum(law(np, u.T[:, :, None], at, 0.0), 80.0))[..., None]
    straight = value(t) * logarithmic - value(now) * jacobian(u, now, False)
    straight[..., 7] = 1.0
    return straight


def _residual(rows: Rows, u: Array) -> Array:
    return law(np, u.T[:, :, None], rows.t, float(rows.linear)) - rows.z


def _penalised(prior: Prior, variance: Array, u: Array, residual: Array) -> Array:
    size = np.abs(residual) / np.sqrt(variance)
    rho = np.where(size < HUBER, 0.5 * size**2, HUBER * (size - 0.5 * HUBER))
    return np.sum(rho, axis=-1) + 0.5 * np.sum(((u - prior.mean) / prior.sd) ** 2, axis=-1)


def _extra(rows: Rows, smallest: float, residual: Array) -> Array:
    """Return the variance of a row beyond its own standard error, outliers drawn in."""
    dof = max(len(rows.t) - 4.0, 2.0)
    mean = np.sum(residual**2, axis=-1, keepdims=True) / dof
    drawn = np.sum(np.minimum(residual**2, HUBER**2 * mean), axis=-1) / dof
    return np.maximum(drawn - np.mean(rows.error**2), smallest**2)


def _proposal(rows: Rows, prior: Prior, variance: Array, u: Array, damping: Array) -> Array:
    residual, slopes = _residual(rows, u), jacobian(u, rows.t, rows.linear)
    size = np.abs(residual) / np.sqrt(variance)
    weight = np.where(size < HUBER, 1.0, HUBER / np.maximum(size, HUBER)) / variance
    weighted = slopes * weight[..., None]
    gradient = np.einsum("snp,sn->sp", weighted, residual) + (u - prior.mean) / prior.sd**2
    hessian = np.swapaxes(weighted, 1, 2) @ slopes + _diagonal(1.0 / prior.sd**2)
    damped = hessian + _diagonal(damping[:, None] * np.diagonal(hessian, axis1=1, axis2=2))
    return u - np.linalg.solve(damped, gradient[..., None])[..., 0]


def _diagonal(values: Array) -> Array:
    return values[..., None] * np.eye(values.shape[-1])


def modes(rows: Rows, priors: list[Prior], smallest: float, starts: int) -> list[Modes]:
    """Return the modes under each prior.

    The starts are the prior's mean and fixed draws from it; log sigma, the last entry of a prior,
    is found from the residuals and at least log ``smallest``.
    """
    draws = np.random.default_rng(0).standard_normal((starts, len(priors[0].mean) - 1))
    draws[0] = 0.0
    shape = (len(priors), starts, draws.shape[1])
    wide = lambda leaf: np.broadcast_to(np.stack(leaf)[:, None, :-1], shape).reshape(-1, shape[2])
    prior = Prior(*(wide(leaf) for leaf in zip(*priors, strict=True)))
    u = prior.mean + 0.8 * prior.sd * np.tile(draws, (len(priors), 1))
    with np.errstate(all="ignore"):
        found = _descend(rows, prior, smallest, u)
    split = [np.split(leaf, len(priors)) for leaf in found]
    return [Modes(*leaves) for leaves in zip(*split, strict=True)]


def _descend(rows: Rows, prior: Prior, smallest: float, u: Array) -> Modes:
    extra = np.full(len(u), FIRST_SIGMA**2)
    for _ in range(ROUNDS):
        variance = rows.error**2 + extra[:, None]
        damping = np.full(len(u), 1e-2)
        value = _penalised(prior, variance, u, _residual(rows, u))
        for _ in range(STEPS):
            moved = _proposal(rows, prior, variance, u, damping)
            reached = _penalised(prior, variance, moved, _residual(rows, moved))
            better = reached < value  # false for NaN
            u, value = np.where(better[:, None], moved, u), np.where(better, reached, value)
            damping = np.clip(np.where(better, damping / 4.0, damping * 5.0), 1e-9, 1e9)
        extra = _extra(rows, smallest, _residual(rows, u))
    variance = rows.error**2 + extra[:, None]
    loss = _penalised(prior, variance, u, _residual(rows, u))
    loss += 0.5 * np.sum(np.log(variance), axis=-1)
    slopes = jacobian(u, rows.t, rows.linear)
    hessian = np.swapaxes(slopes / variance[..., None], 1, 2) @ slopes
    hessian += _diagonal(1.0 / prior.sd**2)
    return Modes(u, np.where(np.isfinite(loss), loss, np.inf), extra, hessian)
