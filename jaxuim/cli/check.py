"""``jaxuim check DIR``: hold what a sweep file expects against its results."""

import argparse
from pathlib import Path
from typing import Any

from jaxuim.cli.common import json_option, print_json


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Add the command and return its parser."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "check", help="hold what a sweep expects against its results, with intervals"
    )
    parser.add_argument("directory", metavar="DIR", help="directory of results")
    json_option(parser)
    return parser


def main(given: argparse.Namespace) -> int:
    """Print one line for each expectation: estimate, interval over seeds, verdict."""
    from jaxuim.sweep.expectations import check_directory

    checked = check_directory(Path(given.directory))
    if given.json:
        print_json({"directory": given.directory, "checks": [one.as_json() for one in checked]})
    elif not checked:
        print(f"{given.directory}: its sweep expects nothing; add [[expect]] tables to the file")
    else:
        print("\n".join(one.sentence for one in checked))
    return 0
