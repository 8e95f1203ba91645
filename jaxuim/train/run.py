"""One run: a pure function of its key, its traced settings and the shared pool.

Nothing here knows of other runs; ``jaxuim.train.ensemble`` maps it over them.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import optax

from jaxuim import biases
from jaxuim.biases import Slots
from jaxuim.models import Network, Params
from jaxuim.rng import stream
from jaxuim.train import optimizer
from jaxuim.train.hyper import Hyper, PoolData
from jaxuim.train.objective import OBJECTIVES
from jaxuim.types.shape import Shape


class RunState(NamedTuple):
    """What the next step needs. ``loss`` f32[] is that of the last batch."""

    params: Params
    opt_state: optax.OptState
    loss: jax.Array


def draw_slots(key: jax.Array, hyper: Hyper, pool: PoolData, shape: Shape, classes: int) -> Slots:
    """Return the run's biased slots, re-derived from its key alone.

    The order of the pool, the attributes and the uniforms of every bias are named streams of the
    key; the level enters only afterwards, so runs that differ in level share all draws.
    """
    size = pool.y.shape[0]
    order = jax.random.permutation(stream(key, "order"), size)
    attribute = jnp.zeros((size,), jnp.int32)
    if pool.stamps is not None:
        kinds = pool.stamps.shape[0]
        attribute = jax.random.randint(stream(key, "attribute"), (size,), 0, kinds)
    slots = biases.clean(order, jnp.asarray(pool.y), attribute)
    if not shape.biases:
        return slots
    uniforms = jnp.stack(
        [jax.random.uniform(stream(key, f"bias/{name}"), (3, size)) for name in shape.biases]
    )
    samples, levels = jnp.asarray(hyper.samples), jnp.asarray(hyper.levels)
    return biases.apply(
        shape.biases, shape.bias_settings, slots, levels, samples, uniforms, classes
    )


def begin(params: Params, hyper: Hyper, shape: Shape) -> RunState:
    """Return the state before the first step."""
    chain = optimizer.build(
        shape, jnp.asarray(hyper.learning_rate), jnp.asarray(hyper.weight_decay)
    )
    return RunState(params, chain.init(params), jnp.float32(jnp.nan))


def advance(
    network: Network,
    shape: Shape,
    state: RunState,
    slots: Slots,
    key: jax.Array,
    hyper: Hyper,
    pool: PoolData,
    start: jax.Array,
    length: int,
) -> RunState:
    """Return the state after ``length`` further steps, the first of which is step ``start``.

    Step t draws its batch from the first ``samples`` slots, from uniforms that depend on the key
    and t alone: how a run is cut into segments changes nothing. Batches are drawn with replacement,
    or, where ``Shape.batches`` is ``"distinct"``, hold neighbouring slots from a random one onwards
    and start over after the last: with as many as there are samples this is full-batch descent.
    """
    chain = optimizer.build(
        shape, jnp.asarray(hyper.learning_rate), jnp.asarray(hyper.weight_decay)
    )
    objective = OBJECTIVES[shape.objective]
    draw = _DRAWS[shape.batches]
    places = draw(stream(key, "batches"), start, length, shape.batch_size, hyper.samples)

    def step(state: RunState, batch: Slots) -> tuple[RunState, None]:
        x, y = _render(batch, pool), batch.label
        loss, gradient = jax.value_and_grad(lambda p: objective(network, p, x, y))(state.params)
        updates, opt_state = chain.update(gradient, state.opt_state, state.params)
        return RunState(optax.apply_updates(state.params, updates), opt_state, loss), None

    batches = jax.tree.map(lambda field: field[places], slots)
    return jax.lax.scan(step, state, batches)[0]


def _independent(
    key: jax.Array, start: jax.Array, length: int, batch: int, samples: jax.typing.ArrayLike
) -> jax.Array:
    """Return slot numbers i32[length, batch], uniform on [0, samples)."""
    steps = start + jnp.arange(length)
    keys = jax.vmap(lambda step: jax.random.fold_in(key, step))(steps)
    uniforms = jax.vmap(lambda k: jax.random.uniform(k, (batch,)))(keys)
    return jnp.minimum((uniforms * samples).astype(jnp.int32), samples - 1)


def _distinct(
    key: jax.Array, start: jax.Array, length: int, batch: int, samples: jax.typing.ArrayLike
) -> jax.Array:
    """Return slot numbers i32[length, batch], consecutive from a uniform one, modulo samples."""
    first = _independent(key, start, length, 1, samples)
    return (first + jnp.arange(batch)) % samples


_DRAWS = {"independent": _independent, "distinct": _distinct}


def _render(batch: Slots, pool: PoolData) -> jax.Array:
    """Return the inputs f32[batch, d] of some slots, the shortcut rendered."""
    x = jnp.asarray(pool.x)[batch.index]
    return x if pool.stamps is None else x + jnp.asarray(pool.stamps)[batch.attribute]


def is_finite(params: Params) -> jax.Array:
    """Return whether every parameter is finite: a run that is not has diverged."""
    leaves = [jnp.isfinite(leaf).all() for leaf in jax.tree.leaves(params)]
    return jnp.stack(leaves).all()
