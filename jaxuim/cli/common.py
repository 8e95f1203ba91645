"""What several commands share: options, reading a sweep, text tables and JSON."""

import argparse
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jaxuim.sweep import Spec

RESULTS = Path("results")


def sweep_options(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of commands that read a sweep file."""
    parser.add_argument("file", metavar="FILE", help="sweep file (TOML)")
    parser.add_argument(
        "--set",
        dest="overrides",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="override a value, e.g. --set bias.level=0.3; may be repeated",
    )
    parser.add_argument("--seed", metavar="N", help="root seed; short for --set seeds.root=N")
    parser.add_argument("--out", metavar="DIR", help="directory of results [results/NAME]")
    parser.add_argument("--devices", type=positive, metavar="N", help="how many devices to use")


def json_option(parser: argparse.ArgumentParser) -> None:
    """Add ``--json``."""
    parser.add_argument("--json", action="store_true", help="print JSON")


def positive(text: str) -> int:
    """Return a whole number of at least 1.

    >>> positive("3")
    3
    """
    number = int(text) if text.isdecimal() and len(text) < 10 else 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} must be a whole number of at least 1")
    return number


def read_sweep(given: argparse.Namespace) -> tuple["Spec", Path]:
    """Return the checked sweep that the arguments name, and the directory for its results.

    Raises:
        SpecError: the file or an override is wrong.
    """
    from jaxuim.sweep import Spec, SpecError

    overrides = list(given.overrides)
    if given.seed is not None:
        overrides.append(f"seeds.root={given.seed}")
    spec = Spec.load(given.file, overrides)
    data = getattr(spec.world, "path", None)
    if data is not None and not Path(data).is_file():
        raise SpecError("no such file", key="world.path", value=data, source=given.file)
    return spec, Path(given.out) if given.out else RESULTS / spec.name


def print_json(content: Any) -> None:
    """Print a value as strict JSON; numbers that are not finite become null."""
    print(json.dumps(_finite(content), indent=1, allow_nan=False, default=str))


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple | frozenset | set):
        return [_finite(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value


def print_table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print columns of text, numbers to the right."""
    cells = [[_cell(item) for item in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(header, *cells, strict=True)]
    numeric = [
        all(isinstance(item, int | float) for item in column) for column in zip(*rows, strict=True)
    ] or [False] * len(header)
    for line in [list(header), *cells]:
        padded = [
            text.rjust(width) if right else text.ljust(width)
            for text, width, right in zip(line, widths, numeric, strict=True)
        ]
        print("  ".join(padded).rstrip())


def _cell(item: object) -> str:
    return f"{item:.4g}" if isinstance(item, float) else str(item)


def duration(seconds: float) -> str:
    """Return a time in the unit that a person would use.

    >>> duration(5.2), duration(300), duration(9000), duration(200000)
    ('5 s', '5.0 min', '2.5 h', '2.3 days')
    """
    for limit, unit, divisor in ((100, "s", 1), (5400, "min", 60), (129600, "h", 3600)):
        if seconds < limit:
            return f"{seconds / divisor:.{0 if unit == 's' else 1}f} {unit}"
    return f"{seconds / 86400:.1f} days"


def size(count: float) -> str:
    """Return a number of bytes in the unit that a person would use.

    >>> size(1500), size(2.5e9)
    ('1.5 kB', '2.5 GB')
    """
    for unit, divisor in (("GB", 1e9), ("MB", 1e6)):
        if count >= divisor:
            return f"{count / divisor:.1f} {unit}"
    return f"{count / 1e3:.1f} kB"
