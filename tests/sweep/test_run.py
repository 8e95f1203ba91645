"""Tests for jaxuim/sweep/run.py: resuming, extending, interrupting."""

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from jaxuim.sweep import Spec, Store, chunks, load, make_plan, missing
from jaxuim.sweep.run import lacking, run

SPEC = {
    "name": "tiny",
    "world": {"kind": "digits"},
    "bias": {"kind": "symmetric_label_noise", "level": [0.0, 0.5, 1.0]},
    "model": {"kind": "mlp", "width": 8, "depth": 1},
    "pretrain": {"samples": [32, 64], "steps": 5, "batch_size": 8},
    "downstream": {"tasks": ["id", "far_ood"], "adaptations": ["linear_probe"]},
    "measures": {"names": ["error", "nll", "effective_rank"]},
    "seeds": {"count": 3},
    "analysis": {"response": "error", "axis": "bias.level"},
}


def spec(**changes):
    raw = {**SPEC, **{k: v for k, v in changes.items() if not isinstance(v, dict)}}
    for section, values in changes.items():
        if isinstance(values, dict):
            raw[section] = {**SPEC.get(section, {}), **values}
    return Spec.from_dict(raw)


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(chunks, "_CPU_CHUNK", 6)
    monkeypatch.setattr(chunks, "_LARGEST_BLOCK", 1)


def carry_out(directory, wanted):
    with Store.open(directory, wanted) as store:
        return run(make_plan(wanted), store, progress=False)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    directory = tmp_path_factory.mktemp("whole") / "results"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(chunks, "_CPU_CHUNK", 6)
        patch.setattr(chunks, "_LARGEST_BLOCK", 1)
        summary = carry_out(directory, spec())
    return directory, summary


def table(directory):
    return load(directory).frame.drop(columns=["group"])


def test_every_wanted_row_is_there_once(whole):
    directory, summary = whole
    frame = load(directory).frame
    plan = make_plan(spec())
    assert summary.models == len(plan.runs) == 18
    assert summary.shards == 3
    assert len(frame) == 18 * len(plan.wanted)
    assert not frame.duplicated(["run_id", "step", "task", "adaptation", "measure"]).any()
    assert np.isfinite(frame.value).all()
    assert set(frame.status) == {"ok"}


def test_rows_say_what_their_numbers_mean(whole):
    frame = load(whole[0]).frame
    error = frame[frame.measure == "error"]
    assert set(error.better) == {"lower"}
    assert error[error.task == "far_ood"].chance.iloc[0] == pytest.approx(2 / 3)
    assert error[error.task == "upstream"].chance.iloc[0] == pytest.approx(6 / 7)
    assert frame[frame.measure == "effective_rank"].chance.isna().all()
    clean = frame[frame["bias.level"] == 0.0]
    assert (clean.samples_distinct == clean["pretrain.samples"]).all()
    assert (frame.samples_per_class.map(sum) == frame["pretrain.samples"]).all()


def test_nothing_missing_means_nothing_done(whole):
    directory, _ = whole
    before = table(directory)
    summary = carry_out(directory, spec())
    assert (summary.models, summary.shards) == (0, 0)
    assert before.equals(table(directory))


def test_a_lost_shard_is_recomputed_to_the_same_bits(whole, tmp_path):
    carry_out(tmp_path / "r", spec())
    shards = sorted((tmp_path / "r" / "shards").glob("*.parquet"))
    shards[1].unlink()
    carry_out(tmp_path / "r", spec())
    assert table(whole[0]).equals(table(tmp_path / "r"))


def test_a_truncated_shard_is_set_aside_and_recomputed(whole, tmp_path):
    carry_out(tmp_path / "r", spec())
    shard = sorted((tmp_path / "r" / "shards").glob("*.parquet"))[0]
    shard.write_bytes(shard.read_bytes()[:200])
    carry_out(tmp_path / "r", spec())
    assert table(whole[0]).equals(table(tmp_path / "r"))


def test_another_task_adds_only_its_rows(tmp_path):
    few = spec(downstream={"tasks": ["id"]})
    carry_out(tmp_path / "r", few)
    before = table(tmp_path / "r")
    with Store.open(tmp_path / "r", spec()) as store:
        (batch,) = lacking(make_plan(spec()), store)
        assert {task for task, _, _ in batch.wanted} == {"far_ood"}
    carry_out(tmp_path / "r", spec())
    after = table(tmp_path / "r")
    assert len(after) == 18 * len(make_plan(spec()).wanted)
    shared = after[after.task.isin(["id", "upstream"])]
    assert shared.value.to_list() == before.value.to_list()


def test_more_seeds_add_only_their_runs(whole, tmp_path):
    carry_out(tmp_path / "r", spec(seeds={"count": 2}))
    summary = carry_out(tmp_path / "r", spec())
    assert summary.models == 6
    one, other = table(whole[0]), table(tmp_path / "r")
    assert one.run_id.to_list() == other.run_id.to_list()
    np.testing.assert_allclose(one.value, other.value, rtol=1e-4, atol=1e-4)


def test_a_run_does_not_depend_on_the_grid_around_it(whole, tmp_path):
    carry_out(tmp_path / "r", spec(bias={"level": [0.0, 0.5]}, pretrain={"samples": 64}))
    small = table(tmp_path / "r").set_index(["run_id", "task", "adaptation", "measure"]).value
    large = table(whole[0]).set_index(["run_id", "task", "adaptation", "measure"]).value
    assert set(small.index) < set(large.index)
    np.testing.assert_allclose(small, large.loc[small.index], rtol=1e-4, atol=1e-4)


def test_a_diverged_run_is_a_row_with_a_status(tmp_path):
    rates = [1e-2, 1000.0]
    wild = spec(
        pretrain={
            "optimizer": "sgd",
            "learning_rate": rates,
            "samples": 64,
            "steps": 40,
            "weight_decay": 1.0,
        }
    )
    summary = carry_out(tmp_path / "r", wild)
    frame = load(tmp_path / "r").frame
    bad = frame["pretrain.learning_rate"] == 1000.0
    assert set(frame[bad].status) == {"diverged"}
    assert frame[bad & (frame.measure == "error")].value.isna().all()
    assert set(frame[~bad].status) == {"ok"}
    assert summary.diverged == frame[bad].run_id.nunique()


def test_saved_models_come_back_as_flax_modules(tmp_path):
    from jaxuim.models import MLP
    from jaxuim.sweep import load_model
    from jaxuim.worlds import build

    carry_out(tmp_path / "r", spec(output={"save_models": True}))
    frame = load(tmp_path / "r").frame
    row = frame[(frame.task == "upstream") & (frame.measure == "error")].iloc[7]
    model = load_model(tmp_path / "r", row.run_id)
    assert isinstance(model, MLP)
    task = build((("kind", "digits"), ("shortcut", False), ("shots", 5))).tasks["id"]
    error = float((np.argmax(model(task.test_x), 1) != task.test_y).mean())
    assert error == pytest.approx(row.value, abs=1e-6)


KILLED = """
import sys, os
os.environ["JAX_PLATFORMS"] = "cpu"
sys.path[:0] = [{tests!r}]
from jaxuim.sweep import chunks
chunks._CPU_CHUNK, chunks._LARGEST_BLOCK = 6, 1
from test_run import carry_out, spec
carry_out({directory!r}, spec())
"""


@pytest.mark.slow
def test_kill_9_in_the_middle_then_the_same_command_gives_the_same_table(whole, tmp_path):
    directory = tmp_path / "r"
    program = KILLED.format(tests=os.path.dirname(__file__), directory=str(directory))  # noqa: PTH120
    process = subprocess.Popen([sys.executable, "-c", program])
    deadline = time.monotonic() + 240
    while not list((directory / "shards").glob("*.parquet")):
        assert process.poll() is None and time.monotonic() < deadline
        time.sleep(0.005)
    process.send_signal(signal.SIGKILL)
    process.wait()
    left = missing(make_plan(spec()), Store.reader(directory))
    assert 0 < len(left) < 18
    carry_out(directory, spec())
    assert table(whole[0]).equals(table(directory))
