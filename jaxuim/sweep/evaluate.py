"""From a trained run to its row of numbers: adapt to every task, then measure."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from jaxuim.adapt import Fitted
from jaxuim.models import Network, Params
from jaxuim.rng import run_key, stream
from jaxuim.sweep.plan import UPSTREAM, Wanted
from jaxuim.train.ensemble import Chunk, Ensemble, default_block
from jaxuim.train.run import is_finite
from jaxuim.types.declare import Measure
from jaxuim.types.registry import catalogue
from jaxuim.types.status import DIVERGED, NOT_APPLICABLE, NOT_CONVERGED, OK, STATUSES
from jaxuim.worlds.data import Task

_OK, _DIVERGED, _NOT_CONVERGED, _NOT_APPLICABLE = map(
    STATUSES.index, (OK, DIVERGED, NOT_CONVERGED, NOT_APPLICABLE)
)
Settings = Mapping[str, float | int | bool | str]


class TaskArrays(NamedTuple):
    """The arrays of a task on the device, shared by all runs."""

    train_x: jax.Array | np.ndarray
    train_y: jax.Array | np.ndarray
    test_x: jax.Array | np.ndarray
    test_y: jax.Array | np.ndarray
    test_groups: jax.Array | np.ndarray | None


class Outcome(NamedTuple):
    """Numbers f32[row] of one run and their statuses i32[row], numbers into ``STATUSES``."""

    values: jax.Array
    status: jax.Array


class Evaluator:
    """Computes the wanted (task, adaptation, measure) rows of an ensemble's runs in one program.

    Args:
        ensemble: the trained runs' ensemble.
        wanted: the rows, in the order of the numbers that ``evaluate`` returns.
        adaptations: settings of each adaptation by name.
    """

    def __init__(
        self, ensemble: Ensemble, wanted: tuple[Wanted, ...], adaptations: Mapping[str, Settings]
    ) -> None:
        self.ensemble, self.wanted, self.adaptations = ensemble, wanted, adaptations
        tasks = ensemble.world.tasks
        used = {"id" if task == UPSTREAM else task for task, _, _ in wanted}
        heads = {tasks[name].head for name in used}
        self.arrays = ensemble.shared({name: _arrays(tasks[name]) for name in sorted(used | heads)})

    def evaluate(self, chunk: Chunk) -> Outcome:
        """Return the numbers of all runs in the chunk, with a leading run axis."""
        per_run = (chunk.state.params, chunk.hyper.seed)
        program = self.ensemble.program(
            ("evaluate", self.wanted),
            self._one,
            per_run,
            (self.arrays,),
            block=min(self.ensemble.block, default_block()),  # its operations are large enough
        )
        outcome: Outcome = program(*per_run, self.arrays)
        return outcome

    def _one(
        self, ensemble: Ensemble, params: Params, seed: jax.Array, arrays: dict[str, TaskArrays]
    ) -> Outcome:
        """One run's rows: each head is fitted once, however many rows use it."""
        key = run_key(ensemble.root, seed)
        trained = is_finite(params)
        heads: dict[tuple[str, str], Fitted] = {}
        outputs: dict[tuple[str, str], tuple[jax.Array, jax.Array]] = {}
        rows = []
        for task, adaptation, name in self.wanted:
            if (task, adaptation) not in outputs:
                outputs[task, adaptation] = self._outputs(
                    task, adaptation, params, arrays, key, heads
                )
            result, converged = outputs[task, adaptation]
            if catalogue("measures")[name].inputs == ("features",):
                result = self._features(task, params, arrays)
            value = self._measure(name, task, result, arrays)
            rows.append((value, _status(value, trained, converged, self._lacks(name, task))))
        values, codes = zip(*rows, strict=True)
        return Outcome(jnp.stack(values), jnp.stack(codes))

    def _outputs(
        self,
        task: str,
        adaptation: str,
        params: Params,
        arrays: dict[str, TaskArrays],
        key: jax.Array,
        heads: dict[tuple[str, str], Fitted],
    ) -> tuple[jax.Array, jax.Array]:
        """Return logits on the task's test part, and whether the fit behind them converged."""
        network = self.ensemble.network
        if task == UPSTREAM:
            return network.apply(params, jnp.asarray(arrays["id"].test_x)), jnp.bool_(True)
        if adaptation not in self.adaptations:  # a measure of the features alone
            return jnp.zeros((0,)), jnp.bool_(True)
        head = self.ensemble.world.tasks[task].head
        if (head, adaptation) not in heads:
            heads[head, adaptation] = self._fit(head, adaptation, params, arrays[head], key)
        fitted = heads[head, adaptation]
        return fitted.logits(jnp.asarray(arrays[task].test_x)), fitted.converged

    def _fit(
        self, head: str, adaptation: str, params: Params, data: TaskArrays, key: jax.Array
    ) -> Fitted:
        task: Task = self.ensemble.world.tasks[head]
        x, y = jnp.asarray(data.train_x), jnp.asarray(data.train_y)
        key = stream(key, f"task/{head}")
        if task.shots is not None:
            chosen = few(stream(key, "shots"), y, task.classes, task.shots)
            x, y = x[chosen], y[chosen]
        adapt: Callable[..., Fitted] = catalogue("adaptations")[adaptation].load()
        network: Network = self.ensemble.network_for(task.classes)
        settings: dict[str, Any] = dict(self.adaptations[adaptation])
        return adapt(network, params, x, y, task.classes, stream(key, adaptation), **settings)

    def _lacks(self, measure: str, task: str) -> bool:
        """Return whether a measure needs groups that the task does not have."""
        data = self.arrays["id" if task == UPSTREAM else task]
        return "groups" in catalogue("measures")[measure].inputs and data.test_groups is None

    def _features(self, task: str, params: Params, arrays: dict[str, TaskArrays]) -> jax.Array:
        return self.ensemble.network.features(params, jnp.asarray(arrays[task].test_x))

    def _measure(
        self, name: str, task: str, result: jax.Array, arrays: dict[str, TaskArrays]
    ) -> jax.Array:
        """Apply a declared measure to what it declares as its inputs."""
        if self._lacks(name, task):
            return jnp.float32(jnp.nan)
        declared: Measure = catalogue("measures")[name]
        data = arrays["id" if task == UPSTREAM else task]
        given = {
            "logits": result,
            "features": result,
            "labels": data.test_y,
            "groups": data.test_groups,
        }
        arguments = [given[name] for name in declared.inputs]
        if "groups" in declared.inputs:
            groups = self.ensemble.world.tasks["id" if task == UPSTREAM else task].groups
            value: jax.Array = declared.load()(*arguments, num_groups=groups)
        else:
            value = declared.load()(*arguments)
        return value


def _status(value: jax.Array, trained: jax.Array, converged: jax.Array, lacking: bool) -> jax.Array:
    """Return the number of a row's status."""
    if lacking:
        return jnp.int32(_NOT_APPLICABLE)
    unfinished = jnp.where(jnp.isfinite(value), _NOT_CONVERGED, _DIVERGED)
    return jnp.where(trained, jnp.where(converged, _OK, unfinished), _DIVERGED).astype(jnp.int32)


def few(key: jax.Array, labels: jax.Array, classes: int, shots: int) -> jax.Array:
    """Return the positions of ``shots`` examples of each class, drawn without replacement.

    Positions i32[classes * shots], class by class; a class must have that many examples.

    >>> labels = jnp.array([0, 1, 0, 1])
    >>> sorted(few(jax.random.key(0), labels, 2, 2).tolist())
    [0, 1, 2, 3]
    """
    draw = jax.random.uniform(key, labels.shape)
    rank = [jnp.argsort(jnp.where(labels == c, draw, 2.0))[:shots] for c in range(classes)]
    return jnp.concatenate(rank)


def _arrays(task: Task) -> TaskArrays:
    groups = None if task.test_groups is None else task.test_groups.astype(np.int32)
    return TaskArrays(
        task.train_x.astype(np.float32),
        task.train_y.astype(np.int32),
        task.test_x.astype(np.float32),
        task.test_y.astype(np.int32),
        groups,
    )
