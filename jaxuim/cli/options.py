"""Options that ``fit`` and ``tip`` share, and what can be checked of them without the table."""

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from jaxuim.cli.common import json_option
from jaxuim.cli.filters import condition

if TYPE_CHECKING:
    from jaxuim.cli.reading import Array, Table
    from jaxuim.report.points import Points

FORMATS = (".png", ".svg", ".pdf")


def table_options(parser: argparse.ArgumentParser, inputs: str) -> None:
    """Add the arguments that name a table, its columns and rows."""
    parser.add_argument(
        "table",
        metavar="TABLE",
        help="a file .csv, .tsv, .csv.gz or .parquet, or a directory of results",
    )
    parser.add_argument("--x", required=True, metavar=inputs, help="column of the input")
    parser.add_argument("--y", required=True, metavar="COL", help="column of the response")
    parser.add_argument("--y-err", metavar="COL", help="column of the standard errors of y")
    parser.add_argument(
        "--by", metavar="COL", help="column that names the cluster (seed, run) of each row"
    )
    parser.add_argument(
        "--where",
        type=condition,
        action="append",
        default=[],
        metavar="COL=VALUE",
        help="use only these rows; also 'COL>VALUE' and !=, <, <=, >=; may be repeated",
    )


def result_options(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that say what to report."""
    parser.add_argument(
        "--confidence", type=share, default=0.95, metavar="P", help="of every interval [0.95]"
    )
    parser.add_argument("--seed", type=natural, default=0, metavar="S", help="of resampling [0]")
    parser.add_argument(
        "--out", type=figure_path, metavar="FIGURE", help="write a figure: .png, .svg or .pdf"
    )
    json_option(parser)


def share(text: str) -> float:
    """Return a number strictly between 0 and 1."""
    value = _float(text)
    if not 0.0 < value < 1.0:
        raise argparse.ArgumentTypeError(f"{text!r} must lie strictly between 0 and 1")
    return value


def above_zero(text: str) -> float:
    """Return a positive finite number."""
    value = _float(text)
    if not 0.0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} must be a positive number")
    return value


def natural(text: str) -> int:
    """Return a whole number of at least 0."""
    if not (text.isdecimal() and len(text) < 10):
        raise argparse.ArgumentTypeError(f"{text!r} must be a whole number of at least 0")
    return int(text)


def replicas(text: str) -> int:
    """Return how often to resample: 0 for not at all, else at least 2."""
    number = natural(text)
    if number == 1:
        raise argparse.ArgumentTypeError("'1' must be 0 (no bootstrap) or at least 2")
    return number


def figure_path(text: str) -> Path:
    """Return the path of a figure that can be written."""
    path = Path(text)
    if path.suffix.lower() not in FORMATS:
        raise argparse.ArgumentTypeError(f"{text!r} must end in {', '.join(FORMATS)}")
    if path.is_dir():
        raise argparse.ArgumentTypeError(f"{text!r} is a directory")
    if not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"{text!r}: there is no directory {str(path.parent)!r}")
    if not os.access(path if path.exists() else path.parent, os.W_OK):
        raise argparse.ArgumentTypeError(f"{text!r} cannot be written: permission denied")
    return path


def _float(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} must be a number") from None


def names(given: argparse.Namespace) -> list[str]:
    """Return the columns of ``--x``, each used once, and not as the response too."""
    found = [name.strip() for name in given.x.split(",") if name.strip()]
    if not found or len(set(found)) < len(found):
        raise ValueError(f"--x {given.x!r} must name columns, each once")
    if given.y in found:
        raise ValueError(f"--y {given.y!r} is also a column of --x")
    return found


def checked(given: argparse.Namespace, table: "Table", inputs: list[str]) -> "Array":
    """Check every column that the arguments name, and return the response.

    Raises:
        ValueError: which column and row cannot be used, and why.
    """
    for name in inputs:
        table.numbers(name, "--x")
    y = table.numbers(given.y, "--y", missing=True)
    if not (abs(y) < float("inf")).any():
        raise ValueError(f"{table.source}: --y {given.y!r} holds no number in the rows chosen")
    if given.y_err:
        errors = table.numbers(given.y_err, "--y-err")
        if (errors <= 0).any():
            row = table.rows[int((errors <= 0).argmax())]
            place = f"{table.source}: --y-err {given.y_err!r}, row {row}"
            raise ValueError(f"{place}: must be positive")
    if given.by and table.labels(given.by, "--by").max() < 1:
        raise ValueError(f"{table.source}: --by {given.by!r} names one cluster, 2 are needed")
    table.refuse_mixture([*inputs, given.y, given.by])
    return y


def points(given: argparse.Namespace, table: "Table", inputs: list[str]) -> "Points":
    """Return the numbers that the arguments name."""
    import numpy as np

    from jaxuim.report.points import Points

    return Points(
        tuple(inputs),
        table.title(given.y),
        np.column_stack([table.numbers(name, "--x") for name in inputs]),
        table.numbers(given.y, "--y", missing=True),
        table.numbers(given.y_err, "--y-err") if given.y_err else None,
        table.labels(given.by, "--by") if given.by else None,
        given.by or "",
    )
