"""Take declared measures of arrays, with intervals by resampling examples."""

from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray
from scipy import special

from jaxuim.cli.arrays import Found, axes
from jaxuim.types.declare import Measure

_RESAMPLED = ("n", "N", "c", "r", "p")  # axes of independent examples, in no order
_BUDGET = 100_000_000  # numbers to look at in all resamples; about a second of work
_FEWEST = 50  # resamples that make a standard error


@dataclass(frozen=True)
class Value:
    """A measure's value with its interval, NaN where there is none."""

    value: float
    lower: float
    upper: float


def take(
    chosen: list[Measure], found: Found, *, draws: int | None, confidence: float, seed: int
) -> tuple[dict[str, Value], dict[str, str], int]:
    """Return values by name, why others cannot be taken, and how many resamples were drawn.

    A measure's interval is its value -+ z standard errors over resampled examples, cut to its
    range; measures of features and those that span runs have none.

    Args:
        chosen: measures whose inputs are all there.
        found: the arrays.
        draws: resamples; None for 200, or none where that would take long.
        confidence: of the intervals.
        seed: of the resampling.
    """
    refused: dict[str, str] = {}
    values: dict[str, tuple[float, float]] = {}
    sampled = []
    for measure in chosen:
        try:
            if _resamplable(measure):  # traced only: it is compiled with the others
                jax.eval_shape(partial(_applied, measure, found.arrays, found))
                sampled.append(measure)
            else:
                value = jnp.mean(_applied(measure, found.arrays, found))
                values[measure.name] = float(value), float("nan")
        except ValueError as error:
            refused[measure.name] = str(error)
    used = _resamples(sampled, found, draws)
    values |= _values(sampled, found, used, seed)
    z = float(special.ndtri(0.5 + confidence / 2))
    result = {}
    for measure in (measure for measure in chosen if measure.name in values):
        centre, spread = values[measure.name]
        ends = np.clip([centre - z * spread, centre + z * spread], measure.low, measure.high)
        result[measure.name] = Value(centre, float(ends[0]), float(ends[1]))
    return result, refused, used


def _resamplable(measure: Measure) -> bool:
    """Return whether resampling examples says how sure a measure is: not so for spectra."""
    found = {axis for name in measure.inputs for axis in axes(name)}
    return not measure.spans and "D" not in found and bool(found & set(_RESAMPLED))


def _resamples(sampled: list[Measure], found: Found, draws: int | None) -> int:
    if not sampled or draws is not None:
        return draws or 0
    names = {name for measure in sampled for name in measure.inputs}
    size = sum(found.arrays[name].size for name in names)
    return 200 if 200 * size <= _BUDGET else (_BUDGET // size) * (_BUDGET // size >= _FEWEST)


def _applied(measure: Measure, arrays: dict[str, Any], found: Found) -> Any:
    given = [arrays[name] for name in measure.inputs]
    if measure.spans:
        spans = [
            array if "runs" in axes(name) else array[None]
            for name, array in zip(measure.inputs, given, strict=True)
        ]
        return measure.load()(*spans)
    keywords = {"num_groups": found.num_groups} if "groups" in measure.inputs else {}
    return measure.load()(*given, **keywords)


def _values(
    chosen: list[Measure], found: Found, draws: int, seed: int
) -> dict[str, tuple[float, float]]:
    """Return value and standard deviation over resamples (NaN without), in one program for all."""
    names = sorted({name for measure in chosen for name in measure.inputs})
    taken = lambda arrays: [jnp.mean(_applied(measure, arrays, found)) for measure in chosen]
    program = jax.jit(taken)
    values = np.array(program({name: found.arrays[name] for name in names}), np.float64)
    rng = np.random.default_rng(seed)
    drawn = [program(_resampled(names, found, rng)) for _ in range(draws)]
    table = np.array(drawn, np.float64).reshape(draws, len(chosen))
    result = {}
    for measure, value, column in zip(chosen, values, table.T, strict=True):
        usable = column[np.isfinite(column)]
        spread = float(usable.std(ddof=1)) if len(usable) > 1 else float("nan")
        result[measure.name] = float(value), spread
    return result


def _resampled(names: list[str], found: Found, rng: np.random.Generator) -> dict[str, NDArray[Any]]:
    """Return the arrays with examples drawn with replacement, the same ones in all of them."""
    chosen = {
        axis: rng.integers(size, size=size)
        for axis, size in sorted(found.sizes.items())
        if axis in _RESAMPLED
    }
    result = {}
    for name in names:
        first = axes(name)[:1]
        array = found.arrays[name]
        result[name] = array[chosen[first[0]]] if first and first[0] in chosen else array
    return result
