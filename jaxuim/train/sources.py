"""The examples that runs share: the world's pool, and what their biases show in its place."""

from collections.abc import Sequence

import jax.numpy as jnp
import numpy as np

from jaxuim.biases import Examples
from jaxuim.biases.compose import declared
from jaxuim.train.hyper import PoolData, pool_data
from jaxuim.train.showing import Spans
from jaxuim.worlds import WorldData
from jaxuim.worlds.boundary import boundary
from jaxuim.worlds.sources import source


def gather(world: WorldData, biases: Sequence[str]) -> tuple[PoolData, Spans]:
    """Return the shared examples, and where each bias's own source of them starts and ends.

    The pool comes first, then every source that a bias declares to draw from, each once. A bias
    without a source has the span (0, 0).

    Raises:
        ValueError: for an unknown bias, or a source that the world cannot provide.
    """
    parts, spans = [], {"": (0, 0)}
    start = len(world.pool_y)
    for name in dict.fromkeys(bias.draws_from for bias in declared(biases)):
        if name:
            parts.append(source(world, name))
            spans[name] = (start, len(parts[-1].y))
            start += len(parts[-1].y)
    x = np.concatenate([world.pool_x, *(part.x for part in parts)])
    y = np.concatenate([world.pool_y, *(part.y for part in parts)])
    groups = None
    if world.pool_groups is not None:
        own = [np.zeros(len(p.y), np.int32) if p.groups is None else p.groups for p in parts]
        groups = jnp.asarray(np.concatenate([world.pool_groups, *own]), jnp.int32)
    examples = Examples(jnp.asarray(y, jnp.int32), groups)
    if any("boundary" in bias.uses for bias in declared(biases)):
        rank, runner_up = boundary(x, y, world.classes, pool=len(world.pool_y))
        examples = examples._replace(rank=jnp.asarray(rank), runner_up=jnp.asarray(runner_up))
    stamps = world.stamps
    return pool_data(x, y, stamps, examples), tuple(spans[b.draws_from] for b in declared(biases))
