"""Predictions drawn over the measured curves: rows in the results schema."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

_NEEDED = ("measure", "value")
_KEPT = ("task", "adaptation", "measure", "value", "label")


def read_overlay(source: str | Path | pd.DataFrame, axes: tuple[str, ...]) -> pd.DataFrame:
    """Return predictions with one column for each axis, and what they hold for.

    A row needs ``measure``, ``value`` and one or more axes of the sweep, e.g. ``bias.level``. Where
    ``task``, ``adaptation`` or another axis is absent or null, the prediction holds for any.
    ``label`` (or ``source``) names the line in the legend.

    Args:
        source: a frame, or the path of a .parquet, .csv or .json (records) file.
        axes: dotted names of the sweep's axes.

    Raises:
        ValueError: the file cannot be read, has another suffix, or lacks a column.

    >>> rows = pd.DataFrame({"bias.level": [0.0, 1.0], "measure": "error", "value": [0.1, 0.9]})
    >>> read_overlay(rows, ("bias.level", "model.width"))["label"].unique().tolist()
    ['prediction']
    """
    frame = source if isinstance(source, pd.DataFrame) else _read(Path(source))
    lacking = [name for name in _NEEDED if name not in frame.columns]
    if lacking:
        raise ValueError(f"overlay: column {lacking[0]!r} is missing; rows need the results schema")
    if not any(axis in frame.columns for axis in axes):
        raise ValueError(f"overlay: none of the sweep's axes ({', '.join(axes)}) is a column")
    frame = frame.copy()
    if "label" not in frame.columns:
        frame["label"] = frame["source"] if "source" in frame.columns else "prediction"
    for name in (*axes, *_KEPT):
        if name not in frame.columns:
            frame[name] = None
    finite = pd.to_numeric(frame["value"], errors="coerce").abs().lt(float("inf"))
    kept = frame.loc[finite, [*axes, *_KEPT]]
    # A run's own head has no adaptation: such a prediction is matched by its task alone.
    return kept.assign(adaptation=kept["adaptation"].replace("none", None))


def _read(path: Path) -> pd.DataFrame:
    readers: dict[str, Callable[[Any], pd.DataFrame]] = {
        ".parquet": pd.read_parquet,
        ".csv": pd.read_csv,
        ".json": pd.read_json,
    }
    if path.suffix not in readers:
        allowed = ", ".join(readers)
        raise ValueError(f"overlay: {path} ends in {path.suffix!r}; allowed are {allowed}")
    try:
        return readers[path.suffix](path)
    except (OSError, ValueError) as error:
        reason = " ".join(str(error).split())
        raise ValueError(f"overlay: {path} cannot be read: {reason}") from None
