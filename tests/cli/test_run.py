"""``jaxuim run``, ``status`` and ``report`` with a stand-in for the engine."""

import errno
import json
import os
from pathlib import Path
from typing import Any

import pytest

from jaxuim.cli.main import main
from jaxuim.sweep import load

OUT = Path("results/small")


def _json(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_run_ends_with_the_place_of_its_report(
    sweep: Path, engine: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "small.toml", "--devices", "2"]) == 0
    out = capsys.readouterr().out
    assert "12 of 12 runs to do" in out
    assert out.splitlines()[-1] == f"report: {OUT / 'report.html'}"
    assert engine.configured == [2]
    assert engine.launches == [{"devices": 2, "progress": True}]
    assert engine.pages == [OUT]
    assert len(load(OUT).frame["run_id"].unique()) == 12


def test_the_same_command_again_runs_nothing(sweep: Path, engine: Any) -> None:
    assert main(["run", "small.toml", "--quiet"]) == 0
    assert main(["run", "small.toml", "--quiet"]) == 0
    assert len(engine.launches) == len(engine.configured) == 1
    assert len(engine.pages) == 1


def test_the_page_is_built_again_where_it_is_older_than_what_it_shows(
    sweep: Path, engine: Any
) -> None:
    assert main(["run", "small.toml", "--quiet"]) == 0
    assert main(["run", "small.toml", "--quiet", "--set", "analysis.tipping=false"]) == 0
    assert len(engine.pages) == 2
    (OUT / "report.html").unlink()
    assert main(["run", "small.toml", "--quiet", "--set", "analysis.tipping=false"]) == 0
    assert len(engine.pages) == 3
    assert len(engine.launches) == 1


def test_json_is_all_that_is_printed(
    sweep: Path, engine: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    content = _json(capsys, "run", "small.toml", "--out", "here")
    assert content["report"] == "here/report.html"
    assert content["summary"] == {"models": 12}
    assert engine.launches[0]["progress"] is False
    assert _json(capsys, "run", "small.toml", "--out", "here")["summary"] is None


def test_ctrl_c_loses_only_what_was_in_flight(
    sweep: Path, engine: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(number: int) -> None:
        if number == 5:
            raise KeyboardInterrupt

    engine.before = interrupt
    assert main(["run", "small.toml", "--quiet"]) == 130
    error = capsys.readouterr().err
    assert len(error.splitlines()) == 1
    assert "the same command goes on" in error
    assert _json(capsys, "status", str(OUT))["runs_done"] == 5
    engine.before = lambda number: None
    assert main(["run", "small.toml"]) == 0
    assert "7 of 12 runs to do" in capsys.readouterr().out


def test_a_full_disk_is_one_sentence(
    sweep: Path,
    engine: Any,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    engine.before = lambda number: monkeypatch.setattr(os, "fsync", full) if number == 3 else None
    assert main(["run", "small.toml", "--quiet"]) == 2
    error = capsys.readouterr().err
    assert len(error.splitlines()) == 1
    assert "the disk is full" in error
    monkeypatch.undo()
    os.chdir(sweep.parent)
    assert len(load(OUT).frame["run_id"].unique()) == 3


def test_a_failure_of_the_engine_for_lack_of_data_is_one_sentence(
    sweep: Path, engine: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(number: int) -> None:
        raise ValueError("tfds:mnist: the data set is not prepared;\nprepare it with ...")

    engine.before = fail
    assert main(["run", "small.toml", "--quiet"]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_disagreeing_sweep_is_refused_before_the_engine_starts(
    sweep: Path, engine: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "small.toml", "--quiet"]) == 0
    assert main(["run", "small.toml", "--seed", "3"]) == 2
    assert "key 'seeds.root' was 0 and is now 3" in capsys.readouterr().err
    assert len(engine.launches) == 1


def test_more_levels_add_only_theirs(
    sweep: Path, engine: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "small.toml", "--quiet"]) == 0
    assert main(["run", "small.toml", "--set", "bias.level={linspace=[0,1,5]}"]) == 0
    assert "8 of 20 runs to do" in capsys.readouterr().out


def test_a_damaged_shard_is_told_and_repeated(
    sweep: Path, engine: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "small.toml", "--quiet"]) == 0
    victim = sorted((OUT / "shards").glob("*.parquet"))[0]
    victim.write_bytes(victim.read_bytes()[:-100])
    for arguments in (["status", str(OUT)], ["report", str(OUT)], ["compare", str(OUT), str(OUT)]):
        assert main(arguments) == 2
        error = capsys.readouterr().err
        assert f"{victim}: is truncated or damaged" in error
        assert error.count("\n") == 1
    assert main(["run", "small.toml"]) == 0
    assert f"{victim.name}.bad: was damaged and is set aside" in capsys.readouterr().out
    state = _json(capsys, "status", str(OUT))
    assert (state["runs_done"], state["set_aside"]) == (12, [f"{victim.name}.bad"])


def test_status_counts_runs_rows_and_statuses(
    sweep: Path, engine: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "small.toml", "--quiet"]) == 0
    capsys.readouterr()
    state = _json(capsys, "status", str(OUT))
    assert (state["runs"], state["runs_done"], state["shards"]) == (12, 12, 12)
    assert state["statuses"] == {"ok": state["rows"]}
    assert state["seconds"] == 6.0
    assert main(["status", str(OUT)]) == 0
    assert "small: 12 of 12 runs complete" in capsys.readouterr().out


def test_report_builds_the_page_again(
    sweep: Path, engine: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "small.toml", "--quiet"]) == 0
    assert main(["report", str(OUT)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == f"report: {OUT / 'report.html'}"
    assert _json(capsys, "report", str(OUT)) == {"report": str(OUT / "report.html")}
    assert len(engine.pages) == 3
