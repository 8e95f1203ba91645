"""``jaxuim status DIR``: how much of a sweep is done, and how its runs ended."""

import argparse
from collections import Counter
from typing import Any

from jaxuim.cli import collection
from jaxuim.cli.common import duration, json_option, print_json


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Add the command and return its parser."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "status", help="say how much of a sweep is done"
    )
    parser.add_argument("directory", metavar="DIR", help="directory that jaxuim run wrote")
    json_option(parser)
    return parser


def main(given: argparse.Namespace) -> int:
    """Print the state of a directory of results."""
    if collection.is_directory(given.directory):
        return collection.status(given)
    state = state_of(given.directory)
    if given.json:
        print_json(state)
        return 0
    print(f"{state['name']}: {state['runs_done']} of {state['runs']} runs complete")
    print(f"rows: {state['rows']} in {state['shards']} shards ({_counts(state['statuses'])})")
    print(f"compute: {duration(state['seconds'])} on {state['device'] or 'no device yet'}")
    if state["set_aside"]:
        print(f"damaged shards set aside: {', '.join(state['set_aside'])}")
    return 0


def state_of(directory: str) -> dict[str, Any]:
    """Return what is done and what is lacking in a directory of results.

    Raises:
        StoreError: it holds no results of jaxuim, or a shard is damaged.
    """
    from jaxuim.sweep import Spec, Store, make_plan, missing

    store = Store.reader(directory)
    plan = make_plan(Spec.from_dict(store.provenance["spec"], source=f"{directory}/sweep.json"))
    lacking = missing(plan, store)
    table = store.read(("run_id", "status"))
    statuses = Counter(table.column("status").to_pylist()) if table is not None else Counter()
    infos = store.infos()
    return {
        "name": plan.spec.name,
        "directory": str(directory),
        "runs": len(plan.runs),
        "runs_done": len(plan.runs) - len(lacking),
        "rows": sum(statuses.values()),
        "statuses": dict(statuses),
        "shards": len(infos),
        "seconds": sum(info["seconds"] for info in infos),
        "device": store.provenance["device"],
        "set_aside": sorted(path.name for path in store.directory.glob("shards/*.bad")),
    }


def _counts(statuses: dict[str, int]) -> str:
    return ", ".join(f"{count} {status}" for status, count in statuses.items()) or "none yet"
