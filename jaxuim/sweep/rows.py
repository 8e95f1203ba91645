"""From an outcome of many runs to the table of rows that a shard holds."""

import numpy as np
import pyarrow as pa

from jaxuim.sweep.plan import UPSTREAM, Run, Wanted
from jaxuim.types.measures import chance_value
from jaxuim.types.registry import catalogue
from jaxuim.types.status import STATUSES
from jaxuim.worlds.data import WorldData


def table(
    group: str,
    runs: tuple[Run, ...],
    wanted: tuple[Wanted, ...],
    world: WorldData,
    outcomes: dict[int, tuple[np.ndarray, np.ndarray]],
    distinct: np.ndarray,
    per_class: np.ndarray,
    pseudo: np.ndarray | None = None,
) -> pa.Table:
    """Return one row per (step, run, wanted row), in that order.

    Args:
        group: key of the runs' group.
        runs: the runs, without padding.
        wanted: (task, adaptation, measure) of every number.
        world: the built world, for the number of classes of each task.
        outcomes: by step, numbers and statuses ``[run, row]``; padding beyond the runs is cut.
        distinct: ``[run]``, distinct examples in the slots.
        per_class: ``[run, class]``, slots of each class.
        pseudo: ``[run, row]``, what to compare seeds by in place of the values, NaN where there is
            nothing else than these; without it there is no column ``pseudo_value``.
    """
    steps, count = list(outcomes), len(runs)
    each = len(wanted)
    total = len(steps) * count * each

    def per_run(values: list[object] | np.ndarray) -> pa.Array:
        rows = np.tile(np.repeat(np.arange(count), each), len(steps))
        return pa.array(values).dictionary_encode().take(pa.array(rows))

    def per_row(values: list[str | float | None]) -> pa.Array:
        rows = np.tile(np.arange(each), len(steps) * count)
        return pa.array(values).dictionary_encode().take(pa.array(rows))

    numbers = np.concatenate([outcomes[step][0][:count].ravel() for step in steps])
    status = np.concatenate([outcomes[step][1][:count].ravel() for step in steps])
    measures = catalogue("measures")
    columns: dict[str, pa.Array] = {
        "run_id": per_run([run.id for run in runs]),
        "group": pa.array([group] * total).dictionary_encode(),
        "seed": per_run(np.array([run.seed for run in runs], np.int32)),
    }
    for key in runs[0].params:
        columns[key] = per_run([run.params[key] for run in runs])
    columns |= {
        "step": pa.array(np.repeat(np.array(steps, np.int32), count * each)),
        "task": per_row([task for task, _, _ in wanted]),
        "adaptation": per_row([adaptation for _, adaptation, _ in wanted]),
        "mitigation": pa.array(["none"] * total).dictionary_encode(),
        "measure": per_row([name for _, _, name in wanted]),
        "value": pa.array(numbers.astype(np.float64)),
        "status": pa.array([STATUSES[code] for code in status]).dictionary_encode(),
        "better": per_row([measures[name].better for _, _, name in wanted]),
        "chance": per_row([_chance(name, task, world) for task, _, name in wanted]),
        "samples_distinct": per_run(distinct[:count].astype(np.int32)),
        "samples_per_class": pa.array(per_class[:count].astype(np.int32).tolist()).take(
            pa.array(np.tile(np.repeat(np.arange(count), each), len(steps)))
        ),
    }
    if pseudo is not None:
        columns["pseudo_value"] = pa.array(np.tile(pseudo.ravel(), len(steps)), from_pandas=True)
    plain = {name: _decoded(column) for name, column in columns.items()}
    return pa.table(plain)


def _decoded(column: pa.Array) -> pa.Array:
    """Return the plain array: Parquet encodes repeated values by itself."""
    return column.dictionary_decode() if pa.types.is_dictionary(column.type) else column


def _chance(measure: str, task: str, world: WorldData) -> float | None:
    classes = world.classes if task == UPSTREAM else world.tasks[task].classes
    return chance_value(catalogue("measures")[measure], classes)
