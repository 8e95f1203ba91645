"""``jaxuim compare DIR1 DIR2``: inherited effects of two sweeps side by side."""

import argparse
from typing import Any

from jaxuim.cli.common import json_option, print_json, print_table


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Add the command and return its parser."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "compare", help="compare the inherited effects of two directories of results"
    )
    parser.add_argument("first", metavar="DIR1", help="directory of results")
    parser.add_argument("second", metavar="DIR2", help="directory of results")
    parser.add_argument("--measure", default="", metavar="NAME", help="[the response of DIR1]")
    json_option(parser)
    return parser


def main(given: argparse.Namespace) -> int:
    """Print one row for each level, task, adaptation and further axis."""
    from jaxuim.sweep import Store, compare

    analysis = Store.reader(given.first).provenance["spec"]["analysis"]
    table = compare(
        given.first,
        given.second,
        measure=given.measure or analysis["response"],
        confidence=analysis["confidence"],
    )
    records = table.to_dict("records")
    if given.json:
        print_json(records)
        return 0
    numbers = ("effect_1", "effect_2", "difference")
    keys = list(table.columns[: table.columns.get_loc("effect_1")])
    shown = [name for name in keys if table[name].nunique() > 1] or keys[:1]
    rows = [
        [*(row[name] for name in shown), *(_interval(row, name) for name in numbers)]
        for row in records
    ]
    print(f"{given.measure or analysis['response']}: 1 = {given.first}, 2 = {given.second}")
    print_table([*shown, *numbers], rows)
    return 0


def _interval(row: dict[Any, Any], name: str) -> str:
    stem, _, side = name.partition("_")
    low, high = (f"lower_{side}", f"upper_{side}") if side else (f"{stem}_lower", f"{stem}_upper")
    return f"{row[name]:+.4f} [{row[low]:+.4f}, {row[high]:+.4f}]"
