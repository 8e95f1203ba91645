"""Laws of several inputs fitted to growing parts of the data, and the share that each one earns."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from jaxuim.laws.fits import solver
from jaxuim.laws.fits.newton import derivatives
from jaxuim.laws.forms.form import Form
from jaxuim.laws.forms.norms import power_norm, power_product

Array = NDArray[np.float64]

ORDERS = (1.0, 1.4, 2.0)  # of the norms; 1 adds the terms up as Chinchilla's law does
DELTA = 1e-3  # Huber's threshold in log y, of Hoffmann et al.: nearly absolute errors
RECENT = 0.25  # a row weighs as the product of its inputs to this power: the top counts most
SEEN = 0.8  # share of the rows, the smallest, that the held-out fit sees
SHARPNESS = 2.0  # a law's share is its mean squared held-out error to minus this power
MATTERS = 0.05  # share from which a law has to converge
ABSOLUTE = np.pi / 2  # variance of least absolute errors over that of least squares, Gaussian
SETTLED = 1e-6  # relative reduction of the loss that one more step may promise
EXACT = 1e-20  # mean loss that is rounding
ITERATIONS = 300


def laws(inputs: int) -> list[Form]:
    """Return the laws of a blend; how inputs are joined is where public scaling data disagree.

    >>> [form.name for form in laws(2)]
    ['power_norm_1', 'power_norm_1.4', 'power_norm_2', 'power_product']
    """
    return [*(power_norm(inputs, order) for order in ORDERS), power_product(inputs)]


class Blend(NamedTuple):
    """What the laws say: log y in the data and at new points, (laws, n) and (laws, m), and shares.

    ``converged`` holds where every law that matters did; ``slopes`` are d log f / du of the most
    trusted law in the data and at the new points, (p, n) and (p, m), and ``weight`` the square-root
    weights of the fit.
    """

    weights: dict[str, float]
    shares: Array
    fitted: Array
    new: Array
    converged: bool
    slopes: tuple[Array, Array]
    weight: Array

    def uncertainty(self, noise: float) -> Array:
        """Return the standard error of log f at the new points for errors of size ``noise``.

        The covariance of the parameters is that of least absolute errors, with a standard
        deviation of 1 on the logarithm of every parameter before the data are seen.
        """
        here, there = (np.nan_to_num(part) for part in self.slopes)
        rows = here * self.weight
        p = len(rows)
        variance = ABSOLUTE * noise**2
        covariance = np.linalg.inv(rows @ rows.T / max(variance, 1e-24) + np.eye(p))
        return np.sqrt(np.einsum("pm,pq,qm->m", there, covariance, there))


def blend(x: Array, z: Array, weight: Array, x_new: Array) -> Blend:
    """Fit every law to all rows and to the smallest share of them, which sets its own share.

    Args:
        x: shape (k, n), positive, in order of size (the product of the inputs).
        z: log y, shape (n,).
        weight: square-root weights, shape (n,).
        x_new: shape (k, m).
    """
    n = x.shape[1]
    middle = np.exp(np.mean(np.log(x), axis=1, keepdims=True))
    x, x_new = x / middle, x_new / middle
    size = np.sum(np.log(x), axis=0)
    weight = weight * np.exp(0.5 * RECENT * (size - size.max()))
    forms = laws(len(x))
    seen = int(SEEN * n)
    if len(np.unique(x[:, :seen], axis=1).T) <= 2 * len(x) + 1:
        seen = n  # too few rows to hold some out: equal shares
    fits = [_fits(form, x, z, weight, seen) for form in forms]
    fitted = np.stack([_logs(form, fit.u, x) for form, fit in zip(forms, fits, strict=True)])
    new = np.stack([_logs(form, fit.u, x_new) for form, fit in zip(forms, fits, strict=True)])
    held = np.stack([_logs(f, fit.early, x[:, seen:]) for f, fit in zip(forms, fits, strict=True)])
    shares = _shares(held - z[seen:], usable=np.all(np.isfinite(new), axis=1))
    trusted = int(np.argmax(shares))
    slopes = [_slopes(forms[trusted], fits[trusted].u, part) for part in (x, x_new)]
    settled = all(f.settled or share < MATTERS for f, share in zip(fits, shares, strict=True))
    return Blend(
        weights={form.name: float(s) for form, s in zip(forms, shares, strict=True)},
        shares=shares,
        fitted=np.nan_to_num(fitted),
        new=np.nan_to_num(new),
        converged=settled,
        slopes=(slopes[0], slopes[1]),
        weight=weight,
    )


def _shares(errors: Array, usable: NDArray[np.bool_]) -> Array:
    """Return the laws' shares; a law that is not positive at a new point has none."""
    square = np.mean(errors**2, axis=1) if errors.shape[1] else np.ones(len(errors))
    square = np.where(usable & np.isfinite(square), np.maximum(square, 1e-24), np.inf)
    if not np.any(np.isfinite(square)):
        return np.full(len(square), np.nan)
    ratio = (np.min(square) / square) ** SHARPNESS
    return np.asarray(ratio / np.sum(ratio))


class _Fit(NamedTuple):
    """Parameters from all rows and from the early ones; whether the first settled."""

    u: Array
    early: Array
    settled: bool


def _fits(form: Form, x: Array, z: Array, weight: Array, seen: int) -> _Fit:
    n, y = len(z), np.exp(z)
    starts = solver.linear_starts(form, x, y, weight / y, form.start_grid(x, y))
    weights = np.stack([weight, np.where(np.arange(n) < seen, weight, 0.0)])
    rows, wide = np.broadcast_to(y, weights.shape), np.broadcast_to(starts, (2, *starts.shape))
    found = solver.solve(form, x, rows, weights, wide, DELTA, ITERATIONS, "log")
    value = np.where(np.isfinite(found.value), found.value, np.inf)
    best = np.argmin(value, axis=1)
    loss, left = value[0, best[0]], found.decrement[0, best[0]]
    settled = bool(np.isfinite(loss) and (loss <= EXACT * np.sum(weight**2) or left < SETTLED))
    return _Fit(found.u[0, best[0]], found.u[1, best[1]], settled)


def _logs(form: Form, u: Array, x: Array) -> Array:
    with np.errstate(all="ignore"):
        return np.log(solver.evaluate(form, u, x))


def _slopes(form: Form, u: Array, x: Array) -> Array:
    """Return d log f / du, shape (p, n)."""
    with np.errstate(all="ignore"):
        values = derivatives(form)(*x[:, None], *u[:, None, None])
        return np.stack(
            [np.broadcast_to(v / values[0], (1, x.shape[1]))[0] for v in values[1 : len(u) + 1]]
        )
