"""Inherited effects of a sweep as a table, and those of two sweeps side by side."""

from pathlib import Path

import numpy as np
import pandas as pd

from jaxuim.laws import inherited_effect
from jaxuim.sweep.results import Results, load
from jaxuim.sweep.store import StoreError

_ROWS = ["task", "adaptation", "mitigation", "measure"]


def response_axis(results: Results) -> str:
    """Return the axis that effects are taken along: the analysis', or the first level axis.

    Raises:
        StoreError: the results vary along no bias level and the analysis names no axis.
    """
    chosen: str = results.spec["analysis"]["axis"]
    if chosen:
        return chosen
    for axis in ("bias.level", "bias2.level"):
        if axis in results.axes:
            return axis
    raise StoreError(f"{results.directory}: no bias level varies in these results")


def differences(results: Results, axis: str = "") -> pd.DataFrame:
    """Return the paired differences from the lowest value of the axis, one row for each seed.

    Only the last step of each run counts. Columns: the other run axes, task, adaptation,
    mitigation, measure, the axis, seed, difference. Pairs with a diverged run are NaN.

    Raises:
        StoreError: there are no rows, or the axis does not vary.
    """
    frame = results.frame
    if frame.empty:
        raise StoreError(f"{results.directory}: holds no rows yet")
    axis = axis or response_axis(results)
    if axis not in results.axes:
        raise StoreError(f"{results.directory}: {axis!r} is no axis of these results")
    frame = frame[frame["step"] == frame["pretrain.steps"]]
    value = frame["value"].where(frame["status"] != "diverged")
    keys = [name for name in results.axes if name != axis] + _ROWS
    frame = frame[[*keys, axis, "seed"]].assign(value=value)
    base = frame[frame[axis] == frame[axis].min()].drop(columns=axis)
    paired = frame.merge(base, on=[*keys, "seed"], suffixes=("", "_0"))
    paired["difference"] = paired["value"] - paired["value_0"]
    paired = paired[paired[axis] > frame[axis].min()]
    return paired.drop(columns=["value", "value_0"]).reset_index(drop=True)


def effects(results: Results, axis: str = "", confidence: float = 0.95) -> pd.DataFrame:
    """Return the inherited effect at every value of the axis, with its interval.

    Columns: the other run axes, task, adaptation, mitigation, measure, the axis, effect, lower,
    upper, sd (of the paired differences) and seeds.

    Raises:
        StoreError: there are no rows, or the axis does not vary.
    """
    paired = differences(results, axis)
    keys = [name for name in paired.columns if name not in ("seed", "difference")]
    return _summary(paired, keys, confidence)


def compare(
    first: str | Path, second: str | Path, *, measure: str = "", confidence: float = 0.95
) -> pd.DataFrame:
    """Return the inherited effects of two sweeps side by side, and their difference.

    Rows are matched by level, task, adaptation, measure and by every axis that both sweeps have.
    Where both have the same root seed the difference (second minus first) is paired by seed;
    otherwise its interval is Welch's.

    Args:
        first: a directory of results.
        second: another one.
        measure: only this measure; all if empty.
        confidence: of every interval.

    Raises:
        StoreError: a directory cannot be read, or the two have no rows in common.
    """
    sides = (load(first), load(second))
    axis = response_axis(sides[0])
    tables = [differences(side, axis) for side in sides]
    common = [name for name in tables[0].columns if name in {*tables[1].columns}]
    keys = [name for name in common if name not in ("seed", "difference")]
    if measure:
        tables = [table[table["measure"] == measure] for table in tables]
    left, right = (_summary(table, keys, confidence) for table in tables)
    both = left.merge(right, on=keys, suffixes=("_1", "_2"))
    if both.empty:
        what = f"no rows in common at {axis} above its lowest value"
        raise StoreError(
            f"{first} and {second} have {what}" + (f" for {measure}" if measure else "")
        )
    if sides[0].provenance["root_seed"] == sides[1].provenance["root_seed"]:
        return both.merge(_paired_difference(tables, keys, confidence), on=keys)
    return _welch(both, confidence)


def _summary(paired: pd.DataFrame, keys: list[str], confidence: float) -> pd.DataFrame:
    rows = []
    for key, group in paired.groupby(keys, sort=True, dropna=False):
        values = group["difference"].to_numpy(dtype=float)
        found = inherited_effect(values, np.zeros_like(values), confidence=confidence)
        numbers = (found.mean, found.lower, found.upper, found.sd)
        rows.append((*key, *(float(number) for number in numbers), int(found.n)))
    return pd.DataFrame(rows, columns=[*keys, "effect", "lower", "upper", "sd", "seeds"])


def _paired_difference(
    tables: list[pd.DataFrame], keys: list[str], confidence: float
) -> pd.DataFrame:
    means = [t.groupby([*keys, "seed"], dropna=False)["difference"].mean() for t in tables]
    change = (means[1] - means[0]).rename("difference").reset_index()
    found = _summary(change, keys, confidence).drop(columns=["sd", "seeds"])
    names = {"effect": "difference", "lower": "difference_lower", "upper": "difference_upper"}
    return found.rename(columns=names)


def _welch(both: pd.DataFrame, confidence: float) -> pd.DataFrame:
    from scipy import special

    errors = [both[f"sd_{side}"] ** 2 / both[f"seeds_{side}"] for side in (1, 2)]
    total = errors[0] + errors[1]
    parts = [
        error**2 / (both[f"seeds_{side}"] - 1) for side, error in zip((1, 2), errors, strict=True)
    ]
    half = special.stdtrit(total**2 / (parts[0] + parts[1]), 0.5 + confidence / 2) * np.sqrt(total)
    difference = both["effect_2"] - both["effect_1"]
    return both.assign(
        difference=difference,
        difference_lower=difference - half,
        difference_upper=difference + half,
    )
