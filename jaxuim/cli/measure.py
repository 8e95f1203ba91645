"""``jaxuim measure FEATURES.npz``: every applicable measure of arrays taken from a real model."""

import argparse
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from jaxuim.cli.common import json_option, positive, print_json, print_table
from jaxuim.cli.options import natural, share

if TYPE_CHECKING:
    from jaxuim.cli.arrays import Found
    from jaxuim.types.declare import Measure

_COLUMNS = ("measure", "family", "value", "lower", "upper", "better", "chance")


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Add the command and return its parser."""
    from jaxuim.types.declare import INPUTS

    parser: argparse.ArgumentParser = commands.add_parser(
        "measure",
        help="take every applicable measure of logits, labels, features, ... in a file",
        epilog="keys of the file: "
        + "; ".join(f"{name} {text}" for name, text in INPUTS.items())
        + ". Example: jaxuim measure features.npz --names error ece --json",
    )
    parser.add_argument("file", metavar="FEATURES", help="file .npz with named arrays")
    parser.add_argument(
        "--names", nargs="+", metavar="NAME", help="take only these measures [all that apply]"
    )
    parser.add_argument(
        "--draws",
        type=positive,
        metavar="B",
        help="resamples behind the intervals of means [200, none for large files]",
    )
    parser.add_argument(
        "--confidence", type=share, default=0.95, metavar="P", help="of every interval [0.95]"
    )
    parser.add_argument("--seed", type=natural, default=0, metavar="S", help="of resampling [0]")
    json_option(parser)
    return parser


def main(given: argparse.Namespace) -> int:
    """Print the measures; names and file are checked before JAX is imported."""
    from jaxuim.cli.arrays import read_arrays

    wanted = _named(given.names)
    found = read_arrays(given.file)
    lacking = {m.name: [key for key in m.inputs if key not in found.arrays] for m in wanted}
    chosen = [measure for measure in wanted if not lacking[measure.name]]
    left_out = {name: keys for name, keys in lacking.items() if keys}
    if left_out and (given.names or not chosen):
        raise ValueError(_lack(found, left_out, bool(given.names)))
    from jaxuim.cli.measuring import take

    values, refused, draws = take(
        chosen, found, draws=given.draws, confidence=given.confidence, seed=given.seed
    )
    if refused and (given.names or not values):
        name, problem = next(iter(refused.items()))
        raise ValueError(f"{found.source}: {name}: {problem}")
    content = {
        "source": found.source,
        "keys": found.keys,
        "unused": found.unused,
        "sizes": found.sizes | ({"groups": found.num_groups} if found.num_groups else {}),
        "interval": _interval(values.values(), draws, given.confidence),
        "without_interval": _by_reason(values),
        "measures": [_row(m, values[m.name], found) for m in chosen if m.name in values],
        "left_out": left_out,
        "refused": refused,
    }
    if given.json:
        print_json(content)
    else:
        _print(content)
    return 0


def _named(names: list[str] | None) -> list["Measure"]:
    """Return the declared measures of these names, all without."""
    from jaxuim.sweep.errors import suggest
    from jaxuim.types.registry import catalogue

    known = catalogue("measures")
    for name in names or ():
        if name not in known:
            raise ValueError(f"--names {name!r}: is no measure{suggest(name, known)}")
    return [known[name] for name in dict.fromkeys(names or known)]


def _lack(found: "Found", left_out: dict[str, list[str]], asked: bool) -> str:
    """Return one sentence on arrays that are not there."""
    if not asked:
        here = ", ".join(found.keys)
        return f"{found.source}: no measure takes {here} alone; logits and labels serve most"
    name, keys = next(iter(left_out.items()))
    there = ", ".join(map(repr, found.keys.values()))
    needed = " and ".join(map(repr, keys))
    return f"{found.source}: measure {name!r} needs {needed}; the file holds {there}"


def _interval(values: Iterable[Any], draws: int, confidence: float) -> str:
    if all(value.why_not for value in values):
        return "none"
    resampled = f"of means by the basic bootstrap, {draws} resamples of the examples"
    return (
        f"{confidence:g}; of shares exact (Clopper and Pearson), "
        f"{resampled if draws else 'of others none'}: how sure the number is for this one model; "
        "other seeds of it would vary more"
    )


def _by_reason(values: dict[str, Any]) -> dict[str, list[str]]:
    """Return the measures without interval by the reason why."""
    together: dict[str, list[str]] = {}
    for name, value in values.items():
        if value.why_not:
            together.setdefault(value.why_not, []).append(name)
    return together


def _row(measure: "Measure", value: Any, found: "Found") -> dict[str, Any]:
    from jaxuim.types.measures import chance_value

    classes = found.sizes.get("K")
    return {
        "measure": measure.name,
        "family": measure.family,
        "value": value.value,
        "lower": value.lower,
        "upper": value.upper,
        "better": measure.better,
        "chance": chance_value(measure, classes) if classes else None,
        "unit": measure.unit,
        "label": measure.label,
    }


def _print(content: dict[str, Any]) -> None:
    read = ", ".join(
        name if name == key else f"{name} (as {key})" for name, key in content["keys"].items()
    )
    sizes = ", ".join(f"{axis} = {size}" for axis, size in content["sizes"].items())
    print(f"{content['source']}: {read}; {sizes}")
    if content["unused"]:
        print(f"unused keys: {', '.join(content['unused'])}")
    rows = [[_shown(row[column]) for column in _COLUMNS] for row in content["measures"]]
    print_table(_COLUMNS, rows)
    print(f"interval: {content['interval']}")
    for reason, names in content["without_interval"].items():
        print(f"no interval: {', '.join(names)} ({reason})")
    if content["left_out"]:
        print(f"left out: {_by_lack(content['left_out'])}")
    for name, problem in content["refused"].items():
        print(f"not taken: {name}: {problem}")


def _shown(value: object) -> object:
    return "-" if value is None or value != value else value


def _by_lack(left_out: dict[str, list[str]]) -> str:
    """Return what was left out for lack of what, those that lack the same together.

    >>> _by_lack({"a": ["leaked"], "b": ["leaked"]})
    'a, b (no leaked)'
    """
    together: dict[str, list[str]] = {}
    for name, keys in left_out.items():
        together.setdefault(", ".join(keys), []).append(name)
    return "; ".join(f"{', '.join(names)} (no {keys})" for keys, names in together.items())
