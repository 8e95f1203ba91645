"""Measures the engine on one accelerator: model-steps a second by number of models and block.

    python -m benchmarks.accelerator [--models 256 4096 16384] [--peer] [--json FILE]

The work is that of ``benchmarks.throughput``. The ceiling is the rate of a matrix product of side
8192 in the same process, once in the default precision of the backend and once in float32.
``--peer`` times torch.func's ensemble on the same device, in turns with ours and in the same
precision.
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
    parser.add_argument("--peer", action="store_true")
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
    if options.peer:
        print("\n| precision | models | ours | torch.func | ratio by round, median (min to max) |")
        print("|---|---|---|---|---|")
        rows += [duel(models, tf32) for tf32 in (True, False) for models in options.models]
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


def duel(models: int, tf32: bool) -> dict[str, Any]:
    """Time ours and torch.func's ensemble in turns; print and return the rates."""
    import jax
    import torch

    from benchmarks import torch_ensemble

    torch.backends.cuda.matmul.allow_tf32 = tf32
    work = draw_work(models, STEPS)
    with jax.default_matmul_precision("default" if tf32 else "highest"):
        ensemble, hyper = ours.ensemble(work.x, work.clean, work.levels, STEPS)
        jobs = {
            "ours": lambda: [jax.block_until_ready(chunk) for _, chunk in ensemble.train(hyper)],
            "torch.func": torch_ensemble.prepare(work, threads=1, device="cuda").run,
        }
        for job in jobs.values():
            job()
        rounds = [
            {name: models * STEPS / _once(job) for name, job in jobs.items()} for _ in "12345"
        ]
    ratios = sorted(one["ours"] / one["torch.func"] for one in rounds)
    rates = {name: median(one[name] for one in rounds) for name in jobs}
    precision = "TF32" if tf32 else "float32"
    print(
        f"| {precision} | {models:,} | {rates['ours']:,.0f} | {rates['torch.func']:,.0f} "
        f"| {median(ratios):.2f} ({ratios[0]:.2f} to {ratios[-1]:.2f}) |",
        flush=True,
    )
    return {"precision": precision, "models": models, "rounds": rounds}


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
    return median(_once(function) for _ in range(REPETITIONS))


def _once(function: Any) -> float:
    began = time.perf_counter()
    function()
    return time.perf_counter() - began


if __name__ == "__main__":
    raise SystemExit(main())
