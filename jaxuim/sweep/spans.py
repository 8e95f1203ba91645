"""Measures that compare runs: rows from the arrays that were kept of all runs of a grid point."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax.typing import ArrayLike
from numpy.typing import NDArray

from jaxuim.sweep import rows
from jaxuim.sweep.observed import Observed
from jaxuim.sweep.plan import Group, Plan, Run, Wanted
from jaxuim.sweep.store import Store, missing
from jaxuim.types.declare import Measure
from jaxuim.types.registry import catalogue
from jaxuim.types.status import DIVERGED, NOT_APPLICABLE, OK, STATUSES
from jaxuim.worlds.data import WorldData

_OF_THE_CLEAN_RUN = {"clean_features": "features"}
_COUNTS = ("distinct", "per_class")
_FEWEST = 3  # finite runs for a measure that takes all of them
_INFO = {"seconds": 0.0, "compile_seconds": 0.0, "models": 0, "model_steps": 0}


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


def to_compare(plan: Plan, todo: Mapping[str, frozenset[Wanted]]) -> frozenset[str]:
    """Return the ids of the runs whose kept arrays the lacking rows need.

    These are all runs of a cohort of which one lacks a row, and their clean runs.
    """
    needed: set[str] = set()
    for group, cohort in cohorts(plan):
        if any(spanning(row) for run in cohort for row in todo.get(run.id, ())):
            needed |= {run.id for run in (*cohort, *_clean(group, cohort))}
    return frozenset(needed)


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
        if wanted:
            table = _table(group, cohort, wanted, observed, worlds[group.key])
            store.write_shard(f"spans-{group.key}-{cohort[0].id}", table, _INFO)
            shards += 1
    return shards


def cohorts(plan: Plan) -> Iterator[tuple[Group, tuple[Run, ...]]]:
    """Yield the runs that differ in their seed alone, with their group."""
    for group in plan.groups:
        points: dict[tuple[object, ...], list[Run]] = {}
        for run in group.runs:
            points.setdefault(tuple(run.params.values()), []).append(run)
        for runs in points.values():
            yield group, tuple(runs)


def pseudo_values(
    function: Callable[..., jax.Array], values: ArrayLike, *arrays: ArrayLike
) -> NDArray[np.float64]:
    """Return what each run adds to the mean of a measure of which every run is a part of all.

    The values of such a measure depend on each other: each run is a shadow of the others, so that
    their spread does not tell how far their mean would move with other seeds. The delete-one
    jackknife does: with m the mean over all S runs and m_(i) that of the measure taken anew without
    run i, the pseudo-values are m + (S - 1) (mean of m_(j) - m_(i)), whose mean is m and whose
    standard error is the jackknife's. Tukey's own are these plus a constant, which would
    extrapolate m to infinitely many runs.

    Args:
        function: from arrays with a leading run axis to f32[runs]; it needs no more than 3 runs.
        values: f32[runs], what it returns; NaN where it is not defined.
        arrays: its arguments.

    Returns:
        f64[runs]; NaN where the value is, and everywhere with fewer than 4 runs.

    Source: Quenouille 1956, Tukey 1958; the centring is ours.

    >>> twice = lambda x: 2 * x
    >>> pseudo_values(twice, jnp.arange(0.0, 8.0, 2), jnp.arange(4.0)).round(4).tolist()
    [0.0, 2.0, 4.0, 6.0]
    """
    known = np.asarray(values, np.float64)
    if len(known) <= _FEWEST:
        return np.full(len(known), np.nan)
    without = np.asarray(_means_without(function, *map(jnp.asarray, arrays)), np.float64)
    used = np.isfinite(known)
    if not used.any():
        return known
    added = (used.sum() - 1) * (without[used].mean() - without)
    return np.where(used, known[used].mean() + added, np.nan)


@partial(jax.jit, static_argnums=0)
def _means_without(function: Callable[..., jax.Array], *arrays: jax.Array) -> jax.Array:
    """Return the mean of a measure over a cohort without each run in turn, f32[runs]."""
    runs = len(arrays[0])

    def mean_without(one: jax.Array) -> jax.Array:
        others = jnp.arange(runs - 1)
        others = others + (others >= one)
        return jnp.nanmean(function(*(array[others] for array in arrays)))

    return jax.lax.map(mean_without, jnp.arange(runs))


@partial(jax.jit, static_argnums=(0, 1))
def _numbers(function: Callable[..., jax.Array], together: bool, *arrays: jax.Array) -> jax.Array:
    return function(*arrays) if together else jax.vmap(function)(*arrays)


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
    wanted: tuple[Wanted, ...],
    observed: Observed,
    world: WorldData,
) -> "rows.pa.Table":
    declared = [catalogue("measures")[name] for _, _, name in wanted]
    needed = {item for measure in declared for item in measure.inputs}
    names = sorted(needed - _OF_THE_CLEAN_RUN.keys())
    stacked = observed.read([run.id for run in cohort], (*names, *_COUNTS))
    for item in sorted(needed & _OF_THE_CLEAN_RUN.keys()):
        own = _OF_THE_CLEAN_RUN[item]
        stacked[item] = observed.read([run.id for run in _clean(group, cohort)], (own,))[own]
    columns = [_column(one, [stacked[item] for item in one.inputs]) for one in declared]
    values, status, pseudo = (np.stack(parts, axis=1) for parts in zip(*columns, strict=True))
    return rows.table(
        group.key,
        cohort,
        wanted,
        world,
        {group.shape.steps: (values, status)},
        stacked["distinct"],
        stacked["per_class"],
        pseudo=pseudo,
    )


def _column(measure: Measure, arrays: list[np.ndarray]) -> tuple[np.ndarray, ...]:
    """Return values, statuses and pseudo-values of one measure for all runs of a cohort.

    A measure that takes all runs needs three that are finite; without, they are not applicable.
    """
    runs = len(arrays[0])
    values, pseudo = np.full((2, runs), np.nan)
    status = np.full(runs, STATUSES.index(NOT_APPLICABLE))
    if any(array.ndim == 2 and array.shape[1] == 1 for array in arrays):
        return values, status, pseudo  # the runs have no such array
    good = np.all([np.isfinite(a.reshape(runs, -1)).all(1) for a in arrays], axis=0)
    status[~good] = STATUSES.index(DIVERGED)
    if good.sum() >= (_FEWEST if measure.spans else 1):
        given = [jnp.asarray(array[good]) for array in arrays]
        values[good] = np.asarray(_numbers(measure.load(), measure.spans, *given))
        status[np.isfinite(values)] = STATUSES.index(OK)
        if measure.spans:
            pseudo[good] = pseudo_values(measure.load(), values[good], *given)
    return values, status, pseudo
