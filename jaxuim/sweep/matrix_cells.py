"""The matrix of biases and consequences: one row for each cell, with its tests corrected."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from jaxuim.sweep.matrix_columns import Consequence
from jaxuim.sweep.matrix_effect import FEWEST, StandardisedEffect, standardised_effect, untested
from jaxuim.sweep.matrix_store import CollectionResults
from jaxuim.sweep.plan import UPSTREAM, wanted_rows
from jaxuim.sweep.results import Results, seed_values
from jaxuim.sweep.spec import Spec
from jaxuim.types.registry import catalogue
from jaxuim.types.status import DIVERGED, NOT_APPLICABLE

_LEVELS = ("bias.level", "bias2.level")
_KEYS = ("measure", "task", "adaptation")
_SIGN = {"lower": 1.0, "higher": -1.0, "none": 1.0}
COLUMNS = (
    "variant",
    "biases",
    "family",
    "reference",
    "measure",
    "task",
    "adaptation",
    "consequence",
    "inherited",
    "better",
    "status",
    "reason",
    "n",
    "lost",
    "baseline",
    "baseline_sd",
    "effect",
    "effect_lower",
    "effect_upper",
    "g",
    "g_lower",
    "g_upper",
    "p_value",
    "q_value",
    "significant",
)


def inheritance_matrix(found: CollectionResults) -> pd.DataFrame:
    """Return the matrix of a collection, one row for each variant and consequence.

    ``effect`` is the mean paired difference between the reference level and level 0, as the measure
    counts; ``g`` is it in between-seed standard deviations at level 0, positive where the measure
    got worse (for measures that are neither, where it rose). Values of further axes are averaged
    within a seed, so that the seed is the only unit; of measures that compare all runs, differences
    and their intervals are those of the jackknife over seeds. A measure against the run at level 0
    is constant there, so that it has no test. ``q_value`` is the p-value after Benjamini's
    and Yekutieli's correction over all cells that have one, which holds under any dependence;
    ``significant`` says whether it is at most 1 - confidence.

    ``inherited`` says whether a cell is read downstream, or is of the pre-trained model as a whole,
    which cannot be read there; the upstream reading of a downstream measure is not inherited.
    ``status`` is ``ok``, ``no_spread``, ``too_few``, ``not_applicable`` or ``missing``; ``reason``
    says why in words; ``lost`` counts seeds without a finite pair.

    Raises:
        ValueError: the collection has no matrix.

    Source: Benjamini and Yekutieli 2001.
    """
    matrix = found.content["matrix"]
    if matrix is None:
        raise ValueError(f"{found.directory}: the collection has no [matrix] table")
    columns = [Consequence(**column) for column in matrix["consequences"]]
    rows = []
    for name, note in found.content["variants"].items():
        one = _Variant(name, note, found)
        rows += [one.row(column, matrix["confidence"]) for column in columns]
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    table["q_value"] = corrected(table["p_value"].to_numpy(dtype=float))
    table["significant"] = table["q_value"] <= 1 - matrix["confidence"] + 1e-12
    return table


def corrected(p_values: np.ndarray) -> np.ndarray:
    """Return p-values corrected by Benjamini's and Yekutieli's procedure; NaN stays NaN.

    >>> corrected(np.array([0.01, np.nan, 0.5])).round(3).tolist()
    [0.03, nan, 0.75]
    """
    q_values = np.full(len(p_values), np.nan)
    tested = np.isfinite(p_values)
    if tested.any():
        q_values[tested] = stats.false_discovery_control(p_values[tested], method="by")
    return q_values


def worst(cells: pd.DataFrame, count: int = 3) -> pd.DataFrame:
    """Return the cells with the largest lower bound of harm, of those that are harm for certain.

    Only cells count whose lower bound is above 0 and whose test holds after correction; measures
    that are neither better nor worse never do, nor does what is not inherited.
    """
    harm = (cells["status"] == "ok") & (cells["better"] != "none") & cells["significant"]
    harm &= cells["inherited"].astype(bool)
    chosen = cells[harm & (cells["g_lower"] > 0)]
    return chosen.sort_values("g_lower", ascending=False, kind="stable").head(count)


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as dictionaries.

    >>> records(pd.DataFrame({"g": [1.0]}))
    [{'g': 1.0}]
    """
    return [{str(key): value for key, value in row.items()} for row in table.to_dict("records")]


class _Variant:
    """One row of the matrix: the runs of a variant at its reference level and at level 0."""

    def __init__(self, name: str, note: Mapping[str, Any], found: CollectionResults) -> None:
        self.note = note
        self.failure = found.content["failures"].get(name, "")
        self.known = {
            "variant": name,
            "biases": " and ".join(note["biases"]),
            "family": note["family"],
            "reference": note["reference"][0] if len(note["reference"]) == 1 else None,
        }
        results = found.results.get(name)
        self.seeds = 0 if results is None else int(results.spec["seeds"]["count"])
        empty = results is None or results.frame.empty
        self.rows = None if results is None or empty else _Rows(results, note["reference"])

    def row(self, column: Consequence, confidence: float) -> dict[str, Any]:
        """Return one cell."""
        declared = catalogue("measures")[column.measure]
        cell = {**self.known, **vars(column), "consequence": declared.family}
        cell |= {"inherited": self._inherited(column), "better": declared.better}
        cell |= {"n": 0, "lost": 0}
        status, reason = self._outside(column)
        if self.rows is None or status:
            return {**cell, "status": status, "reason": reason}
        high, low, own = self.rows.sides(column, self.seeds)
        effect = standardised_effect(high, low, spread=own, confidence=confidence)
        if any(name.startswith("clean_") for name in declared.inputs):
            effect = untested(effect)
        cell |= _signed(effect, _SIGN[declared.better])
        return {**cell, "lost": self.seeds - effect.n, "reason": _why(effect)}

    def _inherited(self, column: Consequence) -> bool:
        """Return whether a cell is read downstream, or nothing like it could be."""
        below = self.rows is not None and any(
            task != UPSTREAM and name == column.measure for task, _, name in self.rows.wanted
        )
        return column.task != UPSTREAM or not below

    def _outside(self, column: Consequence) -> tuple[str, str]:
        """Return status and reason of a cell for which nothing was computed, else two blanks."""
        declared = self.note["excluded"] or self.note["lacking"].get(column.measure, "")
        if declared:
            return "not_applicable", declared
        if self.rows is None:
            return "missing", self.failure or "has not been run"
        if (column.task, column.adaptation, column.measure) not in self.rows.wanted:
            where = f"{column.task} with adaptation {column.adaptation}"
            return "not_applicable", f"{column.measure} is not taken on {where} in this variant"
        high, low = self.rows.apply(column)
        if high is None or low is None:
            return "missing", "has not been measured yet"
        if not high or not low:
            where = "" if not high else " at level 0, so that there is nothing to compare with"
            return "not_applicable", f"{column.measure} does not apply to {column.task}{where}"
        return "", ""


class _Rows:
    """The last rows of every run at the reference level or at level 0, found by consequence."""

    def __init__(self, results: Results, reference: list[float]) -> None:
        self.wanted = frozenset(wanted_rows(Spec.from_dict(results.spec)))
        levels = list(_LEVELS[: len(reference)])
        others = [axis for axis in results.axes if axis not in levels]
        frame = results.frame
        sides = [(frame[levels] == wanted).all(axis=1) for wanted in (reference, 0.0)]
        frame = frame[(frame["step"] == frame["pretrain.steps"]) & (sides[0] | sides[1])]
        self.low = sides[1][frame.index].to_numpy(dtype=int)
        self.seed = frame["seed"].to_numpy(dtype=int)
        self.cell = frame.groupby(others).ngroup().to_numpy() if others else 0 * self.seed
        self.codes = frame["status"].to_numpy(dtype=object)
        values = frame["value"].to_numpy(dtype=float)
        self.value = seed_values(frame).to_numpy(dtype=float)
        self.own = np.where(self.codes == DIVERGED, np.nan, values)
        self.places = frame.groupby(list(_KEYS)).indices

    def apply(self, column: Consequence) -> tuple[bool | None, bool | None]:
        """Return whether a consequence applies at the reference and at level 0; None: no rows."""
        at = self._at(column)
        codes = [self.codes[at][self.low[at] == side] for side in (0, 1)]
        high, low = (bool((one != NOT_APPLICABLE).any()) if len(one) else None for one in codes)
        return high, low

    def sides(self, column: Consequence, seeds: int) -> NDArray[np.float64]:
        """Return the values at the reference and at level 0, and the runs' own there: (3, seeds).

        Of measures that compare all runs the first two are pseudo-values. Further axes are
        averaged; a seed that lacks a value at any of their values is NaN.
        """
        at = self._at(column)
        found = np.full((3, seeds, int(self.cell.max()) + 1), np.nan)
        found[self.low[at], self.seed[at], self.cell[at]] = self.value[at]
        low = at[self.low[at] == 1]
        found[2, self.seed[low], self.cell[low]] = self.own[low]
        return np.asarray(found.mean(axis=2))

    def _at(self, column: Consequence) -> NDArray[np.intp]:
        nothing = np.array([], dtype=np.intp)
        return np.asarray(self.places.get(tuple(getattr(column, key) for key in _KEYS), nothing))


def _signed(effect: StandardisedEffect, sign: float) -> dict[str, Any]:
    """Return the fields of a cell; g counts harm as positive."""
    fields = effect._asdict()
    ends = sorted((sign * effect.g_lower, sign * effect.g_upper))
    return {**fields, "g": sign * effect.g, "g_lower": ends[0], "g_upper": ends[1]}


def _why(effect: StandardisedEffect) -> str:
    if effect.status == "too_few":
        return f"{effect.n} seeds with a finite pair, and at least {FEWEST} are needed"
    if effect.status == "no_spread":
        return "the seeds do not differ at level 0, so there is nothing to standardise by"
    return ""
