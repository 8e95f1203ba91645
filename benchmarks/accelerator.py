"""Measures the engine on one accelerator: model-steps a second by number of models and block.

    python -m benchmarks.accelerator [--models 256 4096 16384] [--json FILE]

The work is that of ``benchmarks.throughput``. The ceiling is the rate of a matrix product of side
8192 in the same process, once in the default precision of the backend and once in float32.
"""

import argparse
import json
import time
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import ours
from benchmarks.work import draw_work, flops_per_model_step

REPETITIONS = 5
STEPS = 200


def main(arguments: list[str] | None = None) -> int:
    """Print one row for every number of models, block and precision."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.accelerator", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--models", type=int, nargs="+", default=[64, 256, 1024, 4096, 16384])
    parser.add_argument("--blocks", type=int, nargs="+", default=[0])
    parser.add_argument("--json", type=Path, metavar="FILE")
    options = parser.parse_args(arguments)
    import jax

    device = jax.devices()[0].device_kind
    print(f"{device}, jax {jax.__version__}\n", flush=True)
    print("| precision | models | block | compile s | model-steps/s | TFLOP/s | of the ceiling |")
    print("|---|---|---|---|---|---|---|")
    rows = []
    for precision in ("default", "highest"):
        with jax.default_matmul_precision(precision):
            peak = ceiling()
            for models in options.models:
                for block in options.blocks:
                    rows.append(row(models, block) | {"precision": precision, "ceiling": peak})
                    print(line(rows[-1]), flush=True)
    if options.json:
        options.json.write_text(json.dumps({"device": device, "rows": rows}, indent=1) + "\n")
    return 0


def ceiling() -> float:
    """TFLOP/s of a large matrix product in the precision in force."""
    import jax

    size = 8192
    a = jax.random.normal(jax.random.key(0), (size, size))
    product = jax.jit(lambda x: x @ x)
    return 2e-12 * size**3 / _seconds(lambda: jax.block_until_ready(product(a)))


def row(models: int, block: int) -> dict[str, Any]:
    """Train the ensemble and return its figures."""
    import jax

    work = draw_work(1, 1)
    levels = [k / max(models - 1, 1) for k in range(models)]
    ensemble, hyper = ours.ensemble(work.x, work.clean, levels, STEPS, block)

    def once() -> None:
        for _, chunk in ensemble.train(hyper):
            jax.block_until_ready(chunk)

    rate = models * STEPS / _seconds(once)
    return {
        "models": models,
        "block": block,
        "compile": ensemble.compile_seconds,
        "rate": rate,
        "tflops": rate * flops_per_model_step() * 1e-12,
    }


def line(found: dict[str, Any]) -> str:
    """One row of the Markdown table."""
    share = found["tflops"] / found["ceiling"]
    return (
        f"| {found['precision']} | {found['models']:,} | {found['block'] or 'all'} "
        f"| {found['compile']:.1f} | {found['rate']:,.0f} | {found['tflops']:.2f} "
        f"| {share:.1%} of {found['ceiling']:.0f} |"
    )


def _seconds(function: Any) -> float:
    """Median wall seconds after a warm-up."""
    function()
    times = []
    for _ in range(REPETITIONS):
        began = time.perf_counter()
        function()
        times.append(time.perf_counter() - began)
    return median(times)


if __name__ == "__main__":
    raise SystemExit(main())
