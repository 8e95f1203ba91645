"""Means with t intervals over seeds: responses, inherited effects paired by seed, transmission."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from jaxuim import laws
from jaxuim.report.grid import SERIES, Grid, numeric, select

COLUMNS = ("mean", "lower", "upper", "seeds")
UPSTREAM = "upstream"


def summarise(rows: pd.DataFrame, keys: Sequence[str], confidence: float = 0.95) -> pd.DataFrame:
    """Return mean and t interval of ``value`` over seeds for every combination of ``keys``.

    mean -+ t_{n-1} sd / sqrt(n); one seed has a mean but no interval (NaN).

    Args:
        rows: long table with ``seed``, ``value`` and the key columns, one row a seed.
        keys: columns that stay.
        confidence: of the interval.

    Returns:
        A table with the keys and ``mean``, ``lower``, ``upper`` (units of the measure), ``seeds``.

    >>> rows = pd.DataFrame({"x": [0, 0, 1], "seed": [0, 1, 0], "value": [1.0, 3.0, 5.0]})
    >>> summarise(rows, ["x"])[["mean", "seeds"]].values.tolist()
    [[2.0, 2.0], [5.0, 1.0]]
    """
    if rows.empty:
        return pd.DataFrame(columns=[*keys, *COLUMNS])
    grouped = rows.groupby(list(keys), sort=True, dropna=False, observed=True)
    place, seed = grouped.ngroup().to_numpy(), rows["seed"].astype("category").cat.codes.to_numpy()
    values = np.full((seed.max() + 1, grouped.ngroups), np.nan)
    values[seed, place] = rows["value"].to_numpy(dtype=float)
    found = laws.inherited_effect(values, np.zeros(len(values)), confidence=confidence)
    table = grouped.size().reset_index()[list(keys)]
    return table.assign(mean=found.mean, lower=found.lower, upper=found.upper, seeds=found.n)


def paired(rows: pd.DataFrame, axes: Sequence[str], levels: Sequence[str]) -> pd.DataFrame:
    """Return the rows with ``value`` replaced by its difference to the clean run of the same seed.

    The clean run has every bias level at 0 and agrees in the seed and in all other axes. Rows
    whose clean partner is missing or failed are dropped: an effect is never unpaired.

    >>> rows = pd.DataFrame({"bias.level": [0.0, 1.0], "seed": [3, 3], "value": [0.1, 0.4],
    ...                      "task": "id", "adaptation": "none", "measure": "error"})
    >>> paired(rows, ["bias.level"], ["bias.level"])["value"].round(6).tolist()
    [0.0, 0.3]
    """
    keys = [*(a for a in axes if a not in levels), "seed", *SERIES]
    clean = rows[(rows[list(levels)] == 0).all(axis=1)] if levels else rows.iloc[:0]
    clean = clean[[*keys, "value"]].rename(columns={"value": "clean"})
    joined = rows.merge(clean, on=keys, how="inner", validate="many_to_one")
    joined["value"] = joined["value"] - joined["clean"]
    return joined.drop(columns="clean")


def responses(grid: Grid, confidence: float) -> pd.DataFrame:
    """Return every response curve: mean and interval by axes, task, adaptation and measure."""
    return summarise(grid.final, [*grid.axes, *SERIES], confidence)


def effects(grid: Grid, confidence: float) -> pd.DataFrame:
    """Return every inherited effect I(b), paired by seed, with its t interval."""
    differences = paired(grid.final, grid.axes, grid.levels)
    return summarise(differences, [*grid.axes, *SERIES], confidence)


def stepwise(grid: Grid, confidence: float) -> tuple[pd.DataFrame, pd.DataFrame, tuple[str, ...]]:
    """Return responses, effects and axes, the training step being one more axis if there is one.

    The step is an axis only where runs were measured at several steps and all at the same ones.
    """
    steps = grid.rows.groupby("run_id")["step"].agg(lambda s: str(sorted(set(s))))
    if steps.nunique() != 1 or grid.rows["step"].nunique() < 2:
        return responses(grid, confidence), effects(grid, confidence), grid.axes
    axes = (*grid.axes, "step")
    keys, differences = [*axes, *SERIES], paired(grid.rows, axes, grid.levels)
    return summarise(grid.rows, keys, confidence), summarise(differences, keys, confidence), axes


def matrix(rows: pd.DataFrame, axis: str) -> pd.DataFrame:
    """Return values by seed (rows) and value of the axis (columns); NaN where missing."""
    return rows.pivot_table(index="seed", columns=axis, values="value")


def transmissions(grid: Grid, confidence: float) -> pd.DataFrame:
    """Return downstream effect over upstream effect of the response, with Fieller's interval.

    One row for each cell, task, adaptation and value of the axis other than the clean one;
    ``status`` says where there is no ratio because no upstream effect was detected.
    """
    differences = paired(grid.final, grid.axes, grid.levels)
    differences = differences[differences["measure"] == grid.response]
    differences = differences[(differences[list(grid.levels)] != 0).any(axis=1)]
    tables = []
    for cell in grid.cells():
        here = select(differences, cell)
        upstream = matrix(here[here["task"] == UPSTREAM], grid.axis)
        downstream = here[here["task"] != UPSTREAM]
        for (task, adaptation), rows in downstream.groupby(["task", "adaptation"]):
            names = {**cell, "task": task, "adaptation": adaptation}
            table = _transmission(matrix(rows, grid.axis), upstream, confidence)
            tables.append(table.assign(**names).rename(columns={"x": grid.axis}))
    keys = [*grid.others, "task", "adaptation", grid.axis]
    columns = [*keys, "ratio", "lower", "upper", "seeds", "status"]
    return pd.concat(tables)[columns] if tables else pd.DataFrame(columns=columns)


def _transmission(down: pd.DataFrame, up: pd.DataFrame, confidence: float) -> pd.DataFrame:
    up = up.reindex(index=down.index, columns=down.columns)
    zero = np.zeros(len(down))
    found = laws.transmission(down.to_numpy(), zero, up.to_numpy(), zero, confidence=confidence)
    return pd.DataFrame(
        {
            "x": down.columns.to_numpy(),
            "ratio": found.ratio,
            "lower": found.lower,
            "upper": found.upper,
            "seeds": found.n,
            "status": found.status.astype(object),
        }
    )


def fittable(grid: Grid) -> bool:
    """Return whether laws can be fitted along the axis: numbers, and at least two of them."""
    return numeric(grid.final[grid.axis]) and grid.final[grid.axis].nunique() > 1
