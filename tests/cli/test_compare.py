"""``jaxuim compare``."""

import json
from pathlib import Path
from typing import Any

import pytest

from jaxuim.cli.main import main


@pytest.fixture
def two(sweep: Path, engine: Any, capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    """Two directories of results with different roots."""
    assert main(["run", "small.toml", "--quiet", "--out", "a"]) == 0
    assert main(["run", "small.toml", "--quiet", "--out", "b", "--seed", "3"]) == 0
    capsys.readouterr()
    return "a", "b"


def test_effects_stand_side_by_side(
    two: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", *two]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "error: 1 = a, 2 = b"
    assert lines[1].split() == [
        *("task", "adaptation", "bias.level", "effect_1", "effect_2", "difference")
    ]
    assert len(lines) == 2 + 2 * 3  # levels x (upstream, id, far_ood)


def test_json_has_all_columns(two: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", *two, "--json", "--measure", "effective_rank"]) == 0
    records = json.loads(capsys.readouterr().out)
    assert {row["measure"] for row in records} == {"effective_rank"}
    assert {(row["task"], row["bias.level"]) for row in records} == {
        (task, level) for task in ("id", "far_ood") for level in (0.5, 1.0)
    }
    for row in records:
        assert row["difference"] == pytest.approx(row["effect_2"] - row["effect_1"])
        assert row["difference_lower"] <= row["difference"] <= row["difference_upper"]


def test_an_unknown_measure_is_refused(
    two: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", *two, "--measure", "nll"]) == 2
    assert "have no rows in common" in capsys.readouterr().err
