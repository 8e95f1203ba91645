"""Measures time and peak memory of the estimators, beside NumPy and scikit-learn.

    python -m benchmarks.estimators [--examples 100000] [--dimensions 512] [--json FILE]

Features decay like those of a trained network (singular values j^-1/2), the second set is a noisy
linear image of the first, labels are 100 classes. Every contender runs in a process of its own,
since peak memory belongs to a process, on every core; ours holds LAPACK to one thread, as a sweep
does (JAX's own products use all cores). "first" includes the compilation; "again" is the median of
further calls; memory is the highest resident set, and "above the data" what of it was not there
before the call. Peers get float32 too, and their values are compared.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks import machine, peers_estimators

SECONDS_TARGET, GIB_TARGET = 10.0, 3.0
CLASSES, SHADOWS, POOL = 100, 128, 800

FEATURES = (
    "effective_rank",
    "rankme",
    "participation_ratio",
    "alpha_req",
    "feature_skewness",
    "feature_kurtosis",
    "linear_cka",
    "debiased_cka",
    "principal_angle_to_clean",
    "nc1",
    "logme",
    "vendi_score",
    "frechet_from_samples",
    "sliced_wasserstein",
)
TWO_SETS = FEATURES[6:9] + FEATURES[12:]
LABELLED = ("nc1", "logme")
SHADOWED = ("lira_online_auc", "lira_offline_auc", "lira_tpr", "memorisation_score")


def main(arguments: list[str] | None = None) -> int:
    """Print the table, or run one contender where ``--child`` is given."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.estimators", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--examples", type=int, default=100_000)
    parser.add_argument("--dimensions", type=int, default=512)
    parser.add_argument("--repetitions", type=int, default=3, help="calls after the first")
    parser.add_argument("--only", nargs="+", choices=FEATURES + SHADOWED, metavar="NAME")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.child:
        print(json.dumps(measure(*options.child, options)))
        return 0
    about = machine.describe()
    found = {}
    for name in options.only or FEATURES + SHADOWED:
        found[name] = {"ours": _in_own_process("ours", name, options)}
        if name in peers_estimators.PEERS:
            found[name]["peer"] = _in_own_process("peer", name, options)
        print(name, found[name], file=sys.stderr, flush=True)
    print(render(about, found))
    if options.json:
        options.json.write_text(json.dumps({"machine": about, "found": found}, indent=1) + "\n")
    return 0


def draw(name: str, examples: int, dimensions: int) -> tuple[np.ndarray, ...]:
    """Return the arrays that an estimator takes."""
    rng = np.random.default_rng(0)
    if name in SHADOWED:
        member = rng.random((SHADOWS, POOL)) < 0.5
        scores = rng.standard_normal((SHADOWS, POOL), np.float32) + member
        return scores.astype(np.float32), member
    decay = np.arange(1, dimensions + 1, dtype=np.float32) ** -0.5
    features = rng.standard_normal((examples, dimensions), np.float32) * decay
    if name in LABELLED:
        labels = rng.integers(0, CLASSES, examples)
        features[np.arange(examples), labels % dimensions] += 1.0
        return features, labels
    if name not in TWO_SETS:
        return (features,)
    mixing = rng.standard_normal((dimensions, dimensions), np.float32) / dimensions**0.5
    noise = rng.standard_normal((examples, dimensions), np.float32) * decay
    return features, features @ (np.eye(dimensions, dtype=np.float32) + 0.3 * mixing) + noise


def measure(who: str, name: str, options: argparse.Namespace) -> dict[str, float]:
    """Time one contender in this process and return its seconds, memory and value."""
    function = _ours(name) if who == "ours" else peers_estimators.PEERS[name][1]
    arrays = draw(name, options.examples, options.dimensions)
    before = _peak()
    seconds = []
    for _ in range(1 + options.repetitions):
        started = time.perf_counter()
        value = float(np.mean(np.asarray(function(*arrays))))
        seconds.append(time.perf_counter() - started)
    again = median(seconds[1:])
    peak = _peak()
    return {
        "first": seconds[0],
        "again": again,
        "gib": peak,
        "above": peak - before,
        "value": value,
    }


def _ours(name: str) -> Callable[..., Any]:
    import jaxuim.measure

    found: Callable[..., Any] = getattr(jaxuim.measure, name)
    return found


def _peak() -> float:
    """GiB of the highest resident set so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak * (1 if sys.platform == "darwin" else 1024) / 2**30


def _in_own_process(who: str, name: str, options: argparse.Namespace) -> dict[str, float]:
    sizes = [
        f"--{key}={getattr(options, key)}" for key in ("examples", "dimensions", "repetitions")
    ]
    threads = {f"{library}_NUM_THREADS": "1" for library in ("OPENBLAS", "OMP")}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.estimators", *sizes, "--child", who, name],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env=os.environ | (threads if who == "ours" else {}),
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def render(about: dict[str, object], found: dict[str, dict[str, dict[str, float]]]) -> str:
    """The table, and whether the promises were kept."""
    lines = [
        machine.markdown(about),
        "",
        "| estimator | first s | again s | peak GiB | above the data | peer | s | peak GiB "
        "| values differ by |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for name, both in found.items():
        ours, peer = both["ours"], both.get("peer")
        cells = [name, *(f"{ours[key]:.2f}" for key in ("first", "again", "gib", "above"))]
        if peer:
            gap = abs(ours["value"] - peer["value"]) / max(abs(peer["value"]), 1e-12)
            label = peers_estimators.PEERS[name][0]
            cells += [label, f"{peer['again']:.2f}", f"{peer['gib']:.2f}", f"{gap:.1e}"]
        else:
            cells += [""] * 4
        lines.append("| " + " | ".join(cells) + " |")
    slowest = max(both["ours"]["first"] for both in found.values())
    largest = max(both["ours"]["gib"] for both in found.values())
    for what, value, target in (
        ("slowest first call, s", slowest, SECONDS_TARGET),
        ("largest peak, GiB", largest, GIB_TARGET),
    ):
        met = "met" if value <= target else "MISSED"
        lines.append(f"\n- {what}: {value:.2f}, promised at most {target:g}: {met}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
