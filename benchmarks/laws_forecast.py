"""Extrapolates public learning curves and prints errors, wins and interval coverage.

    python -m benchmarks.laws_forecast --data DIR [--quick] [--peers bnsl1,m3,m4]

DIR holds benchmark_points.csv, benchmark_curves.csv and benchmark_baselines_{2x,4x,8x}.csv
(curve_id, x, y, train; curve_id, domain; curve_id, method, rmsle). At 2x the points with train = 1
are fitted, at 4x and 8x those with x <= max/4 and max/8; the rest is forecast. LCDB curves come
from DIR/lcdb.csv or else from the package ``lcdb``, at 8x with the standard errors of their points.
Error is the root mean squared error of log y on the forecast points ("rmsle").
"""

import argparse
import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from benchmarks import machine
from jaxuim.laws import fit, forecast

FACTORS = {"2x": 2.0, "4x": 4.0, "8x": 8.0}
TARGETS = {"2x": 0.023, "4x": 0.031, "8x": 0.080, "lcdb 8x": 0.105}
CONFIDENCE = 0.9
SMALL = 20  # domains with fewer curves are only reported


class Task(NamedTuple):
    """One extrapolation: points to fit, points to forecast, and the errors of the references."""

    kind: str
    curve: str
    domain: str
    x: Any
    y: Any
    error: Any
    x_new: Any
    y_new: Any
    known: dict[str, float]


class Outcome(NamedTuple):
    """What the forecast said, on the scale of log y where errors are taken."""

    task: Task
    rmsle: float
    off: Any
    width: Any
    status: str
    seconds: float
    peers: dict[str, float]


def benchmark_tasks(folder: Path) -> list[Task]:
    """Read the curves of the benchmark and split them as its authors did."""
    points = pd.read_csv(folder / "benchmark_points.csv")
    domains = pd.read_csv(folder / "benchmark_curves.csv").set_index("curve_id")["domain"]
    tasks = []
    for kind, factor in FACTORS.items():
        known = pd.read_csv(folder / f"benchmark_baselines_{kind}.csv")
        table = known.pivot(index="curve_id", columns="method", values="rmsle")
        for curve, errors in table.iterrows():
            rows = points[points["curve_id"] == curve].sort_values("x")
            x, y = rows["x"].to_numpy(float), rows["y"].to_numpy(float)
            kept = rows["train"].to_numpy() == 1 if kind == "2x" else x <= x.max() / factor
            split = (x[kept], y[kept], None, x[~kept], y[~kept])
            tasks.append(Task(kind, str(curve), domains[curve], *split, numbers(errors)))
    return tasks


def numbers(row: Any) -> dict[str, float]:
    """Return a row of a table as a dictionary."""
    return {str(name): float(value) for name, value in row.items()}


def lcdb_tasks(folder: Path) -> list[Task]:
    """Split LCDB curves at an eighth of their largest size."""
    table = lcdb_table(folder)
    file = folder / "lcdb_baselines_8x.csv"
    known = pd.DataFrame()
    if file.exists():
        known = pd.read_csv(file).pivot(index="curve", columns="method", values="rmsle")
    tasks = []
    for curve, rows in table.sort_values("size_train").groupby("curve"):
        x, y = rows["size_train"].to_numpy(float), rows["error"].to_numpy(float)
        sem = rows["sem"].to_numpy(float)
        # A standard error of zero (all splits agree) is taken as the smallest other one.
        sem = np.maximum(sem, np.min(sem[sem > 0], initial=np.max(y)))
        kept = x <= x.max() / 8
        if len(np.unique(x[kept])) < 5 or np.any(y <= 0):
            continue
        errors = numbers(known.loc[curve]) if curve in known.index else {}
        split = (x[kept], y[kept], sem[kept], x[~kept], y[~kept])
        tasks.append(Task("lcdb 8x", str(curve), "lcdb", *split, errors))
    return tasks


def lcdb_table(folder: Path) -> pd.DataFrame:
    """Return curve, size_train, error and sem, from the folder or from the package."""
    if (folder / "lcdb.csv").exists():
        return pd.read_csv(folder / "lcdb.csv")
    import lcdb  # type: ignore[import-not-found]

    scores = lcdb.get_all_curves("accuracy").groupby(["openmlid", "learner", "size_train"])
    test = scores["score_test"]
    table = pd.DataFrame({"error": 1 - test.mean(), "sem": test.sem(), "splits": test.count()})
    table = table[table["splits"] >= 10].reset_index()
    table["curve"] = table["openmlid"].astype(str) + " " + table["learner"]
    sizes = table.groupby("curve").size()
    return table[table["curve"].isin(sizes.index[sizes >= 16][::16])]


def attempt(task: Task, peers: list[str]) -> Outcome:
    """Forecast one task and fit the peers."""
    begin = time.perf_counter()
    said = forecast(task.x, task.y, task.x_new, y_err=task.error, confidence=CONFIDENCE)
    seconds = time.perf_counter() - begin
    true = np.log(task.y_new)
    off, width = np.log(said.mean) - true, np.log(said.upper / said.lower)
    others = {name: peer(task, name) for name in peers}
    rmsle = float(np.sqrt(np.mean(off**2)))
    return Outcome(task, rmsle, np.abs(off), width, said.status, seconds, others)


def peer(task: Task, name: str) -> float:
    """Return the error of one form, fitted to log y by least squares."""
    try:
        found = fit(name, task.x, task.y, y_err=task.error, scale="log")
        said = found.predict(task.x_new)
    except ValueError:
        return float("nan")
    with np.errstate(invalid="ignore", divide="ignore"):
        return float(np.sqrt(np.mean(np.log(said / task.y_new) ** 2)))


def accuracy(outcomes: list[Outcome], peers: list[str]) -> list[str]:
    """Rows of errors and wins."""
    names = [f"fit {name}" for name in peers]
    lines = [
        "| set | curves | ours, mean | median | target | BNSL1 | better on | M3 | M4 | last "
        + "".join(f"| {name} " for name in names)
        + "| status ok | s a call |",
        "|---" * (12 + len(names)) + "|",
    ]
    for kind in TARGETS:
        some = [o for o in outcomes if o.task.kind == kind]
        if not some:
            continue
        known = lambda name, some=some: np.array([o.task.known.get(name, np.nan) for o in some])
        ours = np.array([o.rmsle for o in some])
        wins = np.mean(ours < known("BNSL1")) if np.isfinite(known("BNSL1")).any() else np.nan
        cells = [kind, len(some), f"{ours.mean():.4f}", f"{np.median(ours):.4f}", TARGETS[kind]]
        cells += [f"{known('BNSL1').mean():.4f}", f"{wins:.0%}"]
        cells += [f"{known(name).mean():.4f}" for name in ("M3", "M4nls", "last")]
        cells += [f"{np.nanmean([o.peers[name] for o in some]):.4f}" for name in peers]
        cells += [f"{np.mean([o.status == 'ok' for o in some]):.0%}"]
        cells += [f"{np.median([o.seconds for o in some]):.2f}"]
        lines.append("| " + " | ".join(str(cell) for cell in cells) + " |")
    return lines


def coverage(outcomes: list[Outcome]) -> list[str]:
    """Rows of interval coverage, each with an interval by resampling curves."""
    lines = [
        "| set | curves | all points | 95 % interval | last points | 95 % interval "
        "| cross-validated, all | width / error |",
        "|---" * 8 + "|",
    ]
    crossed = dict(zip(map(id, outcomes), cross_validated(outcomes), strict=True))
    curves = [o for o in outcomes if o.task.kind in FACTORS]
    sets = {"pooled": outcomes, "benchmark": curves}
    sets |= {kind: [o for o in outcomes if o.task.kind == kind] for kind in TARGETS}
    sets |= {d: [o for o in curves if o.task.domain == d] for d in ("BB", "IC", "LM", "NMT")}
    for name, some in sets.items():
        if not some:
            continue
        number = len({o.task.curve for o in some})
        inside = [np.mean(o.off <= o.width / 2) for o in some]
        last = [float(o.off[-1] <= o.width[-1] / 2) for o in some]
        widths, errors = (np.concatenate([getattr(o, k) for o in some]) for k in ("width", "off"))
        cells = [name + (" (few)" if number < SMALL else ""), number]
        for values in (inside, last):
            low, high = clustered([o.task.curve for o in some], values)
            cells += [f"{np.mean(values):.3f}", f"{low:.3f} to {high:.3f}"]
        cells += [f"{np.mean([crossed[id(o)] for o in some]):.3f}"]
        cells += [f"{np.median(widths) / np.median(errors):.2f}"]
        lines.append("| " + " | ".join(str(cell) for cell in cells) + " |")
    return lines


def clustered(curves: list[str], values: list[float], replicas: int = 2000) -> tuple[float, float]:
    """Return the 95 % interval of a mean over tasks, resampling whole curves."""
    frame = pd.DataFrame({"curve": curves, "value": values}).groupby("curve")["value"]
    sums, counts = frame.sum().to_numpy(), frame.count().to_numpy()
    drawn = np.random.default_rng(0).integers(len(sums), size=(replicas, len(sums)))
    means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def cross_validated(outcomes: list[Outcome], folds: int = 10) -> list[float]:
    """Coverage of each task when the width is calibrated on the curves of the other folds."""
    curves = sorted({o.task.curve for o in outcomes})
    fold = dict(zip(curves, np.arange(len(curves)) % folds, strict=True))
    scores = [2 * o.off / o.width for o in outcomes]
    found = []
    for outcome, score in zip(outcomes, scores, strict=True):
        mine = fold[outcome.task.curve]
        others = [s for o, s in zip(outcomes, scores, strict=True) if fold[o.task.curve] != mine]
        weight = np.concatenate([np.full(len(s), 1 / len(s)) for s in others])
        pooled = np.concatenate(others)
        order = np.argsort(pooled)
        reached = np.cumsum(weight[order]) / weight.sum()
        factor = pooled[order][np.searchsorted(reached, CONFIDENCE)]
        found.append(float(np.mean(score <= factor)))
    return found


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark and print its tables."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.laws_forecast", description=__doc__.split("\n")[0]
    )
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--quick", action="store_true", help="every eighth task")
    parser.add_argument(
        "--peers", default="bnsl1,m3,m4", help="forms to fit in the same run (5 minutes); none: "
    )
    options = parser.parse_args(arguments)
    peers = [name for name in options.peers.split(",") if name]
    tasks = benchmark_tasks(options.data) + lcdb_tasks(options.data)
    outcomes = [attempt(task, peers) for task in tasks[:: 8 if options.quick else 1]]
    print(machine.markdown(machine.describe()), "", *accuracy(outcomes, peers), "", sep="\n")
    print(f"Intervals of {CONFIDENCE:.0%} for new observations:", "", sep="\n")
    print(*coverage(outcomes), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
