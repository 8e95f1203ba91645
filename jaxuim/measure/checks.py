"""Checks of the arrays that measures take: shapes always, values only outside of tracing.

Called with concrete arrays a measure refuses what it cannot use, with one sentence. While JAX
traces it (``jit``, ``vmap``) values cannot be looked at; there a number that is not finite makes
the result NaN instead.
"""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike
from numpy.typing import NDArray


def is_traced(*arrays: ArrayLike) -> bool:
    """Return whether JAX is tracing any of these arrays, so that its values are not known.

    >>> is_traced([1.0]), bool(jax.jit(lambda x: jnp.bool_(is_traced(x)))(1.0))
    (False, True)
    """
    return any(isinstance(array, jax.core.Tracer) for array in arrays)


def shape(name: str, array: ArrayLike, axes: str, **sizes: int) -> tuple[int, ...]:
    """Return the shape of an array, which must have the named axes, none of them empty.

    Args:
        name: what messages call the array.
        array: checked while tracing too.
        axes: names of the axes, separated by spaces, e.g. ``"n K"``; ``""`` for a scalar.
        sizes: what some of the axes must measure.

    Raises:
        ValueError: another number of axes, an empty axis, or another size than is demanded.

    >>> shape("features", [[1.0, 2.0]], "n D")
    (1, 2)
    >>> shape("labels", [1, 0], "n", n=3)
    Traceback (most recent call last):
    ValueError: labels has shape (2,); allowed is [n] with n = 3
    """
    found: tuple[int, ...] = np.shape(array)
    wanted = axes.split()
    allowed = f"{name} has shape {found}; allowed is [{', '.join(wanted)}]"
    if len(found) != len(wanted):
        raise ValueError(allowed)
    demanded = {axis: size for axis, size in sizes.items() if axis in wanted}
    if any(demanded.get(axis, size) != size for axis, size in zip(wanted, found, strict=True)):
        listed = ", ".join(f"{axis} = {size}" for axis, size in demanded.items())
        raise ValueError(f"{allowed} with {listed}")
    if 0 in found:
        raise ValueError(f"{allowed}, none of them empty")
    return found


def finite(name: str, array: ArrayLike) -> jax.Array:
    """Return an array as float32, every value of which must be finite.

    While tracing values are not looked at: use :func:`jaxuim.measure.performance.nan_unless_finite`
    on the result.

    Raises:
        ValueError: not real numbers, or a value that is infinite, NaN or beyond float32.

    >>> finite("logits", [[0.0, float("nan")]])
    Traceback (most recent call last):
    ValueError: logits[0, 1] = nan; every value must be finite
    """
    values = _numbers(name, array, "biuf")
    if values is None:
        return jnp.asarray(array, jnp.float32)
    with np.errstate(over="ignore"):
        narrow = values.astype(np.float32, copy=False)
    refuse_infinite(name, values)
    bad = ~np.isfinite(narrow)
    if bad.any():
        raise ValueError(f"{_first(name, values, bad)} is beyond float32, whose largest is 3.4e+38")
    return jnp.asarray(narrow)


def refuse_infinite(name: str, values: NDArray[Any]) -> None:
    """Raise ``ValueError`` with the first of the values that is not finite, if any.

    >>> refuse_infinite("losses", np.array([1e300, np.inf]))
    Traceback (most recent call last):
    ValueError: losses[1] = inf; every value must be finite
    """
    bad = ~np.isfinite(values)
    if bad.any():
        raise ValueError(f"{_first(name, values, bad)}; every value must be finite")


def whole(name: str, array: ArrayLike, count: int) -> jax.Array:
    """Return an array as int32, every value of which must be a whole number in [0, count).

    Numbers of 2**31 and more are refused whatever ``count`` is.

    Raises:
        ValueError: not whole numbers, or one that is outside.

    >>> whole("labels", [0, 3], 3)
    Traceback (most recent call last):
    ValueError: labels[1] = 3; allowed are whole numbers from 0 to 2
    """
    values = _numbers(name, array, "biuf")
    if values is not None:
        last = min(count, 2**31) - 1
        with np.errstate(invalid="ignore"):
            bad = ~((values >= 0) & (values <= last) & (values == np.floor(values)))
        if bad.any():
            raise ValueError(
                f"{_first(name, values, bad)}; allowed are whole numbers from 0 to {last}"
            )
    return jnp.asarray(array if values is None else values.astype(np.int32), jnp.int32)


def flags(name: str, array: ArrayLike) -> jax.Array:
    """Return an array as bool; it must hold truth values or the numbers 0 and 1.

    Raises:
        ValueError: another value.

    >>> flags("leaked", [0, 2])
    Traceback (most recent call last):
    ValueError: leaked[1] = 2; allowed are whole numbers from 0 to 1
    """
    return whole(name, array, 2).astype(bool)


def checked_logits(
    logits: ArrayLike, labels: ArrayLike, *, names: tuple[str, str] = ("logits", "labels")
) -> tuple[jax.Array, jax.Array]:
    """Return logits as f32[n, K] and labels as i32[n] after checking both.

    Args:
        logits: f32[n, K], finite; n and K at least 1.
        labels: i32[n] in [0, K).
        names: what messages call the two.

    Raises:
        ValueError: wrong shapes, a logit that is not finite, a label that is no class.

    >>> checked_logits([[0.0, 1.0]], [2])
    Traceback (most recent call last):
    ValueError: labels[0] = 2; allowed are whole numbers from 0 to 1
    """
    examples, classes = shape(names[0], logits, "n K")
    shape(names[1], labels, "n", n=examples)
    return finite(names[0], logits), whole(names[1], labels, classes)


def checked_groups(groups: ArrayLike, examples: int, num_groups: int) -> jax.Array:
    """Return groups as i32[n] after checking that every one of ``num_groups`` occurs.

    While tracing, absent groups cannot be seen: they must not count in what is computed.

    Raises:
        ValueError: wrong shape, a group that is outside [0, num_groups), a group without example.

    >>> checked_groups([0, 2], 2, 3)
    Traceback (most recent call last):
    ValueError: group 1 of num_groups = 3 has no example; each group needs at least one
    """
    if num_groups < 1:
        raise ValueError(f"num_groups = {num_groups} must be at least 1")
    shape("groups", groups, "n", n=examples)
    found = whole("groups", groups, num_groups)
    if not is_traced(groups):
        size = np.bincount(np.asarray(groups, np.int64), minlength=num_groups)
        if not size.all():
            raise ValueError(
                f"group {int(np.argmin(size > 0))} of num_groups = {num_groups} has no example; "
                "each group needs at least one"
            )
    return found


def numbers(name: str, array: ArrayLike) -> NDArray[Any]:
    """Return a concrete array of finite real numbers as it is, for NumPy.

    Raises:
        ValueError: not real numbers, or a value that is not finite; values under jit.

    >>> numbers("losses", [1, 2])
    array([1, 2])
    """
    values = _numbers(name, array, "biuf")
    if values is None:
        raise ValueError(f"{name} must be concrete, not under jit")
    refuse_infinite(name, values)
    return values


def _numbers(name: str, array: ArrayLike, kinds: str) -> NDArray[Any] | None:
    """Return a concrete array for NumPy, None for a traced one; both must hold numbers."""
    traced = is_traced(array)
    values: Any = array if traced else np.asarray(array)
    kind = "f" if jnp.issubdtype(values.dtype, jnp.floating) else values.dtype.kind
    if kind not in kinds:
        raise ValueError(f"{name} has dtype {values.dtype}; allowed are real numbers")
    return None if traced else values


def _first(name: str, values: NDArray[Any], bad: NDArray[np.bool_]) -> str:
    """Return the first bad value with its place, e.g. ``labels[3] = -1``."""
    place = np.unravel_index(int(np.argmax(bad)), bad.shape)
    where = f"[{', '.join(map(str, place))}]" if place else ""
    return f"{name}{where} = {values[place]}"
