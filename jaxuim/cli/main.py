"""The command ``jaxuim``: parse, dispatch, and turn every expected failure into one sentence."""

import argparse
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import jaxuim
from jaxuim.cli import audit, check, compare, fit, init, measure, plan, report, run, status, tip

BAD_INPUT = 2
INTERRUPTED = 130
_COMMANDS = (init, plan, run, status, report, check, compare, fit, tip, audit, measure)


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        """Print one sentence to stderr and exit with 2."""
        sentence(f"{self.prog}: {message}; see {self.prog} --help")
        raise SystemExit(BAD_INPUT)


def build_parser() -> Parser:
    """Return the parser of ``jaxuim`` with all its commands."""
    parser = Parser(
        prog="jaxuim",
        description="What downstream models inherit from biased pre-training data.",
        epilog="Exit codes: 0 done, 2 bad input (one sentence on stderr), 130 interrupted.",
    )
    parser.add_argument("--version", action="version", version=f"jaxuim {jaxuim.__version__}")
    commands = parser.add_subparsers(
        dest="command", required=True, metavar="COMMAND", parser_class=Parser
    )
    for command in _COMMANDS:
        command.add_parser(commands).set_defaults(main=command.main)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code.

    Args:
        arguments: those after ``jaxuim``; of this process if None.
    """
    given = argparse.Namespace(command="")
    try:
        given = build_parser().parse_args(arguments)
        code: int = given.main(given)
        sys.stdout.flush()
        return code
    except KeyboardInterrupt:
        again = "; the same command goes on from the last complete shard"
        sentence("jaxuim: stopped" + again * (given.command == "run"))
        return INTERRUPTED
    except BrokenPipeError:  # the reader of our output went away, as in `jaxuim plan F | head`
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (ValueError, OSError, MemoryError) as error:
        sentence(f"jaxuim: {error or type(error).__name__}")
        return BAD_INPUT


def sentence(text: str) -> None:
    """Print one line to stderr, whatever is in the text."""
    line = " ".join(text.split())
    print(line.encode(errors="backslashreplace").decode(), file=sys.stderr)
