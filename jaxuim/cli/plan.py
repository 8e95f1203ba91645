"""``jaxuim plan FILE``: what a sweep would run, compile, cost and be able to detect."""

import argparse
import os
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jaxuim.cli import collection
from jaxuim.cli.common import (
    duration,
    json_option,
    print_json,
    print_table,
    read_sweep,
    size,
    sweep_options,
)

if TYPE_CHECKING:
    from jaxuim.sweep import Plan


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Add the command and return its parser."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "plan", help="say what a sweep would run and what it costs"
    )
    sweep_options(parser)
    parser.add_argument(
        "--pilot", metavar="DIR", help="earlier results, to say which effects are detectable"
    )
    json_option(parser)
    return parser


def main(given: argparse.Namespace) -> int:
    """Print the plan; imports neither JAX nor pandas unless a pilot is given."""
    from jaxuim.sweep import make_plan
    from jaxuim.sweep.cost import estimate

    found = collection.read(given)
    if found is not None:
        return collection.plan(given, *found)
    spec, directory = read_sweep(given)
    plan = make_plan(spec)
    done, shards = _so_far(plan, directory, given.pilot)
    cost = estimate(plan, cores=given.devices or len(os.sched_getaffinity(0)), shards=shards)
    content = {
        "name": spec.name,
        "directory": str(directory),
        "axes": {**plan.axes, "seed": spec.seeds.count},
        **asdict(cost),
        "runs_done": done,
        "detectable": _detectable(plan, given.pilot) if given.pilot else None,
    }
    if given.json:
        print_json(content)
    else:
        _print(content)
    return 0


def _so_far(plan: "Plan", directory: Path, pilot: str | None) -> tuple[int, list[dict[str, Any]]]:
    """Return how many runs are done, and what earlier shards say of their speed."""
    if not (directory / "sweep.json").exists() and not pilot:
        return 0, []
    from jaxuim.sweep import Store, missing

    done, shards = 0, []
    if (directory / "sweep.json").exists():
        store = Store.reader(directory)
        done = len(plan.runs) - len(missing(plan, store))
        shards = store.infos()
    return done, shards or (Store.reader(pilot).infos() if pilot else [])


def _detectable(plan: "Plan", pilot: str) -> list[dict[str, Any]]:
    """Return for each task and adaptation the smallest effect that this plan would detect.

    The standard deviation is the median, over levels and further axes of the pilot, of that of
    its paired differences. Power 80 %, two-sided, at the confidence of the analysis.
    """
    from jaxuim.laws import detectable_effect
    from jaxuim.sweep import effects, load

    analysis, seeds = plan.spec.analysis, plan.spec.seeds.count
    table = effects(load(pilot))
    table = table[table["measure"] == analysis.response]
    rows = []
    for (task, adaptation), group in table.groupby(["task", "adaptation"]):
        sd = float(group["sd"].median())
        known = sd > 0 and seeds > 1
        smallest = (
            detectable_effect(sd, seeds, power=0.8, confidence=analysis.confidence)
            if known
            else None
        )
        rows.append({"task": task, "adaptation": adaptation, "sd": sd, "effect": smallest})
    if not rows:
        raise ValueError(f"{pilot}: holds no rows of {analysis.response!r} at level 0 and above")
    return rows


def _print(content: dict[str, Any]) -> None:
    counts = [
        f"{key} {value if key == 'seed' else len(value)}" for key, value in content["axes"].items()
    ]
    print(f"{content['name']}: {content['runs']} runs = {' x '.join(counts)}")
    print(f"programs to compile: {content['programs']}; rows: {content['rows']}")
    print(f"model-steps: {content['model_steps']:,} ({content['flops'] / 1e12:.2f} TFLOP in all)")
    print(f"time: about {duration(content['seconds'])} ({content['basis']})")
    print(f"memory: about {size(content['memory'])} beyond Python and JAX")
    print(
        f"results: {content['directory']} ({content['runs_done']} of {content['runs']} runs done)"
    )
    if content["detectable"]:
        print("smallest effect detected with 80 % power:")
        rows = [[row[name] for name in row] for row in content["detectable"]]
        print_table(list(content["detectable"][0]), rows)
