"""Two biases at once: whether their joint effect is the sum of their single effects."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from jaxuim import laws
from jaxuim.report.fits import series_of
from jaxuim.report.grid import Grid, select


@dataclass(frozen=True)
class PairTest:
    """Joint and single effects of two biases on one task in one setting, paired by seed.

    ``table`` has one row a pair of levels above zero: first, second (levels), effect_first,
    effect_second, joint with joint_lower and joint_upper, interaction with lower and upper,
    p_value, seeds. ``holm`` is the smallest
    p-value after Holm's correction over the rows: that of "the biases add up everywhere".
    """

    cell: dict[str, Any]
    task: str
    adaptation: str
    levels: tuple[str, str]
    table: pd.DataFrame
    holm: float

    @property
    def strongest(self) -> "pd.Series[Any]":
        """The row of the two largest levels."""
        return self.table.sort_values(["first", "second"]).iloc[-1]

    @property
    def clearest(self) -> "pd.Series[Any]":
        """The row whose interaction is least compatible with zero."""
        return self.table.sort_values("p_value").iloc[0]

    @property
    def moves(self) -> bool:
        """Whether the joint effect at the largest levels excludes zero."""
        row = self.strongest
        return bool(row["joint_lower"] > 0 or row["joint_upper"] < 0)


def pair_tests(grid: Grid, confidence: float) -> tuple[PairTest, ...]:
    """Test additivity in every setting, task and adaptation of a sweep with two biases."""
    levels = [name for name in grid.levels if name in grid.axes]
    if len(levels) != 2:
        return ()
    first, second = levels
    rows = grid.final[grid.final["measure"] == grid.response]
    others = [axis for axis in grid.axes if axis not in levels]
    settings = rows[others].drop_duplicates().itertuples(index=False) if others else [()]
    found = []
    for values in settings:
        cell = dict(zip(others, values, strict=True))
        for task, adaptation, part in series_of(select(rows, cell)):
            table = _table(part, first, second, confidence)
            if len(table):
                smallest = min(1.0, float(table["p_value"].min()) * len(table))
                found.append(PairTest(cell, task, adaptation, (first, second), table, smallest))
    return tuple(found)


def _table(rows: pd.DataFrame, first: str, second: str, confidence: float) -> pd.DataFrame:
    values = rows.pivot_table(index="seed", columns=[first, second], values="value")
    if (0.0, 0.0) not in values:
        return pd.DataFrame()
    clean = values[0.0, 0.0].to_numpy()
    lines = []
    for pair in values.columns.to_list():
        a, b = float(pair[0]), float(pair[1])
        if a == 0 or b == 0 or (a, 0.0) not in values or (0.0, b) not in values:
            continue
        found = laws.joint_effect(
            values[a, b], values[a, 0.0], values[0.0, b], clean, confidence=confidence
        )
        if found.interaction.n < 2:
            continue
        lines.append(
            {
                "first": a,
                "second": b,
                "effect_first": float(found.first.mean),
                "effect_second": float(found.second.mean),
                "joint": float(found.joint.mean),
                "joint_lower": float(found.joint.lower),
                "joint_upper": float(found.joint.upper),
                "interaction": float(found.interaction.mean),
                "lower": float(found.interaction.lower),
                "upper": float(found.interaction.upper),
                "p_value": float(found.interaction.p_value),
                "seeds": int(found.interaction.n),
            }
        )
    table = pd.DataFrame(lines)
    return table[np.isfinite(table["p_value"])] if len(table) else table
