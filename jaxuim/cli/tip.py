"""``jaxuim tip TABLE --x COL --y COL``: where a response tips, or that it does not."""

import argparse
from typing import TYPE_CHECKING, Any

from jaxuim.cli.common import print_json
from jaxuim.cli.options import checked, names, points, result_options, table_options

if TYPE_CHECKING:
    from jaxuim.laws import TippingPoint
    from jaxuim.report.points import Points

KINDS = ("auto", "kink", "jump", "sigmoid")
SHOWN = ("p_value", "method", "n", "dropped", "clusters", "shape", "slope_before", "slope_after")


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Add the command and return its parser."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "tip",
        help="find the tipping point of a response in a table, or that there is none",
        epilog="example: jaxuim tip runs.csv --x level --y error --by seed --out tip.png",
    )
    table_options(parser, "COL")
    parser.add_argument("--kind", choices=KINDS, default="auto", help="shape to look for [auto]")
    parser.add_argument(
        "--null-degree",
        type=int,
        choices=(1, 2),
        default=2,
        help="without a tipping point the response is a line (1) or may bend (2) [2]",
    )
    result_options(parser)
    return parser


def main(given: argparse.Namespace) -> int:
    """Print the tipping point; the table is checked before anything heavy is imported."""
    from jaxuim.cli.reading import read_table

    inputs = names(given)
    if len(inputs) != 1:
        raise ValueError(f"--x {given.x!r}: a tipping point has one input")
    table = read_table(given.table, given.where)
    checked(given, table, inputs)
    data = points(given, table, inputs)
    found = _look(given, data)
    from jaxuim.report.verdicts import tipping_sentence

    text = tipping_sentence(data, found)
    content = {"source": given.table, "x": inputs[0], "y": given.y, **found.card}
    content["by"], content["figure"] = given.by, None
    if given.out:
        _draw(given, data, found)
        content["figure"] = str(given.out)
    if given.json:
        print_json({**content, "sentence": text})
        return 0
    print(text)
    for name in SHOWN:
        if content[name] not in (None, ""):
            print(f"{name.replace('_', ' ')}: {_short(content[name])}")
    if given.out:
        print(f"figure: {given.out}")
    return 0


def _short(value: object) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value).replace("_", " ")


def _look(given: argparse.Namespace, data: "Points") -> "TippingPoint":
    from jaxuim import laws

    try:
        return laws.tipping_point(
            data.x[:, 0],
            data.y,
            kind=given.kind,
            y_err=data.y_err,
            groups=data.groups,
            confidence=given.confidence,
            null_degree=given.null_degree,
            seed=given.seed,
        )
    except ValueError as error:
        raise ValueError(f"{given.table}: {error}") from None


def _draw(given: argparse.Namespace, data: "Points", found: "TippingPoint") -> None:
    from jaxuim.report.drawing import write_figure
    from jaxuim.report.shapes import fitted_shape
    from jaxuim.report.tipping_figure import tipping_figure

    keep = data.finite
    weight = None if data.y_err is None else 1.0 / data.y_err[keep]
    shape = fitted_shape(found, data.x[keep, 0], data.y[keep], weight)
    write_figure(lambda: tipping_figure(data, found, shape), given.out)
