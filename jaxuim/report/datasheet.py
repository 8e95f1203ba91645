"""The datasheet of an audited data set: one offline page, every number as JSON, examples as CSV."""

from functools import partial
from html import escape
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
import pandas as pd
from numpy.typing import NDArray

import jaxuim
from jaxuim.audit import Audit, class_weights, group_weights, inverse_duplicate_weights
from jaxuim.report.datasheet_sections import intro, parts
from jaxuim.report.markup import navigation
from jaxuim.report.page import asset

if TYPE_CHECKING:
    Pixels = NDArray[np.generic]


def write_datasheet(
    audit: Audit, directory: Path, name: str, images: "Pixels | None" = None
) -> list[Path]:
    """Write audit.json, examples.csv and datasheet.html and return their paths.

    Args:
        audit: what was found.
        directory: made where it does not exist.
        name: of the data set, the page's title.
        images: the examples [n, ...] as they were given; shown where they are images.

    Raises:
        ValueError: the directory cannot be written.
    """
    from jaxuim.sweep.atomic import unwritable, write_atomic

    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(directory, error) from None
    table = examples(audit).to_csv(index=False, lineterminator="\n")
    contents = {
        "audit.json": audit.to_json() + "\n",
        "examples.csv": table,
        "datasheet.html": render(audit, name, images),
    }
    for file, text in contents.items():
        write_atomic(directory / file, partial(_fill, text))
    return [directory / file for file in contents]


def _fill(text: str, file: BinaryIO) -> None:
    file.write(text.encode())


def render(audit: Audit, name: str, images: "Pixels | None" = None) -> str:
    """Return the page as HTML; see :func:`write_datasheet`."""
    kept = [part for part in parts(audit, images) if part]
    return Template(asset("datasheet.html")).substitute(
        title=escape(name),
        version=escape(jaxuim.__version__),
        intro=intro(audit),
        nav=navigation(kept),
        sections="\n".join(kept),
        style=asset("style.css") + asset("datasheet.css"),
    )


def examples(audit: Audit) -> pd.DataFrame:
    """Return one row for each example: scores, what is suggested, and sampling weights."""
    scores, names = audit.scores, audit.classes.astype(str)
    columns: dict[str, Any] = {
        "example": np.arange(audit.n),
        "label": names[audit.labels],
        "label_issue": audit.label_issues,
        "suggested": np.where(audit.label_issues, names[scores.suggested], ""),
        "wrong_probability": scores.wrong,
        "self_confidence": scores.self_confidence,
        "margin": scores.margin,
        "exact_group": audit.duplicates.exact,
        "near_group": audit.duplicates.near,
        "copies": audit.duplicates.sizes,
        "outlier_score": audit.outliers.score,
        "outlier": audit.outliers.flags,
    }
    if audit.contamination is not None:
        columns["in_test"] = audit.contamination.train
    columns["class_weight"] = class_weights(audit.labels)
    columns["distinct_weight"] = inverse_duplicate_weights(audit)
    if audit.groups is not None:
        columns["group_weight"] = group_weights(audit.groups, audit.labels)
    frame = pd.DataFrame(columns)
    numbers = frame.select_dtypes("float").columns
    frame[numbers] = frame[numbers].round(6)
    return frame
