"""Take declared measures of arrays, with intervals where examples alone can give an honest one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from jaxuim.cli.arrays import Found, axes
from jaxuim.measure.intervals import clopper_pearson
from jaxuim.types.declare import Measure

_RESAMPLED = ("n", "N", "c", "r", "p")  # axes of independent examples, in no order
_BUDGET = 100_000_000  # numbers to look at in all resamples; about a second of work
_FEWEST = 50  # resamples that show where the tails are

Arrays = dict[str, Any]
# shares of examples: how many each is a share of
_SHARES: dict[str, Callable[[Arrays], int]] = {
    "error": lambda found: len(found["labels"]),
    "top5_error": lambda found: len(found["labels"]),
    "attack_success_rate": lambda found: int((found["labels"] != found["target"]).sum()),
    "fact_error": lambda found: len(found["fact_hits"]),
    "rare_fact_error": lambda found: len(found["fact_hits"]) - len(found["fact_hits"]) // 2,
}
# means over examples, and differences and smooth functions of them
_MEANS = (
    "nll",
    "balanced_error",
    "brier",
    "logit_entropy",
    "generalisation_gap",
    "generalisation_gap_nll",
    "contamination_inflation",
    "sensitivity",
    "exposure",
    "unwanted_probability",
    "stereotype_probability",
)
_BIASED = ("calibration", "fairness")  # families of sums and maxima of absolute differences
BIASED = "biased in finite samples, which resampling would repeat"
UNKNOWN = "examples alone do not say how sure they are"
FEW = "no resamples, or all alike"


@dataclass(frozen=True)
class Value:
    """A measure's value with its interval, or NaN for the ends and why there is none."""

    value: float
    lower: float = float("nan")
    upper: float = float("nan")
    why_not: str = ""


def take(
    chosen: list[Measure], found: Found, *, draws: int | None, confidence: float, seed: int
) -> tuple[dict[str, Value], dict[str, str], int]:
    """Return values by name, why others cannot be taken, and how many resamples were drawn.

    Shares of examples have the exact interval of Clopper and Pearson; means the basic bootstrap's
    (the quantiles of resamples reflected at the value); neither leaves a measure's range. Other
    measures have none.

    Args:
        chosen: measures whose inputs are all there.
        found: the arrays.
        draws: resamples; None for 200, or none where that would take long.
        confidence: of the intervals.
        seed: of the resampling.
    """
    refused: dict[str, str] = {}
    values: dict[str, Value] = {}
    for measure in chosen:
        try:  # with concrete arrays, so that their values are checked and float64 counts
            value = float(jnp.mean(_applied(measure, found.arrays, found)))
        except ValueError as error:
            refused[measure.name] = str(error)
        else:
            values[measure.name] = _without_resampling(measure, value, found, confidence)
    means = [measure for measure in chosen if measure.name in _MEANS and measure.name in values]
    used = _resamples(means, found, draws)
    for measure, column in zip(means, _drawn(means, found, used, seed), strict=True):
        value = values[measure.name].value
        values[measure.name] = _reflected(measure, value, column, confidence)
    return values, refused, used


def _without_resampling(measure: Measure, value: float, found: Found, confidence: float) -> Value:
    if measure.name in _SHARES and value == value:
        trials = _SHARES[measure.name](found.arrays)
        low, high = clopper_pearson(float(np.clip(value, 0.0, 1.0)) * trials, trials, confidence)
        return Value(value, float(low), float(high))
    return Value(value, why_not=BIASED if measure.family in _BIASED else UNKNOWN)


def _resamples(sampled: list[Measure], found: Found, draws: int | None) -> int:
    if not sampled or draws is not None:
        return (draws or 0) * bool(sampled)
    names = {name for measure in sampled for name in measure.inputs}
    size = sum(found.arrays[name].size for name in names)
    return 200 if 200 * size <= _BUDGET else (_BUDGET // size) * (_BUDGET // size >= _FEWEST)


def _applied(measure: Measure, arrays: Arrays, found: Found) -> Any:
    given = [arrays[name] for name in measure.inputs]
    if measure.spans:
        spans = [
            array if "runs" in axes(name) else array[None]
            for name, array in zip(measure.inputs, given, strict=True)
        ]
        return measure.load()(*spans)
    keywords = {"num_groups": found.num_groups} if "groups" in measure.inputs else {}
    return measure.load()(*given, **keywords)


def _drawn(chosen: list[Measure], found: Found, draws: int, seed: int) -> NDArray[np.float64]:
    """Return f64[measures, draws]: measures of resampled arrays, in one program for all."""
    names = sorted({name for measure in chosen for name in measure.inputs})
    taken = lambda arrays: [jnp.mean(_applied(measure, arrays, found)) for measure in chosen]
    program = jax.jit(taken)
    rng = np.random.default_rng(seed)
    drawn = [program(_resampled(names, found, rng)) for _ in range(draws)]
    return np.array(drawn, np.float64).reshape(draws, len(chosen)).T


def _reflected(
    measure: Measure, value: float, resampled: NDArray[np.float64], confidence: float
) -> Value:
    """Return the basic bootstrap interval: how far resamples lie from the value, turned around."""
    usable = resampled[np.isfinite(resampled)]
    if len(usable) < 2 or np.ptp(usable) == 0.0:
        return Value(value, why_not=FEW)
    tails = np.quantile(usable, [0.5 + confidence / 2, 0.5 - confidence / 2])
    low, high = np.clip(2.0 * value - tails, measure.low, measure.high)
    return Value(value, float(low), float(high))


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
