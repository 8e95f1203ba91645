"""``jaxuim tip``: tipping points of tables, told in JSON, in words and in a figure."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jaxuim.cli.main import main

ASKED = ["--x", "level", "--y", "error"]


@pytest.fixture
def table(tmp_path: Path) -> str:
    """Nine seeds of a kink at 0.6, and a straight line, both with noise."""
    rng = np.random.default_rng(1)
    lines = ["shape,seed,level,error,sem"]
    for shape in ("kink", "line"):
        for seed in range(9):
            for level in np.linspace(0.0, 1.0, 21):
                rise = 2 * max(level - 0.6, 0.0) if shape == "kink" else 0.5 * level
                error = 0.2 + rise + 0.02 * rng.standard_normal()
                lines.append(f"{shape},{seed},{level},{error},0.02")
    path = tmp_path / "table.csv"
    path.write_text("\n".join(lines))
    return str(path)


def _json(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main([*arguments, "--json"]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return json.loads(captured.out, parse_constant=lambda text: pytest.fail(f"not JSON: {text}"))


@pytest.mark.parametrize("extra", [["--by", "seed"], ["--y-err", "sem"], ["--where", "seed=3"]])
def test_a_kink_is_found_where_it_is(
    table: str, capsys: pytest.CaptureFixture[str], extra: list[str]
) -> None:
    content = _json(capsys, "tip", table, *ASKED, *extra, "--where", "shape=kink")
    assert content["detected"] is True
    assert content["location"] == pytest.approx(0.6, abs=0.06)
    lower, upper = content["interval"]
    assert lower < content["location"] < upper
    assert content["p_value"] < 0.05
    assert content["sentence"].startswith("Error tips at level = 0.")


def test_none_has_no_location(table: str, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["tip", table, *ASKED, "--by", "seed", "--where", "shape=line"]
    content = _json(capsys, *arguments)
    assert (content["detected"], content["location"], content["interval"]) == (False, None, None)
    assert content["kind"] == "none"
    assert main(arguments) == 0
    out = capsys.readouterr().out
    assert out.startswith("No tipping point: ")
    assert "clusters: 9" in out


@pytest.mark.parametrize("shape", ["kink", "line"])
def test_the_figure_is_written(
    table: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], shape: str
) -> None:
    path = tmp_path / "tip.png"
    arguments = ["tip", table, *ASKED, "--by", "seed", "--where", f"shape={shape}"]
    assert main([*arguments, "--out", str(path)]) == 0
    assert path.read_bytes().startswith(b"\x89PNG")
    assert capsys.readouterr().out.endswith(f"figure: {path}\n")


def test_confidence_decides_what_is_detected(
    table: str, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["tip", table, *ASKED, "--where", "shape=kink", "--where", "seed=3"]
    wide, narrow = (_json(capsys, *arguments, "--confidence", c) for c in ("0.99", "0.5"))
    width = wide["interval"][1] - wide["interval"][0]
    assert width > narrow["interval"][1] - narrow["interval"][0]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (["--x", "level,seed"], "--x 'level,seed': a tipping point has one input"),
        (["--where", "level<0.1"], "x has 2 distinct values; a tipping point needs 5"),
        (["--by", "shape", "--where", "shape=kink"], "--by 'shape' names one cluster"),
        (["--y", "shape"], "--y 'shape', row 1: 'kink' is not a number"),
    ],
)
def test_bad_input_is_one_sentence(
    table: str, capsys: pytest.CaptureFixture[str], changes: list[str], words: str
) -> None:
    assert main(["tip", table, *ASKED, "--json", *changes]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.splitlines()) == 1
    assert words in captured.err
