"""Translate a traced scalar function into a list of NumPy calls without repeats."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np
from jax.extend.core import Literal
from scipy import special

Operation = tuple[Callable[..., Any], tuple[int, ...], int]


def select(which: Any, no: Any, yes: Any) -> Any:
    """Return ``yes`` where ``which`` holds and ``no`` elsewhere."""
    return np.where(which, yes, no)


# XLA on a CPU compiles for one to four seconds a form and then needs five times as long for an
# exponential or a sum as NumPy does; a fit is over before that pays. So JAX differentiates and
# NumPy computes. What this table lacks is compiled by XLA after all.
_UFUNCS: dict[str, Callable[..., Any]] = {
    "abs": np.abs,
    "acos": np.arccos,
    "add": np.add,
    "add_any": np.add,
    "and": np.logical_and,
    "asin": np.arcsin,
    "atan": np.arctan,
    "atan2": np.arctan2,
    "cbrt": np.cbrt,
    "ceil": np.ceil,
    "clamp": lambda low, value, high: np.minimum(np.maximum(value, low), high),
    "cos": np.cos,
    "cosh": np.cosh,
    "digamma": special.digamma,
    "div": np.divide,
    "eq": np.equal,
    "erf": special.erf,
    "erfc": special.erfc,
    "erf_inv": special.erfinv,
    "exp": np.exp,
    "exp2": np.exp2,
    "expm1": np.expm1,
    "floor": np.floor,
    "ge": np.greater_equal,
    "gt": np.greater,
    "is_finite": np.isfinite,
    "le": np.less_equal,
    "lgamma": special.gammaln,
    "log": np.log,
    "log1p": np.log1p,
    "logistic": special.expit,
    "lt": np.less,
    "max": np.maximum,
    "min": np.minimum,
    "mul": np.multiply,
    "ne": np.not_equal,
    "neg": np.negative,
    "not": np.logical_not,
    "or": np.logical_or,
    "pow": np.power,
    "rsqrt": lambda value: 1.0 / np.sqrt(value),
    "select_n": select,
    "sign": np.sign,
    "sin": np.sin,
    "sinh": np.sinh,
    "sqrt": np.sqrt,
    "square": np.square,
    "sub": np.subtract,
    "tan": np.tan,
    "tanh": np.tanh,
}
_SAME = {"broadcast_in_dim", "copy", "copy_p", "reduce_precision", "reshape", "squeeze",
         "stop_gradient"}  # fmt: skip
_CALLS = {"jit", "pjit", "closed_call", "core_call", "custom_jvp_call", "custom_vjp_call",
          "custom_vjp_call_jaxpr", "checkpoint", "remat"}  # fmt: skip
_OF_INTEGERS = {"add", "eq", "ge", "gt", "le", "lt", "max", "min", "mul", "ne", "neg", "select_n",
                "sub"}  # fmt: skip
_LONGEST_LOOP = 200  # turns of a loop that are written out


class Untranslatable(Exception):
    """The traced function holds something that NumPy has no counterpart for."""


class Builder:
    """Operations so far; equal ones are kept once, those on constants are done at once."""

    def __init__(self, inputs: int) -> None:
        self.operations: list[Operation] = []
        self.constants: dict[int, Any] = {}
        self.size = inputs
        self._seen: dict[Any, int] = {}
        self._places: dict[Any, int] = {}

    def constant(self, value: Any) -> int:
        """Return the place of a number."""
        array = np.asarray(value)
        if array.shape != ():
            raise Untranslatable("an array inside the function")
        scalar = array[()]
        key = (array.dtype.str, scalar.tobytes())
        if key not in self._places:
            self._places[key] = self.size
            self.constants[self.size] = scalar
            self.size += 1
        return self._places[key]

    def apply(self, name: str, function: Callable[..., Any], slots: tuple[int, ...]) -> int:
        """Return the place of a function's result."""
        simple = self._simplified(name, slots)
        if simple is not None:
            return simple
        if all(slot in self.constants for slot in slots):
            with np.errstate(all="ignore"):
                return self.constant(function(*(self.constants[slot] for slot in slots)))
        key = (name, tuple(sorted(slots)) if name in ("add", "add_any", "mul") else slots)
        if key not in self._seen:
            self.operations.append((function, slots, self.size))
            self._seen[key] = self.size
            self.size += 1
        return self._seen[key]

    def _simplified(self, name: str, slots: tuple[int, ...]) -> int | None:
        """Drop what differentiation leaves behind: sums with 0, products with 0 and 1."""
        values = [self.constants.get(slot) for slot in slots]
        if name == "mul" and 0.0 in values:
            return self.constant(0.0)
        if name in ("mul", "add", "add_any"):
            neutral = 1.0 if name == "mul" else 0.0
            for i in (0, 1):
                if values[i] is not None and values[i] == neutral:
                    return slots[1 - i]
        if name == "mul" and -1.0 in values:
            return self.apply("neg", np.negative, (slots[1 - values.index(-1.0)],))
        if name in ("sub", "div") and values[1] is not None:
            return slots[0] if values[1] == (1.0 if name == "div" else 0.0) else None
        if name == "div" and values[0] is not None and values[0] == 0.0:
            return slots[0]
        return None

    def power(self, slot: int, exponent: int) -> int:
        """Write an integer power as products."""
        if exponent < 0:
            one = self.constant(1.0)
            return self.apply("div", np.divide, (one, self.power(slot, -exponent)))
        if exponent == 0:
            return self.constant(1.0)
        half = self.power(slot, exponent // 2)
        square = half if exponent == 1 else self.apply("mul", np.multiply, (half, half))
        if exponent % 2 == 0:
            return square
        return slot if exponent == 1 else self.apply("mul", np.multiply, (square, slot))


def _inner(params: dict[str, Any]) -> Any:
    for key in ("jaxpr", "call_jaxpr", "fun_jaxpr"):
        if key in params:
            return params[key]
    raise Untranslatable("a call without a body")


def translate(builder: Builder, jaxpr: Any, constants: Sequence[Any], inputs: Any) -> list[int]:
    """Add the equations of a traced function and return the places of its outputs.

    Raises:
        Untranslatable: the function holds arrays, or an operation without counterpart.
    """
    slots: dict[Any, int] = dict(zip(jaxpr.invars, inputs, strict=True))
    for variable, value in zip(jaxpr.constvars, constants, strict=True):
        slots[variable] = builder.constant(value)
    place = lambda v: builder.constant(v.val) if isinstance(v, Literal) else slots[v]
    for equation in jaxpr.eqns:
        found = _equation(builder, equation, tuple(place(v) for v in equation.invars))
        slots.update(zip(equation.outvars, found, strict=True))
    return [place(v) for v in jaxpr.outvars]


def _equation(builder: Builder, equation: Any, slots: tuple[int, ...]) -> list[int]:
    name, params = equation.primitive.name, equation.params
    if any(variable.aval.shape != () for variable in equation.outvars):
        raise Untranslatable("an array inside the function")
    if name in _CALLS:
        body = _inner(params)
        closed = getattr(body, "jaxpr", None)
        return translate(builder, closed or body, body.consts if closed else (), slots)
    if name == "scan":
        return _loop(builder, params, slots, len(equation.outvars))
    if name in _SAME:
        return [slots[0]]
    if name == "convert_element_type":
        kind = np.dtype(params["new_dtype"])
        if kind == np.float64:
            return [builder.apply("float", partial(np.asarray, dtype=kind), slots)]
        return [builder.apply(f"to {kind}", lambda v: np.asarray(v).astype(kind), slots)]
    if name == "integer_pow":
        return [builder.power(slots[0], params["y"])]
    if name not in _UFUNCS or (name == "select_n" and len(slots) != 3):
        raise Untranslatable(name)
    kinds = {np.dtype(v.aval.dtype).kind for v in (*equation.invars, *equation.outvars)}
    if not kinds <= {"f", "b"} and name not in _OF_INTEGERS:  # they divide, for one, differently
        raise Untranslatable(f"{name} of integers")
    return [builder.apply(name, _UFUNCS[name], slots)]


def _loop(
    builder: Builder, params: dict[str, Any], slots: tuple[int, ...], carried: int
) -> list[int]:
    """Write out a loop of fixed length; what is not carried is the same in every turn."""
    body, fixed = params["jaxpr"], len(slots) - carried
    inner = getattr(body, "jaxpr", body)
    if params["length"] > _LONGEST_LOOP or len(inner.outvars) != carried:
        raise Untranslatable("a long loop")
    carry, constants = list(slots[fixed:]), getattr(body, "consts", ())
    for _ in range(params["length"]):
        carry = translate(builder, inner, constants, (*slots[:fixed], *carry))
    return carry
