"""Turn a scalar function written in JAX into a NumPy program over arrays, traced once."""

from collections.abc import Callable, Sequence
from copy import copy
from functools import cache
from typing import Any

import jax
import numpy as np

from jaxuim.laws.fits.translation import Builder, Operation, Untranslatable, select, translate


def _uniform(truth: Any) -> bool:
    return bool(np.all(truth) or not np.any(truth))


class Tape:
    """A program of NumPy calls on arrays that broadcast against each other.

    ``outputs`` holds, for every output, the value where it is a constant and None elsewhere.
    """

    def __init__(
        self,
        operations: Sequence[Operation],
        constants: dict[int, Any],
        inputs: range,
        outputs: Sequence[int],
    ) -> None:
        self._inputs, self._places, self._constants = inputs, tuple(outputs), constants
        self.outputs = tuple(constants.get(slot) for slot in outputs)

        needed, kept = set(outputs), []
        for operation in reversed(operations):
            if operation[2] in needed:
                needed.update(operation[1])
                kept.append(operation)
        self._operations = tuple(reversed(kept))
        size = 1 + max([inputs.stop, *needed])
        self._blank: list[Any] = [constants.get(i) if i in needed else None for i in range(size)]
        self._many = [i for i, c in enumerate(self._blank) if np.ndim(c) == 2 and len(c) > 1]
        self._dead = self._last_uses()

    def _last_uses(self) -> list[tuple[int, ...]]:
        """Return, for every operation, the values that nobody needs after it."""
        used = set(self._places) | set(self._constants)
        dead: list[tuple[int, ...]] = []
        for _, slots, _ in reversed(self._operations):
            dead.append(tuple(set(slots) - used))
            used.update(slots)
        return dead[::-1]

    def __call__(self, *inputs: Any) -> list[Any]:
        """Return the outputs; those that depend on few inputs have few dimensions."""
        slots = self._blank.copy()
        slots[self._inputs.start : self._inputs.stop] = inputs
        for (function, places, result), dead in zip(self._operations, self._dead, strict=True):
            slots[result] = function(*[slots[i] for i in places])
            for slot in dead:
                slots[slot] = None
        return [slots[i] for i in self._places]

    def first(self) -> "Tape":
        """Return the program of the first output alone."""
        known = {i: c for i, c in enumerate(self._blank) if c is not None}
        return Tape(self._operations, known, self._inputs, self._places[:1])

    def of(self, curves: Any) -> "Tape":
        """Return the program for some of the curves, where it is bound to x of many."""
        if not self._many:
            return self
        part = copy(self)
        part._blank = self._blank.copy()
        for slot in self._many:
            part._blank[slot] = self._blank[slot][curves]
        return part

    def bound(self, *first: Any) -> "Tape":
        """Return the program with the first inputs given: what depends on them alone is done."""
        known = dict(self._constants) | dict(enumerate(first))
        renamed: dict[int, int] = {}
        rest: list[Operation] = []
        for function, places, result in self._operations:
            slots = tuple(renamed.get(slot, slot) for slot in places)
            if all(slot in known for slot in slots):
                known[result] = function(*(known[slot] for slot in slots))
            elif function is select and slots[0] in known and _uniform(known[slots[0]]):
                renamed[result] = slots[2] if np.all(known[slots[0]]) else slots[1]
            else:
                rest.append((function, slots, result))
        outputs = [renamed.get(slot, slot) for slot in self._places]
        return Tape(rest, known, self._inputs[len(first) :], outputs)


@cache
def _compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    return jax.jit(jax.vmap(function))


def _by_xla(function: Callable[..., Any], *inputs: Any) -> list[Any]:
    """Compute by a compiled program, padded so that few lengths are compiled."""
    together = np.broadcast_arrays(*inputs)
    shape, size = together[0].shape, together[0].size
    missing = (1 << max(size - 1, 15).bit_length()) - size
    flat = [np.pad(a.reshape(-1), (0, missing), mode="edge") for a in together]
    with jax.enable_x64(True):
        found = _compiled(function)(*flat)
        return [np.asarray(leaf)[:size].reshape(shape) for leaf in found]


class Compiled:
    """The same interface for a function that NumPy has no counterpart for."""

    def __init__(self, function: Callable[..., Any], outputs: int, first: Any = ()) -> None:
        self._function, self._first = function, first
        self.outputs = (None,) * outputs

    def __call__(self, *inputs: Any) -> list[Any]:
        """Return the outputs for arrays that broadcast against each other."""
        return _by_xla(self._function, *self._first, *inputs)

    def first(self) -> "Compiled":
        """Return the program of the first output alone."""
        return Compiled(self._first_alone, 1, self._first)

    def _first_alone(self, *inputs: Any) -> list[Any]:
        return [self._function(*inputs)[0]]

    def of(self, curves: Any) -> "Compiled":
        """Return the program for some of the curves, where it is bound to x of many."""
        first = tuple(c if len(c) == 1 else c[curves] for c in self._first)
        return Compiled(self._function, len(self.outputs), first)

    def bound(self, *first: Any) -> "Compiled":
        """Return the program with the first inputs given."""
        return Compiled(self._function, len(self.outputs), first)


def record(function: Callable[..., Sequence[Any]], inputs: int) -> Tape | Compiled:
    """Return the program of ``function(*scalars) -> [scalars]`` in float64.

    Raises:
        ValueError: JAX cannot trace it, or it has no derivative.

    >>> double = record(lambda x, a: [2.0 * a * x, a], 2)
    >>> [part.tolist() for part in double(np.array([1.0, 2.0]), np.array(3.0))]
    [[6.0, 12.0], 3.0]
    """
    with jax.enable_x64(True):
        scalar = jax.ShapeDtypeStruct((), np.float64)
        try:
            traced = jax.make_jaxpr(function)(*[scalar] * inputs)
        except (jax.errors.JAXTypeError, NotImplementedError) as error:
            reason = str(error).splitlines()[0]
            raise ValueError(
                "the function of a form must be traceable and twice differentiable: use jax.numpy, "
                f"and jnp.where instead of if ({reason})"
            ) from None
    builder = Builder(inputs)
    try:
        outputs = translate(builder, traced.jaxpr, traced.consts, range(inputs))
    except Untranslatable:
        return Compiled(function, len(traced.jaxpr.outvars))
    return Tape(builder.operations, builder.constants, range(inputs), outputs)
