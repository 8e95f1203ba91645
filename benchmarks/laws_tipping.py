"""Tipping points on synthetic curves: error, coverage, misses and false alarms, peers beside.

    python -m benchmarks.laws_tipping --generator tipping_curves.py [--replicas 112] [--seed 1]
        [--workers 2] [--peers] [--null-degree 2] [--other]

The generator is a program with ``curve(kind, n, sigma, replica, base_seed) -> x, y, tau, clean``
and the names ``KINDS``, ``NULLS``, ``NS``, ``SIGMAS``. A missed point counts as an error of 0.5.
``--other`` adds shapes that nothing was tuned on. ``--peers`` runs ruptures, piecewise-regression
and a logistic least-squares fit on the same curves where they are installed; they always locate,
and do not test, so that their misses are 0 by construction.

"Oracle" is the share that the most powerful 5 % test misses which knows the place, the shape, its
sign and the noise, and does not know the polynomial: no method that keeps the null can miss less.
"""

import argparse
import importlib.util
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import special

from benchmarks import tipping_peers

Array = NDArray[np.floating]
MISSED = 0.5


class Cell(NamedTuple):
    """What is run together: one shape, number of levels and noise."""

    generator: Path | None
    kind: str
    n: int
    sigma: float
    replicas: int
    seed: int
    null_degree: int
    peers: bool


class Outcome(NamedTuple):
    """Errors, whether the interval covers (NaN: none), and milliseconds, by method."""

    cell: Cell
    errors: dict[str, Array]
    covered: dict[str, Array]
    ms: dict[str, float]
    oracle: float


def main(arguments: list[str] | None = None) -> int:
    """Print one row for each shape, null and method."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.laws_tipping", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--generator", type=Path, required=True)
    parser.add_argument("--replicas", type=int, default=112, help="for each n and sigma")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--null-degree", type=int, default=2, choices=(1, 2))
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--other", action="store_true")
    parser.add_argument("--cells", action="store_true", help="print every n and sigma as well")
    options = parser.parse_args(arguments)
    curves = load(options.generator)
    rest = options.replicas, options.seed, options.null_degree, options.peers
    cells = [
        Cell(path, kind, n, sigma, *rest)
        for path, kinds in (
            (options.generator, (*curves.KINDS, *curves.NULLS)),
            (None, tuple(OTHERS) if options.other else ()),
        )
        for kind in kinds
        for sigma in curves.SIGMAS
        for n in curves.NS
    ]
    with ProcessPoolExecutor(options.workers) as pool:
        outcomes = list(pool.map(run, cells))
    print("| shape | method | curves | error | error where found | cover | misses | oracle | ms |")
    print("|---|---|---|---|---|---|---|---|---|")
    for kind in dict.fromkeys(cell.kind for cell in cells):
        for line in rows([o for o in outcomes if o.cell.kind == kind]):
            print(line)
    if options.cells:
        for outcome in outcomes:
            print(detail(outcome))
    return 0


def load(path: Path) -> ModuleType:
    """Import the generator from its file."""
    spec = importlib.util.spec_from_file_location("tipping_curves", path)
    if spec is None or spec.loader is None:
        raise SystemExit(f"{path} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(cell: Cell) -> Outcome:
    """Draw the curves of a cell and locate their points by every method."""
    drawn = list(draw(cell))
    x, y = drawn[0][0], np.stack([d[1] for d in drawn])
    truth = np.array([d[2] for d in drawn])
    methods: dict[str, Callable[[Array, Array], Array]] = {"jaxuim": lambda a, b: ours(a, b, cell)}
    if cell.peers:
        methods |= tipping_peers.available()
    errors, covered, ms = {}, {}, {}
    for name, method in methods.items():
        start = time.perf_counter()
        found = method(x, y)
        ms[name] = 1e3 * (time.perf_counter() - start) / len(y)
        errors[name] = np.abs(found[:, 0] - truth)
        inside = (found[:, 1] <= truth) & (truth <= found[:, 2])
        covered[name] = np.where(np.isfinite(found[:, 1]), inside, np.nan)
        if np.isnan(truth[0]):
            errors[name] = np.where(np.isfinite(found[:, 0]), 1.0, 0.0)
    oracle = float(np.mean([oracle_misses(x, d[3], cell) for d in drawn]))
    return Outcome(cell, errors, covered, ms, oracle)


def oracle_misses(x: Array, clean: Array, cell: Cell) -> float:
    """Return how often a 5 % test misses this curve that knows all but the polynomial."""
    basis, _ = np.linalg.qr(np.polynomial.legendre.legvander(2 * x - 1, cell.null_degree))
    rest = clean - basis @ (basis.T @ clean)
    return float(special.ndtr(special.ndtri(0.95) - np.linalg.norm(rest) / cell.sigma))


def draw(cell: Cell) -> Iterator[tuple[Array, Array, float, Array]]:
    """Yield x, y, the true location and the curve without noise of every replica."""
    if cell.generator is not None:
        curve = load(cell.generator).curve
        for replica in range(cell.replicas):
            yield curve(cell.kind, cell.n, cell.sigma, replica, cell.seed)
        return
    shape = OTHERS[cell.kind]
    rng = np.random.default_rng([cell.seed, list(OTHERS).index(cell.kind), cell.n])
    x = np.linspace(0, 1, cell.n)
    for _ in range(cell.replicas):
        t = float(rng.uniform(0.25, 0.75))
        noise = cell.sigma * rng.standard_normal(cell.n)
        clean = shape(x, t)
        yield x, clean + noise, np.nan if cell.kind.startswith("null") else t, clean


def ours(x: Array, y: Array, cell: Cell) -> Array:
    """Return location and interval, NaN where none is detected, shape (curves, 3)."""
    from jaxuim.laws.tips.tipping import tipping_points

    blank = (np.nan, np.nan, np.nan)
    points = tipping_points(x, y, null_degree=1 if cell.null_degree == 1 else 2)
    return np.array(
        [
            blank if p.location is None or p.interval is None else (p.location, *p.interval)
            for p in points
        ]
    )


OTHERS: dict[str, Callable[[Array, float], Array]] = {
    "falling hinge": lambda x, t: 0.9 - 1.5 * np.maximum(x - t, 0),
    "saturating": lambda x, t: 0.8 - 1.5 * np.maximum(t - x, 0),
    "falling step": lambda x, t: 0.9 - 0.6 * (x > t),
    "step on a line": lambda x, t: 0.2 + 0.3 * x + 0.5 * (x > t),
    "narrow sigmoid": lambda x, t: 0.8 / (1 + np.exp(-(x - t) / 0.03)),
    "wide sigmoid": lambda x, t: 0.8 / (1 + np.exp(-(x - t) / 0.10)),
    "falling sigmoid": lambda x, t: 0.9 - 0.7 / (1 + np.exp(-(x - t) / 0.05)),
    "square-root onset": lambda x, t: 0.2 + 0.9 * np.sqrt(np.maximum(x - t, 0)),
    "onset of power 1.5": lambda x, t: 0.2 + 2.0 * np.maximum(x - t, 0) ** 1.5,
    "slow onset": lambda x, t: 0.2 + 0.9 * -np.expm1(-np.maximum(x - t, 0) / 0.3),
    "probit": lambda x, t: 0.1 + 0.4 * (1 + np.tanh((x - t) / 0.12)),
    "null parabola": lambda x, t: 0.3 + (x - t) ** 2,
    "null steep parabola": lambda x, t: 0.3 + 2 * x - 4 * (x - t) ** 2,
}


def rows(outcomes: list[Outcome]) -> Iterator[str]:
    """Yield the lines of one shape: means over its cells."""
    kind = outcomes[0].cell.kind
    for name in outcomes[0].errors:
        error = np.concatenate([o.errors[name] for o in outcomes])
        covered = np.concatenate([o.covered[name] for o in outcomes])
        ms = float(np.mean([o.ms[name] for o in outcomes]))
        oracle = float(np.mean([o.oracle for o in outcomes]))
        start = f"| {kind} | {name} | {len(error)} |"
        if kind.startswith("null"):
            rate, spread = error.mean(), np.sqrt(error.mean() * (1 - error.mean()) / len(error))
            alarms = f"{100 * rate:.1f} ± {100 * spread:.1f} %"
            yield f"{start} false alarms {alarms} | | | | | {ms:.1f} |"
            continue
        missed = np.isnan(error)
        scored = np.where(missed, MISSED, error)
        inside = covered[np.isfinite(covered)]
        spread = scored.std() / np.sqrt(len(scored))
        cover = f"{inside.mean():.3f}" if len(inside) else "-"
        yield (
            f"{start} {scored.mean():.4f} ± {spread:.4f} | {error[~missed].mean():.4f} | {cover} |"
            f" {100 * missed.mean():.1f} % | {100 * oracle:.1f} % | {ms:.1f} |"
        )


def detail(outcome: Outcome) -> str:
    """Return one line on one cell, of our method only."""
    cell, error = outcome.cell, outcome.errors["jaxuim"]
    covered = outcome.covered["jaxuim"]
    place = f"{cell.kind} n={cell.n} sigma={cell.sigma}"
    if cell.kind.startswith("null"):
        return f"{place}: false alarms {error.mean():.3f}"
    found = np.isfinite(error)
    if not found.any():
        return f"{place}: all missed"
    return (
        f"{place}: misses {1 - found.mean():.3f}, error where found {error[found].mean():.4f},"
        f" cover {covered[found].mean():.3f}"
    )


if __name__ == "__main__":
    raise SystemExit(main())
