"""``jaxuim run FILE``: carry out what a sweep still lacks, then write its report."""

import argparse
import dataclasses
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jaxuim.cli import collection
from jaxuim.cli.common import duration, json_option, print_json, read_sweep, sweep_options

if TYPE_CHECKING:
    from jaxuim.sweep import Spec


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Add the command and return its parser."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "run", help="run a sweep, or what is missing of it, and write its report"
    )
    sweep_options(parser)
    parser.add_argument("--quiet", action="store_true", help="no progress bar")
    json_option(parser)
    return parser


def main(given: argparse.Namespace) -> int:
    """Run the sweep; everything that can be refused is refused before JAX is imported."""
    found = collection.read(given)
    if found is not None:
        return collection.run(given, *found)
    began = time.perf_counter()
    spec, directory = read_sweep(given)
    outcome = carry_out(given, spec, directory)
    seconds = time.perf_counter() - began
    if given.json:
        content = {"name": spec.name, "directory": str(directory), "report": outcome["report"]}
        print_json({**content, "seconds": seconds, "summary": outcome["summary"]})
    else:
        runs = f"{outcome['runs']} runs in {directory}"
        print(f"{runs} ({duration(seconds)})\nreport: {outcome['report']}")
        if spec.expect:
            from jaxuim.sweep.expectations import check_directory

            print("\n".join(one.sentence for one in check_directory(directory)))
    return 0


def carry_out(
    given: argparse.Namespace, spec: "Spec", directory: Path, *, alone: bool = True
) -> dict[str, Any]:
    """Carry out what a directory lacks of a sweep, write its report, and say what was done.

    ``alone`` says that nothing else is printed meanwhile, so that there may be lines and a bar.
    """
    from jaxuim.sweep import Store, make_plan, missing

    plan = make_plan(spec)
    quiet = given.quiet or given.json or not alone
    summary: dict[str, Any] | None = None
    with Store.open(directory, spec) as store:
        for path in store.set_aside:
            _say(quiet, f"{path.name}: was damaged and is set aside; its runs are repeated")
        lacking = missing(plan, store)
        if lacking:
            _say(quiet, f"{spec.name}: {len(lacking)} of {len(plan.runs)} runs to do")
            summary = _compute(plan, store, devices=given.devices, progress=not quiet)
        else:
            _say(quiet, f"{spec.name}: all {len(plan.runs)} runs are there")
    page = _report(directory, again=bool(lacking))
    counts = {"runs": len(plan.runs), "lacking": len(lacking)}
    return {**counts, "report": str(page), "summary": summary}


def _compute(plan: Any, store: Any, *, devices: int | None, progress: bool) -> dict[str, Any]:
    from jaxuim.train.devices import configure

    configure(devices=devices)  # sets XLA's flags, so before anything imports JAX
    from jaxuim.sweep.run import run

    return dataclasses.asdict(run(plan, store, devices=devices, progress=progress))


def _report(directory: Path, *, again: bool) -> Path:
    """Return the page, built anew unless it is younger than the sweep and all its rows."""
    page = directory / "report.html"
    sources = [directory / "sweep.json", *directory.glob("shards/*")]
    newest = max(path.stat().st_mtime_ns for path in sources)
    if not again and page.is_file() and page.stat().st_mtime_ns >= newest:
        return page
    from jaxuim.report import build

    return Path(build(directory))


def _say(quiet: bool, text: str) -> None:
    if not quiet:
        print(text, flush=True)
