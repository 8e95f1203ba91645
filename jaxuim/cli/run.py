"""``jaxuim run FILE``: carry out what a sweep still lacks, then write its report."""

import argparse
import dataclasses
import time
from pathlib import Path
from typing import Any

from jaxuim.cli.common import duration, json_option, print_json, read_sweep, sweep_options


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
    from jaxuim.sweep import Store, make_plan, missing

    began = time.perf_counter()
    spec, directory = read_sweep(given)
    plan = make_plan(spec)
    summary: dict[str, Any] | None = None
    with Store.open(directory, spec) as store:
        for path in store.set_aside:
            _say(given, f"{path.name}: was damaged and is set aside; its runs are repeated")
        lacking = missing(plan, store)
        if lacking:
            _say(given, f"{spec.name}: {len(lacking)} of {len(plan.runs)} runs to do")
            summary = _carry_out(given, plan, store)
        else:
            _say(given, f"{spec.name}: all {len(plan.runs)} runs are there")
    page = _report(directory, again=bool(lacking))
    seconds = time.perf_counter() - began
    if given.json:
        content = {"name": spec.name, "directory": str(directory), "report": str(page)}
        print_json({**content, "seconds": seconds, "summary": summary})
    else:
        print(f"{len(plan.runs)} runs in {directory} ({duration(seconds)})\nreport: {page}")
    return 0


def _carry_out(given: argparse.Namespace, plan: Any, store: Any) -> dict[str, Any]:
    from jaxuim.train.devices import configure

    configure(devices=given.devices)  # sets XLA's flags, so before anything imports JAX
    from jaxuim.sweep.run import run

    summary = run(plan, store, devices=given.devices, progress=not (given.quiet or given.json))
    return dataclasses.asdict(summary)


def _report(directory: Path, *, again: bool) -> Path:
    """Return the page, built anew unless it is younger than the sweep and all its rows."""
    page = directory / "report.html"
    sources = [directory / "sweep.json", *directory.glob("shards/*")]
    newest = max(path.stat().st_mtime_ns for path in sources)
    if not again and page.is_file() and page.stat().st_mtime_ns >= newest:
        return page
    from jaxuim.report import build

    return Path(build(directory))


def _say(given: argparse.Namespace, text: str) -> None:
    if not (given.quiet or given.json):
        print(text, flush=True)
