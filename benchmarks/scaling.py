"""Measures what one model costs, and the peak memory, from 64 to 16,384 models through a store.

    python -m benchmarks.scaling [--models 64 1024] [--repetitions 3] [--json FILE]

Every size runs in a process of its own, since peak memory belongs to a process; sizes are
interleaved over the repetitions.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks import machine, ours

SIZES = (64, 256, 1024, 4096, 16384)
COST_TARGET, STORE_TARGET = 0.15, 0.03


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark, or one size of it where ``--child`` is given."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scaling", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--models", type=int, nargs="+", default=SIZES)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--child", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.child:
        print(json.dumps(measure(options.child)))
        return 0
    about = machine.describe()
    found: dict[int, list[dict[str, float]]] = {size: [] for size in options.models}
    for _ in range(options.repetitions):
        for size in options.models:
            found[size].append(_in_own_process(size))
            print(size, found[size][-1], file=sys.stderr, flush=True)
    print(render(about, found))
    if options.json:
        options.json.write_text(json.dumps({"machine": about, "sizes": found}, indent=1) + "\n")
    return 0


def measure(models: int) -> dict[str, float]:
    """Sweep ``models`` runs in this process and return seconds and peak memory."""
    with tempfile.TemporaryDirectory() as directory:
        cost = ours.sweep(models, Path(directory))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    bytes_each = 1 if sys.platform == "darwin" else 1024
    return {
        "seconds": cost.seconds,
        "store_seconds": cost.store_seconds,
        "peak_mib": peak * bytes_each / 2**20,
    }


def _in_own_process(models: int) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.scaling", "--child", str(models)],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env={**os.environ, **ours.ENVIRONMENT},
    )
    return dict(json.loads(done.stdout.splitlines()[-1]))


def render(about: dict[str, object], found: dict[int, list[dict[str, float]]]) -> str:
    """The table, and whether the cost per model stayed constant."""
    lines = [
        machine.markdown(about),
        "",
        "| models | seconds | ms per model | peak MiB | store's share |",
        "|---|---|---|---|---|",
    ]
    costs, shares = [], []
    for models, trials in found.items():
        seconds = median(trial["seconds"] for trial in trials)
        shares.append(median(trial["store_seconds"] / trial["seconds"] for trial in trials))
        costs.append(1e3 * seconds / models)
        peak = median(trial["peak_mib"] for trial in trials)
        lines.append(
            f"| {models:,} | {seconds:.2f} | {costs[-1]:.2f} | {peak:,.0f} | {shares[-1]:.1%} |"
        )
    spread = max(costs) / min(costs) - 1
    verdicts = (
        ("cost per model varies by", spread, COST_TARGET),
        ("largest share of the store", max(shares), STORE_TARGET),
    )
    lines.append("")
    for what, value, target in verdicts:
        met = "met" if value <= target else "MISSED"
        lines.append(f"- {what} {value:.1%}, promised at most {target:.0%}: {met}")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
