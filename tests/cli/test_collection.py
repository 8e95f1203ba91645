"""``jaxuim plan``, ``run``, ``status`` and ``report`` on a sweep file with variants."""

import json
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from jaxuim.cli.main import main
from jaxuim.sweep import load_collection_results

OUT = Path("results/several")
FILE = """
name = "several"
[world]
kind = "digits"
[model]
kind = "mlp"
width = 16
[pretrain]
samples = 64
steps = 20
[downstream]
tasks = ["id", "far_ood"]
[seeds]
count = 3
[matrix]
consequences = ["error", "unwanted_probability"]
[[variant]]
name = "noise"
[variant.bias]
kind = "symmetric_label_noise"
level = [0.0, 0.5]
[[variant]]
name = "tail"
[variant.bias]
kind = "long_tail"
level = [0.0, 1.0]
[[variant]]
name = "shortcut"
[variant.bias]
kind = "spurious_correlation"
level = [0.0, 1.0]
"""


@pytest.fixture
def several(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: Any
) -> list[tuple[Path, dict[str, str]]]:
    """The file in the working directory, and a stand-in for the top page that notes its calls."""
    pages: list[tuple[Path, dict[str, str]]] = []

    def build(directory: Path) -> Path:
        found = load_collection_results(directory)
        pages.append((directory, found.content["failures"]))
        return directory / "report.html"

    module = ModuleType("jaxuim.report.matrix")
    module.__dict__["build"] = build
    monkeypatch.setitem(sys.modules, "jaxuim.report.matrix", module)
    monkeypatch.chdir(tmp_path)
    Path("several.toml").write_text(FILE)
    return pages


def _json(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    capsys.readouterr()
    assert main([*arguments, "--json"]) == code
    return json.loads(capsys.readouterr().out)


def test_plan_sums_over_the_variants(
    several: Any, engine: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["plan", "several.toml"]) == 0
    out = capsys.readouterr().out
    assert "several: 2 variants" in out
    assert "matrix: 6 cells, 4 do not apply" in out
    assert "shortcut is not run: spurious_correlation needs shortcut" in out
    content = _json(capsys, "plan", "several.toml", "--seed", "3", "--set", "seeds.count=5")
    assert [row["variant"] for row in content["variants"]] == ["noise", "tail"]
    assert [row["runs"] for row in content["variants"]] == [10, 10]
    assert content["total"]["runs"] == 20
    assert not OUT.exists()
    assert main(["plan", "several.toml", "--pilot", "results"]) == 2
    assert "--pilot: is for one sweep" in capsys.readouterr().err


def test_a_run_carries_out_every_variant_on_a_line_of_its_own(
    several: Any, engine: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "several.toml", "--set", "world.shortcut=true"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(",")[0] for line in lines[:3]] == [
        "[1/3] noise: 6 of 6 runs",
        "[2/3] tail: 6 of 6 runs",
        "[3/3] shortcut: 6 of 6 runs",
    ]
    assert lines[-1] == f"report: {OUT / 'report.html'}"
    assert engine.pages == [OUT / name for name in ("noise", "tail", "shortcut")]
    assert several == [(OUT, {})]
    assert len(load_collection_results(OUT).frame["run_id"].unique()) == 18
    assert main(["run", "several.toml", "--set", "world.shortcut=true"]) == 0
    assert "[2/3] tail: 0 of 6 runs" in capsys.readouterr().out
    assert len(engine.launches) == 3
    assert len(engine.pages) == 3


def test_a_variant_that_fails_loses_nothing_of_the_others(
    several: Any, engine: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(number: int) -> None:
        if len(engine.launches) == 1 and number == 2:
            raise ValueError("the world cannot be built;\nprepare it")

    engine.before = fail
    assert main(["run", "several.toml"]) == 2
    said = capsys.readouterr()
    assert "[1/2] noise: failed" in said.out
    assert "[2/2] tail: 6 of 6 runs" in said.out
    assert said.err == ("jaxuim: variant 'noise' failed: the world cannot be built; prepare it\n")
    assert several == [(OUT, {"noise": "the world cannot be built; prepare it"})]
    state = _json(capsys, "status", str(OUT))
    done = {name: found and found["runs_done"] for name, found in state["variants"].items()}
    assert state["failures"] == {"noise": "the world cannot be built; prepare it"}
    assert done == {"noise": 2, "tail": 6, "shortcut": None}
    assert main(["run", "several.toml"]) == 0
    assert "[1/2] noise: 4 of 6 runs" in capsys.readouterr().out
    assert several[-1] == (OUT, {})


def test_an_interrupted_run_goes_on(
    several: Any, engine: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(number: int) -> None:
        if len(engine.launches) == 2 and number == 1:
            raise KeyboardInterrupt

    engine.before = interrupt
    assert main(["run", "several.toml", "--quiet"]) == 130
    assert "the same command goes on" in capsys.readouterr().err
    assert main(["status", str(OUT)]) == 0
    table = capsys.readouterr().out
    assert "several: 3 variants" in table
    assert "not run" in table
    engine.before = lambda number: None
    content = _json(capsys, "run", "several.toml")
    assert [item["lacking"] for item in content["variants"]] == [0, 5]
    assert content["failures"] == {}


def test_report_builds_every_page_again(
    several: Any, engine: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "several.toml", "--quiet"]) == 0
    assert _json(capsys, "report", str(OUT))["report"] == str(OUT / "report.html")
    assert engine.pages == [OUT / "noise", OUT / "tail"] * 2
    assert len(several) == 2
    assert main(["report", str(OUT), "--overlay", "theory.csv"]) == 2
    assert "--overlay: is for one sweep" in capsys.readouterr().err


def test_sweeps_and_collections_do_not_share_a_directory(
    several: Any, sweep: Path, engine: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["run", "several.toml", "--quiet"]) == 0
    assert main(["run", "small.toml", "--quiet", "--out", str(OUT)]) == 2
    assert "but no results of jaxuim" in capsys.readouterr().err
    assert main(["run", "small.toml", "--quiet"]) == 0
    assert main(["run", "several.toml", "--out", "results/small"]) == 2
    assert "but no collection.json" in capsys.readouterr().err


def test_a_wrong_variant_is_one_sentence(
    several: Any, engine: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    path = Path("several.toml")
    path.write_text(path.read_text().replace("level = [0.0, 0.5]", "level = [0.0, 1.5]"))
    for command in ("plan", "run"):
        assert main([command, "several.toml"]) == 2
        error = capsys.readouterr().err
        assert error.startswith("jaxuim: several.toml: variant 'noise': key 'bias.level' = 1.5")
        assert error.count("\n") == 1
    assert not OUT.exists()


@pytest.mark.slow
def test_the_whole_chain(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Two variants for real: one is carried out to the page, one has no data."""
    monkeypatch.chdir(tmp_path)
    lost = '[variant.world]\nkind = "arrays"\npath = "none.npz"\n'
    tail = FILE[FILE.index('[[variant]]\nname = "tail"') : FILE.index('[[variant]]\nname = "sh')]
    text = FILE[: FILE.index('[[variant]]\nname = "tail"')].replace("steps = 20", "steps = 3")
    text = text.replace('["id", "far_ood"]', '["id"]').replace('"unwanted_probability"', "")
    Path("several.toml").write_text(text + tail + lost)
    settings = ["analysis.tipping=false", "model.depth=1", "model.width=4"]
    overrides = [part for text in settings for part in ("--set", text)]
    assert main(["run", "several.toml", *overrides]) == 2
    said = capsys.readouterr()
    assert said.err.startswith("jaxuim: variant 'tail' failed: none.npz: cannot be read")
    cells = json.loads((OUT / "tables" / "matrix.json").read_text())["cells"]
    assert [cell["status"] for cell in cells] == ["ok", "missing"]
    assert [cell["n"] for cell in cells] == [3, 0]
    page = (OUT / "report.html").read_text()
    assert 'href="noise/report.html"' in page
    assert "tail failed" in page
    assert (OUT / "noise" / "report.html").is_file()
