"""The command ``python -m theory``: run what is missing, draw, and write the page."""

import argparse
import json
import math
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from theory.catalogue import PLACES, load, package

if TYPE_CHECKING:
    from theory.report.summary import Summary
    from theory.runner.run import Failure
    from theory.study.claim import Claim
    from theory.study.size import Size

BAD_INPUT, FAILED, INTERRUPTED = 2, 1, 130


class BadInput(ValueError):
    """What the user gave cannot be used; the text is one sentence."""


class Parser(argparse.ArgumentParser):
    """An argument parser whose errors are one line."""

    def error(self, message: str) -> NoReturn:
        """Print one sentence to stderr and exit with 2."""
        print(f"theory: {message}; see python -m theory --help", file=sys.stderr)
        raise SystemExit(BAD_INPUT)


def build_parser() -> Parser:
    """Return the parser of ``python -m theory``."""
    parser = Parser(
        prog="python -m theory",
        description="Hold closed forms of inherited bias against simulation, claim by claim.",
        epilog="Exit codes: 0 done, 1 a part failed (or, with --strict, a claim disagrees), "
        "2 bad input, 130 interrupted; the same command goes on where it stopped.",
    )
    sizes = parser.add_mutually_exclusive_group()
    sizes.add_argument(
        "--quick",
        dest="size",
        action="store_const",
        const="quick",
        help="a tenth of the repetitions, no timings",
    )
    sizes.add_argument(
        "--full",
        dest="size",
        action="store_const",
        const="full",
        help="ten times the repetitions",
    )
    parser.add_argument(
        "--only",
        action="append",
        default=[],
        metavar="ID",
        help="a claim (M3); may be repeated",
    )
    parser.add_argument(
        "--out", default="results/theory", metavar="DIR", help="where to write [results/theory]"
    )
    parser.add_argument("--seed", type=_whole, default=0, metavar="N", help="root seed [0]")
    parser.add_argument(
        "--jobs", type=_positive, default=None, metavar="N", help="processes [one per core]"
    )
    parser.add_argument(
        "--strict",
        action="store_true",
        help="exit with 1 if a comparison disagrees (speeds apart)",
    )
    parser.add_argument("--list", action="store_true", help="list the claims and stop")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    given = build_parser().parse_args(arguments)
    try:
        return _run(given, _wanted(given.only), _directory(given.out))
    except KeyboardInterrupt:
        print("theory: stopped; the same command goes on from the last part", file=sys.stderr)
        return INTERRUPTED
    except (BadInput, OSError) as error:  # an OSError: the disk is full, or not ours to write
        print(f"theory: {' '.join(str(error).split())}", file=sys.stderr)
        return BAD_INPUT


def _run(given: argparse.Namespace, wanted: Sequence[str], out: Path) -> int:
    # After the arguments are known to be right: JAX takes seconds to import.
    from theory.runner import worker

    worker.configure()
    from theory.runner.run import execute
    from theory.study.size import Size

    claims = [load(name) for name in wanted]
    if given.list:
        for claim in claims:
            print(f"{claim.id:4} {claim.title}")
        return 0
    size = Size(given.size or "standard", given.seed)
    begun = time.perf_counter()
    jobs = given.jobs or len(os.sched_getaffinity(0))
    failures = execute(claims, size, out.resolve(), jobs, sys.stderr.isatty())
    done = {claim.id: _summary(claim, size, out) for claim in claims}
    _write(_with_earlier(done, size, out), failures, size, out)
    for summary in done.values():
        _say(summary)
    for failure in failures:
        print(_red(f"{failure.name} failed: {failure.reason}"))
    print(f"{out / 'theory.html'} written in {time.perf_counter() - begun:.0f} s")
    disagrees = any(summary.disagreements for summary in done.values())
    return FAILED if failures or (given.strict and disagrees) else 0


def _wanted(only: Sequence[str]) -> list[str]:
    """Return the chosen ids in the order of the catalogue.

    Raises:
        BadInput: one is unknown.
    """
    names = [name.strip().upper() for item in only for name in item.split(",")]
    for name in names:
        if name not in PLACES:
            raise BadInput(f"--only {name!r}: unknown claim; known are {', '.join(PLACES)}")
    return [name for name in PLACES if not names or name in names]


def _directory(given: str) -> Path:
    """Return the directory to write to, made if it is not there.

    Raises:
        BadInput: it cannot be made, or cannot be written.
    """
    out = Path(given)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise BadInput(f"--out {out} is a file; a directory is needed") from None
    except OSError as error:
        raise BadInput(f"--out {out} cannot be made: {error.strerror or error}") from None
    if not os.access(out, os.W_OK | os.X_OK):
        raise BadInput(f"--out {out} cannot be written; choose another directory")
    return out


def _summary(claim: "Claim", size: "Size", out: Path) -> "Summary":
    from theory.report.summary import summarise
    from theory.runner import store
    from theory.runner.run import parts_of

    entries = store.stored(claim, package(claim.id), size, out)
    outcomes = {name: entry.outcome for name, entry in entries.items()}
    seconds = sum(entry.seconds for entry in entries.values())
    return summarise(claim, outcomes, [p.name for p in parts_of(claim, size)], seconds)


def _with_earlier(done: "dict[str, Summary]", size: "Size", out: Path) -> "list[Summary]":
    """Return these summaries and those of claims that earlier runs completed, in order."""
    from theory.runner.store import folder_of

    folder = folder_of(out, size, "parts")
    others = [name for name in PLACES if name not in done and any(folder.glob(f"{name}-*.json"))]
    earlier = {name: _summary(load(name), size, out) for name in others}
    complete = {name: found for name, found in earlier.items() if not found.lacking}
    return [(done | complete)[name] for name in PLACES if name in done or name in complete]


def _write(
    summaries: "Sequence[Summary]", failures: "Sequence[Failure]", size: "Size", out: Path
) -> None:
    """Write the page and the same numbers as JSON."""
    from jaxuim.sweep.atomic import write_atomic
    from theory.report.page import render
    from theory.report.tables import records

    page = render(summaries, failures, size, out).encode()
    write_atomic(out / "theory.html", lambda file: file.write(page))
    content: dict[str, Any] = {"size": size.name, "seed": size.seed}
    content["failures"] = [{"name": f.name, "reason": f.reason} for f in failures]
    content["claims"] = [records(summary) for summary in summaries]
    text = json.dumps(_finite(content), indent=1, allow_nan=False).encode()
    write_atomic(out / "theory.json", lambda file: file.write(text))


def _say(summary: "Summary") -> None:
    """Print a claim's verdict in one line, and in red what disagrees."""
    head = f"{summary.claim.id:4} {summary.claim.title[:58]:58} {summary.seconds:5.0f} s  "
    good = summary.verdict == "agrees"
    print(head + (summary.sentence if good else _red(summary.sentence)))


def _red(text: str) -> str:
    return f"\033[31m{text}\033[0m" if sys.stdout.isatty() else text


def _finite(value: Any) -> Any:
    """Return a value in which numbers that JSON lacks are None."""
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _positive(text: str) -> int:
    number = _whole(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} must be a whole number of at least 1")
    return number


def _whole(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > 9:
        raise argparse.ArgumentTypeError(f"{text!r} must be a whole number from 0 on")
    return int(text)
