"""The datasheet: it shows what the audit found, needs no network and escapes what it is given."""

import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from sklearn.datasets import load_digits

from jaxuim.audit import Audit, audit
from jaxuim.report.datasheet import examples, render, write_datasheet

NASTY = '<script>alert("x")</script>'


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    """300 digits, 20 of them twice."""
    x = load_digits().images
    return np.concatenate([x[:300], x[:20]])


@pytest.fixture(scope="module")
def found(images: np.ndarray) -> Audit:
    """An audit with wrong labels, copies, and a class and a group of nasty names."""
    y = np.concatenate([load_digits().target[:300], load_digits().target[:20]])
    y[50:80] = (y[50:80] + 1) % 10
    names = np.array([NASTY, *"bcdefghij"])
    groups = np.array([NASTY, "b & c"])[np.arange(320) % 2]
    return audit(images, names[y], groups=groups, test_x=images[:5])


class Page(HTMLParser):
    """Collects tags, links and text, and checks that elements close in order."""

    VOID = ("meta", "link", "img", "br")

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_the_page_is_well_formed_and_loads_nothing(found: Audit, images: np.ndarray) -> None:
    text = render(found, "digits.npz", images)
    page = Page(text)
    for tag, attributes in page.tags:
        assert tag not in ("script", "iframe")
        for key in ("src", "href"):
            assert (attributes.get(key) or "#").startswith(("#", "data:"))
    assert "url(" not in text
    assert "@import" not in text


def test_links_lead_to_sections(found: Audit, images: np.ndarray) -> None:
    page = Page(render(found, "digits.npz", images))
    ids = {attributes["id"] for _, attributes in page.tags if "id" in attributes}
    links = [a["href"] for tag, a in page.tags if tag == "a"]
    assert len(links) == 8
    assert {str(link)[1:] for link in links} <= ids


def test_names_are_escaped(found: Audit, images: np.ndarray) -> None:
    text = render(found, NASTY, images)
    assert "<script" not in text
    assert "b & c" in Page(text).text
    assert NASTY in Page(text).text


def test_what_was_found_is_told(found: Audit, images: np.ndarray) -> None:
    text = Page(render(found, "digits.npz", images)).text
    assert "320 examples of 64 features in 10 classes" in text
    for row in found.table():
        assert row.quantity.lower() in text.lower()
    assert f"{found.label_issues.sum()} examples are flagged" in text
    assert "asks for a look" in text
    assert "nothing found" in text


def test_images_are_shown_where_the_examples_are_images(found: Audit, images: np.ndarray) -> None:
    with_images = render(found, "d", images)
    shown = with_images.count('<img class="thumb"')
    assert shown == min(15, found.label_issues.sum())
    assert "<img" not in render(found, "d", images.reshape(320, 64))
    assert "<img" not in render(found, "d")


def test_the_table_of_examples_holds_the_audit(found: Audit) -> None:
    table = examples(found)
    assert len(table) == 320
    assert table["label_issue"].sum() == found.label_issues.sum()
    assert set(table.loc[~table["label_issue"], "suggested"]) == {""}
    assert table.groupby("label")["class_weight"].sum().to_numpy() == pytest.approx(32, abs=1e-3)
    assert table.groupby("near_group")["distinct_weight"].sum().nunique() <= 2  # rounded
    assert table["in_test"].sum() == 10  # five, and each of them twice


def test_files_are_written_where_asked(found: Audit, tmp_path: Path) -> None:
    paths = write_datasheet(found, tmp_path / "a" / "b", "digits.npz")
    assert [path.name for path in paths] == ["audit.json", "examples.csv", "datasheet.html"]
    assert len(pd.read_csv(paths[1])) == 320
    assert re.search(r"<title>digits.npz</title>", paths[2].read_text())
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(ValueError, match="cannot be written"):
        write_datasheet(found, blocked / "below", "digits.npz")


def test_unknown_noise_is_said_and_nothing_is_made_up() -> None:
    rng = np.random.default_rng(0)
    found = audit(rng.normal(size=(200, 2)), rng.integers(0, 2, 200))
    text = Page(render(found, "chance")).text
    assert text.lower().count("the features do not predict the labels") == 2
    assert not re.search(r"\bnan\b", text.lower())
    assert examples(found)["wrong_probability"].isna().all()


def test_many_classes_are_summarised() -> None:
    rng = np.random.default_rng(0)
    y = np.repeat(np.arange(30), 8)
    found = audit(rng.normal(size=(240, 5)) + 10 * rng.normal(size=(30, 5))[y], y)
    text = Page(render(found, "many")).text
    assert "10 more" in text
    assert "Most frequent confusions" in text
