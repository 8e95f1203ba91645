"""``jaxuim audit DATA.npz``: which biases a data set holds, and what to do about them."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jaxuim.cli.common import json_option, print_json, print_table
from jaxuim.cli.options import natural, share

if TYPE_CHECKING:
    import numpy as np

    from jaxuim.audit import Audit

ALIASES = {"features": "x", "labels": "y"}
KEYS = ("x", "y", "groups", "test_x", "test_y", "probabilities")
EPILOG = """\
DATA.npz holds x [n, ...] and y [n] (or features and labels), and may hold groups [n],
test_x [m, ...], test_y [m] and probabilities [n, K] of a model that has not seen the example.
A row marked * asks for a look; 'after' is what each repair is predicted to leave.

example: jaxuim audit train.npz --out audit/train"""


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Add the command and return its parser."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "audit",
        help="say which biases a data set holds: noise, copies, imbalance, leaks, shortcuts",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("data", metavar="DATA.npz", help="features and labels")
    parser.add_argument(
        "--confidence", type=share, default=0.95, metavar="P", help="of every interval [0.95]"
    )
    parser.add_argument("--seed", type=natural, default=0, metavar="S", help="of resampling [0]")
    parser.add_argument(
        "--out", metavar="DIR", help="write audit.json, examples.csv and datasheet.html there"
    )
    json_option(parser)
    return parser


def main(given: argparse.Namespace) -> int:
    """Print the table of estimates and what repairs should leave."""
    arrays = read_arrays(given.data)
    if given.out and Path(given.out).exists() and not Path(given.out).is_dir():
        raise ValueError(f"--out {given.out!r}: is a file; a directory is needed")
    from jaxuim.audit import audit

    x, y = arrays.pop("x"), arrays.pop("y")
    try:
        found = audit(x, y, **arrays, confidence=given.confidence, seed=given.seed)
    except ValueError as error:
        raise ValueError(f"{given.data}: {error}") from None
    card = {"source": given.data, **found.card, "files": []}
    if given.out:
        from jaxuim.report.datasheet import write_datasheet

        written = write_datasheet(found, Path(given.out), Path(given.data).name, images=x)
        card["files"] = [str(path) for path in written]
    if given.json:
        print_json(card)
        return 0
    _print(found, card)
    return 0


def _print(found: "Audit", card: dict[str, Any]) -> None:
    rows = found.table()
    print(f"{found.n} examples, {found.d} features, {len(found.classes)} classes")
    print_table(
        ["", "bias", "quantity", "value", f"{100 * found.confidence:g} % interval", "how"],
        [
            ["*" * row.alarm, row.bias, row.quantity, f"{row.value:.4g}", _ends(row), row.method]
            for row in rows
        ],
    )
    print(f"\nnoise: {card['noise']['note']}")
    print("\nafter")
    shown = ("n", "effective", "noise_rate", "imbalance_ratio", "duplicate_share")
    print_table(
        ["repair", *(name.replace("_", " ") for name in shown)],
        [
            [method, *(_number(name, expected[name]) for name in shown)]
            for method, expected in card["repairs"].items()
        ],
    )
    for path in card["files"]:
        print(f"written: {path}")


def _ends(row: Any) -> str:
    if row.lower == row.lower:
        return f"[{row.lower:.4g}, {row.upper:.4g}]"
    return "counted" if row.value == row.value else "unknown"


def _number(name: str, value: float | None) -> str:
    if value is None:  # JSON knows neither infinity, of a class that is gone, nor NaN
        return "inf" if name == "imbalance_ratio" else "unknown"
    return f"{value:.4g}"


def read_arrays(path: str) -> dict[str, "np.ndarray"]:
    """Return the arrays of an npz file by the keys of an audit.

    Raises:
        ValueError: no such file, no npz file of plain arrays, an unknown key, or no x or y.
    """
    from jaxuim.cli.arrays import read_npz
    from jaxuim.sweep.errors import suggest

    if not Path(path).is_file():
        raise ValueError(f"{path}: no such file")
    held = read_npz(path)
    arrays: dict[str, np.ndarray] = {}
    for key, array in held.items():
        name = ALIASES.get(key, key)
        if name not in KEYS:
            hint = suggest(key, KEYS)
            raise ValueError(f"{path}: key {key!r} is not known{hint}")
        if name in arrays:
            raise ValueError(f"{path}: holds {name!r} under two names; one is allowed")
        arrays[name] = array
    for name in ("x", "y"):
        if name not in arrays:
            raise ValueError(f"{path}: has no {name!r}, only {', '.join(held) or 'nothing'}")
    return arrays
