"""The page of a collection: figure, tables, words and links, of made-up cells."""

import json
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from jaxuim.report.drawing import STYLE
from jaxuim.report.matrix import write
from jaxuim.report.matrix_figure import arranged, columns_of, matrix_figure, rows_of
from jaxuim.report.matrix_page import in_numbers, in_words
from jaxuim.sweep.matrix_cells import COLUMNS, corrected, records, worst
from jaxuim.sweep.matrix_effect import standardised_effect
from jaxuim.sweep.matrix_store import CollectionResults

MEASURES = ("error", "nll", "ece", "worst_class_error", "effective_rank")
FAMILIES = ("performance", "calibration", "representation")


def make_cells(variants: int = 4, consequences: int = 5, seeds: int = 6) -> pd.DataFrame:
    """Return a matrix in which each cell's g grows with its row; a few cells have no number."""
    rng = np.random.default_rng(3)
    rows = []
    for i in range(variants):
        for j in range(consequences):
            row = dict.fromkeys(COLUMNS, None) | {
                "variant": f"bias_{i}",
                "biases": f"bias_{i}",
                "family": ("labels", "sampling")[i % 2],
                "reference": 0.4,
                "measure": MEASURES[j % len(MEASURES)],
                "task": ("far_ood", "id", "near_ood", "upstream")[j // len(MEASURES)],
                "adaptation": "linear_probe" if j < 15 else "none",
                "consequence": FAMILIES[j % 3],
                "inherited": (i, j) != (3, 0),
                "better": "none" if j % 5 == 4 else "lower",
                "n": 0,
                "lost": 0,
                "reason": "",
            }
            low = rng.normal(0.2, 0.01, seeds) if (i, j) != (1, 1) else np.full(seeds, 0.2)
            effect = standardised_effect(low + rng.normal(0.01 * i, 0.002, seeds), low)
            row |= effect._asdict()
            if (i, j) == (0, 0):
                row |= {"status": "not_applicable", "reason": "<needs> groups", "n": 0}
                row |= dict.fromkeys(("g", "g_lower", "g_upper", "p_value", "effect"), np.nan)
            rows.append(row)
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    table["q_value"] = corrected(table["p_value"].to_numpy(dtype=float))
    table["significant"] = table["q_value"] <= 0.05
    return table


def make_content(cells: pd.DataFrame, **changes: Any) -> dict[str, Any]:
    note = {"reference": [0.4], "family": "labels", "lacking": {}, "excluded": ""}
    names = cells["variant"].unique()
    return {
        "name": "all_of_it",
        "question": "Which bias does <what>?",
        "expectation": "",
        "source": "agenda",
        "cost": "little",
        "variants": {name: {"biases": ["long_tail"], **note} for name in names},
        "matrix": {"confidence": 0.95, "consequences": []},
        "failures": {},
        "versions": {"jaxuim": "1"},
    } | changes


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.loaded: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "a":
            self.links.append(str(found["href"]))
        elif found.get("src"):
            self.loaded.append(str(found["src"]))


@pytest.fixture(scope="module")
def cells() -> pd.DataFrame:
    return make_cells()


@pytest.fixture(scope="module")
def folder(cells: pd.DataFrame, tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory: Path = tmp_path_factory.mktemp("collection")
    (directory / "bias_1").mkdir()
    (directory / "bias_1" / "report.html").write_text("<html>")
    write(CollectionResults(directory, make_content(cells), {}), cells)
    return directory


def test_the_page_loads_nothing_and_links_what_is_there(folder: Path) -> None:
    text = (folder / "report.html").read_text()
    parser = _Links()
    parser.feed(text)
    assert parser.loaded == []
    assert "bias_1/report.html" in parser.links
    assert "bias_2/report.html" not in parser.links
    files = [link for link in parser.links if not link.startswith("#")]
    assert all((folder / link).is_file() for link in files)
    assert {Path(link).suffix for link in files} == {
        ".html",
        ".csv",
        ".json",
        ".png",
        ".svg",
        ".pdf",
    }
    assert "Which bias does &lt;what&gt;?" in text
    assert "&lt;needs&gt; groups" in text


def test_the_table_is_the_matrix(folder: Path, cells: pd.DataFrame) -> None:
    read = pd.read_csv(folder / "tables" / "matrix.csv")
    assert list(read.columns) == list(COLUMNS)
    assert read["g"].to_numpy() == pytest.approx(cells["g"].to_numpy(float), nan_ok=True)
    content = json.loads((folder / "tables" / "matrix.json").read_text())
    assert len(content["cells"]) == len(cells)
    assert content["tests"] == cells["p_value"].notna().sum()
    assert [cell["variant"] for cell in content["worst"]] == ["bias_3"] * 3
    assert content["cells"][0]["g"] is None


def test_the_worst_are_worded_from_their_cells(folder: Path, cells: pd.DataFrame) -> None:
    text = (folder / "report.html").read_text()
    for cell in records(worst(cells)):
        words = in_words(cell)
        assert words in text
        assert words.startswith("Bias 3 at level 0.4 raises ")
        assert "on far-OOD with a linear probe by" in words
        assert "6 seeds; corrected p" in in_numbers(cell, "95 %")
    better = records(worst(cells))[0] | {"effect": -0.1, "task": "upstream", "reference": None}
    assert "Bias 3 lowers" in in_words(better)
    assert "upstream by" in in_words(better)


def test_a_matrix_without_harm_says_so(cells: pd.DataFrame, tmp_path: Path) -> None:
    calm = cells.assign(significant=False)
    write(CollectionResults(tmp_path, make_content(cells), {}), calm)
    assert "No cell shows harm for certain." in (tmp_path / "report.html").read_text()


def test_rows_and_columns_stand_by_family(cells: pd.DataFrame) -> None:
    rows = rows_of(cells)
    assert rows.names == ("bias_0", "bias_2", "bias_1", "bias_3")
    assert [name for name, _ in rows.families] == ["labels", "sampling"]
    assert np.all(np.diff(rows.places) > 0.999)
    assert {name for name, _ in columns_of(cells).families} == set(FAMILIES)
    assert arranged([], []).length == 0


def test_every_cell_is_drawn_as_what_it_is(cells: pd.DataFrame) -> None:
    with mpl.rc_context(STYLE):
        figure = matrix_figure(cells, 0.95)
    boxes = figure.axes[0].patches
    assert len(boxes) == len(cells)
    assert [bool(box.get_hatch()) for box in boxes] == (
        cells["status"] == "not_applicable"
    ).tolist()
    written = [
        text for text in figure.axes[0].texts if text.get_text() not in ("labels", "sampling")
    ]
    numbers = [text for text in written if text.get_text() not in FAMILIES]
    assert len(numbers) == len(cells) - 1
    starred = sum(text.get_text().endswith("*") for text in numbers)
    assert starred == cells["significant"].sum()
    assert sum(text.get_style() == "italic" for text in numbers) == 1
    harmful = cells.index[(cells["g"] > 5) & (cells["better"] == "lower")][0]
    red, _, blue, _ = boxes[int(harmful)].get_facecolor()
    assert red > blue


def test_a_large_matrix_fits_its_figure() -> None:
    cells = make_cells(variants=25, consequences=20)
    with mpl.rc_context(STYLE):
        figure = matrix_figure(cells, 0.95)
        figure.draw_without_rendering()
    width, height = figure.get_size_inches()
    assert width < 14
    assert height < 12
    box = figure.get_tightbbox()
    assert box.x0 >= 0
    assert box.y0 >= 0
    assert box.x1 <= width
    assert box.y1 <= height
    column = figure.axes[0].transData.transform([[0, 0], [0.94, 0]])
    room = column[1, 0] - column[0, 0]
    numbers = [text for text in figure.axes[0].texts if text.get_fontsize() == 7]
    assert max(text.get_window_extent().width for text in numbers) <= room


def test_a_collection_without_a_matrix_lists_its_variants(
    cells: pd.DataFrame, tmp_path: Path
) -> None:
    content = make_content(cells, matrix=None, failures={"bias_2": "disk & all"})
    page = write(CollectionResults(tmp_path, content, {}), None)
    text = page.read_text()
    assert "Bias 2" not in text
    assert "bias 2 failed.</strong> disk &amp; all" in text
    assert "Cells that hold" not in text
    assert not (tmp_path / "tables").exists()
