"""jaxuim's own engine on the same work, on a growing number of models, and from a cold start."""

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from benchmarks.work import BATCH, CLASSES, LEARNING_RATE, SIZES, Job, Weights, Work

# Set before the process that runs the engine starts: one JAX device for every core.
ENVIRONMENT: dict[str, str] = {
    "XLA_FLAGS": f"--xla_force_host_platform_device_count={len(os.sched_getaffinity(0))}"
}

SWEEP_STEPS = 100


class Cost(NamedTuple):
    """What a sweep took: wall seconds after compilation, and the store's part of them."""

    seconds: float
    store_seconds: float


def prepare(work: Work) -> Job:
    """Compile the engine's program for all runs of ``work`` and return it warm.

    Each run has the noise level ``work.levels[i]`` and a seed of its own; slots, order and initial
    weights are the engine's own and drawn inside the timing.
    """
    import jax

    engine, hyper = ensemble(work.x, work.clean, work.levels, work.order.shape[1])

    def run() -> Any:
        ((_, chunk),) = engine.train(hyper)
        return jax.block_until_ready(chunk)

    def collect(chunk: Any) -> Weights:
        params = jax.device_get(chunk.state.params)
        layers = [params["layers"][0], params["layers"][1], params["head"]]
        models = len(work.levels)
        return [(layer["kernel"][:models], layer["bias"][:models]) for layer in layers]

    def labels(chunk: Any) -> np.ndarray:
        seen = np.empty_like(work.labels)
        slots = jax.device_get(chunk.slots)
        np.put_along_axis(seen, slots.index[: len(seen)], slots.label[: len(seen)], axis=1)
        return seen

    run()
    note = f"blocks of {engine.block} on {engine.mesh.size} devices"
    return Job(run, collect, f"{note}, compiled in {engine.compile_seconds:.1f} s", labels)


def first_step(work: Work) -> float:
    """From nothing to the first step of ``work`` done; return the seconds spent compiling."""
    from jaxuim.train.devices import configure

    configure()
    import jax

    engine, hyper = ensemble(work.x, work.clean, work.levels, 1)
    jax.block_until_ready(engine.advance(engine.begin(hyper), 0, 1))
    return engine.compile_seconds


def ensemble(
    x: Any, labels: Any, levels: Any, steps: int, block: int | None = None
) -> tuple[Any, Any]:
    """Return the engine and the runs' settings: a world of all digits, one noise level a run."""
    from jaxuim.train.ensemble import Ensemble
    from jaxuim.train.hyper import stack
    from jaxuim.types.shape import Shape
    from jaxuim.worlds import WorldData

    world = WorldData("benchmark", CLASSES, None, x, labels, None, {}, {})
    shape = Shape(
        world=(("kind", "benchmark"),),
        biases=("symmetric_label_noise",),
        bias_settings=((),),
        model="mlp",
        width=SIZES[1],
        depth=len(SIZES) - 2,
        objective="supervised",
        optimizer="adam",
        schedule="constant",
        warmup=0,
        batch_size=BATCH,
        steps=steps,
        measure_at=(steps,),
    )
    hyper = stack(np.arange(len(levels)), levels, len(labels), LEARNING_RATE)
    return Ensemble(shape, world, block=block), hyper


def sweep(models: int, directory: Path) -> Cost:
    """Train ``models`` runs on digits in chunks, probe them and write their rows to a store."""
    from jaxuim.sweep import Spec, Store, make_plan
    from jaxuim.sweep.run import run

    class TimedStore(Store):
        """A store that adds up the time spent on writing."""

        spent = 0.0

        def write_shard(self, name: str, table: Any, info: Mapping[str, Any]) -> Path:
            began = time.perf_counter()
            path = super().write_shard(name, table, info)
            self.spent += time.perf_counter() - began
            return path

    spec = Spec.from_dict(_sweep_of(models))
    with TimedStore.open(directory, spec) as store:
        summary = run(make_plan(spec), store, progress=False)
        return Cost(summary.seconds - summary.compile_seconds, store.spent)


def _sweep_of(models: int) -> dict[str, Any]:
    """Return the sweep of so many models: 8 noise levels, the rest seeds."""
    return {
        "name": "scaling",
        "world": {"kind": "digits"},
        "bias": {"kind": "symmetric_label_noise", "level": {"linspace": [0.0, 0.7, 8]}},
        "model": {"kind": "mlp", "width": SIZES[1]},
        "pretrain": {"samples": 512, "steps": SWEEP_STEPS, "batch_size": BATCH},
        "downstream": {"tasks": ["id"], "adaptations": ["linear_probe"]},
        "seeds": {"count": models // 8},
    }
