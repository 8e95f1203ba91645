"""What ``plan``, ``run``, ``status`` and ``report`` do with a sweep file that has variants."""

import argparse
import dataclasses
import os
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jaxuim.cli.common import RESULTS, duration, print_json, print_table

if TYPE_CHECKING:
    from jaxuim.sweep.collection import Collection
    from jaxuim.sweep.cost import Estimate
    from jaxuim.sweep.plan import Plan

BAD_INPUT = 2
_FAILURES = (ValueError, OSError, MemoryError, RuntimeError)


def read(given: argparse.Namespace) -> "tuple[Collection, Path] | None":
    """Return the collection that the arguments name with its directory, or None for a plain sweep.

    Raises:
        SpecError: the file, a variant of it or an override is wrong.
    """
    from jaxuim.sweep.collection import collection_from_dict, is_collection
    from jaxuim.sweep.spec import read_toml

    raw = read_toml(given.file)
    if not is_collection(raw):
        return None
    seed = [] if given.seed is None else [f"seeds.root={given.seed}"]
    found = collection_from_dict(raw, [*given.overrides, *seed], source=given.file)
    return found, Path(given.out) if given.out else RESULTS / found.name


def is_directory(directory: str | Path) -> bool:
    """Return whether a directory holds a collection, not one sweep."""
    return (Path(directory) / "collection.json").is_file()


def plan(given: argparse.Namespace, collection: "Collection", directory: Path) -> int:
    """Print what each variant would run, and the sum."""
    from jaxuim.sweep import make_plan

    if given.pilot:
        raise ValueError("--pilot: is for one sweep, and this file has variants")
    rows = []
    for name, spec in collection.variants.items():
        planned = make_plan(spec)
        done, cost = _estimate(given, planned, directory / name)
        rows.append({"variant": name, **dataclasses.asdict(cost), "runs_done": done})
    total = {
        key: sum(row[key] for row in rows)
        for key in ("runs", "runs_done", "programs", "rows", "model_steps", "flops", "seconds")
    }
    if given.json:
        content = {"name": collection.name, "directory": str(directory), "variants": rows}
        print_json({**content, "total": total, "matrix": _matrix(collection)})
        return 0
    keys = ("variant", "runs", "runs_done", "programs", "model_steps")
    table = [[*(row[key] for key in keys), duration(row["seconds"])] for row in rows]
    table.append(["in all", *(total[key] for key in keys[1:]), duration(total["seconds"])])
    print(f"{collection.name}: {len(rows)} variants")
    print_table(["variant", "runs", "done", "programs", "model-steps", "time"], table)
    for name, note in collection.notes.items():
        if note.excluded:
            print(f"{name} is not run: {' and '.join(note.biases)} {note.excluded}")
    if collection.matrix is not None:
        found = _matrix(collection)
        print(f"matrix: {found['cells']} cells, {found['not_applicable']} do not apply")
    print(f"results: {directory}")
    return 0


def _estimate(
    given: argparse.Namespace, planned: "Plan", directory: Path
) -> "tuple[int, Estimate]":
    from jaxuim.sweep.cost import estimate

    cores = given.devices or len(os.sched_getaffinity(0))
    if not (directory / "sweep.json").exists():
        return 0, estimate(planned, cores=cores)
    from jaxuim.sweep import Store, missing

    store = Store.reader(directory)
    done = len(planned.runs) - len(missing(planned, store))
    return done, estimate(planned, cores=cores, shards=store.infos())


def _matrix(collection: "Collection") -> dict[str, Any]:
    if collection.matrix is None:
        return {}
    columns = collection.matrix.consequences
    lacking = sum(
        bool(note.excluded) or column.measure in note.lacking
        for note in collection.notes.values()
        for column in columns
    )
    cells = len(collection.notes) * len(columns)
    return {**dataclasses.asdict(collection.matrix), "cells": cells, "not_applicable": lacking}


def run(given: argparse.Namespace, collection: "Collection", directory: Path) -> int:
    """Carry out every variant, each with its report, then write the top page.

    A variant that fails is told at the end and leaves the others as they are.
    """
    from jaxuim.cli.run import carry_out
    from jaxuim.sweep.matrix_store import begin, note

    began, failures, done = time.perf_counter(), {}, []
    begin(directory, collection)
    width = len(str(len(collection.variants)))
    for number, (name, spec) in enumerate(collection.variants.items(), 1):
        started = time.perf_counter()
        _say(given, f"[{number:{width}}/{len(collection.variants)}] {name}: ")
        try:
            outcome = carry_out(given, spec, directory / name, alone=False)
        except _FAILURES as error:
            failures[name] = " ".join(str(error or type(error).__name__).split())
            _say(given, "failed\n")
            continue
        finally:
            note(directory, collection, failures)
        done.append({"variant": name, **outcome})
        text = f"{outcome['lacking']} of {outcome['runs']} runs"
        _say(given, f"{text}, {duration(time.perf_counter() - started)}\n")
    from jaxuim.report.matrix import build

    page = build(directory)
    seconds = time.perf_counter() - began
    content: dict[str, Any] = {"name": collection.name, "directory": str(directory)}
    content |= {"report": str(page)}
    content |= {"seconds": seconds, "variants": done, "failures": failures}
    _end(given, content)
    if not given.json:
        _expectations(collection, [item["variant"] for item in done], directory)
    return BAD_INPUT if failures else 0


def _end(given: argparse.Namespace, content: dict[str, Any]) -> None:
    from jaxuim.cli.main import sentence

    if given.json:
        print_json(content)
    else:
        runs = sum(item["runs"] for item in content["variants"])
        place = f"{runs} runs of {len(content['variants'])} variants in {content['directory']}"
        print(f"{place} ({duration(content['seconds'])})\nreport: {content['report']}")
    for name, text in content["failures"].items():
        sentence(f"jaxuim: variant {name!r} failed: {text}")


def _expectations(collection: "Collection", names: list[str], directory: Path) -> None:
    """Print what variants and the whole collection expect, held against the results."""
    for name in names:
        if collection.variants[name].expect:
            from jaxuim.sweep.expectations import check_directory

            for one in check_directory(directory / name):
                print(f"{name}: {one.sentence}")
    if collection.expect:
        from jaxuim.sweep.expectations import check_directory

        print("\n".join(one.sentence for one in check_directory(directory)))


def status(given: argparse.Namespace) -> int:
    """Print how much of every variant is done."""
    from jaxuim.cli.status import state_of
    from jaxuim.sweep.matrix_store import read_collection

    content, directory = read_collection(given.directory), Path(given.directory)
    states: dict[str, dict[str, Any] | None] = dict.fromkeys(content["variants"])
    for name in states:
        if (directory / name / "sweep.json").exists():
            states[name] = state_of(str(directory / name))
    failures = content["failures"]
    if given.json:
        found = {"name": content["name"], "directory": str(directory), "variants": states}
        print_json({**found, "failures": failures})
        return 0
    header = ["variant", "runs", "done", "rows", "how they ended"]
    print(f"{content['name']}: {len(states)} variants")
    print_table(header, [_row(name, state, failures) for name, state in states.items()])
    for name, text in failures.items():
        print(f"{name} failed: {text}")
    return 0


def _row(name: str, state: dict[str, Any] | None, failures: dict[str, str]) -> list[object]:
    if state is None:
        return [name, 0, 0, 0, "failed" if name in failures else "not run"]
    counts = Counter(state["statuses"])
    ended = ", ".join(f"{count} {status}" for status, count in counts.items()) or "none yet"
    ended += ", then failed" if name in failures else ""
    return [name, state["runs"], state["runs_done"], state["rows"], ended]


def report(given: argparse.Namespace) -> int:
    """Build the report of every variant, then the top page; tell which could not be built."""
    from jaxuim.report import build as build_one
    from jaxuim.report.matrix import build
    from jaxuim.sweep.matrix_store import read_collection

    if given.overlay:
        raise ValueError("--overlay: is for one sweep, and this directory holds several")
    directory, failures = Path(given.directory), {}
    for name in read_collection(directory)["variants"]:
        if not (directory / name / "sweep.json").exists():
            continue
        try:
            build_one(directory / name)
        except ValueError as error:
            failures[name] = str(error)
    page = build(directory)
    if given.json:
        print_json({"report": str(page), "failures": failures})
    else:
        print(f"report: {page}")
    from jaxuim.cli.main import sentence

    for name, text in failures.items():
        sentence(f"jaxuim: variant {name!r} has no report: {text}")
    return BAD_INPUT if failures else 0


def _say(given: argparse.Namespace, text: str) -> None:
    """Print a part of a variant's one line."""
    if not (given.quiet or given.json):
        print(text, end="", flush=True)
