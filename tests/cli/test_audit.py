"""``jaxuim audit``: table, JSON, files, and one sentence for every file that cannot be used."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.datasets import load_digits

from jaxuim.cli.main import main


@pytest.fixture(scope="module")
def arrays() -> dict[str, Any]:
    """400 digits as images, 30 of them twice, 40 with another label, ten test examples leaked."""
    x, y = load_digits(return_X_y=True)
    x, y = np.concatenate([x[:400], x[:30]]), np.concatenate([y[:400], y[:30]])
    y[100:140] = (y[100:140] + 3) % 10
    tests = np.concatenate([load_digits().data[500:550], x[40:50]])
    groups = np.array(["a", "b"])[np.random.default_rng(0).integers(0, 2, 430)]
    return {"x": x.reshape(-1, 8, 8), "y": y, "groups": groups, "test_x": tests.reshape(-1, 8, 8)}


@pytest.fixture
def file(tmp_path: Path, arrays: dict[str, Any]) -> str:
    """The arrays as a file."""
    np.savez(tmp_path / "digits.npz", **arrays)
    return str(tmp_path / "digits.npz")


def test_the_table_marks_what_was_injected(file: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", file]) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    lines = captured.out.splitlines()
    assert lines[0] == "430 examples, 64 features, 10 classes"
    marked = [line for line in lines if line.startswith("*")]
    for words in ("noise rate", "exact copies", "test examples in training"):
        assert any(words in line for line in marked), words
    assert not any("groups" in line for line in marked)
    assert any(line.startswith("deduplicate      400") for line in lines)


def test_json_and_files(
    file: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], arrays: dict[str, Any]
) -> None:
    out = tmp_path / "made" / "here"
    assert main(["audit", file, "--json", "--out", str(out), "--seed", "3"]) == 0
    refuse = lambda text: pytest.fail(f"not JSON: {text}")
    card = json.loads(capsys.readouterr().out, parse_constant=refuse)
    assert card["source"] == file
    assert card["seed"] == 3
    assert card["duplicates"]["exact_share"] == pytest.approx(30 / 430)
    assert card["contamination"]["exact"]["hits"] == 10
    assert card["noise"]["lower"] <= 40 / 430 <= card["noise"]["upper"]
    names = ["audit.json", "examples.csv", "datasheet.html"]
    assert [Path(path).name for path in card["files"]] == names
    assert json.loads((out / "audit.json").read_text())["n"] == 430
    assert len((out / "examples.csv").read_text().splitlines()) == 431


def test_other_names_of_the_arrays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arrays: dict[str, Any]
) -> None:
    path = tmp_path / "named.npz"
    np.savez(path, features=arrays["x"], labels=arrays["y"])
    assert main(["audit", str(path), "--json", "--confidence", "0.5"]) == 0
    card = json.loads(capsys.readouterr().out)
    assert card["confidence"] == 0.5
    assert card["contamination"] is None


X, Y = np.eye(20), np.arange(20) % 2


@pytest.mark.parametrize(
    ("held", "said"),
    [
        ({"x": X}, "has no 'y', only x"),
        ({}, "has no 'x', only nothing"),
        ({"x": X, "y": Y, "group": Y}, "key 'group' is not known; did you mean 'groups'?"),
        ({"x": X, "features": X, "y": Y}, "holds 'x' under two names"),
        ({"x": X, "y": Y[:3]}, "y has shape (3,)"),
        ({"x": X * np.nan, "y": Y}, "x holds nan in row 0"),
        ({"x": X, "y": Y * 0}, "y holds 1 distinct label (only 0)"),
        ({"x": X, "y": Y, "test_y": Y}, "test_y is given without test_x"),
        ({"x": X, "y": np.array([None] * 20)}, "key 'y' holds Python objects"),
        ({"x": X[:, :1] * 0, "y": Y}, "x holds 1 distinct row; at least 2 are needed"),
    ],
)
def test_bad_files_are_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], held: dict[str, Any], said: str
) -> None:
    path = tmp_path / "bad.npz"
    np.savez(path, **held)
    assert main(["audit", str(path)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.count("\n") == 1
    assert captured.err.startswith(f"jaxuim: {path}: ")
    assert said in captured.err


def test_what_is_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str], file: str) -> None:
    text, single = tmp_path / "text.npz", tmp_path / "single.npy"
    text.write_text("hello")
    np.save(single, X)
    for path, said in (
        (tmp_path / "none.npz", "no such file"),
        (text, "is no .npz file"),
        (single, "save named ones as .npz"),
    ):
        assert main(["audit", str(path)]) == 2
        assert said in capsys.readouterr().err
    assert main(["audit", file, "--out", str(text)]) == 2
    assert "is a file; a directory is needed" in capsys.readouterr().err


def test_damaged_files_are_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "damaged.npz"
    np.savez_compressed(path, x=X, y=Y)
    whole = path.read_bytes()
    rng = np.random.default_rng(0)
    refused = 0
    for place in rng.choice(len(whole), 25, replace=False):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :])
        refused += main(["audit", str(path)]) == 2
        lines = capsys.readouterr().err.splitlines()
        assert [line.startswith(f"jaxuim: {path}: ") for line in lines] in ([], [True])
    assert refused > 5


def test_what_cannot_be_estimated_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, rng = tmp_path / "chance.npz", np.random.default_rng(0)
    np.savez(path, x=rng.normal(size=(200, 2)), y=rng.integers(0, 2, 200))
    assert main(["audit", str(path)]) == 0
    shown = capsys.readouterr().out
    said = "the features do not predict the labels; noise cannot be estimated"
    assert shown.count(said) == 2
    assert "unknown" in shown
    assert main(["audit", str(path), "--json"]) == 0
    card = json.loads(capsys.readouterr().out)
    assert card["noise"]["note"] == said
    assert card["noise"]["rate"] is None


@pytest.mark.parametrize("option", [("--confidence", "1.5"), ("--seed", "-1"), ("--seed", "x")])
def test_bad_options(
    file: str, capsys: pytest.CaptureFixture[str], option: tuple[str, str]
) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["audit", file, *option])
    assert option[1] in capsys.readouterr().err
