"""``jaxuim init``."""

import json
from pathlib import Path

import pytest

from jaxuim.cli.main import main
from jaxuim.sweep import Spec


def test_the_starter_can_be_planned_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["init", "mine"]) == 0
    assert "jaxuim run mine.toml" in capsys.readouterr().out
    assert Spec.load("mine.toml").name == "mine"
    assert main(["plan", "mine.toml"]) == 0


def test_a_file_is_never_replaced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["init", "mine", "--out", str(tmp_path), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"file": str(tmp_path / "mine.toml")}
    (tmp_path / "mine.toml").write_text("precious")
    assert main(["init", "mine", "--out", str(tmp_path)]) == 2
    assert (tmp_path / "mine.toml").read_text() == "precious"
