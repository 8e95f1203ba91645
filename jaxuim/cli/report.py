"""``jaxuim report DIR``: build report.html, figures and tables again from stored results."""

import argparse
from pathlib import Path
from typing import Any

from jaxuim.cli import collection
from jaxuim.cli.common import json_option, print_json


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Add the command and return its parser."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "report", help="build the report of a directory of results again"
    )
    parser.add_argument("directory", metavar="DIR", help="directory that jaxuim run wrote")
    parser.add_argument("--overlay", metavar="FILE", help="rows of a theory to draw as well")
    json_option(parser)
    return parser


def main(given: argparse.Namespace) -> int:
    """Check the directory, build the report and print where it is."""
    if collection.is_directory(given.directory):
        return collection.report(given)
    from jaxuim.sweep import Store

    Store.reader(given.directory).infos()
    from jaxuim.report import build

    overlay = Path(given.overlay) if given.overlay else None
    page = build(Path(given.directory), overlay=overlay)
    if given.json:
        print_json({"report": str(page)})
    else:
        print(f"report: {page}")
    return 0
