"""Many runs of one shape as one compiled program: the only place that knows the run axis."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax.sharding import Mesh

from jaxuim import models
from jaxuim.biases import Slots, count_distinct, count_per_class
from jaxuim.rng import run_key, stream
from jaxuim.train import blocks, run
from jaxuim.train.hyper import Hyper, PoolData
from jaxuim.train.networks import objective_and_network
from jaxuim.train.showing import draw_slots, exhibit
from jaxuim.train.sources import gather
from jaxuim.types.shape import Shape
from jaxuim.worlds import WorldData

# How often each program was traced, by (name, shape); tests hold it to once.
TRACES: Counter[tuple[str, Shape]] = Counter()

# Steps in one call of a program. A call holds the places of all its batches: memory stays bounded
# however long a run is.
LONGEST_SEGMENT = 1000


class Chunk(NamedTuple):
    """Runs in flight, each array with a leading run axis (padded to whole blocks).

    ``distinct`` i32[run] and ``per_class`` i32[run, class] count the examples in the slots;
    ``audited`` f32[run, 2] are noise rates that an audit of a run's data gave, NaN without one.
    """

    hyper: Hyper
    state: run.RunState
    slots: Slots
    distinct: jax.Array
    per_class: jax.Array
    audited: jax.Array


class Ensemble:
    """Trains runs that share a ``Shape``, in blocks, over all devices.

    Args:
        shape: what the programs are specialised on.
        world: the built world; its pool is shared by all runs.
        root: root seed of the sweep.
        mesh: devices to spread over; all local ones by default.
        block: runs that are batched into one operation, 0 for all; ``default_block()`` if None.

    ``compile_seconds`` adds up the time spent on tracing and compiling. Block size and number of
    devices change results only by rounding: see ARCHITECTURE.md.
    """

    def __init__(
        self,
        shape: Shape,
        world: WorldData,
        *,
        root: int = 0,
        mesh: Mesh | None = None,
        block: int | None = None,
    ) -> None:
        self.shape, self.world, self.root = shape, world, root
        self.mesh = blocks.make_mesh() if mesh is None else mesh
        self.objective, self.network = objective_and_network(shape, world)
        self.block = default_block() if block is None else block
        pool, self.spans = gather(world, shape.biases)
        self.pool: PoolData = self.shared(pool)
        self.compile_seconds = 0.0
        self._programs: dict[Any, Callable[..., Any]] = {}

    def encoder(self, params: models.Params, x: jax.Array) -> jax.Array:
        """Return the features f32[batch, width] that downstream tasks build on."""
        return self.objective.features(self.network, params, x)

    @property
    def multiple(self) -> int:
        """The number of runs is padded to a multiple of this: block size times devices."""
        return max(self.block, 1) * self.mesh.size

    def shared(self, tree: Any) -> Any:
        """Put arrays that all runs share on every device."""
        return blocks.place(tree, self.mesh, runs=False)

    def per_run(self, tree: Any) -> Any:
        """Put arrays with a leading run axis on the devices."""
        return blocks.place(tree, self.mesh, runs=True)

    def pad(self, hyper: Hyper, runs: int | None = None) -> Hyper:
        """Return the settings padded to ``runs`` (or to whole blocks) by repeating the last run."""
        count = len(hyper.seed)
        size = blocks.padded(max(count, runs or 0), self.multiple)
        return Hyper(*(np.concatenate([a, np.repeat(a[-1:], size - count, 0)]) for a in hyper))

    def begin(self, hyper: Hyper) -> Chunk:
        """Return the runs before their first step; ``hyper`` is padded as ``pad`` does."""
        hyper = self.per_run(self.pad(hyper))
        program = self.program("begin", _begin, (hyper,), (self.pool,), fast_compile=True)
        return program(hyper, self.pool)

    def advance(self, chunk: Chunk, start: int, length: int) -> Chunk:
        """Return the runs after ``length`` more steps; ``chunk`` is used up (donated)."""
        per_run, common = (chunk,), (self.pool, self.shared(jnp.int32(start)))
        step = partial(_advance, length=length)
        program = self.program(("advance", length), step, per_run, common, donate=True)
        return program(chunk, *common)

    def train(
        self, hyper: Hyper, prepare: Callable[[Chunk], Chunk] = lambda chunk: chunk
    ) -> Iterator[tuple[int, Chunk]]:
        """Train and yield ``(step, chunk)`` at every step in ``Shape.measure_at``.

        ``prepare`` may change the runs before their first step. A yielded chunk is used up when the
        next one is asked for: measure it first.
        """
        chunk, done = prepare(self.begin(hyper)), 0
        stride = int(np.gcd.reduce(self.shape.measure_at))
        for step in self.shape.measure_at:
            while done < step:
                length = min(stride, step - done, LONGEST_SEGMENT)
                chunk = self.advance(chunk, done, length)
                done += length
            yield step, chunk

    def program(
        self,
        name: Any,
        function: Callable[..., Any],
        per_run: tuple[Any, ...],
        common: tuple[Any, ...],
        *,
        fast_compile: bool = False,
        donate: bool = False,
        block: int | None = None,
    ) -> Callable[..., Any]:
        """Return ``function(ensemble, *per_run, *common)`` of one run, compiled for many.

        Compiled once for every name and number of runs. ``fast_compile`` trades speed of the
        program for speed of its compilation, for programs that run once a chunk. ``block``
        replaces the ensemble's own.
        """
        runs = jax.tree.leaves(per_run)[0].shape[0]
        if (name, runs) not in self._programs:
            started = time.perf_counter()

            def one(shared: tuple[Any, ...], *arguments: Any) -> Any:
                return function(self, *arguments, *shared)

            def many(*arguments: Any) -> Any:
                TRACES[str(name), self.shape] += 1
                own, shared = arguments[: len(per_run)], arguments[len(per_run) :]
                size = self.block if block is None else block
                return blocks.in_blocks(partial(one, shared), size)(*own)

            along = (True,) * len(per_run) + (False,) * len(common)
            donated = tuple(range(len(per_run))) if donate else ()
            mapped = jax.jit(blocks.sharded(many, self.mesh, along), donate_argnums=donated)
            lowered = mapped.lower(*per_run, *common)
            compiled = lowered.compile(compiler_options=self._options(fast_compile))
            self._programs[name, runs] = compiled
            self.compile_seconds += time.perf_counter() - started
        return self._programs[name, runs]

    def _options(self, fast_compile: bool) -> dict[str, str | bool] | None:
        """Return XLA's options: several CPU devices use every core, so none gets more threads."""
        if jax.default_backend() != "cpu":
            return None
        options: dict[str, str | bool] = {"xla_cpu_multi_thread_eigen": self.mesh.size == 1}
        return options | ({"xla_backend_optimization_level": "1"} if fast_compile else {})


def _begin(ensemble: Ensemble, hyper: Hyper, pool: PoolData) -> Chunk:
    """One run before its first step."""
    key = run_key(ensemble.root, hyper.seed)
    classes = ensemble.world.classes
    slots = draw_slots(key, hyper, pool, ensemble.shape, classes, ensemble.spans)
    params = ensemble.network.init(stream(key, "init"))
    samples = jnp.asarray(hyper.samples)
    return Chunk(
        hyper=hyper,
        state=run.begin(params, hyper, ensemble.shape),
        slots=slots,
        distinct=count_distinct(slots, samples, len(pool.examples.label)),
        per_class=count_per_class(slots, samples, classes),
        audited=jnp.full((2,), jnp.nan),
    )


def _advance(
    ensemble: Ensemble, chunk: Chunk, pool: PoolData, start: jax.Array, *, length: int
) -> Chunk:
    """One run, ``length`` steps further."""
    key = run_key(ensemble.root, chunk.hyper.seed)
    shape, image_shape = ensemble.shape, ensemble.world.image_shape
    state = run.advance(
        ensemble.network,
        ensemble.objective,
        shape,
        chunk.state,
        exhibit(key, chunk.slots, pool, shape, image_shape),
        key,
        chunk.hyper,
        start,
        length,
    )
    return chunk._replace(state=state)


def default_block() -> int:
    """Return how many runs to batch into one operation; 0 stands for all of them.

    An accelerator gets all. On a CPU one wide batch is slower than a loop over runs, because the
    weights and optimiser states of many runs do not fit the cache between operations; runs there
    follow one another on each core.
    """
    return 1 if jax.default_backend() == "cpu" else 0
