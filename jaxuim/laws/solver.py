"""Levenberg-Marquardt over curves x starts in one compiled float64 program of fixed length."""

from functools import partial
from typing import Any, Literal, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from jaxuim.laws.form import Form

Array = NDArray[np.float64]
Scale = Literal["linear", "log"]
SMALLEST_BUCKET = 16


class Solution(NamedTuple):
    """Where each start ended; leading axes (curves, starts).

    ``decrement`` is the relative reduction of the loss that one more Gauss-Newton step promises;
    ``gram`` is J'WJ, ``score`` the mean square of psi, ``slope`` the mean of psi' over used rows.
    """

    u: Any
    value: Any
    decrement: Any
    gram: Any
    score: Any
    slope: Any


class _State(NamedTuple):
    damping: Any
    found: Solution


class _Rows(NamedTuple):
    x: Any
    y: Any
    weight: Any
    delta: Any


def _rho(r: Any, delta: Any) -> Any:
    """Huber's loss summed: r^2/2 inside ``delta``, linear outside; squared for infinite delta."""
    size = jnp.abs(r)
    return jnp.sum(jnp.where(size <= delta, 0.5 * r * r, delta * (size - 0.5 * delta)))


def _residual(form: Form, scale: Scale, rows: _Rows, u: Any) -> Any:
    value = form.function(*rows.x, *form.natural(u))
    # The logarithm of a law that is not positive is NaN: such a step is refused.
    error = jnp.log(value / rows.y) if scale == "log" else value - rows.y
    return jnp.where(rows.weight > 0, rows.weight * error, 0.0)


def _linearised(form: Form, scale: Scale, rows: _Rows, u: Any) -> tuple[Any, Any]:
    """Return the weighted residuals (n,) and their derivatives (n, p)."""
    push = lambda tangent: jax.jvp(partial(_residual, form, scale, rows), (u,), (tangent,))
    r, jacobian = jax.vmap(push, out_axes=(None, 1))(jnp.eye(len(u), dtype=u.dtype))
    return r, jacobian


def _step(gradient: Any, hessian: Any, gram: Any, damping: Any) -> Any:
    """Solve (H + damping D) s = -g after scaling every column to unit length."""
    length = jnp.sqrt(jnp.diag(gram))
    scale = 1.0 / jnp.where(length > 0, length, 1.0)
    matrix = scale[:, None] * hessian * scale + damping * jnp.eye(len(scale), dtype=scale.dtype)
    return -scale * jnp.linalg.solve(matrix, scale * gradient)


def _iterate(
    form: Form, scale: Scale, rows: _Rows, iterations: int, i: Any, state: _State
) -> _State:
    """Describe the point reached so far and move on if that lowers the loss (never at the end)."""
    u = state.found.u
    r, jacobian = _linearised(form, scale, rows, u)
    size = jnp.abs(r)
    used, inside = rows.weight > 0, size <= rows.delta
    majorant = jnp.where(inside, 1.0, rows.delta / jnp.where(inside, 1.0, size))  # psi(r) / r
    gradient = jacobian.T @ (majorant * r)
    hessian = (jacobian * inside[:, None]).T @ jacobian
    gram = (jacobian * majorant[:, None]).T @ jacobian
    # The damped step and, nearly undamped, the one that says what is left to gain.
    dampings = jnp.stack([state.damping, jnp.full_like(state.damping, 1e-13)])
    steps = jax.vmap(_step, in_axes=(None, None, None, 0))(gradient, hessian, gram, dampings)
    value = _rho(r, rows.delta)
    value = jnp.where(jnp.isfinite(value), value, jnp.inf)
    better = _rho(_residual(form, scale, rows, u + steps[0]), rows.delta) < value  # false for NaN
    damping = jnp.where(better, state.damping / 4.0, state.damping * 5.0)
    count = jnp.maximum(jnp.sum(used), 1)
    found = Solution(
        u=jnp.where(better & (i < iterations), u + steps[0], u),
        value=value,
        decrement=-0.5 * gradient @ steps[1] / value,
        gram=gram,
        score=jnp.sum((majorant * r) ** 2) / count,
        slope=jnp.sum(used & inside) / count,
    )
    return _State(jnp.clip(damping, 1e-14, 1e14), found)


def _solve_one(form: Form, iterations: int, scale: Scale, rows: _Rows, u: Any) -> Solution:
    blank = jnp.zeros((), u.dtype)
    start = Solution(u, blank, blank, jnp.zeros((len(u), len(u)), u.dtype), blank, blank)
    step = partial(_iterate, form, scale, rows, iterations)
    return jax.lax.fori_loop(0, iterations + 1, step, _State(blank + 1e-2, start)).found


@partial(jax.jit, static_argnums=(0, 1, 2))
def _solve(
    form: Form, iterations: int, scale: Scale, x: Any, y: Any, weight: Any, delta: Any, u: Any
) -> Solution:
    one = partial(_solve_one, form, iterations, scale)
    starts = jax.vmap(one, in_axes=(None, 0))
    rows = _Rows(x, y, weight, delta)
    curves = jax.vmap(starts, in_axes=(_Rows(None, 0, 0, None), 0))
    return curves(rows, u)


@partial(jax.jit, static_argnums=0)
def _linear_starts(form: Form, x: Any, y: Any, weight: Any, starts: Any) -> Any:
    """Fill in the linear coefficients by weighted least squares and leave natural values."""
    linear = [i for i, c in enumerate(form.coefficients) if c.linear]

    def fill(start: Any) -> Any:
        base = form.function(*x, *start)
        shifted = [form.function(*x, *start.at[i].add(1.0)) - base for i in linear]
        columns = weight[:, None] * jnp.stack(shifted, axis=1)
        gram = columns.T @ columns
        found = _step(-columns.T @ (weight * (y - base)), gram, gram, 1e-12)
        found = jnp.where(jnp.isfinite(found), found, 0.0)
        size = 1e-3 * jnp.max(weight * jnp.abs(y)) / jnp.max(weight) + 1e-300
        for place, i in enumerate(linear):
            bounded = form.coefficients[i].transform != "identity"
            start = start.at[i].set(jnp.maximum(found[place], size) if bounded else found[place])
        return start

    filled = jax.vmap(fill)(starts) if linear else starts
    return jnp.stack(
        [c.unconstrained(filled[:, i]) for i, c in enumerate(form.coefficients)], axis=1
    )


@partial(jax.jit, static_argnums=0)
def _evaluate(form: Form, u: Any, x: Any) -> Any:
    return jax.vmap(lambda one: form.function(*x, *form.natural(one)) + 0.0 * x[0])(u)


def padded(rows: Array, length: int) -> Array:
    """Lengthen the last axis to ``length`` by repeating the first entry."""
    missing = length - rows.shape[-1]
    return np.concatenate([rows, np.repeat(rows[..., :1], missing, axis=-1)], axis=-1)


def bucket(n: int) -> int:
    """Return the power of two that ``n`` rows are padded to, so that few programs are compiled.

    >>> bucket(3), bucket(17)
    (16, 32)
    """
    return max(SMALLEST_BUCKET, 1 << (n - 1).bit_length())


def linear_starts(form: Form, x: Array, y: Array, weight: Array, starts: Array) -> Array:
    """Return unconstrained starts, (starts, p), from natural values of the non-linear ones."""
    x = np.atleast_2d(x)
    size = bucket(x.shape[1])
    blank = np.concatenate([weight, np.zeros(size - x.shape[1])])
    with jax.enable_x64(True):
        return np.asarray(_linear_starts(form, padded(x, size), padded(y, size), blank, starts))


def solve(
    form: Form,
    x: Array,
    y: Array,
    weight: Array,
    starts: Array,
    delta: float,
    iterations: int,
    scale: Scale = "linear",
) -> Solution:
    """Minimise sum rho(weight (f(x) - y)) for every curve from every start.

    Args:
        form: the law.
        x: shape (k, n), one row for each input of the law; (n,) where there is one.
        y: shape (curves, n).
        weight: square roots of the weights, shape (curves, n); zero leaves a row out.
        starts: unconstrained, shape (curves, starts, p).
        delta: Huber's threshold in units of the weighted residual; infinite for squares.
        iterations: how many steps every start takes; steps that do not improve are refused.
        scale: ``"log"`` takes log f(x) - log y instead; a law that is not positive is refused.

    Returns:
        A ``Solution`` of numpy arrays with leading axes (curves, starts).
    """
    x = np.atleast_2d(x)
    size = bucket(x.shape[1])
    blank = np.concatenate([weight, np.zeros((len(weight), size - x.shape[1]))], axis=1)
    with jax.enable_x64(True):
        rows = padded(x, size), padded(y, size), blank, np.float64(delta)
        found = _solve(form, iterations, scale, *rows, starts)
        return Solution(*(np.asarray(leaf) for leaf in found))


def evaluate(form: Form, u: Array, x: Array) -> Array:
    """Return f(x) in float64, shape (..., n), for x (k, n) and unconstrained u (..., p)."""
    x = np.atleast_2d(x)
    n = x.shape[1]
    if n == 0:
        return np.zeros((*u.shape[:-1], 0))
    flat = u.reshape(-1, u.shape[-1])
    with jax.enable_x64(True):
        values = np.asarray(_evaluate(form, flat, padded(x, bucket(n))))
    return values[:, :n].reshape(*u.shape[:-1], n).copy()


def natural(form: Form, u: Array) -> Array:
    """Return parameter values in float64 for unconstrained ones, both of shape (..., p)."""
    with jax.enable_x64(True):
        values = form.natural(jnp.moveaxis(jnp.asarray(u), -1, 0))
        return np.stack([np.asarray(v) for v in values], axis=-1)


def unconstrained(form: Form, values: Array) -> Array:
    """Return unconstrained parameters in float64 for natural ones, both of shape (..., p)."""
    with jax.enable_x64(True):
        return np.stack(
            [
                np.asarray(c.unconstrained(jnp.asarray(values[..., i])))
                for i, c in enumerate(form.coefficients)
            ],
            axis=-1,
        )
