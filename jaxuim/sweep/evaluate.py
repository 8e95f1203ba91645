"""From a trained run to its row of numbers: adapt to every task, then measure."""

from collections.abc import Mapping
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from jaxuim.biases import Slots
from jaxuim.models import Params
from jaxuim.rng import run_key
from jaxuim.sweep.given import OBSERVED, Given, Settings, TaskArrays, Trained
from jaxuim.sweep.plan import NO_ADAPTATION, UPSTREAM, Wanted
from jaxuim.train.ensemble import Chunk, Ensemble, default_block
from jaxuim.train.hyper import Hyper, PoolData
from jaxuim.train.run import is_finite
from jaxuim.types.declare import Measure
from jaxuim.types.registry import catalogue
from jaxuim.types.status import DIVERGED, NOT_APPLICABLE, NOT_CONVERGED, OK, STATUSES
from jaxuim.worlds.data import Task

_OK, _DIVERGED, _NOT_CONVERGED, _NOT_APPLICABLE = map(
    STATUSES.index, (OK, DIVERGED, NOT_CONVERGED, NOT_APPLICABLE)
)


class Outcome(NamedTuple):
    """Numbers f32[row] of one run and their statuses i32[row], numbers into ``STATUSES``.

    ``observed`` are the arrays that are kept of the run, by name.
    """

    values: jax.Array
    status: jax.Array
    observed: dict[str, jax.Array]


class Evaluator:
    """Computes the wanted (task, adaptation, measure) rows of an ensemble's runs in one program.

    Args:
        ensemble: the trained runs' ensemble.
        wanted: the rows, in the order of the numbers that ``evaluate`` returns.
        adaptations: settings of each adaptation by name.
        observe: names of arrays that are returned beside the numbers.
    """

    def __init__(
        self,
        ensemble: Ensemble,
        wanted: tuple[Wanted, ...],
        adaptations: Mapping[str, Settings],
        observe: tuple[str, ...] = (),
    ) -> None:
        self.ensemble, self.wanted, self.adaptations = ensemble, wanted, adaptations
        self.observe = observe
        tasks = ensemble.world.tasks
        used = {"id" if task == UPSTREAM else task for task, _, _ in wanted} | {"id"}
        heads = {tasks[name].head for name in used}
        self.arrays = ensemble.shared({name: _arrays(tasks[name]) for name in sorted(used | heads)})

    def evaluate(self, chunk: Chunk) -> Outcome:
        """Return the numbers of all runs in the chunk, with a leading run axis."""
        per_run = (chunk.state.params, chunk.hyper, chunk.slots, chunk.audited)
        common = (self.ensemble.pool, self.arrays)
        program = self.ensemble.program(
            ("evaluate", self.wanted, self.observe),
            self._one,
            per_run,
            common,
            block=min(self.ensemble.block, default_block()),  # its operations are large enough
        )
        outcome: Outcome = program(*per_run, *common)
        return outcome

    def _one(
        self,
        ensemble: Ensemble,
        params: Params,
        hyper: Hyper,
        slots: Slots,
        audited: jax.Array,
        pool: PoolData,
        arrays: dict[str, TaskArrays],
    ) -> Outcome:
        """One run's rows and observed arrays."""
        run = Trained(params, run_key(ensemble.root, hyper.seed), hyper, slots, audited)
        given = Given(ensemble, self.adaptations, run, pool, arrays)
        trained = is_finite(params)
        rows = [self._row(given, trained, *row) for row in self.wanted]
        values = jnp.array([value for value, _ in rows], jnp.float32)
        codes = jnp.array([code for _, code in rows], jnp.int32)
        return Outcome(values, codes, {name: _observed(given, name) for name in self.observe})

    def _row(
        self, given: Given, trained: jax.Array, task: str, adaptation: str, name: str
    ) -> tuple[jax.Array, jax.Array]:
        """Return one number and the number of its status."""
        declared: Measure = catalogue("measures")[name]
        arrays = [given.array(item, task, adaptation) for item in declared.inputs]
        if any(array is None for array in arrays):
            return jnp.float32(jnp.nan), jnp.int32(_NOT_APPLICABLE)
        keywords = {}
        if "groups" in declared.inputs:
            place = "id" if task == UPSTREAM else task
            keywords = {"num_groups": given.ensemble.world.tasks[place].groups}
        value = declared.load()(*arrays, **keywords)
        status = _status(value, trained, given.converged(task, adaptation))
        return value, jnp.where(given.applies(declared.inputs), status, _NOT_APPLICABLE)


def _observed(given: Given, name: str) -> jax.Array:
    """Return an array to keep; NaN where the run has no such thing."""
    array = given.array(name, "id" if name == "features" else UPSTREAM, NO_ADAPTATION)
    if array is None:
        return jnp.full((1,), jnp.nan)
    return array[:OBSERVED] if name == "features" else array


def _status(value: jax.Array, trained: jax.Array, converged: jax.Array) -> jax.Array:
    """Return the number of a row's status; a finite run may have a measure that is undefined."""
    unfinished = jnp.where(jnp.isfinite(value), _NOT_CONVERGED, _DIVERGED)
    finished = jnp.where(jnp.isnan(value), _NOT_APPLICABLE, _OK)
    code = jnp.where(trained, jnp.where(converged, finished, unfinished), _DIVERGED)
    return code.astype(jnp.int32)


def _arrays(task: Task) -> TaskArrays:
    return TaskArrays(
        _inputs(task.train_x),
        task.train_y.astype(np.int32),
        _inputs(task.test_x),
        task.test_y.astype(np.int32),
        None if task.test_groups is None else task.test_groups.astype(np.int32),
    )


def _inputs(x: np.ndarray) -> np.ndarray:
    return x.astype(np.int32 if x.dtype.kind in "iu" else np.float32)
