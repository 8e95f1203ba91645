"""Whether a sweep's results show what was expected of them: a statistic over seeds, its verdict."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd

from jaxuim.laws import inherited_effect
from jaxuim.sweep.expect import Expect, Selection
from jaxuim.sweep.matrix_store import (
    CollectionResults,
    is_collection_directory,
    load_collection_results,
)
from jaxuim.sweep.results import axes_of_frame, load, seed_values
from jaxuim.sweep.spec import Spec

Verdict = Literal["holds", "fails", "open"]
_LEAST = 3  # seeds; with fewer the interval says nothing
_ROWS = ("variant", "step", "task", "adaptation", "mitigation", "measure")


@dataclass(frozen=True)
class Checked:
    """An expectation held against results.

    ``estimate`` is the mean over seeds, ``lower`` and ``upper`` its t interval; ``verdict`` is
    ``"holds"`` where the whole interval lies where it was expected, ``"fails"`` where all of it
    lies elsewhere, else ``"open"``; ``reason`` says why nothing could be computed.
    """

    expect: Expect
    estimate: float
    lower: float
    upper: float
    seeds: int
    verdict: Verdict
    reason: str = ""

    @property
    def sentence(self) -> str:
        """The expectation, the estimate with its interval, and the verdict, as one sentence."""
        if self.reason:
            return f"{self.expect.name}: {self.verdict} ({self.reason})"
        found = f"{self.estimate:.3g} [{self.lower:.3g}, {self.upper:.3g}]"
        wanted = self.expect.expected
        if wanted == "zero":
            wanted = f"within {self.expect.tolerance:g} of 0"
        evidence = f"{found} over {self.seeds} seeds, {wanted} expected"
        return f"{self.expect.name}: {self.verdict}, {evidence}"

    def as_json(self) -> dict[str, object]:
        """Return the outcome as JSON-able values; what could not be computed is None."""
        numbers = {"estimate": self.estimate, "lower": self.lower, "upper": self.upper}
        finite = {k: v if np.isfinite(v) else None for k, v in numbers.items()}
        known = {
            "name": self.expect.name,
            "expected": self.expect.expected,
            "verdict": self.verdict,
        }
        return {**known, **finite, "seeds": self.seeds, "reason": self.reason}


def check(
    frame: pd.DataFrame, expectations: Sequence[Expect], confidence: float = 0.95
) -> list[Checked]:
    """Hold every expectation against the rows of a sweep, or of several with a ``variant`` each.

    Args:
        frame: rows in the results schema; of runs that diverged the values are left out, and of
            measures that compare all runs the jackknife's pseudo-values stand for them.
        expectations: what is expected.
        confidence: of the t intervals over seeds.
    """
    if not expectations:
        return []
    usable = frame.assign(value=seed_values(frame))
    return [_check(usable, one, confidence) for one in expectations]


def check_directory(directory: Path) -> list[Checked]:
    """Hold what a sweep, or a sweep file with variants, expects against its stored results.

    Raises:
        StoreError: the directory holds no results.
    """
    if is_collection_directory(directory):
        return check_collection(load_collection_results(directory))
    results = load(directory)
    spec = Spec.from_dict(results.spec)
    return check(results.frame, spec.expect, spec.analysis.confidence)


def check_collection(found: CollectionResults) -> list[Checked]:
    """Hold what a sweep file with variants expects against the rows of all of them."""
    tables = found.content.get("expect", [])
    return check(found.frame, [Expect.model_validate(one, strict=False) for one in tables])


def _check(frame: pd.DataFrame, expect: Expect, confidence: float) -> Checked:
    try:
        values = _by_seed(frame, expect, expect.where)
        if expect.versus:
            values = values - _by_seed(frame, expect, {**expect.where, **expect.versus})
    except (LookupError, TypeError, ValueError) as error:
        return _unknown(expect, str(error.args[0] if error.args else error))
    values = values.dropna()
    if len(values) < _LEAST:
        return _unknown(expect, f"{len(values)} seeds have all rows, and {_LEAST} are needed")
    numbers = values.to_numpy(float) - expect.about
    found = inherited_effect(numbers, np.zeros_like(numbers), confidence=confidence)
    mean, lower, upper = float(found.mean), float(found.lower), float(found.upper)
    return Checked(expect, mean, lower, upper, len(values), _verdict(expect, lower, upper))


def _verdict(expect: Expect, lower: float, upper: float) -> Verdict:
    low, high = {
        "positive": (0.0, np.inf),
        "negative": (-np.inf, 0.0),
        "zero": (-expect.tolerance, expect.tolerance),
    }[expect.expected]
    if low <= lower and upper <= high and (lower, upper) != (0.0, 0.0):
        return "holds"
    if expect.expected == "zero" and lower == upper == 0.0:
        return "holds"
    return "fails" if upper < low or lower > high else "open"


def _unknown(expect: Expect, reason: str) -> Checked:
    return Checked(expect, float("nan"), float("nan"), float("nan"), 0, "open", reason)


def _by_seed(frame: pd.DataFrame, expect: Expect, where: Selection) -> pd.Series:
    """Return the statistic of each seed.

    Raises:
        LookupError: there is no such column, it holds no numbers, or no row is selected.
    """
    rows = _selected(frame, expect, where)
    if expect.statistic == "mean":
        return rows.groupby("seed")["value"].mean()
    axes = list(expect.axes) if expect.statistic == "coefficient" else [expect.axis]
    for name in axes:
        if not pd.api.types.is_numeric_dtype(rows[name]):
            raise LookupError(f"{name!r} holds no numbers")
    if expect.log:
        rows = rows[(rows[axes] > 0).all(axis=1)]
        rows = rows.assign(**{name: np.log(rows[name].astype(float)) for name in axes})
    table = rows.groupby(["seed", *axes])["value"].mean().reset_index()
    statistic = _STATISTICS[expect.statistic]
    return pd.Series({seed: statistic(group, expect) for seed, group in table.groupby("seed")})


def _selected(frame: pd.DataFrame, expect: Expect, where: Selection) -> pd.DataFrame:
    where = {"measure": expect.measure, **where}
    rows = frame[frame["measure"] == where["measure"]]
    for column in (*where, *expect.axes, *((expect.axis,) if expect.axis else ())):
        if column not in rows:
            raise LookupError(f"there is no column {column!r}")
    for column, wanted in where.items():
        known = rows[column]
        near = isinstance(wanted, float) and pd.api.types.is_numeric_dtype(known)
        rows = rows[np.isclose(known, wanted) if near else known == wanted]
    if "step" not in (*where, expect.axis, *expect.axes):
        rows = rows[rows["step"] == rows["pretrain.steps"]]
    if rows.empty:
        raise LookupError(f"no row is at {where}")
    lacking = rows.loc[rows["value"].isna(), "seed"]  # a mean over what is left would be another
    return _complete(rows[~rows["seed"].isin(lacking)])


def _complete(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the seeds that have as many as any: a sweep may have been interrupted."""
    keys = [*axes_of_frame(rows), *(name for name in _ROWS if name in rows)]
    cells = rows.groupby(keys, dropna=False).ngroup()
    held = {seed: frozenset(own) for seed, own in cells.groupby(rows["seed"])}
    fullest = max(held.values(), key=len, default=frozenset())
    return rows[rows["seed"].isin([seed for seed, own in held.items() if own == fullest])]


def _effect(table: pd.DataFrame, expect: Expect) -> float:
    base = table[expect.axis] == table[expect.axis].min()
    return float(table["value"][~base].mean() - table["value"][base].mean())


def _slope(table: pd.DataFrame, expect: Expect) -> float:
    return _plane(table, [expect.axis])[0]


def _argmin(table: pd.DataFrame, expect: Expect) -> float:
    if table["value"].isna().any():
        return float("nan")
    return float(table[expect.axis].iloc[int(table["value"].to_numpy().argmin())])


def _coefficient(table: pd.DataFrame, expect: Expect) -> float:
    slopes = _plane(table, list(expect.axes))
    signed = ((-1.0 if name.startswith("-") else 1.0, name.removeprefix("-")) for name in expect.of)
    return float(sum(sign * slopes[expect.axes.index(name)] for sign, name in signed))


def _plane(table: pd.DataFrame, axes: list[str]) -> np.ndarray:
    """Return the slopes of the least-squares plane; NaN where the axes do not determine it."""
    x = np.column_stack([*(table[name].to_numpy(float) for name in axes), np.ones(len(table))])
    y = table["value"].to_numpy(float)
    if not np.isfinite(y).all() or np.linalg.matrix_rank(x) < x.shape[1]:
        return np.full(len(axes), np.nan)
    return np.asarray(np.linalg.lstsq(x, y)[0][:-1])


_STATISTICS = {
    "effect": _effect,
    "slope": _slope,
    "argmin": _argmin,
    "coefficient": _coefficient,
}
