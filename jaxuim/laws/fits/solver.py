"""Fit many curves from many starts at once; evaluate laws; change between parameter scales."""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from jaxuim.laws.fits.descent import descend
from jaxuim.laws.fits.newton import Rows, Scale, Task, derivatives, describe, spread
from jaxuim.laws.fits.projection import (
    inside,
    law,
    projected,
    stacked,
    to_natural,
    to_unconstrained,
)
from jaxuim.laws.forms.form import Form

__all__ = [
    "Scale",
    "Solution",
    "better_starts",
    "evaluate",
    "linear_starts",
    "natural",
    "solve",
    "unconstrained",
]

Array = NDArray[np.float64]
CROWDED = 0.8  # share of used rows below which every curve gets its own x, without the others


class Solution(NamedTuple):
    """Where each start ended; leading axes (curves, starts).

    ``decrement`` is the relative reduction of the loss that one more Newton step promises, infinite
    where the loss is curved downwards or the threshold has not shrunk to its end; ``gradient`` is
    that of the loss, ``gram`` is J'WJ of the residuals, ``score`` the mean square of psi and
    ``slope`` the mean of psi' over used rows.
    """

    u: Array
    value: Array
    decrement: Array
    gradient: Array
    gram: Array
    score: Array
    slope: Array


def solve(
    form: Form,
    x: Array,
    y: Array,
    weight: Array,
    starts: Array,
    delta: float,
    iterations: int,
    scale: Scale = "linear",
    counts: Array | None = None,
    near: bool = False,
) -> Solution:
    """Minimise sum c rho(weight (f(x) - y)) for every curve from every start.

    Newton's method with the exact Hessian, in float64, damped where a step does not lower the loss.
    A finite threshold is reached by shrinking a wide one. Every fit takes the same steps whatever
    others are solved beside it.

    Args:
        form: the law.
        x: shape (k, n), one row for each input of the law; (n,) where there is one; or
            (k, curves, n) where every curve has its own.
        y: shape (curves, n).
        weight: square roots of the weights, shape (curves, n); zero leaves a row out.
        starts: unconstrained, shape (curves, starts, p).
        delta: Huber's threshold in units of the weighted residual; infinite for squares.
        iterations: how many steps a start may take.
        scale: ``"log"`` takes log f(x) - log y instead; a law that is not positive is refused.
        counts: how often a row occurs, c, shape (curves, n); unlike a weight, a count does not
            change on which side of the threshold a residual lies. By default 1.
        near: the starts are close to an optimum, as in a bootstrap, where ``gram``, ``score`` and
            ``slope`` are not wanted: they are NaN.

    Source: Huber 1964; Levenberg 1944; More 1978; Madsen and Nielsen 1993.
    """
    if len(starts) == 1 and starts.shape[1] > 1:
        distinct, inverse = np.unique(starts[0], axis=0, return_inverse=True)
        if len(distinct) < starts.shape[1]:
            data = form, x, y, weight, distinct[None], delta, iterations, scale, counts, near
            return Solution(*(leaf[:, inverse] for leaf in solve(*data)))
    curves, number, p = starts.shape
    with np.errstate(all="ignore"):
        x, rows = _rows(x, y, weight, counts, scale)
        program = derivatives(form).bound(*x)
        curve = np.repeat(np.arange(curves), number)
        task = Task(program, scale, rows, curve, np.full(len(curve), float(delta)))
        state = descend(task, starts.reshape(-1, p), near, iterations)
        if near:
            end, score, slope = state.local, *np.full((2, len(curve)), np.nan)
            end = end._replace(majorant=np.full_like(end.hessian, np.nan))
        else:
            end = describe(task, state.u, task.target)
            if np.isfinite(delta):  # for squares the majorant is J'WJ already
                squares = describe(task, state.u, np.full_like(task.target, np.inf))
                end = end._replace(majorant=squares.majorant)
            score, slope = spread(task, state.u)
    decrement = np.where(state.delta > task.target, np.inf, state.decrement)
    lead = lambda leaf: leaf.reshape(curves, number, *leaf.shape[1:])
    parts: list[Any] = [state.u, end.value, decrement, end.gradient, end.majorant, score, slope]
    return Solution(*(lead(leaf) for leaf in parts))


def _rows(
    x: Array, y: Array, weight: Array, counts: Array | None, scale: Scale
) -> tuple[Array, Rows]:
    """Return x, (k, curves or 1, n), and the rows, without those that no curve uses."""
    x = np.atleast_2d(x)
    x = x if x.ndim == 3 else x[:, None]
    y, weight = _shared(y), _shared(weight)
    count = (
        np.ones((1, y.shape[1]))
        if counts is None
        else _shared(np.asarray(counts, dtype=np.float64))
    )
    used = (weight > 0) & (count > 0)
    if np.mean(used) < CROWDED:
        kept = np.argsort(~used, axis=1, kind="stable")[:, : np.max(np.sum(used, axis=1))]
        take = lambda a: np.take_along_axis(np.broadcast_to(a, used.shape), kept, axis=1)
        x = np.stack([take(column) for column in x])
        equal = len(weight) == 1 and np.ptp(weight) == 0
        weight = weight[:, : kept.shape[1]] if equal else take(weight)
        y, count = take(y), take(count)
    goal = np.where(weight > 0, y, 1.0) if np.any(weight <= 0) else y
    return x, Rows(np.log(goal) if scale == "log" else goal, weight, count)


def _shared(rows: Array) -> Array:
    """Return rows that were broadcast over the curves as the one row that they are."""
    return rows[:1] if rows.strides[0] == 0 else rows


def linear_starts(form: Form, x: Array, y: Array, weight: Array, starts: Array) -> Array:
    """Return unconstrained starts, (starts, p), from natural values of the non-linear ones."""
    with np.errstate(all="ignore"):
        return unconstrained(form, projected(form, np.atleast_2d(x), y, weight, starts))


def better_starts(form: Form, x: Array, y: Array, weight: Array, starts: Array) -> Array:
    """Return unconstrained starts, (starts, p), from complete natural ones, improved.

    A start on the bound of a positive parameter moves inside, and its linear parameters are found
    by least squares unless those given leave smaller absolute errors.
    """
    x = np.atleast_2d(x)
    with np.errstate(all="ignore"):
        moved = inside(form, starts, form.start_grid(x, y))
        found = projected(form, x, y, weight, moved)
        error = lambda s: np.sum(weight * np.abs(evaluate(form, unconstrained(form, s), x) - y), 1)
        worse = ~(error(found) <= error(moved))
    return unconstrained(form, np.where(worse[:, None], moved, found))


def evaluate(form: Form, u: Array, x: Array) -> Array:
    """Return f(x) in float64, shape (..., n), for x (k, n) and unconstrained u (..., p)."""
    x = np.atleast_2d(x)
    shape = (*u.shape[:-1], x.shape[1])
    values = natural(form, u.reshape(-1, u.shape[-1]))
    with np.errstate(all="ignore"):
        found = law(form)(*x[:, None], *values.T[:, :, None])[0]
    return np.broadcast_to(found, (len(values), x.shape[1])).reshape(shape).astype(np.float64)


def natural(form: Form, u: Array) -> Array:
    """Return parameter values in float64 for unconstrained ones, both of shape (..., p)."""
    with np.errstate(all="ignore"):
        return stacked(to_natural(form), np.asarray(u, dtype=np.float64))


def unconstrained(form: Form, values: Array) -> Array:
    """Return unconstrained parameters in float64 for natural ones, both of shape (..., p)."""
    with np.errstate(all="ignore"):
        return stacked(to_unconstrained(form), np.asarray(values, dtype=np.float64))
