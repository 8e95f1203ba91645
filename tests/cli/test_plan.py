"""``jaxuim plan``: what is said is what the plan is."""

import json
from pathlib import Path
from typing import Any

import pytest

from jaxuim.cli.main import main
from jaxuim.laws import detectable_effect
from jaxuim.sweep import effects, load


def _json(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    capsys.readouterr()
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_the_text_names_runs_programs_time_and_place(
    sweep: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plan", "small.toml", "--set", "model.width=[8, 16]"]) == 0
    out = capsys.readouterr().out
    assert "small: 24 runs = bias.level 3 x model.width 2 x seed 4" in out
    assert "programs to compile: 2" in out
    assert "results: results/small (0 of 24 runs done)" in out
    assert not (sweep.parent / "results").exists()


def test_json_holds_the_same(sweep: Path, capsys: pytest.CaptureFixture[str]) -> None:
    content = _json(capsys, "plan", "small.toml", "--devices", "3", "--seed", "9")
    assert (content["runs"], content["programs"], content["runs_done"]) == (12, 1, 0)
    assert content["axes"] == {"bias.level": [0.0, 0.5, 1.0], "seed": 4}
    assert "3 cores" in content["basis"]
    assert content["detectable"] is None


def test_what_is_done_counts_and_its_speed_is_used(
    sweep: Path, engine: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "small.toml", "--quiet"]) == 0
    content = _json(capsys, "plan", "small.toml", "--set", "seeds.count=5")
    assert (content["runs"], content["runs_done"]) == (15, 12)
    assert content["basis"] == "40 model-steps/s measured before"  # 240 steps in 6 seconds
    other = _json(capsys, "plan", "small.toml", "--out", "new", "--pilot", "results/small")
    assert (other["basis"], other["runs_done"]) == (content["basis"], 0)


def test_a_pilot_gives_the_detectable_effect(
    sweep: Path, engine: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "small.toml", "--quiet"]) == 0
    arguments = ["plan", "small.toml", "--pilot", "results/small", "--set", "seeds.count=30"]
    rows = _json(capsys, *arguments)["detectable"]
    assert {(row["task"], row["adaptation"]) for row in rows} == {
        ("upstream", "none"),
        ("id", "linear_probe"),
        ("far_ood", "linear_probe"),
    }
    table = effects(load("results/small"))
    chosen = table[(table["task"] == "id") & (table["measure"] == "error")]
    sd = float(chosen["sd"].median())
    (row,) = [row for row in rows if row["task"] == "id"]
    assert row["sd"] == pytest.approx(sd)
    assert row["effect"] == pytest.approx(detectable_effect(sd, 30))
    assert main(arguments) == 0
    assert "smallest effect detected with 80 % power" in capsys.readouterr().out


def test_a_pilot_without_the_response_is_refused(
    sweep: Path, engine: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "small.toml", "--quiet"]) == 0
    settings = ["--set", "measures.names=['nll']", "--set", "analysis.response=nll"]
    arguments = ["plan", "small.toml", *settings, "--out", "new", "--pilot", "results/small"]
    assert main(arguments) == 2
    assert "holds no rows of 'nll'" in capsys.readouterr().err
