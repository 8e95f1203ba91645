"""The page and its files: offline, escaped, complete, and robust to thin or broken sweeps."""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from jaxuim import report
from jaxuim.sweep import Results

LEVELS = (0.0, 0.25, 0.5, 0.75, 1.0)
SMALL = {"levels": LEVELS, "widths": (32,), "samples": (128,), "seeds": 3}


class Reader(HTMLParser):
    """Collects what a page loads, its section ids and the text outside scripts and styles."""

    def __init__(self) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.ids: list[str] = []
        self.text: list[str] = []
        self.scripts = 0
        self._inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = dict(attrs)
        self._inside = tag
        self.scripts += tag == "script"
        self.loaded += [names["src"] or ""] if "src" in names else []
        self.loaded += [names["href"] or ""] if tag == "link" else []
        self.ids += [names["id"] or ""] if tag == "section" else []

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside not in ("script", "style"):
            self.text.append(data)


def read(page: Path) -> Reader:
    reader = Reader()
    reader.feed(page.read_text(encoding="utf-8"))
    return reader


@pytest.fixture(scope="module")
def page(
    make: Callable[..., Results],
    frame: Callable[..., pd.DataFrame],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    results = make(frame(**SMALL), laws=["saturating_power"])
    results.spec["expectation"] = "<script>alert(1)</script>"
    results.provenance["device"] = "<script>alert(2)</script>"
    results.spec["question"] = "Is </script><img src='http://evil.example/x.png'> & co. escaped?"
    return report.write(results, tmp_path_factory.mktemp("page"))


def test_nothing_is_loaded_from_anywhere(page: Path) -> None:
    loaded = read(page).loaded
    assert [name for name in loaded if not name.startswith("data:")] == []
    styles = re.search(r"<style>(.*?)</style>", page.read_text(encoding="utf-8"), re.DOTALL)
    assert styles and "url(" not in styles[1] and "@import" not in styles[1]


def test_user_text_is_escaped(page: Path) -> None:
    reader = read(page)
    assert reader.scripts == 3  # data, plotly, ours
    text = "".join(reader.text)
    assert "<img src='http://evil.example/x.png'> & co." in text
    assert "<script>alert(1)</script>" in text
    assert "<script>alert(2)</script>" in text


def test_every_section_is_there(page: Path) -> None:
    names = [
        "findings",
        "inheritance",
        "effects",
        "law",
        "tipping",
        "features",
        "run",
        "provenance",
    ]
    assert read(page).ids == names


def test_no_placeholder_is_left(page: Path) -> None:
    text = "".join(read(page).text)
    assert not re.search(r"\$\w+|\bnan\b|\bNone\b|\binf\b", text)


def test_figures_and_tables_exist_parse_and_are_linked(page: Path) -> None:
    html = page.read_text(encoding="utf-8")
    figures = sorted((page.parent / "figures").iterdir())
    tables = sorted((page.parent / "tables").iterdir())
    assert {path.stem for path in figures} >= {"inheritance_curves", "laws", "tipping_points"}
    for path in figures:
        if path.suffix == ".png":
            assert path.read_bytes().startswith(b"\x89PNG") and path.stat().st_size > 5000
            assert path.with_suffix(".svg").exists()
        else:
            assert ElementTree.parse(path).getroot().tag.endswith("svg")
    for path in tables:
        assert list(pd.read_csv(path).columns)
    for path in figures + tables:
        assert f'href="{path.parent.name}/{path.name}"' in html


def test_the_reader_is_told_what_an_interval_is(page: Path) -> None:
    text = "".join(read(page).text)
    assert "95 % t interval of differences paired by seed, 3 seeds" in text
    assert "bootstrap over 3 seeds" in text


def _diverged(rows: pd.DataFrame) -> pd.DataFrame:
    bad = rows["run_id"] == rows["run_id"].unique()[4]
    return rows.assign(
        value=np.where(bad, np.nan, rows["value"]), status=np.where(bad, "diverged", rows["status"])
    )


def _all_diverged(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(value=np.nan, status="diverged")


CASES: dict[str, tuple[dict, Callable[[pd.DataFrame], pd.DataFrame], str]] = {
    "one seed": ({"seeds": 1}, lambda rows: rows, "One seed."),
    "one level": ({"levels": (0.0,)}, lambda rows: rows, "Only clean runs"),
    "one adaptation": ({"adaptations": ("finetune",)}, lambda rows: rows, "with fine-tuning"),
    "a diverged run": ({}, _diverged, "1 run failed."),
    "all diverged": ({"seeds": 2}, _all_diverged, "Every run failed"),
    "half a sweep": ({}, lambda rows: rows.iloc[: len(rows) // 2 - 5], "not complete"),
    "no clean runs": ({}, lambda rows: rows[rows["bias.level"] > 0], "no biased run has a clean"),
    "no features": (
        {},
        lambda rows: rows[~rows["measure"].isin(["effective_rank", "singular_value_entropy"])],
        "not complete",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_thin_and_broken_sweeps_give_a_page_that_says_so(
    case: str,
    make: Callable[..., Results],
    frame: Callable[..., pd.DataFrame],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("jaxuim.report.figures.write_figures", lambda *_: [])
    settings, change, words = CASES[case]
    whole = frame(**{**SMALL, **settings})
    complete = make(whole, laws=[], tipping=True)
    results = Results(Path(), change(whole), complete.spec, complete.provenance, complete.shards)
    text = "".join(read(report.write(results, tmp_path)).text)
    assert words in text


@pytest.mark.parametrize("case", ["one seed", "all diverged", "one level"])
def test_figures_survive_thin_sweeps(
    case: str, make: Callable[..., Results], frame: Callable[..., pd.DataFrame], tmp_path: Path
) -> None:
    from jaxuim.report.analysis import analyse
    from jaxuim.report.figures import write_figures

    settings, change, _ = CASES[case]
    rows = change(frame(**{**SMALL, **settings}))
    paths = write_figures(analyse(make(rows, laws=[], tipping=True)), tmp_path)
    assert all(path.exists() for path in paths)
    assert bool(paths) == (case != "all diverged")
