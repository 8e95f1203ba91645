"""What a finding is, and the words and rows that all findings share."""

from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from jaxuim.report import labels
from jaxuim.report.analysis import Analysis

Verdict = Literal["holds", "fails", "open"]


@dataclass(frozen=True)
class Finding:
    """One sentence in plain language, what stands behind it, and whether the claim holds.

    ``verdict`` is ``"fails"`` where the data speak against the claim or do not show it; ``tag``
    says so in a word or two.
    """

    text: str
    detail: str
    verdict: Verdict
    tag: str


def response_name(analysis: Analysis, task: str, adaptation: str) -> str:
    """Return e.g. ``"far-OOD error with a linear probe"``."""
    measure = labels.measure(analysis.grid.response)
    tail = "" if adaptation == "none" else f" with {labels.with_adaptation(adaptation)}"
    return f"{labels.task(task)} {measure}{tail}"


def at_level(analysis: Analysis, value: Any) -> str:
    """Return e.g. ``"at symmetric label noise level b = 1"``."""
    grid, cell = analysis.grid, analysis.focus.cell
    levels = {name: cell[name] for name in grid.levels if name in cell}
    pairs = {grid.axis: value, **levels}.items()
    return "at " + ", ".join(
        f"{labels.axis(name, grid.biases)} = {labels.number(at)}" for name, at in pairs
    )


def _strongest(table: pd.DataFrame, axis: str) -> Any:
    """Return the largest value of the axis at which anything was measured."""
    return table[axis].max() if len(table) else None


def focus_effects(analysis: Analysis) -> pd.DataFrame:
    """Return the effects on the response at the largest value of the axis, in every cell."""
    grid, table = analysis.grid, analysis.effects
    table = table[table["measure"] == grid.response]
    table = table[(table[list(grid.levels)] != 0).any(axis=1)] if grid.levels else table.iloc[:0]
    return table[table[grid.axis] == _strongest(table, grid.axis)]
