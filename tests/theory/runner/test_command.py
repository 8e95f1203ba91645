"""The command as a user meets it: a claim, resuming, bad input."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from theory import command
from theory.catalogue import PLACES, load

ROOT = Path(__file__).parents[3]
CHEAP = "M16"


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    code = f"import sys; sys.path.append({str(ROOT)!r}); from theory.command import main"
    guard = f"{code}\nif __name__ == '__main__': sys.exit(main({list(arguments)!r}))"
    return subprocess.run(
        [sys.executable, "-P", "-c", guard], capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--only", "M99"], "M99"),
        (["--only", ","], "unknown claim"),
        (["--out", "/proc/nothing/here"], "cannot be made"),
        (["--seed", "٣"], "whole number"),
        (["--seed", "x"], "whole number"),
        (["--jobs", "0"], "at least 1"),
        (["--quick", "--full"], "not allowed with"),
        (["--what"], "unrecognized"),
    ],
)
def test_bad_input_is_one_sentence(arguments, words, capsys):
    with pytest.raises(SystemExit) as stopped:
        raise SystemExit(command.main(arguments))
    assert stopped.value.code == 2
    said = capsys.readouterr().err
    assert words in said
    assert said.count("\n") == 1


def test_out_that_is_a_file(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert command.main(["--only", CHEAP, "--out", str(tmp_path / "file")]) == 2
    assert "is a file" in capsys.readouterr().err


def test_every_claim_is_complete():
    for name in PLACES:
        claim = load(name)
        assert claim.id == name
        assert claim.statement.endswith(".")
        assert claim.source
        assert claim.limits
        assert len({part.name for part in claim.parts}) == len(claim.parts)
    assert len({load(name).name for name in PLACES}) == len(PLACES) == 16


@pytest.mark.slow
def test_a_claim_runs_resumes_and_survives_damage(tmp_path):
    out = str(tmp_path / "out")
    first = run("--only", CHEAP, "--quick", "--out", out, "--jobs", "1")
    assert first.returncode == 0, first.stderr
    parts = sorted((tmp_path / "out" / "parts" / "quick-0").glob("*.json"))
    assert parts
    written = {path: path.stat().st_mtime_ns for path in parts}
    page = (tmp_path / "out" / "theory.html").read_text()
    assert load(CHEAP).title.split()[0] in page
    record = json.loads((tmp_path / "out" / "theory.json").read_text())
    assert record["claims"][0]["id"] == CHEAP
    parts[0].write_text("{")
    again = run("--only", CHEAP, "--quick", "--out", out, "--jobs", "1")
    assert again.returncode == 0, again.stderr
    renewed = [path for path in parts if path.stat().st_mtime_ns != written[path]]
    assert renewed == [parts[0]]
    for form in ("svg", "pdf", "png"):
        assert list((tmp_path / "out" / "figures" / "quick-0").glob(f"*.{form}"))
