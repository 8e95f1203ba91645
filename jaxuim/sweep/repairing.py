"""Audits what each run is about to be shown, and repairs it by what the audit says."""

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from jaxuim.audit import audit, repair
from jaxuim.biases import Slots, count_distinct, count_per_class
from jaxuim.rng import run_key
from jaxuim.train.ensemble import Chunk, Ensemble
from jaxuim.train.hyper import Hyper, PoolData
from jaxuim.train.showing import exhibit, show


def repaired(ensemble: Ensemble, chunk: Chunk) -> Chunk:
    """Return the runs with their data repaired as ``Shape.repair`` says, or as they are if "none".

    Each run's inputs and labels are audited as they would be shown, without knowledge of the bias.
    What the repair drops is filled up by what it keeps, so that the number of slots stays; weights
    become frequencies. ``audited`` f32[run, 2] then holds the noise rate that the audit found and
    the rate that it expects after the repair. A run that cannot be audited (one label only, say)
    keeps its slots, and both are NaN.
    """
    method = ensemble.shape.repair
    if method == "none":
        return chunk
    x = jax.device_get(_shown(ensemble, chunk))
    slots: Slots = jax.tree.map(np.asarray, jax.device_get(chunk.slots))
    counts, seeds = (np.asarray(a) for a in (chunk.hyper.samples, chunk.hyper.seed))
    done: list[tuple[Slots, list[float]]] = []
    for run in range(len(seeds)):
        mine: Slots = jax.tree.map(lambda field, run=run: field[run], slots)
        same = run and all(np.array_equal(a, b[run - 1]) for a, b in zip(mine, slots, strict=True))
        if same and seeds[run] == seeds[run - 1]:  # padding repeats the last run
            done.append(done[-1])
            continue
        done.append(_repair(x[run], mine, int(counts[run]), int(seeds[run]), method))
    new: Slots = jax.tree.map(lambda *fields: np.stack(fields), *(one[0] for one in done))
    return _replaced(ensemble, chunk, new, np.array([one[1] for one in done], np.float32))


def _repair(
    x: np.ndarray, slots: Slots, samples: int, seed: int, method: Any
) -> tuple[Slots, list[float]]:
    """Return one run's repaired slots, and the noise rates found and expected."""
    try:
        found = audit(x[:samples], slots.label[:samples], seed=seed)
        change = repair(found, method)
    except ValueError:  # what one run's data lack must not stop the others
        return slots, [np.nan, np.nan]
    label = slots.label.copy()
    label[:samples] = np.asarray(found.classes)[change.labels]
    rng = np.random.default_rng([seed, samples])
    even = np.allclose(change.weights[change.keep], 1.0)
    drawn = rng.choice(samples, samples, p=change.weights / change.weights.sum())
    source = np.arange(len(label))
    source[:samples] = np.where(change.keep & even, source[:samples], drawn)
    fields = slots._replace(label=label)
    repaired_slots = Slots(*(field[source] for field in fields))
    return repaired_slots, [found.noise.rate, change.expected["noise_rate"]]


def _shown(ensemble: Ensemble, chunk: Chunk) -> jax.Array:
    """Return what every slot of every run shows, f32[run, N, d]."""
    per_run, common = (chunk.hyper, chunk.slots), (ensemble.pool,)
    program = ensemble.program("shown", _show_all, per_run, common, fast_compile=True)
    shown: jax.Array = program(*per_run, *common)
    return shown


def _show_all(ensemble: Ensemble, hyper: Hyper, slots: Slots, pool: PoolData) -> jax.Array:
    key = run_key(ensemble.root, hyper.seed)
    return show(exhibit(key, slots, pool, ensemble.shape, ensemble.world.image_shape), slots)


def _replaced(ensemble: Ensemble, chunk: Chunk, slots: Slots, audited: np.ndarray) -> Chunk:
    """Return the runs with other slots, their counts taken again."""
    per_run, common = (chunk.hyper, ensemble.per_run(slots)), (ensemble.pool,)
    program = ensemble.program("count", _counts, per_run, common, fast_compile=True)
    distinct, per_class = program(*per_run, *common)
    return chunk._replace(
        slots=per_run[1],
        distinct=distinct,
        per_class=per_class,
        audited=ensemble.per_run(audited),
    )


def _counts(
    ensemble: Ensemble, hyper: Hyper, slots: Slots, pool: PoolData
) -> tuple[jax.Array, jax.Array]:
    samples = jnp.asarray(hyper.samples)
    distinct = count_distinct(slots, samples, len(pool.examples.label))
    return distinct, count_per_class(slots, samples, ensemble.world.classes)
