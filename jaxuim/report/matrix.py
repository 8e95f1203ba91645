"""The top page of a collection: its matrix as figure, table and page, and links to the variants."""

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jaxuim.report.drawing import FORMATS, STYLE, write_figure
from jaxuim.report.matrix_figure import matrix_figure
from jaxuim.report.matrix_page import render
from jaxuim.sweep.atomic import unwritable, write_atomic
from jaxuim.sweep.matrix_cells import inheritance_matrix, records, worst
from jaxuim.sweep.matrix_store import CollectionResults, load_collection_results

if TYPE_CHECKING:
    import pandas as pd


def build(directory: str | Path) -> Path:
    """Write report.html, and for a matrix figures/ and tables/, into the directory of a collection.

    Returns:
        The path of report.html.

    Raises:
        ValueError: the directory holds no collection, or a file cannot be written.
    """
    found = load_collection_results(directory)
    cells = None if found.content["matrix"] is None else inheritance_matrix(found)
    return write(found, cells)


def write(found: CollectionResults, cells: "pd.DataFrame | None") -> Path:
    """Write the page of results that are loaded already; see ``build``."""
    files: list[Path] = []
    if cells is not None:
        try:
            files = _files(found, cells)
        except OSError as error:
            raise unwritable(found.directory, error) from None
    names = [path.relative_to(found.directory).as_posix() for path in files]
    drawing = next((path.read_text() for path in files if path.suffix == ".svg"), "")
    page = found.directory / "report.html"
    text = render(found, cells, drawing[drawing.find("<svg") :], names)
    write_atomic(page, lambda file: file.write(text.encode()))
    return page


def _files(found: CollectionResults, cells: "pd.DataFrame") -> list[Path]:
    """Write the matrix as CSV and JSON and its heat map in every format; return the paths."""
    confidence = float(found.content["matrix"]["confidence"])
    import matplotlib as mpl

    tables, figures = found.directory / "tables", found.directory / "figures"
    for folder in (tables, figures):
        folder.mkdir(exist_ok=True)
    cells.to_csv(tables / "matrix.csv", index=False, lineterminator="\n")
    text = json.dumps(as_json(found.content, cells), indent=1, allow_nan=False)
    (tables / "matrix.json").write_text(text, encoding="utf-8")
    paths = [figures / f"matrix{suffix}" for suffix in FORMATS]
    with mpl.rc_context(STYLE):
        figure = matrix_figure(cells, confidence)
    for path in paths:
        write_figure(lambda: figure, path)
    return [tables / "matrix.csv", tables / "matrix.json", *paths]


def as_json(content: dict[str, Any], cells: "pd.DataFrame") -> dict[str, Any]:
    """Return the matrix as JSON-able values: what was asked, every cell, and the worst of them."""
    return {
        "name": content["name"],
        "confidence": content["matrix"]["confidence"],
        "correction": "Benjamini-Yekutieli",
        "tests": int(cells["p_value"].notna().sum()),
        "cells": _records(cells),
        "worst": _records(worst(cells)),
    }


def _records(table: "pd.DataFrame") -> list[dict[str, Any]]:
    """Return rows without what is not defined (NaN) as null."""
    return [{key: _plain(value) for key, value in row.items()} for row in records(table)]


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | bool):
        return value
    number = value.item() if hasattr(value, "item") else value
    return None if isinstance(number, float) and not math.isfinite(number) else number
