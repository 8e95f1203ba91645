"""The store: what is written is what is read, and what is lacking is computed from it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from jaxuim.sweep import Plan, Spec, Store, StoreError, make_plan, missing

Raw = dict[str, Any]
Rows = Callable[..., pa.Table]
INFO = {"seconds": 1.5, "models": 2, "model_steps": 40}


def _refusal(directory: Path, spec: Spec) -> str:
    with pytest.raises(StoreError) as refused:
        Store.open(directory, spec)
    text = str(refused.value)
    assert str(directory) in text
    assert len(text.splitlines()) == 1
    return text


def test_rows_come_back_in_the_order_of_writing(tmp_path: Path, plan: Plan, rows: Rows) -> None:
    last, first = rows(plan, plan.runs[2:]), rows(plan, plan.runs[:2])
    with Store.open(tmp_path / "out", plan.spec) as store:
        assert store.read() is None
        store.write_shard("z", first, INFO)
        store.write_shard("a", last, {**INFO, "models": 10})
        assert store.read() == pa.concat_tables([first, last])
    infos = Store.reader(tmp_path / "out").infos()
    assert [(info["name"], info["models"]) for info in infos] == [("z", 2), ("a", 10)]


def test_a_shard_is_never_replaced(tmp_path: Path, plan: Plan, rows: Rows) -> None:
    with Store.open(tmp_path, plan.spec) as store:
        paths = {store.write_shard("a", rows(plan, [run]), INFO) for run in plan.runs[:3]}
        assert len(paths) == 3
        found = store.read()
        assert found is not None
        assert set(found["run_id"].to_pylist()) == {run.id for run in plan.runs[:3]}


def test_new_columns_and_types_join(tmp_path: Path, plan: Plan, rows: Rows) -> None:
    table = rows(plan, plan.runs[:1])
    other = table.append_column("bias2.level", pa.array([0.5] * len(table)))
    whole = other.set_column(
        other.schema.get_field_index("value"), "value", pa.array([1] * len(table))
    )
    with Store.open(tmp_path, plan.spec) as store:
        store.write_shard("a", table, INFO)
        store.write_shard("b", whole, INFO)
        found = store.read()
    assert found is not None
    assert found["bias2.level"].null_count == len(table)
    assert found["value"].to_pylist() == [0.25] * len(table) + [1.0] * len(table)


def test_missing_is_everything_then_the_rest_then_nothing(
    tmp_path: Path, plan: Plan, rows: Rows
) -> None:
    everything = missing(plan)
    assert list(everything) == [run.id for run in plan.runs]
    assert set(everything.values()) == {frozenset(plan.wanted)}
    with Store.open(tmp_path, plan.spec) as store:
        assert missing(plan, store) == everything
        store.write_shard("a", rows(plan, plan.runs[:5]), INFO)
        assert list(missing(plan, store)) == [run.id for run in plan.runs[5:]]
        store.write_shard("b", rows(plan, plan.runs[5:]), INFO)
        assert missing(plan, store) == {}


def test_missing_counts_single_rows(tmp_path: Path, plan: Plan, rows: Rows) -> None:
    table = rows(plan)
    with Store.open(tmp_path, plan.spec) as store:
        store.write_shard("a", table.slice(1), INFO)
        assert missing(plan, store) == {plan.runs[0].id: frozenset({plan.wanted[0]})}


@pytest.mark.parametrize(
    ("override", "added"),
    [
        ("measures.names=['error', 'effective_rank', 'nll']", {"upstream", "id", "far_ood"}),
        ("downstream.tasks=['id', 'near_ood', 'far_ood']", {"near_ood"}),
        ("downstream.adaptations=['linear_probe', 'finetune']", {"id", "far_ood"}),
    ],
)
def test_adding_a_task_adaptation_or_measure_adds_only_that(
    tmp_path: Path, raw: Raw, plan: Plan, rows: Rows, override: str, added: set[str]
) -> None:
    with Store.open(tmp_path, plan.spec) as store:
        store.write_shard("a", rows(plan), INFO)
    larger = make_plan(Spec.from_dict(raw, [override]))
    with Store.open(tmp_path, larger.spec) as store:
        lacking = missing(larger, store)
    assert set(lacking) == {run.id for run in plan.runs}
    assert set(lacking.values()) == {frozenset(larger.wanted) - frozenset(plan.wanted)}
    assert {task for row in lacking.values() for task, _, _ in row} == added


def test_adding_a_level_adds_only_its_runs(
    tmp_path: Path, raw: Raw, plan: Plan, rows: Rows
) -> None:
    with Store.open(tmp_path, plan.spec) as store:
        store.write_shard("a", rows(plan), INFO)
    larger = make_plan(Spec.from_dict(raw, ["bias.level=[0.25, 0.5]"]))
    with Store.open(tmp_path, larger.spec) as store:
        lacking = missing(larger, store)
    assert set(lacking) == {run.id for run in larger.runs if run.levels == (0.25,)}


def test_a_further_step_to_measure_at_makes_runs_incomplete(
    tmp_path: Path, raw: Raw, plan: Plan, rows: Rows
) -> None:
    with Store.open(tmp_path, plan.spec) as store:
        store.write_shard("a", rows(plan), INFO)
    larger = make_plan(Spec.from_dict(raw, ["pretrain.measure_at=[5]"]))
    with Store.open(tmp_path, larger.spec) as store:
        assert len(missing(larger, store)) == len(plan.runs)
        store.write_shard("b", rows(larger), INFO)
        assert missing(larger, store) == {}


def test_provenance_says_what_was_run_and_with_what(tmp_path: Path, spec: Spec) -> None:
    with Store.open(tmp_path, spec) as store:
        store.note(device="cpu", block_sizes={"ab": 8})
    content = json.loads((tmp_path / "sweep.json").read_text())
    assert content["spec"] == spec.resolved()
    assert content["root_seed"] == 0
    assert content["device"] == "cpu"
    assert content["block_sizes"] == {"ab": 8}
    assert {"jaxuim", "jax", "numpy"} <= set(content["versions"])
    with Store.open(tmp_path, spec) as store:
        assert store.provenance == content  # the same launch again changes nothing


def test_a_launch_with_other_versions_keeps_the_earlier_ones(tmp_path: Path, spec: Spec) -> None:
    Store.open(tmp_path, spec).close()
    path = tmp_path / "sweep.json"
    content = json.loads(path.read_text())
    content["versions"]["jax"] = "0.0.1"
    path.write_text(json.dumps(content))
    with Store.open(tmp_path, spec) as store:
        assert store.provenance["versions"]["jax"] != "0.0.1"
        (earlier,) = store.provenance["earlier_sessions"]
    assert earlier["versions"]["jax"] == "0.0.1"


def test_a_foreign_directory_is_refused_and_left_alone(tmp_path: Path, spec: Spec) -> None:
    (tmp_path / "thesis.tex").write_text("mine")
    text = _refusal(tmp_path, spec)
    assert "'thesis.tex'" in text
    assert "--out" in text
    assert not (tmp_path / "sweep.json").exists()
    assert (tmp_path / "thesis.tex").read_text() == "mine"


def test_a_file_is_no_directory(tmp_path: Path, spec: Spec) -> None:
    (tmp_path / "out").write_text("")
    assert "is a file" in _refusal(tmp_path / "out", spec)
    assert "cannot be written" in _refusal(tmp_path / "out" / "deeper", spec)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is damaged"),
        (b"\xff", "is damaged"),
        (b"{", "is damaged"),
        (b"[" * 100_000, "is damaged"),
        (b"[]", "was not written by jaxuim"),
        (b"{}", "was not written by jaxuim"),
        (b'{"format": "jaxuim-sweep", "format_version": 2}', "has format 2"),
        (b'{"format": "jaxuim-sweep", "format_version": 1}', "is damaged (spec is missing)"),
    ],
)
def test_a_damaged_or_foreign_sweep_json_is_refused(
    tmp_path: Path, spec: Spec, content: bytes, words: str
) -> None:
    (tmp_path / "sweep.json").write_bytes(content)
    assert words in _refusal(tmp_path, spec)
    with pytest.raises(StoreError):
        Store.reader(tmp_path)
    assert (tmp_path / "sweep.json").read_bytes() == content


def test_a_spec_that_disagrees_is_refused_and_changes_nothing(
    tmp_path: Path, raw: Raw, plan: Plan, rows: Rows
) -> None:
    with Store.open(tmp_path, plan.spec) as store:
        store.write_shard("a", rows(plan), INFO)
    before = (tmp_path / "sweep.json").read_bytes()
    text = _refusal(tmp_path, Spec.from_dict(raw, ["model.width=16"]))
    assert "key 'model.width' was [16, 32] and is now [16]" in text
    assert (tmp_path / "sweep.json").read_bytes() == before


def test_changed_data_are_refused(tmp_path: Path, raw: Raw) -> None:
    data = tmp_path / "data.npz"
    data.write_bytes(b"1")
    raw["world"] = {"kind": "arrays", "path": str(data)}
    spec = Spec.from_dict(raw)
    Store.open(tmp_path / "out", spec).close()
    Store.open(tmp_path / "out", spec).close()
    data.write_bytes(b"2")
    assert f"{data} has changed" in _refusal(tmp_path / "out", spec)
    data.unlink()
    with pytest.raises(StoreError, match="cannot be read: no such file"):
        Store.open(tmp_path / "out", spec)


def test_a_reader_needs_results(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no such directory"):
        Store.reader(tmp_path / "none")
    with pytest.raises(StoreError, match="is no directory of jaxuim results"):
        Store.reader(tmp_path)


def test_two_runners_cannot_share_a_directory(tmp_path: Path, spec: Spec) -> None:
    with Store.open(tmp_path, spec):
        assert "another jaxuim run is writing here" in _refusal(tmp_path, spec)
        assert Store.reader(tmp_path).read() is None  # reading is free
    Store.open(tmp_path, spec).close()


def test_a_refused_opening_lets_go_of_the_directory(tmp_path: Path, raw: Raw, spec: Spec) -> None:
    Store.open(tmp_path, spec).close()
    _refusal(tmp_path, Spec.from_dict(raw, ["seeds.count=1"]))
    Store.open(tmp_path, spec).close()
