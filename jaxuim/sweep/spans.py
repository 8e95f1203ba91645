"""Measures that compare runs: rows from the arrays that were kept of all runs of a grid point."""

from collections.abc import Iterator

import jax
import jax.numpy as jnp
import numpy as np

from jaxuim.sweep import rows
from jaxuim.sweep.observed import Observed
from jaxuim.sweep.plan import Group, Plan, Run, Wanted
from jaxuim.sweep.store import Store, missing
from jaxuim.types.declare import Measure
from jaxuim.types.registry import catalogue
from jaxuim.types.status import DIVERGED, NOT_APPLICABLE, OK, STATUSES
from jaxuim.worlds.data import WorldData

_OF_THE_CLEAN_RUN = {"clean_features": "features"}


def spanning(wanted: Wanted) -> bool:
    """Return whether a row compares runs."""
    return bool(catalogue("measures")[wanted[2]].compares)


def to_observe(wanted: tuple[Wanted, ...]) -> tuple[str, ...]:
    """Return the names of the arrays to keep of each run so that these rows can be computed.

    >>> to_observe((("id", "none", "error"),))
    ()
    """
    declared = [catalogue("measures")[name] for _, _, name in wanted]
    names = {item for measure in declared if measure.compares for item in measure.inputs}
    return tuple(sorted({_OF_THE_CLEAN_RUN.get(name, name) for name in names}))


def write_spans(plan: Plan, store: Store, worlds: dict[str, WorldData]) -> int:
    """Compute and store the rows that compare runs and are lacking; return how many shards.

    All runs that differ in their seed alone are one cohort, whose rows are computed together, and
    again if a run joins it. ``worlds`` are the built worlds by group key.
    """
    todo = missing(plan, store)
    observed = Observed(store.directory)
    shards = 0
    for group, cohort in cohorts(plan):
        wanted = tuple(
            row
            for row in plan.wanted
            if spanning(row) and any(row in todo.get(run.id, ()) for run in cohort)
        )
        if wanted and all(run.id in observed for run in cohort):
            clean = _clean(group, cohort)
            table = _table(group, cohort, clean, wanted, observed, worlds[group.key])
            store.write_shard(f"spans-{group.key}-{cohort[0].id}", table, _INFO)
            shards += 1
    return shards


_INFO = {"seconds": 0.0, "compile_seconds": 0.0, "models": 0, "model_steps": 0}


def cohorts(plan: Plan) -> Iterator[tuple[Group, tuple[Run, ...]]]:
    """Yield the runs that differ in their seed alone, with their group."""
    for group in plan.groups:
        points: dict[tuple[object, ...], list[Run]] = {}
        for run in group.runs:
            points.setdefault(tuple(run.params.values()), []).append(run)
        for runs in points.values():
            yield group, tuple(runs)


def _clean(group: Group, cohort: tuple[Run, ...]) -> tuple[Run, ...]:
    """Return the runs at level 0 with the same seeds and other settings."""

    def other(run: Run) -> tuple[object, ...]:
        settings = {k: v for k, v in run.params.items() if not k.endswith(".level")}
        return (run.seed, *settings.values())

    level_0 = {other(run): run for run in group.runs if not any(run.levels)}
    return tuple(level_0[other(run)] for run in cohort)


def _table(
    group: Group,
    cohort: tuple[Run, ...],
    clean: tuple[Run, ...],
    wanted: tuple[Wanted, ...],
    observed: Observed,
    world: WorldData,
) -> "rows.pa.Table":
    kept = [observed.read(run.id) for run in cohort]
    stacked = {name: np.stack([one[name] for one in kept]) for name in kept[0]}
    if "features" in stacked:
        stacked["clean_features"] = np.stack([observed.read(run.id)["features"] for run in clean])
    values = np.full((len(cohort), len(wanted)), np.nan)
    status = np.full(values.shape, STATUSES.index(NOT_APPLICABLE))
    for column, (_, _, name) in enumerate(wanted):
        measure: Measure = catalogue("measures")[name]
        arrays = [stacked[item] for item in measure.inputs]
        good = np.all([np.isfinite(a.reshape(len(cohort), -1)).all(1) for a in arrays], axis=0)
        if any(array.ndim == 2 and array.shape[1] == 1 for array in arrays):
            continue  # the run has no such array
        status[~good, column] = STATUSES.index(DIVERGED)
        if good.sum() > 1:
            given = [jnp.asarray(array[good]) for array in arrays]
            function = measure.load() if measure.spans else jax.vmap(measure.load())
            values[good, column] = np.asarray(jax.jit(function)(*given))
            status[good, column] = STATUSES.index(OK)
    steps = {group.shape.steps: (values, status)}
    return rows.table(
        group.key,
        cohort,
        wanted,
        world,
        steps,
        stacked["distinct"],
        stacked["per_class"],
    )
