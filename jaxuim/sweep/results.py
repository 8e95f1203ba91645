"""Results as a library: every row as a DataFrame, and as a labelled xarray view."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from jaxuim.sweep.store import Store, StoreError
from jaxuim.types.registry import catalogue
from jaxuim.types.status import DIVERGED

if TYPE_CHECKING:
    import xarray as xr

_SECTIONS = ("world.", "bias.", "bias2.", "model.", "pretrain.", "objective.")
_WITHIN = ["step", "task", "adaptation", "mitigation", "measure"]
_ROW = ["run_id", *_WITHIN]
_VALUES = ["value", "status"]


@dataclass(frozen=True)
class Results:
    """What a directory of results holds.

    ``frame`` has one row per (run, step, task, adaptation, mitigation, measure), with a column
    ``pseudo_value`` where a measure compares runs (see ``seed_values``); ``spec`` is the
    resolved sweep, ``provenance`` the content of ``sweep.json``, ``shards`` what each shard says
    of itself (seconds, models, ...), in the order of writing.
    """

    directory: Path
    frame: pd.DataFrame
    spec: dict[str, Any]
    provenance: dict[str, Any]
    shards: list[dict[str, Any]]

    @property
    def axes(self) -> tuple[str, ...]:
        """Settings of the runs that take more than one value, by dotted name."""
        return axes_of_frame(self.frame)

    def to_xarray(self) -> "xr.Dataset":
        """Return ``value`` and ``status`` over the run axes, seed, step, task, ..., measure.

        Combinations without a row are NaN (``status``: an empty string). Labels are values, as in
        ``view.value.sel({"bias.level": 0.3, "task": "id"})``.

        Raises:
            StoreError: there are no rows.
        """
        if self.frame.empty:
            raise StoreError(f"{self.directory}: holds no rows yet")
        dims = [*self.axes, "seed", *_WITHIN]
        view = self.frame.set_index(dims)[_VALUES].to_xarray()
        view["status"] = view["status"].astype(object).fillna("")
        better = self.frame.drop_duplicates("measure").set_index("measure")["better"]
        labels = [str(better[name]) for name in view["measure"].values]
        return view.assign_coords(better=("measure", labels))


def load(directory: str | Path) -> Results:
    """Return the results in a directory that ``jaxuim run`` wrote.

    Where a row was computed again, because a run joined those that it is compared with, the last
    one counts. Rows come in a fixed order (group, seed, axes, step, task, ...), whatever order they
    were computed in, so that a resumed sweep and an undisturbed one give the same table.

    Raises:
        StoreError: the directory holds no results of jaxuim, or a shard is damaged.
    """
    store = Store.reader(directory)
    table = store.read()
    frame = pd.DataFrame(columns=[*_ROW, *_VALUES]) if table is None else table.to_pandas()
    return Results(
        directory=store.directory,
        frame=_in_order(frame.drop_duplicates(_ROW, keep="last")),
        spec=store.provenance["spec"],
        provenance=store.provenance,
        shards=store.infos(),
    )


def axes_of_frame(frame: pd.DataFrame) -> tuple[str, ...]:
    """Return the dotted columns of a table of rows that take more than one value."""
    dotted = [name for name in frame.columns if name.startswith(_SECTIONS)]
    return tuple(name for name in dotted if frame[name].nunique(dropna=False) > 1)


def spanning_measures() -> tuple[str, ...]:
    """Return the measures that take all runs together, so that their values depend on each other.

    >>> "lira_online_auc" in spanning_measures(), "error" in spanning_measures()
    (True, False)
    """
    return tuple(name for name, one in catalogue("measures").items() if one.spans)


def seed_values(frame: pd.DataFrame) -> pd.Series:
    """Return the numbers of rows by which seeds may be compared; NaN where a run diverged.

    These are the values, but of measures that take all runs together the jackknife's pseudo-values:
    runs that are each other's shadows are no independent seeds (``jaxuim.sweep.spans``). Averages
    over all seeds are the same; with fewer than 4 runs there are none (NaN).
    """
    nothing = pd.Series(np.nan, index=frame.index)
    depend = frame["measure"].isin(spanning_measures())
    numbers = frame["value"].where(~depend, frame.get("pseudo_value", nothing))
    return numbers.astype(float).where(frame["status"] != DIVERGED)


def _in_order(frame: pd.DataFrame) -> pd.DataFrame:
    if frame.empty:
        return frame
    keys = ["group", "seed", *axes_of_frame(frame), *_WITHIN]
    return frame.sort_values(keys, kind="stable", ignore_index=True)
