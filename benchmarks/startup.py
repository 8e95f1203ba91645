"""Measures imports, compilation, and whole processes up to their first training step.

    python -m benchmarks.startup [--repetitions 5] [--json FILE]

The engine's process runs once with an empty compilation cache, then again and again with the
filled one. Beside it stands a plain JAX program that draws its own weights.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from benchmarks import machine, ours

COMMANDS = {
    "python": ["-c", "pass"],
    "import numpy": ["-c", "import numpy"],
    "import jax": ["-c", "import jax"],
    "import jaxuim": ["-c", "import jaxuim"],
    "import jaxuim.laws": ["-c", "import jaxuim.laws"],
    "jaxuim --help": ["-m", "jaxuim", "--help"],
    "jaxuim plan sweeps/label_noise.toml": ["-m", "jaxuim", "plan", "sweeps/label_noise.toml"],
}
CHILDREN = ("engine", "plain")


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark, or one child process of it where ``--child`` is given."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.startup", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--child", choices=CHILDREN, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.child:
        print(json.dumps({"compile": engine() if options.child == "engine" else plain()}))
        return 0
    about = machine.describe()
    found: dict[str, list[float]] = {}
    for _ in range(options.repetitions):
        for name, command in COMMANDS.items():
            found.setdefault(name, []).append(_timed(command, {})[0])
    for child in CHILDREN:
        found.update(_first_steps(child, options.repetitions))
    print(render(about, found))
    if options.json:
        options.json.write_text(json.dumps({"machine": about, "seconds": found}, indent=1) + "\n")
    return 0


def engine() -> float:
    """Seconds that our engine compiles for, on the way to the first step of all 256 runs."""
    from benchmarks.work import draw_work

    return ours.first_step(draw_work())


def plain() -> float:
    """Seconds that ``jit(vmap(train))`` with weights drawn inside the program compiles for."""
    from functools import partial

    import jax

    from benchmarks.jax_single import draw_and_train
    from benchmarks.work import SIZES, draw_work

    work = draw_work(steps=1)
    keys = jax.random.split(jax.random.key(0), len(work.levels))
    batched = jax.vmap(partial(draw_and_train, SIZES), in_axes=(0, 0, 0, None))
    started = time.perf_counter()
    program = jax.jit(batched).lower(keys, work.labels, work.order, work.x).compile()
    seconds = time.perf_counter() - started
    jax.block_until_ready(program(keys, work.labels, work.order, work.x))
    return seconds


def _first_steps(child: str, repetitions: int) -> dict[str, list[float]]:
    """A cold process and then warm ones: whole seconds, and seconds of compilation."""
    found: dict[str, list[float]] = {}
    for _ in range(repetitions):
        with tempfile.TemporaryDirectory() as cache:
            settings = {**ours.ENVIRONMENT, "JAX_COMPILATION_CACHE_DIR": cache}
            for state in ("empty cache", "filled cache"):
                command = ["-m", "benchmarks.startup", "--child", child]
                seconds, output = _timed(command, settings)
                found.setdefault(f"{child}, {state}, process", []).append(seconds)
                compiled = json.loads(output.splitlines()[-1])["compile"]
                found.setdefault(f"{child}, {state}, compilation", []).append(compiled)
    return found


def _timed(command: list[str], settings: dict[str, str]) -> tuple[float, str]:
    """Wall seconds of a whole Python process, and what it printed."""
    started = time.perf_counter()
    done = subprocess.run(
        [sys.executable, *command],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env={**os.environ, **settings},
    )
    return time.perf_counter() - started, done.stdout


def render(about: dict[str, object], found: dict[str, list[float]]) -> str:
    """The table: median, lowest and highest seconds."""
    lines = [machine.markdown(about), "", "| what | s | lowest to highest |", "|---|---|---|"]
    lines += [
        f"| {name} | {median(values):.2f} | {min(values):.2f} to {max(values):.2f} |"
        for name, values in found.items()
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
