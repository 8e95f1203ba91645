"""Inherited effects of stored sweeps, and two sweeps side by side, against direct formulas."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from scipy import stats

from jaxuim.sweep import Run, Spec, Store, StoreError, compare, effects, load, make_plan

Raw = dict[str, Any]
Rows = Callable[..., pa.Table]
SEEDS = 6
INFO = {"seconds": 1.5, "models": 2, "model_steps": 40}


def _noise(*words: object) -> float:
    return float(np.random.default_rng([abs(hash(word)) % 2**32 for word in words]).normal())


class World:
    """Values with a known slope in the level, a large part shared by each seed, and noise."""

    def __init__(self, slope: float, number: int) -> None:
        self.slope, self.number = slope, number

    def __call__(self, run: Run, task: str, adaptation: str, measure: str) -> float:
        level, width = float(run.levels[0]), int(run.params["model.width"])
        noise = 0.1 * _noise(self.number, run.seed, int(level * 100), width)
        return 100 * run.seed + width + self.slope * level + noise


def _write(directory: Path, raw: Raw, rows: Rows, value: World, *overrides: str) -> Path:
    settings = [f"seeds.count={SEEDS}", "bias.level=[0, 0.5, 1.0]", *overrides]
    plan = make_plan(Spec.from_dict(raw, settings))
    with Store.open(directory, plan.spec) as store:
        store.write_shard("a", rows(plan, value=value), INFO)
    return directory


def _values(directory: Path, level: float, width: int) -> np.ndarray:
    frame = load(directory).frame
    chosen = (frame["bias.level"] == level) & (frame["model.width"] == width)
    chosen &= (frame["task"] == "id") & (frame["measure"] == "error")
    return frame[chosen].sort_values("seed")["value"].to_numpy()


def test_effects_are_paired_by_seed(tmp_path: Path, raw: Raw, rows: Rows) -> None:
    directory = _write(tmp_path / "a", raw, rows, World(2.0, 0))
    table = effects(load(directory))
    assert len(table) == 2 * 2 * 5  # levels x widths x rows of a run
    row = table[(table["task"] == "id") & (table["measure"] == "error")]
    row = row[(row["bias.level"] == 0.5) & (row["model.width"] == 32)].iloc[0]
    wanted = stats.ttest_rel(_values(directory, 0.5, 32), _values(directory, 0.0, 32))
    interval = wanted.confidence_interval()
    found = [row["effect"], row["lower"], row["upper"]]
    difference = _values(directory, 0.5, 32) - _values(directory, 0.0, 32)
    np.testing.assert_allclose(found, [difference.mean(), interval.low, interval.high])
    assert row["sd"] == pytest.approx(difference.std(ddof=1))
    assert row["seeds"] == SEEDS


def test_diverged_runs_are_left_out(tmp_path: Path, raw: Raw, rows: Rows) -> None:
    plan = make_plan(Spec.from_dict(raw))
    table = rows(plan, value=World(1.0, 0))
    victim = next(run for run in plan.runs if run.levels == (0.5,))
    status = ["diverged" if run == victim.id else "ok" for run in table["run_id"].to_pylist()]
    table = table.set_column(table.schema.get_field_index("status"), "status", pa.array(status))
    with Store.open(tmp_path, plan.spec) as store:
        store.write_shard("a", table, INFO)
    found = effects(load(tmp_path)).set_index("model.width")["seeds"]
    width = int(victim.params["model.width"])
    assert set(found[width]) == {2}
    assert set(found[48 - width]) == {3}


def test_two_sweeps_with_one_root_are_paired(tmp_path: Path, raw: Raw, rows: Rows) -> None:
    first = _write(tmp_path / "a", raw, rows, World(1.0, 1))
    second = _write(tmp_path / "b", raw, rows, World(3.0, 2), "pretrain.weight_decay=0.1")
    table = compare(first, second, measure="error")
    assert set(table["measure"]) == {"error"}
    row = table[(table["task"] == "id") & (table["bias.level"] == 1.0)]
    row = row[row["model.width"] == 16].iloc[0]
    changes = [_values(side, 1.0, 16) - _values(side, 0.0, 16) for side in (first, second)]
    wanted = stats.ttest_rel(changes[1], changes[0]).confidence_interval()
    assert row["difference"] == pytest.approx(changes[1].mean() - changes[0].mean())
    found = [row["difference_lower"], row["difference_upper"]]
    np.testing.assert_allclose(found, [wanted.low, wanted.high])
    assert found[0] < 2.0 < found[1] or abs(row["difference"] - 2.0) < 0.5


def test_two_sweeps_with_two_roots_are_not(tmp_path: Path, raw: Raw, rows: Rows) -> None:
    first = _write(tmp_path / "a", raw, rows, World(1.0, 1))
    second = _write(tmp_path / "b", raw, rows, World(3.0, 2), "seeds.root=7")
    table = compare(first, second, measure="error")
    row = table[(table["task"] == "id") & (table["bias.level"] == 1.0)]
    row = row[row["model.width"] == 16].iloc[0]
    changes = [_values(side, 1.0, 16) - _values(side, 0.0, 16) for side in (first, second)]
    wanted = stats.ttest_ind(changes[1], changes[0], equal_var=False).confidence_interval()
    found = [row["difference_lower"], row["difference_upper"]]
    np.testing.assert_allclose(found, [wanted.low, wanted.high])


def test_only_what_both_have_is_compared(tmp_path: Path, raw: Raw, rows: Rows) -> None:
    first = _write(tmp_path / "a", raw, rows, World(1.0, 1))
    second = _write(tmp_path / "b", raw, rows, World(1.0, 1), "model.width=[16, 64]")
    table = compare(first, second)
    assert set(table["model.width"]) == {16}
    np.testing.assert_allclose(table["difference"], 0, atol=1e-9)


def test_nothing_in_common_is_said(tmp_path: Path, raw: Raw, rows: Rows) -> None:
    first = _write(tmp_path / "a", raw, rows, World(1.0, 1))
    second = _write(tmp_path / "b", raw, rows, World(1.0, 1), "model.width=[64, 128]")
    with pytest.raises(StoreError, match="have no rows in common"):
        compare(first, second)
    with pytest.raises(StoreError, match=r"have no rows in common .* for nll"):
        compare(first, first, measure="nll")
