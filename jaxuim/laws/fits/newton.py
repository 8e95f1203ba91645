"""Huber's loss of a law around a point, and the damped Newton step, for many fits side by side."""

from functools import lru_cache
from typing import Any, Literal, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from jaxuim.laws.fits import tape
from jaxuim.laws.forms.form import Form

Array = NDArray[np.float64]
Scale = Literal["linear", "log"]
Program = tape.Tape | tape.Compiled

BLOCK = 15_000  # numbers in one temporary array: a dozen of them fit into a core's cache
_TINY = 1e-300
_SMALLEST_PIVOT = 1e-14


class Rows(NamedTuple):
    """Rows of the curves, (curves, n): y or log y, square-root weights, how often a row occurs.

    What all curves share has the leading axis 1.
    """

    goal: Array
    weight: Array
    repeats: Array

    def of(self, curves: Any) -> "Rows":
        """Return the rows of the curves named, which may repeat."""
        return Rows(*(leaf if len(leaf) == 1 else leaf[curves] for leaf in self))


class Local(NamedTuple):
    """Value (fits,), gradient (fits, p) and Hessian (fits, p, p) of the loss.

    ``majorant`` is the curvature J'WJ of the quadratic in the residuals that touches the loss from
    above, with the weights psi(r) / r of iteratively re-weighted least squares.
    """

    value: Array
    gradient: Array
    hessian: Array
    majorant: Array


class Errors(NamedTuple):
    """Residuals with their weight, psi of them, the loss, and d residual / d law; (fits, n)."""

    error: Array
    psi: Array
    value: Array
    factor: Array


@lru_cache(maxsize=256)
def derivatives(form: Form) -> Program:
    """Return the program (x, u) -> f, its p first and its p (p + 1) / 2 second derivatives in u."""
    k, p = len(form.inputs), len(form.coefficients)

    def law(*values: Any) -> Any:
        return form.function(*values[:k], *form.natural(values[k:]))

    def along(function: Any, j: int) -> Any:
        def slope(*values: Any) -> Any:
            alone = lambda v: function(*values[: k + j], v, *values[k + j + 1 :])
            return jax.jvp(alone, (values[k + j],), (jnp.ones_like(values[k + j]),))[1]

        return slope

    first = [along(law, j) for j in range(p)]
    second = [along(first[j], i) for j in range(p) for i in range(j + 1)]
    return tape.record(lambda *values: [g(*values) for g in (law, *first, *second)], k + p)


class Task(NamedTuple):
    """What is minimised: the program bound to x, and for every fit its curve and last threshold."""

    program: Program
    scale: Scale
    rows: Rows
    curve: NDArray[np.int64]
    target: Array

    def of(self, fits: Any) -> "Task":
        """Return some of the fits."""
        return self._replace(curve=self.curve[fits], target=self.target[fits])

    def law(self, u: Array) -> Array:
        """Return the law of every fit at its rows, (fits, n)."""
        value = self.program.first().of(self.curve)(*u.T[:, :, None])[0]
        return np.broadcast_to(value, (len(u), self.rows.goal.shape[1]))

    def blocks(self) -> list[slice]:
        """Return the fits in blocks whose temporary arrays fit into the cache."""
        size = max(1, BLOCK // self.rows.goal.shape[1])
        return [slice(begin, begin + size) for begin in range(0, len(self.curve), size)]


def describe(task: Task, u: Array, delta: Array) -> Local:
    """Return the loss around u, shape (fits, p).

    Args:
        task: what is minimised.
        u: unconstrained parameters.
        delta: Huber's threshold of every fit.
    """
    blocks, p = task.blocks(), u.shape[1]
    size = min(len(u), blocks[0].stop)
    room = np.empty((3 * p + 1, size, task.rows.goal.shape[1]))  # once: new memory costs time
    parts = []
    for part in blocks:
        some = task.of(part)
        parts.append(_described(some, u[part], delta[part], room[:, : len(some.curve)]))
    return Local(*(np.concatenate(leaf) for leaf in zip(*parts, strict=True)))


def _described(task: Task, u: Array, delta: Array, room: Array) -> Local:
    rows = task.rows.of(task.curve)
    values = task.program.of(task.curve)(*u.T[:, :, None])
    found = _local(task, rows, values, delta, room)
    unused = rows.weight * rows.repeats == 0
    if unused.any() and not np.all(np.isfinite(found.hessian)):
        # A row without weight may lie where the law is infinite, and zero times that is not zero.
        values = [np.where(unused, float(i == 0), value) for i, value in enumerate(values)]
        found = _local(task, rows, values, delta, room)
    return found


def errors(scale: Scale, rows: Rows, law: Array, delta: Array) -> Errors:
    """Return the weighted residuals of the law's values, (fits, n), and their loss."""
    if scale == "log":
        factor = rows.weight / law
        error = np.log(law)
        error -= rows.goal
    else:
        factor = np.broadcast_to(rows.weight, law.shape)
        error = law - rows.goal
    error *= rows.weight
    limit = delta[:, None]
    psi = np.minimum(error, limit)
    np.maximum(psi, -limit, out=psi)
    repeated = rows.repeats * psi
    value = np.vecdot(repeated, error) - 0.5 * np.vecdot(repeated, psi)
    return Errors(error, psi, value, factor)


def _local(task: Task, rows: Rows, values: list[Any], delta: Array, room: Array) -> Local:
    p, shape = parameters_of(values), (len(delta), rows.goal.shape[1])
    law = np.broadcast_to(values[0], shape)
    found = errors(task.scale, rows, law, delta)
    repeated = rows.repeats * found.factor
    pull = found.psi * repeated
    repeated *= found.factor
    curve = repeated * (found.psi == found.error)
    if task.scale == "log":
        curve -= pull / law
    repeated *= found.psi + _TINY
    repeated /= found.error + _TINY  # of the same sign; 1 where both are zero
    slopes, left = room[:p], room[p:]
    for j in range(p):
        slopes[j] = values[1 + j]
    np.multiply(slopes, curve, out=left[:p])
    left[p] = pull
    np.multiply(slopes, repeated, out=left[p + 1 :])
    product = np.matmul(left.transpose(1, 0, 2), slopes.transpose(1, 2, 0))
    hessian, gradient = product[:, :p], product[:, p]
    _add_second(hessian, gradient, task.program, values, pull)
    value = np.where(np.isfinite(found.value), found.value, np.inf)
    return Local(value, gradient, hessian, product[:, p + 1 :])


def spread(task: Task, u: Array) -> tuple[Array, Array]:
    """Return the means of psi^2 and of psi' over the rows that count, each (fits,)."""
    parts = []
    for part in task.blocks():
        block = task.of(part)
        rows = block.rows.of(block.curve)
        law = block.law(u[part])
        found = errors(block.scale, rows, law, block.target)
        used = np.broadcast_to(rows.repeats * (rows.weight > 0), law.shape)
        psi, inside = np.where(used > 0, [found.psi, found.psi == found.error], 0.0)
        n = np.maximum(np.sum(used, axis=1), _TINY)
        parts.append((np.vecdot(used, psi**2) / n, np.vecdot(used, inside) / n))
    score, slope = zip(*parts, strict=True)
    return np.concatenate(score), np.concatenate(slope)


def parameters_of(values: list[Any]) -> int:
    """Return p where a law has 1 + p + p (p + 1) / 2 values and derivatives.

    >>> parameters_of([0.0] * 21)
    5
    """
    return int((np.sqrt(8 * len(values) + 1) - 3) / 2)


def _add_second(
    hessian: Array, gradient: Array, program: Program, values: list[Any], bend: Array
) -> None:
    """Add sum psi_i d2 f_i, leaving out the second derivatives that are zero for every x."""
    p = hessian.shape[1]
    place = p
    for j in range(p):
        for i in range(j + 1):
            place += 1
            if program.outputs[place] is not None and program.outputs[place] == 0:
                continue
            if values[place] is values[1 + i]:  # of an exponential; the sum is known
                extra = gradient[:, i]
            elif values[place].shape[1] == 1:
                extra = np.sum(bend, axis=1) * values[place][:, 0]
            else:
                extra = np.vecdot(bend, values[place])
            hessian[:, j, i] += extra
            if i < j:
                hessian[:, i, j] += extra


def step(gradient: Array, hessian: Array, size: Array) -> tuple[Array, Array]:
    """Return -H^-1 g, shape (fits, p), and the smallest pivot, (fits,).

    H is scaled by ``size``, (fits, p), and eliminated in order; a negative pivot, where the
    loss is curved downwards, is replaced by its size, which makes every step one that descends.
    """
    scale = 1.0 / np.sqrt(np.where(size > 0, size, 1.0)).T
    # The fits last: every operation then runs along contiguous memory.
    a = np.ascontiguousarray(np.moveaxis(hessian, 0, -1)) * scale[:, None] * scale
    b = -gradient.T * scale
    smallest = np.full(a.shape[-1], np.inf)
    p = len(a)
    for j in range(p):
        smallest = np.minimum(smallest, a[j, j])
        pivot = np.maximum(np.abs(a[j, j]), _SMALLEST_PIVOT)
        row = a[j, j + 1 :] / pivot
        a[j + 1 :, j + 1 :] -= a[j + 1 :, j, None] * row
        b[j + 1 :] -= row * b[j]
        a[j, j + 1 :] = row
        b[j] /= pivot
    for j in range(p - 2, -1, -1):
        b[j] -= np.sum(a[j, j + 1 :] * b[j + 1 :], axis=0)
    return np.ascontiguousarray((b * scale).T), smallest
