"""Measures a sweep of small transformers on the synthetic language: models a second, FLOP rate.

    python -m benchmarks.sequences [--models 64] [--steps 300] [--repetitions 3] [--json FILE]

The work: 2 layers, width 64, 4 heads, context 64, vocabulary 256, batch 8, Adam, a fifth of them at
each of 5 levels of unwanted documents. The ceiling is the rate of float32 products of 2048 x 2048
matrices on every device at once, taken in turns with the training. Both run in a process of their
own that has one JAX device for each core.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from benchmarks import machine, ours, sgemm
from benchmarks.work import draw_work

WIDTH, DEPTH, LENGTH, VOCABULARY, BATCH = 64, 2, 64, 256, 8
TARGET = 300.0  # seconds for 64 models of 300 steps, compilation included


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark in a process of its own and print its table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.sequences", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--models", type=int, default=64)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--repetitions", type=int, default=3)
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.child:
        print(json.dumps(measure(options.models, options.steps, options.repetitions)))
        return 0
    about = machine.describe()
    sizes = [f"--{name}={getattr(options, name)}" for name in ("models", "steps", "repetitions")]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.sequences", "--child", *sizes],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env={**os.environ, **ours.ENVIRONMENT},
    )
    found = json.loads(done.stdout.splitlines()[-1])
    print(render(about, found))
    if options.json:
        options.json.write_text(json.dumps({"machine": about, **found}, indent=1) + "\n")
    return 0


def measure(models: int, steps: int, repetitions: int) -> dict[str, Any]:
    """Train the models and multiply matrices in turns; return all timings in seconds."""
    import jax

    engine, hyper = ensemble(models, steps)

    def train() -> None:
        for _, chunk in engine.train(hyper):
            jax.block_until_ready(chunk)

    engine.advance(engine.begin(hyper), 0, steps)  # compiles
    product = sgemm.prepare(draw_work(1, 1), "jax_each")
    jobs = {"training": train, "sgemm": product.run}
    seconds: dict[str, list[float]] = {name: [] for name in jobs}
    for _ in range(repetitions):
        for name, job in jobs.items():
            began = time.perf_counter()
            job()
            seconds[name].append(time.perf_counter() - began)
    return {"models": models, "steps": steps, "compile": engine.compile_seconds} | seconds


def ensemble(models: int, steps: int) -> tuple[Any, Any]:
    """Return the engine and the settings of the runs."""
    from jaxuim.train.ensemble import Ensemble
    from jaxuim.train.hyper import stack
    from jaxuim.types.shape import Shape
    from jaxuim.worlds.language import build

    world = build(vocabulary=VOCABULARY, length=LENGTH)
    shape = Shape(
        world=(("kind", "language"),),
        biases=("unwanted_documents",),
        bias_settings=((),),
        model="transformer",
        width=WIDTH,
        depth=DEPTH,
        objective="next_token",
        optimizer="adam",
        schedule="constant",
        warmup=0,
        batch_size=BATCH,
        steps=steps,
        measure_at=(steps,),
    )
    levels = np.arange(models) % 5 / 4
    return Ensemble(shape, world), stack(np.arange(models), levels, len(world.pool_y), 1e-3)


def flops_per_model_step() -> int:
    """Floating-point operations in the matrix products of one step of one model: 0.40 GFLOP.

    Forward: 12 width^2 weights a layer, scores and their use, and the head, for each of 63
    predicted tokens; backward twice as many. Scores above the diagonal count: they are computed.
    """
    tokens = LENGTH - 1
    layer = 2 * 12 * WIDTH**2 + 2 * 2 * tokens * WIDTH
    return 3 * BATCH * tokens * (DEPTH * layer + 2 * WIDTH * VOCABULARY)


def render(about: dict[str, Any], found: dict[str, Any]) -> str:
    """The table, and whether the sweep kept its promise."""
    steps = found["models"] * found["steps"]
    seconds, ceiling = median(found["training"]), sgemm.FLOPS / median(found["sgemm"])
    rate = steps * flops_per_model_step() / seconds
    whole = seconds + found["compile"]
    verdict = "met" if whole <= TARGET else "MISSED"
    return "\n".join(
        [
            machine.markdown(about),
            "",
            "| models | steps | compile s | train s | models/s | steps/s | GFLOP/s | of sgemm |",
            "|---|---|---|---|---|---|---|---|",
            f"| {found['models']} | {found['steps']} | {found['compile']:.1f} | {seconds:.1f} "
            f"| {found['models'] / seconds:.2f} | {steps / seconds:,.0f} | {rate * 1e-9:.1f} "
            f"| {rate / ceiling:.0%} of {ceiling * 1e-9:.0f} |",
            "",
            f"- {whole:.0f} s with compilation, promised for 64 models of 300 steps at most "
            f"{TARGET:.0f} s: {verdict}",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
