"""Refits Chinchilla's law: optimum, 4,500 published starts, 4,000 bootstrap replicas.

    python -m benchmarks.laws_chinchilla --data DIR [--replicas 4000] [--json FILE]

DIR holds chinchilla_epoch245.csv, the points that Epoch AI read from figure 4 of Hoffmann et al.
Every contender runs in a process of its own on one core, one after the other. Times are seconds of
processor time, so that other load on the machine counts little; ours begin after the imports and
include tracing, the fit itself and the refits, and are the median of three fresh processes.
"""

import argparse
import csv
import json
import os
import subprocess
import sys
import time
from itertools import product
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
from numpy.typing import NDArray

from benchmarks import machine

Array = NDArray[np.float64]
DELTA = 1e-3
SEED = 42
NAMES = ("A", "B", "E", "alpha", "beta")
OPTIMUM = {"A": 477.8234, "B": 2143.421, "E": 1.8172178, "alpha": 0.3473102, "beta": 0.3671725}
OBJECTIVE = 1.018274e-3
LEAST_ABSOLUTE = {"A": 482.00572, "B": 2085.4342, "E": 1.81686, "alpha": 0.34781, "beta": 0.36585}
ERRORS = {"A": 124.52232, "B": 1293.2841, "E": 0.02566, "alpha": 0.0154, "beta": 0.0206}
CHILDREN = ("fit", "starts", "bootstrap", "absolute", "scipy")
ONE_CORE = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    "JAX_PLATFORMS": "cpu",
}


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark, or one child process of it where ``--child`` is given."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.laws_chinchilla")
    parser.add_argument("--data", type=Path, required=True, metavar="DIR")
    parser.add_argument("--replicas", type=int, default=4000)
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--child", choices=CHILDREN, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.child:
        print(json.dumps(_child(options.child, options.data, options.replicas)))
        return 0
    about = machine.describe()
    found = {name: _run(name, options.data, options.replicas) for name in CHILDREN}
    again = [_run("bootstrap", options.data, options.replicas)["seconds"] for _ in range(2)]
    found["bootstrap"]["seconds"] = median([found["bootstrap"]["seconds"], *again])
    print(render(about, found, options.replicas))
    if options.json:
        options.json.write_text(json.dumps({"machine": about, "found": found}, indent=1) + "\n")
    return 0


def _run(name: str, data: Path, replicas: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.laws_chinchilla", "--child", name]
    command += ["--data", str(data), "--replicas", str(replicas)]
    done = subprocess.run(
        command, env={**os.environ, **ONE_CORE}, capture_output=True, text=True, check=True
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _child(name: str, data: Path, replicas: int) -> dict[str, Any]:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    x, y = points(data)
    if name == "scipy":
        return by_scipy(x, y, replicas)
    ours = {"fit": fitted, "starts": published_starts}
    if name in ours:
        return ours[name](x, y)
    return replicated(x, y, replicas, DELTA if name == "bootstrap" else 1e-4 * DELTA)


def points(data: Path) -> tuple[Array, Array]:
    """Return (N, D) and the loss of the 240 points that Epoch AI's fit uses."""
    with (data / "chinchilla_epoch245.csv").open(newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["used_by_epoch_fit"] == "1"]
    column = lambda name: np.array([float(row[name]) for row in rows])
    return np.stack([column("N"), column("D")]), column("loss")


def resampled(n: int, replicas: int) -> NDArray[np.int64]:
    """Return the published resampling: the rows of every replica."""
    return np.random.RandomState(SEED).choice(n, (replicas, n))


def fitted(x: Array, y: Array) -> dict[str, Any]:
    """Fit from the form's own starts in a fresh process."""
    from jaxuim.laws import fit

    begin = time.process_time()
    found = fit("chinchilla", x.T, y, loss="huber", delta=DELTA, scale="log")
    seconds = time.process_time() - begin
    keys = ("status", "value", "decrement", "starts", "starts_agree", "condition")
    return {
        "seconds": seconds,
        "params": found.params,
        **{key: getattr(found, key) for key in keys},
    }


def published_starts(x: Array, y: Array) -> dict[str, Any]:
    """Minimise from each of the 4,500 starts of Hoffmann et al."""
    from jaxuim.laws import FORMS
    from jaxuim.laws.fits import solver

    exponents, lines = np.arange(0.0, 2.1, 0.5), np.arange(0.0, 26.0, 5.0)
    grid = np.array(list(product(np.arange(-1.0, 1.1, 0.5), lines, lines, exponents, exponents)))
    grid[:, :3] = np.exp(grid[:, :3])
    law = FORMS["chinchilla"]
    begin = time.process_time()
    starts = solver.better_starts(law, x, y, 1.0 / y, grid)
    ends = solver.solve(law, x, y[None], np.ones((1, len(y))), starts[None], DELTA, 200, "log")
    seconds = time.process_time() - begin
    value = ends.value[0]
    there, done = value <= value.min() * (1 + 1e-6), ends.decrement[0] <= 1e-10
    return {
        "seconds": seconds,
        "starts": len(grid),
        "share": float(np.mean(there)),
        "dishonest": int(np.sum(done & ~there)),
    }


def replicated(x: Array, y: Array, replicas: int, delta: float) -> dict[str, Any]:
    """Fit, then refit every replica from the best fit; standard errors of the parameters."""
    from jaxuim.laws import FORMS
    from jaxuim.laws.fits import solver

    law, n = FORMS["chinchilla"], len(y)
    drawn = resampled(n, replicas)
    begin = time.process_time()
    starts = solver.linear_starts(law, x, y, 1.0 / y, law.start_grid(x, y))
    ones = np.ones((1, n))
    ends = solver.solve(law, x, y[None], ones, starts[None], delta, 300, "log")
    best = ends.u[0, np.argmin(ends.value[0])]
    counts = np.stack([np.bincount(row, minlength=n) * 1.0 for row in drawn])
    wide = lambda a: np.broadcast_to(a, (replicas, *np.shape(a)))
    rows = x, wide(y), wide(np.ones(n)), wide(best[None])
    found = solver.solve(law, *rows, delta, 300, "log", counts=counts, near=True)
    seconds = time.process_time() - begin
    values = solver.natural(law, found.u[:, 0])
    return {
        "seconds": seconds,
        "params": dict(zip(law.names, solver.natural(law, best).tolist(), strict=True)),
        "errors": dict(zip(law.names, values.std(axis=0, ddof=1).tolist(), strict=True)),
        "values": (found.value[:, 0]).tolist(),
        "converged": float(np.mean(found.decrement <= 1e-10)),
    }


def loss_and_gradient(u: Array, logs: Array, log_y: Array) -> tuple[float, Array]:
    """Return Huber's loss of log L in log E, log A, log B, alpha and beta with its gradient.

    In units of 1e-3 so that the tolerance on the gradient, 1e-8, means something.
    """
    level = np.exp(u[0])
    parts = np.exp(u[1:3, None] - u[3:5, None] * logs)
    law = level + parts.sum(axis=0)
    error = np.log(law) - log_y
    psi = np.clip(error, -DELTA, DELTA)
    value = psi @ (error - 0.5 * psi)
    pull = psi / law
    slopes = parts @ pull
    gradient = np.r_[level * pull.sum(), slopes, -(parts * logs) @ pull]
    return 1e3 / len(log_y) * value, 1e3 / len(log_y) * gradient


def by_scipy(x: Array, y: Array, replicas: int) -> dict[str, Any]:
    """Refit every replica by scipy's BFGS with the exact gradient, from the same best fit."""
    from scipy.optimize import minimize

    logs, log_y, drawn = np.log(x), np.log(y), resampled(len(y), replicas)
    start = np.array([OPTIMUM[name] for name in ("E", "A", "B", "alpha", "beta")])
    start[:3] = np.log(start[:3])
    found, values, success = [], [], []
    begin = time.process_time()
    for row in drawn:
        end = minimize(
            loss_and_gradient, start, (logs[:, row], log_y[row]), method="BFGS", jac=True,
            options={"gtol": 1e-8, "maxiter": 2000},
        )  # fmt: skip
        found.append(end.x)
        values.append(end.fun * len(y) / 1e3)
        success.append(end.success)
    seconds = time.process_time() - begin
    natural = np.array(found)
    natural[:, :3] = np.exp(natural[:, :3])
    errors = natural.std(axis=0, ddof=1).tolist()
    return {
        "seconds": seconds,
        "errors": dict(zip(("E", "A", "B", "alpha", "beta"), errors, strict=True)),
        "values": values,
        "converged": float(np.mean(success)),
    }


def render(about: dict[str, Any], found: dict[str, Any], replicas: int) -> str:
    """Return the figures as Markdown."""
    fit, starts, ours, lad, peer = (found[name] for name in CHILDREN)
    row = lambda name, values: f"| {name} | " + " | ".join(f"{values[k]:.7g}" for k in NAMES) + " |"
    apart = max(abs(ours["errors"][k] / peer["errors"][k] - 1) for k in NAMES)
    ahead = np.array(peer["values"]) / np.array(ours["values"]) - 1
    return "\n".join(
        [
            machine.markdown(about),
            "",
            "| | A | B | E | alpha | beta |",
            "|---|---|---|---|---|---|",
            row("optimum, reference", OPTIMUM),
            row("fit, default starts", fit["params"]),
            row("least absolute, published", LEAST_ABSOLUTE),
            row("least absolute, fit", lad["params"]),
            row("standard error, published", ERRORS),
            row("standard error, scipy", peer["errors"]),
            row("standard error, ours", ours["errors"]),
            row("standard error, ours, least absolute", lad["errors"]),
            "",
            f"Fit: status {fit['status']}, objective {fit['value']:.9g} (reference {OBJECTIVE}), "
            f"{fit['starts_agree']:.0%} of {fit['starts']} starts agree, {fit['seconds']:.2f} s.",
            f"Published starts: {starts['share']:.1%} of {starts['starts']} within 1e-6 of the "
            f"optimum, {starts['dishonest']} converged elsewhere, {starts['seconds']:.1f} s.",
            f"{replicas} replicas: ours {ours['seconds']:.2f} s with the fit "
            f"({ours['converged']:.1%} converged), scipy {peer['seconds']:.1f} s "
            f"({peer['converged']:.1%} report success), {peer['seconds'] / ours['seconds']:.0f} "
            f"times; errors at most {apart:.2%} apart; scipy's loss above ours by at most "
            f"{ahead.max():.1e}, below by at most {-ahead.min():.1e}.",
            f"Least absolute errors: {lad['seconds']:.1f} s, {lad['converged']:.1%} converged.",
        ]
    )


if __name__ == "__main__":
    raise SystemExit(main())
