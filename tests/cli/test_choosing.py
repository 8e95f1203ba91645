"""``--form auto``: which laws are tried, and that the best of them is taken."""

import json
from pathlib import Path

import numpy as np
import pytest

from jaxuim.cli.choosing import best_form
from jaxuim.cli.main import main
from jaxuim.report.points import Points


def _points(x: np.ndarray, y: np.ndarray) -> Points:
    return Points(("n",), "loss", x[:, None], y)


def test_the_law_that_made_the_data_extrapolates_best() -> None:
    n = np.geomspace(10.0, 5120.0, 10)
    form, rows = best_form(_points(n, 0.3 + 2.0 * n**-0.5), "linear")
    assert form.name in ("saturating_power", "m2")
    assert rows[0]["ordered_by"] == "held_out"
    assert {"power", "saturating_power", "m3"} <= {row["form"] for row in rows}
    assert all(len(row["form"]) and row["form"] not in ("bnsl1", "bnsl2") for row in rows)


def test_levels_that_begin_at_zero_are_compared_by_aicc() -> None:
    level = np.linspace(0.0, 1.0, 13)
    noise = 0.01 * np.cos(37 * level)
    error = 0.1 + 0.8 / (1 + np.exp(-(level - 0.5) / 0.05)) + noise
    form, rows = best_form(_points(level, error), "linear")
    assert form.name in ("logistic", "hill")
    assert {row["ordered_by"] for row in rows} == {"aicc"}
    assert "power" not in {row["form"] for row in rows}
    scores = [row["aicc"] for row in rows if row["aicc"] is not None]
    assert scores == sorted(scores)


def test_the_command_tells_what_was_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("n,loss\n" + "".join(f"{n},{3 * n**-0.4}\n" for n in (2, 4, 8, 16, 32, 64)))
    arguments = ["fit", str(path), "--x", "n", "--y", "loss", "--form", "auto", "--bootstrap", "0"]
    assert main([*arguments, "--json"]) == 0
    content = json.loads(capsys.readouterr().out)
    assert content["form"] in ("power", "m1")
    assert "laws compared by held-out tails it is the best that" in content["sentence"]
    assert {"form", "held_out", "aicc", "status"} <= set(content["compared"][0])
    assert main(arguments) == 0
    assert "laws compared, best first" in capsys.readouterr().out


def test_what_cannot_be_compared_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.csv"
    path.write_text("N,D,loss\n" + "".join(f"{n},{n},{n}\n" for n in range(1, 5)))
    for columns, words in (
        ("N,D", "name one: chinchilla"),
        ("N", "at least 6 rows with 4 distinct N"),
    ):
        arguments = ["fit", str(path), "--x", columns, "--y", "loss", "--form", "auto"]
        assert main(arguments) == 2
        error = capsys.readouterr().err
        assert words in error
        assert error.count("\n") == 1
