"""Puts a results frame in order: which axes it has, its final rows, its cells and its failures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from jaxuim.report import labels
from jaxuim.types.status import DIVERGED, NOT_APPLICABLE

SERIES = ("task", "adaptation", "measure")
_ROW = ("run_id", "step", "task", "adaptation", "mitigation", "measure")
_ORDER = ("upstream", "id", "near_ood", "far_ood", "few_shot")
_FIRST = ("none", "linear_probe", "finetune")


@dataclass(frozen=True)
class Grid:
    """A sweep's rows with the axes along which they vary.

    ``rows`` holds finite values of every measured step, ``final`` those of each run's last step;
    ``failed`` holds what diverged or is not finite; ``values`` are those of each axis that were
    run, failed or not. ``axis`` is the axis of the analysis, ``axes``
    are all that vary (``axis`` first), ``levels`` those among them that are bias levels.
    """

    rows: pd.DataFrame
    final: pd.DataFrame
    failed: pd.DataFrame
    axis: str
    axes: tuple[str, ...]
    levels: tuple[str, ...]
    response: str
    biases: Mapping[str, str]
    classes: int | None
    seeds: int
    values: Mapping[str, list[Any]]

    @property
    def others(self) -> tuple[str, ...]:
        """The axes beside the one of the analysis; one value of each makes a cell."""
        return self.axes[1:]

    def cells(self) -> list[dict[str, Any]]:
        """Return the distinct combinations of the other axes, in order."""
        if not self.others:
            return [{}]
        table = self.final[list(self.others)].drop_duplicates().sort_values(list(self.others))
        return [dict(zip(self.others, row, strict=True)) for row in table.itertuples(index=False)]

    def cell_label(self, cell: Mapping[str, Any]) -> str:
        """Return a cell in words, e.g. ``"width 128, pre-training samples 512"``."""
        return ", ".join(labels.setting(name, value, self.biases) for name, value in cell.items())

    @property
    def axis_label(self) -> str:
        """The axis of the analysis in words."""
        return labels.axis(self.axis, self.biases)


def select(frame: pd.DataFrame, wanted: Mapping[str, Any]) -> pd.DataFrame:
    """Return the rows whose columns equal the wanted values.

    >>> select(pd.DataFrame({"a": [1, 2], "b": [3, 4]}), {"a": 2})["b"].tolist()
    [4]
    """
    keep = pd.Series(True, index=frame.index)
    for name, value in wanted.items():
        keep &= frame[name] == value
    return frame[keep]


def ordered(names: Sequence[str]) -> list[str]:
    """Return tasks or adaptations in the order of the page, unknown ones last by name.

    >>> ordered(["far_ood", "zebra", "id"])
    ['id', 'far_ood', 'zebra']
    """
    known = [*_ORDER, *_FIRST]
    return sorted(set(names), key=lambda n: (known.index(n) if n in known else len(known), n))


def numeric(values: pd.Series) -> bool:
    """Return whether a column holds numbers (booleans are names here)."""
    return pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)


def failures(frame: pd.DataFrame) -> "pd.Series[bool]":
    """Return which rows diverged or are not finite though their measure applies to the run."""
    bad = frame["status"].eq(DIVERGED) | ~frame["value"].abs().lt(float("inf"))
    return bad & frame["status"].ne(NOT_APPLICABLE)


def _varying(frame: pd.DataFrame) -> list[str]:
    columns = [c for c in frame.columns if "." in c] + ["mitigation"]
    return [c for c in columns if frame[c].nunique(dropna=False) > 1]


def _classes(frame: pd.DataFrame) -> int | None:
    """Return K, the number of pre-training classes: the length of the counts per class."""
    counts = frame["samples_per_class"].dropna()
    return len(counts.iloc[0]) if len(counts) else None


def _biases(frame: pd.DataFrame) -> dict[str, str]:
    kinds = [c for c in frame.columns if c.startswith("bias") and c.endswith(".kind")]
    return {
        c.partition(".")[0]: " or ".join(sorted(set(frame[c].dropna().astype(str)))) for c in kinds
    }


def arrange(frame: pd.DataFrame, axis: str, response: str) -> Grid:
    """Return the sweep's rows in order, split into final values and failures.

    Raises ``ValueError`` where the frame is empty or has neither the axis nor the response.
    """
    if frame.empty:
        raise ValueError("the sweep has no results yet, so there is nothing to report")
    if axis not in frame.columns:
        raise ValueError(f"analysis.axis = {axis!r} is no column of the results")
    if response not in set(frame["measure"]):
        known = ", ".join(sorted(set(frame["measure"])))
        raise ValueError(f"analysis.response = {response!r} was not measured; measured: {known}")
    frame = frame.drop_duplicates(list(_ROW), keep="last", ignore_index=True)
    bad = failures(frame)
    rows = frame[~bad & frame["status"].ne(NOT_APPLICABLE)]
    last = rows["step"] == frame.groupby("run_id")["step"].transform("max")[rows.index]
    axes = (axis, *(c for c in _varying(frame) if c != axis))
    return Grid(
        rows=rows,
        final=rows[last],
        failed=frame[bad],
        axis=axis,
        axes=axes,
        levels=tuple(c for c in axes if c.startswith("bias") and c.endswith(".level")),
        response=response,
        biases=_biases(frame),
        classes=_classes(frame),
        seeds=int(frame["seed"].nunique()),
        values={name: sorted(frame[name].dropna().unique().tolist()) for name in axes},
    )
