"""One run: a pure function of its key, its traced settings and the shared pool.

Nothing here knows of other runs; ``jaxuim.train.ensemble`` maps it over them.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import optax

from jaxuim.biases import Slots
from jaxuim.models import Network, Params
from jaxuim.rng import stream
from jaxuim.train import batches, optimizer
from jaxuim.train.hyper import Hyper
from jaxuim.train.objectives import Objective
from jaxuim.train.showing import Exhibit, show
from jaxuim.types.shape import Shape


class RunState(NamedTuple):
    """What the next step needs. ``loss`` f32[] is that of the last batch."""

    params: Params
    opt_state: optax.OptState
    loss: jax.Array


def begin(params: Params, hyper: Hyper, shape: Shape) -> RunState:
    """Return the state before the first step."""
    chain = optimizer.build(
        shape, jnp.asarray(hyper.learning_rate), jnp.asarray(hyper.weight_decay)
    )
    return RunState(params, chain.init(params), jnp.float32(jnp.nan))


def advance(
    network: Network,
    objective: Objective,
    shape: Shape,
    state: RunState,
    exhibit: Exhibit,
    key: jax.Array,
    hyper: Hyper,
    start: jax.Array,
    length: int,
) -> RunState:
    """Return the state after ``length`` further steps, the first of which is step ``start``.

    Step t draws its batch from the first ``samples`` slots, and whatever its objective draws, from
    keys that depend on the run's key and t alone: how a run is cut into segments changes nothing.
    Batches are drawn as :mod:`jaxuim.train.batches` says.
    """
    chain = optimizer.build(
        shape, jnp.asarray(hyper.learning_rate), jnp.asarray(hyper.weight_decay)
    )
    draw = batches.DRAWS[shape.batches]
    places = draw(stream(key, "batches"), start, length, shape.batch_size, hyper.samples)
    own = stream(key, "objective")

    def step(state: RunState, now: tuple[Slots, jax.Array]) -> tuple[RunState, None]:
        batch, number = now
        x, key_step = show(exhibit, batch), jax.random.fold_in(own, number)
        loss, gradient = jax.value_and_grad(
            lambda p: objective.loss(network, p, x, batch.label, key_step)
        )(state.params)
        updates, opt_state = chain.update(gradient, state.opt_state, state.params)
        return RunState(optax.apply_updates(state.params, updates), opt_state, loss), None

    shown = jax.tree.map(lambda field: field[places], exhibit.slots)
    return jax.lax.scan(step, state, (shown, start + jnp.arange(length)))[0]


def is_finite(params: Params) -> jax.Array:
    """Return whether every parameter is finite: a run that is not has diverged."""
    leaves = [jnp.isfinite(leaf).all() for leaf in jax.tree.leaves(params)]
    return jnp.stack(leaves).all()
