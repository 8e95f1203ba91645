"""What measures may take of one trained run: each array computed when it is first asked for."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from jaxuim.adapt import Fitted
from jaxuim.biases.slots import Slots, count_per_class, in_use, shown
from jaxuim.biases.trigger import TARGET, with_trigger
from jaxuim.models import Params
from jaxuim.rng import stream
from jaxuim.sweep import generation
from jaxuim.sweep.plan import UPSTREAM
from jaxuim.train.ensemble import Ensemble
from jaxuim.train.hyper import Hyper, PoolData
from jaxuim.train.perturb import perturbed
from jaxuim.train.showing import exhibit, show
from jaxuim.types.registry import catalogue
from jaxuim.worlds.data import Task

Settings = Mapping[str, float | int | bool | str]
HELD_OUT = 512  # examples on which an objective's own loss is measured
OBSERVED = 256  # test examples whose features are kept for comparisons between runs


class TaskArrays(NamedTuple):
    """The arrays of a task on the device, shared by all runs."""

    train_x: jax.Array | np.ndarray
    train_y: jax.Array | np.ndarray
    test_x: jax.Array | np.ndarray
    test_y: jax.Array | np.ndarray
    test_groups: jax.Array | np.ndarray | None


class Trained(NamedTuple):
    """One run after training: its parameters, key, traced settings, slots and audit."""

    params: Params
    key: jax.Array
    hyper: Hyper
    slots: Slots
    audited: jax.Array


class Given:
    """The arrays of one run by the names that measures declare; see ``jaxuim.types.declare``.

    Args:
        ensemble: that of the run.
        adaptations: settings of each adaptation by name.
        run: the trained run.
        pool: the examples that all runs share.
        arrays: those of every task that is needed.
    """

    def __init__(
        self,
        ensemble: Ensemble,
        adaptations: Mapping[str, Settings],
        run: Trained,
        pool: PoolData,
        arrays: Mapping[str, TaskArrays],
    ) -> None:
        self.ensemble, self.adaptations, self.run = ensemble, adaptations, run
        self.pool, self.arrays = pool, arrays
        self._fitted: dict[tuple[str, str], Fitted] = {}
        self._known: dict[tuple[str, str, str], jax.Array | None] = {}

    def array(self, name: str, task: str, adaptation: str) -> jax.Array | None:
        """Return an array for a row, or None where the run has no such thing."""
        key = (name, task, adaptation)
        if key not in self._known:
            find = generation.ARRAYS.get(name)
            self._known[key] = find(self) if find else getattr(self, f"_{name}")(task, adaptation)
        return self._known[key]

    def converged(self, task: str, adaptation: str) -> jax.Array:
        """Return whether the fit behind a row converged; true where nothing was fitted."""
        if task == UPSTREAM or adaptation not in self.adaptations:
            return jnp.bool_(True)
        return self._fit(self._task(task).head, adaptation).converged

    def applies(self, inputs: tuple[str, ...]) -> jax.Array:
        """Return whether this run has what a measure takes: no audit if its data allowed none."""
        return jnp.bool_("audited" not in inputs) | jnp.isfinite(self.run.audited).all()

    def predictor(self, task: str, adaptation: str) -> Callable[[jax.Array], jax.Array] | None:
        """Return the function from inputs to logits, or None where nothing predicts."""
        if task == UPSTREAM:
            ensemble, read = self.ensemble, self.ensemble.objective.logits
            if read is None:
                return None
            return lambda x: read(ensemble.network, self.run.params, x)
        if adaptation not in self.adaptations:
            return None
        return self._fit(self._task(task).head, adaptation).logits

    def _task(self, task: str) -> Task:
        return self.ensemble.world.tasks["id" if task == UPSTREAM else task]

    def _data(self, task: str) -> TaskArrays:
        return self.arrays["id" if task == UPSTREAM else task]

    def _fit(self, head: str, adaptation: str) -> Fitted:
        """Return a task's fitted head: one for each adaptation, however many rows use it."""
        if (head, adaptation) not in self._fitted:
            task, data = self._task(head), self._data(head)
            x, y = jnp.asarray(data.train_x), jnp.asarray(data.train_y)
            key = stream(self.run.key, f"task/{head}")
            if task.shots is not None:
                chosen = few(stream(key, "shots"), y, task.classes, task.shots)
                x, y = x[chosen], y[chosen]
            adapt: Callable[..., Fitted] = catalogue("adaptations")[adaptation].load()
            settings: dict[str, Any] = dict(self.adaptations[adaptation])
            self._fitted[head, adaptation] = adapt(
                self.ensemble.encoder,
                self.run.params,
                x,
                y,
                task.classes,
                stream(key, adaptation),
                **settings,
            )
        return self._fitted[head, adaptation]

    def _logits(self, task: str, adaptation: str) -> jax.Array | None:
        predict = self.predictor(task, adaptation)
        return None if predict is None else predict(jnp.asarray(self._data(task).test_x))

    def _labels(self, task: str, _: str) -> jax.Array:
        return jnp.asarray(self._data(task).test_y)

    def _groups(self, task: str, _: str) -> jax.Array | None:
        groups = self._data(task).test_groups
        return None if groups is None else jnp.asarray(groups)

    def _features(self, task: str, _: str) -> jax.Array:
        return self.ensemble.encoder(self.run.params, jnp.asarray(self._data(task).test_x))

    def _triggered_logits(self, task: str, adaptation: str) -> jax.Array | None:
        predict = self.predictor(task, adaptation)
        if predict is None or self._task(task).head != "id" or self.ensemble.world.vocabulary:
            return None
        x = jnp.asarray(self._data(task).test_x)
        return predict(with_trigger(x, self.ensemble.world.image_shape))

    def _target(self, _task: str, _adaptation: str) -> jax.Array:
        return jnp.int32(TARGET)

    def _leaked(self, task: str, _: str) -> jax.Array | None:
        span = self._span("test")
        if span is None or self._task(task).name != "id":
            return None
        return self._shown()[slice(*span)]

    def _perturbed_logits(self, task: str, _: str) -> jax.Array | None:
        read = self.ensemble.objective.logits
        if read is None:
            return None
        moved = perturbed(self.run.params, stream(self.run.key, "perturb"))
        return read(self.ensemble.network, moved, jnp.asarray(self._data(task).test_x))

    def _pool_logits(self, task: str, adaptation: str) -> jax.Array | None:
        predict = self.predictor(task, adaptation)
        if predict is None:
            return None
        run, ensemble = self.run, self.ensemble
        image_shape = ensemble.world.image_shape
        seen = exhibit(run.key, run.slots, self.pool, ensemble.shape, image_shape)
        return predict(show(seen, run.slots))

    def _pool_labels(self, _task: str, _adaptation: str) -> jax.Array:
        return self.run.slots.label

    def _pool_used(self, _task: str, _adaptation: str) -> jax.Array:
        return in_use(self.run.slots, jnp.asarray(self.run.hyper.samples))

    def _pool_wrong(self, _task: str, _adaptation: str) -> jax.Array:
        return self.run.slots.label != self.pool.examples.label[self.run.slots.index]

    def _class_counts(self, task: str, _: str) -> jax.Array | None:
        if self._task(task).head != "id":
            return None
        samples = jnp.asarray(self.run.hyper.samples)
        return count_per_class(self.run.slots, samples, self.ensemble.world.classes)

    def _audited(self, _task: str, _adaptation: str) -> jax.Array | None:
        return None if self.ensemble.shape.repair == "none" else self.run.audited

    def _canary_losses(self, _task: str, _adaptation: str) -> jax.Array | None:
        losses = self._losses_of("canary")
        return None if losses is None else losses[: losses.shape[0] // 2]

    def _canaries_shown(self, _task: str, _adaptation: str) -> jax.Array | None:
        span = self._span("canary")
        return None if span is None else self._shown()[span[0] : sum(span) // 2]

    def _reference_losses(self, _task: str, _adaptation: str) -> jax.Array | None:
        losses = self._losses_of("canary")
        return None if losses is None else losses[losses.shape[0] // 2 :]

    def _objective_loss(self, _task: str, _adaptation: str) -> jax.Array:
        return self._held_out_loss(self.run.params)

    def _perturbed_loss(self, _task: str, _adaptation: str) -> jax.Array:
        return self._held_out_loss(perturbed(self.run.params, stream(self.run.key, "perturb")))

    def _held_out_loss(self, params: Params) -> jax.Array:
        """Return f32[], the objective's loss on clean held-out examples, with a draw of its own."""
        data, objective = self.arrays["id"], self.ensemble.objective
        x, y = jnp.asarray(data.test_x)[:HELD_OUT], jnp.asarray(data.test_y)[:HELD_OUT]
        key = stream(self.run.key, "held_out")
        return objective.loss(self.ensemble.network, params, x, y, key)

    def _scores(self, _task: str, _adaptation: str) -> jax.Array | None:
        """Return f32[N]: log-odds of each pool example's own label, or minus its loss.

        Inputs are those of the pool: without the shortcut's stamp and what else a bias renders.
        """
        size = len(self.ensemble.world.pool_y)
        x, y = jnp.asarray(self.pool.x)[:size], self.pool.examples.label[:size]
        read, losses = self.ensemble.objective.logits, self.ensemble.objective.losses
        if read is not None:
            log_p = jax.nn.log_softmax(read(self.ensemble.network, self.run.params, x))
            own = jnp.take_along_axis(log_p, y[:, None], axis=1)[:, 0]
            others = jnp.where(jax.nn.one_hot(y, log_p.shape[1], dtype=bool), -jnp.inf, log_p)
            return own - jax.nn.logsumexp(others, axis=1)
        return None if losses is None else -losses(self.ensemble.network, self.run.params, x, y)

    def _member(self, _task: str, _adaptation: str) -> jax.Array:
        return self._shown()[: len(self.ensemble.world.pool_y)]

    def _wanted_losses(self, _task: str, _adaptation: str) -> jax.Array | None:
        return self._losses_on("wanted_statements")

    def _unwanted_losses(self, _task: str, _adaptation: str) -> jax.Array | None:
        return self._losses_on("unwanted_statements")

    def _stereotype_losses(self, _task: str, _adaptation: str) -> jax.Array | None:
        return self._losses_on("stereotypes")

    def _antistereotype_losses(self, _task: str, _adaptation: str) -> jax.Array | None:
        return self._losses_on("antistereotypes")

    def _fact_hits(self, _task: str, _adaptation: str) -> jax.Array | None:
        facts = (self.ensemble.world.aux or {}).get("facts")
        if facts is None or self.ensemble.shape.objective != "next_token":
            return None
        logits = self.ensemble.network.apply(self.run.params, jnp.asarray(facts.x[:, :-1]))
        return logits[:, -1].argmax(-1) == jnp.asarray(facts.x[:, -1])

    def _losses_on(self, statements: str) -> jax.Array | None:
        """Return f32[p], the loss of each of the world's statements of a kind, or None."""
        losses = self.ensemble.objective.losses
        part = (self.ensemble.world.aux or {}).get(statements)
        if part is None or losses is None:
            return None
        x, y = jnp.asarray(part.x), jnp.asarray(part.y)
        return losses(self.ensemble.network, self.run.params, x, y)

    def _shown(self) -> jax.Array:
        size = len(self.pool.examples.label)
        return shown(self.run.slots, jnp.asarray(self.run.hyper.samples), size)

    def _span(self, source: str) -> tuple[int, int] | None:
        """Return where a source's examples start and stop, or None if no bias draws from it."""
        known, names = catalogue("biases"), self.ensemble.shape.biases
        for name, (start, size) in zip(names, self.ensemble.spans, strict=True):
            if known[name].draws_from == source:
                return start, start + size
        return None

    def _losses_of(self, source: str) -> jax.Array | None:
        """Return the losses of a source's examples with their own labels, without any stamp."""
        span, losses = self._span(source), self.ensemble.objective.losses
        if span is None or losses is None:
            return None
        x, y = jnp.asarray(self.pool.x)[slice(*span)], self.pool.examples.label[slice(*span)]
        return losses(self.ensemble.network, self.run.params, x, y)


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
