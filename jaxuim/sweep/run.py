"""Carries out what a sweep still lacks: chunk by chunk, each written before the next begins."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import jax
import numpy as np
import scipy.linalg  # noqa: F401  # loads the LAPACK that XLA calls, so that it can be limited
from jax.sharding import Mesh
from threadpoolctl import threadpool_limits

from jaxuim import worlds
from jaxuim.sweep import rows
from jaxuim.sweep.check import settings
from jaxuim.sweep.check_numbers import Counts, check_numbers
from jaxuim.sweep.chunks import Sizes, choose
from jaxuim.sweep.evaluate import Evaluator
from jaxuim.sweep.observed import Observed
from jaxuim.sweep.plan import Group, Plan, Run, Wanted
from jaxuim.sweep.progress import Progress, make_progress
from jaxuim.sweep.spans import spanning, to_compare, to_observe, write_spans
from jaxuim.sweep.store import Store, missing
from jaxuim.train.blocks import make_mesh, padded
from jaxuim.train.ensemble import Chunk, Ensemble
from jaxuim.train.hyper import Hyper, stack
from jaxuim.types.status import DIVERGED, STATUSES
from jaxuim.worlds.data import WorldData


@dataclass(frozen=True)
class RunSummary:
    """What a launch did. ``seconds`` is wall time, ``compile_seconds`` a part of it."""

    models: int
    model_steps: int
    shards: int
    diverged: int
    seconds: float
    compile_seconds: float


class Batch(NamedTuple):
    """Runs of one group that lack the same rows; ``observe`` are arrays to keep of them."""

    group: Group
    runs: tuple[Run, ...]
    wanted: tuple[Wanted, ...]
    observe: tuple[str, ...] = ()


def run(
    plan: Plan, store: Store, *, devices: int | None = None, progress: bool = True
) -> RunSummary:
    """Compute and store every row of the plan that the store lacks.

    Runs are carried out in chunks of a size that is chosen once a group and kept with the results,
    so that a resumed sweep forms the same chunks as an undisturbed one. A chunk's rows are written
    as one shard before the next chunk begins: whatever stops the process loses one chunk at most.

    Raises:
        StoreError: the disk is full or the directory cannot be written.
        ValueError: the world cannot be built or has not what a bias names, or there are fewer
            devices than asked for.
    """
    began = time.perf_counter()
    mesh = make_mesh(devices)
    store.note(device=_device(mesh), devices=mesh.size)
    batches = tuple(lacking(plan, store))
    total = sum(batch.group.shape.steps * len(batch.runs) for batch in batches)
    models = sum(len(batch.runs) for batch in batches)
    shards = diverged = 0
    compiling = 0.0
    # LAPACK on small matrices is up to a hundred times slower with threads of its own: the devices
    # already use every core.
    with threadpool_limits(1, "blas"), make_progress(models, total, shown=progress) as bar:
        for batch in batches:
            job = _Job(plan, store, batch, mesh)
            for runs in job.chunks():
                diverged += job.carry_out(runs, bar)
                shards += 1
            compiling += job.ensemble.compile_seconds
    if any(spanning(row) for row in plan.wanted):
        shards += write_spans(plan, store, _worlds(plan))
    return RunSummary(models, total, shards, diverged, time.perf_counter() - began, compiling)


def lacking(plan: Plan, store: Store) -> Iterator[Batch]:
    """Yield the runs to carry out, those of a group that lack the same rows together.

    A run that lacks nothing but rows that compare runs, or with which others are compared, is
    carried out only if not all of the arrays for them were kept.
    """
    todo, observed = missing(plan, store), Observed(store.directory)
    kept, compared = to_observe(plan.wanted), to_compare(plan, todo)
    for group in plan.groups:
        by_rows: dict[tuple[frozenset[Wanted], bool], list[Run]] = {}
        for one in group.runs:
            own = frozenset(row for row in todo.get(one.id, ()) if not spanning(row))
            keep = one.id in compared and not observed.has(one.id, kept)
            if own or keep:
                by_rows.setdefault((own, keep), []).append(one)
        for (wanted, keep), runs in by_rows.items():
            ordered = tuple(row for row in plan.wanted if row in wanted)
            yield Batch(group, tuple(runs), ordered, kept if keep else ())


def _worlds(plan: Plan) -> dict[str, WorldData]:
    return {group.key: worlds.build(group.shape.world) for group in plan.groups}


class _Job:
    """One batch: its ensemble, its evaluator and its chunks."""

    def __init__(self, plan: Plan, store: Store, batch: Batch, mesh: Mesh) -> None:
        self.store, self.batch = store, batch
        self.world = worlds.build(batch.group.shape.world)
        biases = [settings(bias) for bias in plan.spec.bias]
        check_numbers(self.world.name, _counts(self.world), biases)
        self.sizes = self._sizes(mesh)
        self.ensemble = Ensemble(
            batch.group.shape, self.world, root=plan.root_seed, mesh=mesh, block=self.sizes.block
        )
        self.evaluator = Evaluator(self.ensemble, batch.wanted, plan.adaptations, batch.observe)
        self.save_models = plan.spec.output.save_models

    def _sizes(self, mesh: Mesh) -> Sizes:
        """Return block and chunk size: those noted at the first launch, or else chosen now."""
        noted = dict(self.store.provenance["block_sizes"])
        group = self.batch.group
        if group.key in noted:
            return Sizes(**noted[group.key])
        sizes = choose(group.shape, self.world, len(self.batch.runs), mesh.size)
        self.store.note(block_sizes={**noted, group.key: sizes._asdict()})
        return sizes

    def prepare(self, chunk: Chunk) -> Chunk:
        """Repair the runs' data before their first step, where the sweep asks for it."""
        if self.ensemble.shape.repair == "none":
            return chunk
        from jaxuim.sweep.repairing import repaired  # scikit-learn takes a second to import

        return repaired(self.ensemble, chunk)

    def chunks(self) -> Iterator[tuple[Run, ...]]:
        """Yield the runs chunk by chunk, in the plan's order."""
        runs, size = self.batch.runs, self.sizes.chunk
        for start in range(0, len(runs), size):
            yield runs[start : start + size]

    def carry_out(self, runs: tuple[Run, ...], bar: Progress) -> int:
        """Train, adapt, measure and store one chunk; return how many of its runs diverged."""
        began, compiled = time.perf_counter(), self.ensemble.compile_seconds
        size = padded(min(self.sizes.chunk, len(self.batch.runs)), self.ensemble.multiple)
        hyper = self.ensemble.pad(_hyper(runs), size)
        outcomes: dict[int, tuple[np.ndarray, np.ndarray]] = {}
        done = 0
        for step, chunk in self.ensemble.train(hyper, self.prepare):
            values, status, observed = jax.device_get(self.evaluator.evaluate(chunk))
            outcomes[step] = (np.asarray(values), np.asarray(status))
            bar.advance(steps=(step - done) * len(runs))
            done = step
        distinct, per_class = jax.device_get((chunk.distinct, chunk.per_class))
        name, ids = f"{self.batch.group.key}-{runs[0].id}", [one.id for one in runs]
        if self.batch.observe:
            counts = {"distinct": distinct, "per_class": per_class}
            Observed(self.store.directory).write(name, ids, {**observed, **counts})
        table = rows.table(
            self.batch.group.key,
            runs,
            self.batch.wanted,
            self.world,
            outcomes,
            np.asarray(distinct),
            np.asarray(per_class),
        )
        if self.save_models:
            from jaxuim.train import checkpoint  # Orbax takes a second to import

            path = self.store.directory / checkpoint.FOLDER / name
            checkpoint.save(path, jax.device_get(chunk.state.params), ids)
        seconds = time.perf_counter() - began
        info = {
            "seconds": seconds,
            "compile_seconds": self.ensemble.compile_seconds - compiled,
            "models": len(runs),
            "model_steps": len(runs) * self.batch.group.shape.steps,
            "device": jax.devices()[0].device_kind,
        }
        self.store.write_shard(name, table, info)
        bar.advance(models=len(runs))
        final = outcomes[done][1][: len(runs)]
        return int((final == STATUSES.index(DIVERGED)).any(axis=1).sum())


def _counts(world: WorldData) -> Counts:
    groups = world.pool_groups
    return Counts(world.classes, None if groups is None else int(groups.max()) + 1)


def _hyper(runs: tuple[Run, ...]) -> Hyper:
    """Return the traced settings of some runs."""
    return stack(
        seed=np.array([one.seed for one in runs]),
        levels=np.array([one.levels for one in runs], np.float32).reshape(len(runs), -1),
        samples=np.array([one.params["pretrain.samples"] for one in runs]),
        learning_rate=np.array([one.params["pretrain.learning_rate"] for one in runs]),
        weight_decay=np.array([one.params["pretrain.weight_decay"] for one in runs]),
        dials=np.array([one.dials for one in runs], np.float32).reshape(len(runs), -1),
    )


def _device(mesh: Mesh) -> str:
    kind = mesh.devices.flat[0].device_kind
    return f"{mesh.size} x {kind}"
