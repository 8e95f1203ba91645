"""The command line as a whole: help, exit codes, one sentence for bad input, quick imports."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from jaxuim.cli.main import main

COMMANDS = ["init", "run", "plan", "status", "report", "compare", "fit", "tip"]
HEAVY = {"jax", "flax", "optax", "orbax", "pandas", "matplotlib", "plotly", "sklearn", "scipy"}


def _shell(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "jaxuim", *arguments]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([command, "--help"])
    assert stopped.value.code == 0
    text = capsys.readouterr().out
    assert f"usage: jaxuim {command}" in text
    assert "--json" in text


def test_the_help_lists_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--help"])
    text = capsys.readouterr().out
    assert all(f"    {command} " in text for command in COMMANDS)


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["fly"],
        ["plan"],
        ["plan", "small.toml", "--devices", "0"],
        ["plan", "small.toml", "--devices", "two"],
        ["plan", "small.toml", "--unknown"],
        ["compare", "one"],
    ],
)
def test_bad_arguments_are_one_line(
    sweep: Path, capsys: pytest.CaptureFixture[str], arguments: list[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    assert stopped.value.code == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.splitlines()) == 1
    assert captured.err.startswith("jaxuim")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["plan", "none.toml"], "none.toml: cannot be read: no such file"),
        (["plan", "."], "is a directory"),
        (["run", "small.toml", "--set", "bias.level=1.3"], "'bias.level' = 1.3: must be between"),
        (["run", "small.toml", "--seed", "-1"], "'seeds.root' = -1: must be between 0 and"),
        (["run", "small.toml", "--seed", "x"], "'seeds.root' = 'x': must be a whole number"),
        (["run", "small.toml", "--set", "world.kind=arrays"], "'world.path': is required"),
        (["run", "small.toml", "--out", "small.toml"], "small.toml: is a file, not a directory"),
        (["run", "small.toml", "--out", "."], "but no results of jaxuim"),
        (["run", "small.toml", "--out", "small.toml/x"], "cannot be written: not a directory"),
        (["status", "."], "is no directory of jaxuim results"),
        (["status", "none"], "none: no such directory"),
        (["report", "none"], "none: no such directory"),
        (["compare", "none", "."], "none: no such directory"),
        (["plan", "small.toml", "--pilot", "none"], "none: no such directory"),
        (["init", "../x"], "NAME '../x': must be 1 to 100 letters"),
        (["init", "small"], "small.toml: exists already"),
        (["init", "x", "--out", "none"], "cannot be written: No such file or directory"),
        (["plan", "a\nb\udcff.toml"], "no such file"),
        (["plan", "a\0b"], ""),
    ],
)
def test_bad_input_is_one_sentence_and_exit_code_2(
    sweep: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    before = sorted(sweep.parent.rglob("*"))
    assert main(arguments) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.splitlines()) == 1
    assert words in captured.err
    assert sorted(sweep.parent.rglob("*")) == before


def test_a_process_fails_without_a_traceback(sweep: Path) -> None:
    done = _shell("run", "small.toml", "--set", "model.width=[]", cwd=sweep.parent)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == "jaxuim: --set: key 'model.width' = []: must not be empty\n"


def test_a_missing_data_file_is_told_before_anything_starts(
    sweep: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = ["--set", 'world={kind="arrays", path="none.npz"}']
    assert main(["plan", "small.toml", *settings]) == 2
    assert "small.toml: key 'world.path' = 'none.npz': no such file" in capsys.readouterr().err


@pytest.mark.parametrize(
    "arguments", [["plan", "small.toml"], ["run", "small.toml", "--set", "seeds.count=0"]]
)
def test_nothing_heavy_is_imported_to_plan_or_to_refuse(sweep: Path, arguments: list[str]) -> None:
    code = (
        "import sys; from jaxuim.cli.main import main\n"
        f"main({arguments!r})\n"
        f"print('heavy:', sorted({HEAVY!r} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=sweep.parent, check=True
    )
    assert done.stdout.splitlines()[-1] == "heavy: []"


def test_a_reader_that_goes_away_is_no_error(sweep: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "jaxuim", "plan", "small.toml"],
        stdout=write,
        stderr=subprocess.PIPE,
        text=True,
        cwd=sweep.parent,
        check=False,
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (0, "")
