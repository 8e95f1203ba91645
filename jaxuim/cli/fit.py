"""``jaxuim fit TABLE --form NAME --x COLS --y COL``: fit a law to a table and predict with it."""

import argparse
from typing import Any

from jaxuim.cli.common import print_json, print_table
from jaxuim.cli.forms import ListForms
from jaxuim.cli.options import above_zero, checked, names, replicas, result_options, table_options

ASKED = ("predict", "forecast")
EPILOG = """\
examples:
  jaxuim fit curve.csv --form saturating_power --x n --y error --predict 1e6,1e7 --out law.png
  jaxuim fit runs.csv --form chinchilla --x N,D --y loss --loss huber --delta 1e-3 --scale log
  jaxuim fit results/label_noise --form hill --x bias.level --y value --by seed \\
      --where measure=error --where task=id --where adaptation=finetune

Exit code 0 also where the numbers are at fault: read the status (ok, not_converged, failed).
Exit code 2: bad input, with one sentence on stderr."""


def add_parser(commands: Any) -> argparse.ArgumentParser:
    """Add the command and return its parser."""
    parser: argparse.ArgumentParser = commands.add_parser(
        "fit",
        help="fit a law to a table: parameters, intervals, predictions, a figure",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    table_options(parser, "COL[,COL]")
    parser.add_argument(
        "--form",
        action=ListForms,
        required=True,
        metavar="NAME",
        help="name of the law; 'auto': the best of one input; 'help': list them",
    )
    parser.add_argument(
        "--forms", action=ListForms, nargs=0, default=argparse.SUPPRESS, help="list the laws"
    )
    parser.add_argument(
        "--loss", choices=("squared", "huber", "absolute"), default="squared", help="[squared]"
    )
    parser.add_argument("--delta", type=above_zero, metavar="D", help="threshold of --loss huber")
    parser.add_argument(
        "--scale",
        choices=("linear", "log"),
        default="linear",
        help="of the residual: log for relative errors [linear]",
    )
    parser.add_argument(
        "--bootstrap",
        type=replicas,
        default=400,
        metavar="R",
        help="number of refits for the intervals; 0: delta method [400]",
    )
    parser.add_argument(
        "--resample",
        choices=("auto", "pairs", "residual", "parametric"),
        default="auto",
        help="what the bootstrap draws where there is no --by [auto: residuals]",
    )
    for option, words in (
        ("predict", "the law at these inputs, with its bootstrap interval"),
        ("forecast", "what to expect there, from several laws, with a prediction interval"),
    ):
        parser.add_argument(
            f"--{option}",
            action="append",
            default=[],
            metavar="VALUES",
            help=f"{words}: 1e6,1e7; with two inputs '1e9,2e10;1e9,4e10'; or a table",
        )
    result_options(parser)
    return parser


def main(given: argparse.Namespace) -> int:
    """Print parameters and predictions; the table is checked before anything heavy is imported."""
    from jaxuim.cli.places import places
    from jaxuim.cli.reading import read_table

    if given.delta is not None and given.loss != "huber":
        raise ValueError(f"--delta {given.delta:g} goes with --loss huber")
    columns = names(given)
    table = read_table(given.table, given.where)
    y = checked(given, table, columns)
    if given.scale == "log" and (y <= 0).any():
        row = table.rows[int((y <= 0).argmax())]
        raise ValueError(
            f"{given.table}: --y {given.y!r}, row {row}: must be positive for --scale log"
        )
    asked = {name: places(getattr(given, name), f"--{name}", columns) for name in ASKED}
    from jaxuim.cli.fitting import carry_out, draw

    done = carry_out(given, table, columns, asked)
    if given.out:
        draw(given, done)
    if given.json:
        print_json(done.content)
    else:
        _print(given, done.content)
    return 0


def _print(given: argparse.Namespace, content: dict[str, Any]) -> None:
    from jaxuim.report import labels

    percent = f"{100 * given.confidence:g} % interval"
    print(f"{content['sentence']}\n\n{content['formula']}")
    rows = []
    for name, value in content["params"].items():
        rows.append([name, *labels.estimate(value, *content["intervals"][name])])
    print_table(["", "value", percent], rows)
    print(f"intervals: {content['intervals_from']}; {_loss(content)}; status: {content['status']}")
    if content["compared"]:
        _print_compared(content["compared"])
    header = [*content["inputs"].values(), given.y, percent]
    if content["predictions"]:
        print("\npredictions of this law")
        print_table(header, [_row(row) for row in content["predictions"]])
    if content["forecast"]:
        print("\nforecast of new observations, by several laws")
        print_table(header, [_row(row) for row in content["forecast"]["points"]])
        print(_basis(content["forecast"]))
    if given.out:
        print(f"figure: {given.out}")


def _print_compared(compared: list[dict[str, Any]]) -> None:
    from jaxuim.report import labels

    print("\nlaws compared, best first")
    keys = ("held_out", "aicc")
    rows = [
        [row["form"], *(labels.number(row[k]) for k in keys), row["status"]] for row in compared
    ]
    print_table(["", "held-out error", "AICc", "status"], rows)


def _basis(ahead: dict[str, Any]) -> str:
    shares = ", ".join(f"{name} {share:.2f}" for name, share in ahead["weights"].items())
    reason = f" ({ahead['reason']})" if ahead["reason"] else ""
    return f"status: {ahead['status']}{reason}; weights: {shares or 'none'}"


def _row(row: dict[str, Any]) -> list[object]:
    from jaxuim.report import labels

    return [*row["x"].values(), *labels.estimate(row["mean"], row["lower"], row["upper"])]


def _loss(content: dict[str, Any]) -> str:
    threshold = content["delta"]
    delta = f" (delta {threshold:.3g})" if content["loss"] == "huber" and threshold else ""
    return f"loss: {content['loss']}{delta} on the {content['scale']} scale"
