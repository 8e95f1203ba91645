"""Results as a table and as a labelled view."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from jaxuim.sweep import Plan, Run, Spec, Store, StoreError, load, make_plan

Raw = dict[str, Any]
Rows = Callable[..., pa.Table]
INFO = {"seconds": 1.5, "models": 2, "model_steps": 40}


def _value(run: Run, task: str, adaptation: str, measure: str) -> float:
    """A number that says which row it belongs to."""
    return run.seed + 10 * float(run.levels[0]) + float(run.params["model.width"]) / 1000


def _write(directory: Path, plan: Plan, *tables: pa.Table) -> None:
    with Store.open(directory, plan.spec) as store:
        for number, table in enumerate(tables):
            store.write_shard(f"s{number}", table, INFO)


def test_every_row_is_there_with_its_settings(tmp_path: Path, plan: Plan, rows: Rows) -> None:
    _write(tmp_path, plan, rows(plan, value=_value))
    results = load(tmp_path)
    assert len(results.frame) == len(plan.runs) * len(plan.wanted)
    assert results.axes == ("bias.level", "model.width")
    frame = results.frame
    wanted = frame["seed"] + 10 * frame["bias.level"] + frame["model.width"] / 1000
    np.testing.assert_allclose(frame["value"], wanted)
    assert results.spec == plan.spec.resolved()
    assert results.shards[0]["seconds"] == 1.5


def test_the_table_does_not_depend_on_the_order_of_computing(
    tmp_path: Path, plan: Plan, rows: Rows
) -> None:
    _write(tmp_path / "a", plan, rows(plan, value=_value))
    parts = [rows(plan, [run], value=_value) for run in plan.runs[::-1]]
    _write(tmp_path / "b", plan, *parts, parts[3])  # one shard twice
    pd.testing.assert_frame_equal(load(tmp_path / "a").frame, load(tmp_path / "b").frame)


def test_the_labelled_view_finds_each_value(tmp_path: Path, plan: Plan, rows: Rows) -> None:
    _write(tmp_path, plan, rows(plan, value=_value))
    view = load(tmp_path).to_xarray()
    assert set(view.value.dims) == {
        *("bias.level", "model.width", "seed", "step"),
        *("task", "adaptation", "mitigation", "measure"),
    }
    label = {"bias.level": 0.5, "model.width": 32, "seed": 2, "task": "far_ood"}
    label |= {"adaptation": "linear_probe", "measure": "error", "step": 20, "mitigation": "none"}
    assert view.value.sel(label).item() == pytest.approx(2 + 5 + 0.032)
    assert view.status.sel(label).item() == "ok"
    absent = view.value.sel({**label, "measure": "effective_rank"})
    assert np.isnan(absent.item())
    assert view.status.sel({**label, "measure": "effective_rank"}).item() == ""
    assert np.isfinite(view.value.values).sum() == len(plan.runs) * len(plan.wanted)


def test_a_sweep_of_two_lengths_has_a_ragged_view(tmp_path: Path, raw: Raw, rows: Rows) -> None:
    plan = make_plan(Spec.from_dict(raw, ["pretrain.steps=[20, 30]"]))
    _write(tmp_path, plan, rows(plan))
    view = load(tmp_path).to_xarray()
    assert np.isfinite(view.value.sel({"pretrain.steps": 20, "step": 20})).any()
    assert not np.isfinite(view.value.sel({"pretrain.steps": 20, "step": 30})).any()


def test_a_directory_without_rows_gives_an_empty_table(tmp_path: Path, plan: Plan) -> None:
    _write(tmp_path, plan)
    results = load(tmp_path)
    assert results.frame.empty
    assert {"run_id", "value", "status"} <= set(results.frame.columns)
    with pytest.raises(StoreError, match="holds no rows yet"):
        results.to_xarray()
