"""``jaxuim init NAME``: write a commented starter sweep."""

import argparse
from pathlib import Path
from typing import Any

from jaxuim.cli.common import json_option, print_json
from jaxuim.cli.starter import STARTER


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Add the command and return its parser."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "init", help="write a commented starter sweep NAME.toml"
    )
    parser.add_argument("name", metavar="NAME", help="name of the sweep")
    parser.add_argument("--out", default=".", metavar="DIR", help="where to write it [.]")
    json_option(parser)
    return parser


def main(given: argparse.Namespace) -> int:
    """Write the file; one that exists is never replaced."""
    from pydantic_core import PydanticCustomError

    from jaxuim.sweep.axes import file_name

    try:
        file_name(given.name)
    except PydanticCustomError as error:
        raise ValueError(f"NAME {given.name!r}: {error.message()}") from None
    path = Path(given.out) / f"{given.name}.toml"
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(STARTER.replace("{name}", given.name))
    except FileExistsError:
        raise ValueError(f"{path}: exists already and is not replaced") from None
    except OSError as error:
        raise ValueError(f"{path}: cannot be written: {error.strerror}") from None
    if given.json:
        print_json({"file": str(path)})
    else:
        print(f"{path} written; next: jaxuim plan {path}, jaxuim run {path}")
    return 0
