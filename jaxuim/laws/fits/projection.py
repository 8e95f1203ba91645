"""Starts of a fit: linear parameters by bounded least squares, the others inside their range."""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from jaxuim.laws.fits import tape
from jaxuim.laws.fits.newton import Array, Program
from jaxuim.laws.forms.form import Form

SMALL = 0.02  # share of the largest |y| that a positive coefficient contributes at least
_RIDGE = 1e-12


@lru_cache(maxsize=256)
def law(form: Form) -> Program:
    """Return the program (x, parameters) -> f."""
    inputs = len(form.inputs) + len(form.coefficients)
    return tape.record(lambda *values: [form.function(*values)], inputs)


@lru_cache(maxsize=256)
def to_natural(form: Form) -> Program:
    """Return the program u -> parameters."""
    return tape.record(lambda *u: form.natural(u), len(form.coefficients))


@lru_cache(maxsize=256)
def to_unconstrained(form: Form) -> Program:
    """Return the program parameters -> u."""
    back = lambda *v: [c.unconstrained(v[i]) for i, c in enumerate(form.coefficients)]
    return tape.record(back, len(form.coefficients))


def projected(form: Form, x: Array, y: Array, weight: Array, starts: Array) -> Array:
    """Return natural starts, (starts, p), with the linear parameters by weighted least squares.

    A linear parameter that must be positive is held at a small positive value where least squares
    would make it smaller, and the others are found again.
    """
    linear = [i for i, c in enumerate(form.coefficients) if c.linear]
    if not linear:
        return starts
    found = starts.copy()
    found[:, linear] = 0.0
    base = _values(form, x, found)
    columns = []
    for i in linear:
        moved = found.copy()
        moved[:, i] = 1.0
        columns.append(_values(form, x, moved) - base)
    design = weight[:, None] * np.stack(columns, axis=-1)
    largest = SMALL * np.max(weight * np.abs(y), initial=0.0)
    reach = np.max(np.abs(design), axis=1)
    bounded = np.array([form.coefficients[i].transform != "identity" for i in linear])
    low = np.array([form.coefficients[i].low for i in linear])
    floor = low + largest / np.where(reach > 0, reach, 1.0) + 1e-300
    floor = np.where(bounded, floor, -np.inf)
    found[:, linear] = _bounded(design, weight * (y - base), floor)
    return found


def _values(form: Form, x: Array, starts: Array) -> Array:
    value = law(form)(*x[:, None], *starts.T[:, :, None])[0]
    value = np.broadcast_to(value, (len(starts), x.shape[1]))
    return np.where(np.isfinite(value), value, 0.0)


def _bounded(design: Array, goal: Array, floor: Array) -> Array:
    """Return argmin |design c - goal| with c >= floor, by holding what falls below its floor."""
    size = np.sqrt(np.sum(design * design, axis=1))
    size = np.where(size > 0, size, 1.0)
    unit, floor = design / size[:, None], floor * size
    gram, right = unit.swapaxes(1, 2) @ unit, np.sum(unit * goal[:, :, None], axis=1)
    held = np.zeros(floor.shape, dtype=bool)
    for _ in range(floor.shape[1] + 1):
        found = _solved(gram, right, held, np.where(held, floor, 0.0))
        below = np.where(held, 0.0, found - floor)
        worst = np.argmin(below, axis=1)
        held[np.arange(len(held)), worst] |= np.min(below, axis=1) < 0
    return np.asarray(np.maximum(np.nan_to_num(found), floor) / size)


def _solved(gram: Array, right: Array, held: NDArray[np.bool_], at: Array) -> Array:
    """Solve the normal equations of the free coefficients; the held ones are given."""
    q = gram.shape[1]
    free = ~held
    matrix = np.where(free[:, :, None] & free[:, None], gram, 0.0)
    matrix = matrix + np.where(held, 1.0, _RIDGE)[:, :, None] * np.eye(q)
    rest = np.where(held, at, right - np.vecdot(gram, at[:, None]))
    return np.asarray(np.linalg.solve(matrix, rest[:, :, None])[:, :, 0])


def inside(form: Form, starts: Array, own: Array) -> Array:
    """Return natural starts with those on a bound moved to the least of the form's ``own`` starts.

    A positive parameter that starts at its bound could never leave it.
    """
    found = starts.copy()
    for i, c in enumerate(form.coefficients):
        if c.transform == "log" and not c.linear:
            found[:, i] = np.where(found[:, i] <= c.low, np.min(own[:, i]), found[:, i])
    return found


def stacked(program: Any, values: Array) -> Array:
    """Return a program's outputs for values (..., p), stacked in the last axis."""
    columns = program(*np.moveaxis(values, -1, 0))
    return np.stack([np.broadcast_to(c, values.shape[:-1]) for c in columns], axis=-1)
