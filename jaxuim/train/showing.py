"""From a run's key to what it is shown: slots after all biases, and inputs as they are rendered."""

from typing import NamedTuple

import jax
import jax.numpy as jnp

from jaxuim import biases
from jaxuim.biases import Slots
from jaxuim.rng import stream
from jaxuim.train.balance import balance
from jaxuim.train.hyper import Hyper, PoolData
from jaxuim.types.registry import catalogue
from jaxuim.types.shape import Shape

Spans = tuple[tuple[int, int], ...]  # start and size of the own source of each bias


class Exhibit(NamedTuple):
    """All that a run may be shown: its slots, the shared pool, and the draws of its biases.

    ``uniforms`` f32[biases, 3, E] belong to examples; ``keys`` are those of the biases.
    """

    slots: Slots
    pool: PoolData
    shape: Shape
    image_shape: tuple[int, int, int] | None
    uniforms: jax.Array
    keys: tuple[jax.Array, ...]


def draw_slots(
    key: jax.Array, hyper: Hyper, pool: PoolData, shape: Shape, classes: int, spans: Spans = ()
) -> Slots:
    """Return the run's biased slots, re-derived from its key alone.

    The order of the pool, the attributes and the uniforms of every bias are named streams of the
    key; the level enters only afterwards, so runs that differ in level share all draws. ``spans``
    are the biases' own sources behind the pool.
    """
    size = len(pool.examples.label) - sum(count for _, count in set(spans))
    order = jax.random.permutation(stream(key, "order"), size)
    attribute = jnp.zeros((size,), jnp.int32)
    if pool.stamps is not None:
        kinds = pool.stamps.shape[0]
        attribute = jax.random.randint(stream(key, "attribute"), (size,), 0, kinds)
    slots = biases.clean(order, pool.examples.label[:size], attribute)
    if shape.biases:
        slots = _biased(key, hyper, pool, shape, classes, spans, slots)
    uniforms = jax.random.uniform(stream(key, "balance"), (size,))
    attributes = 1 if pool.stamps is None else pool.stamps.shape[0]
    samples = jnp.asarray(hyper.samples)
    return balance(shape.balance, slots, samples, uniforms, classes, attributes)


def _biased(
    key: jax.Array,
    hyper: Hyper,
    pool: PoolData,
    shape: Shape,
    classes: int,
    spans: Spans,
    slots: Slots,
) -> Slots:
    """Return the slots after all biases, from uniforms of the run's own."""
    return biases.apply(
        shape.biases,
        shape.bias_settings,
        slots,
        jnp.asarray(hyper.levels),
        jnp.asarray(hyper.dials),
        jnp.asarray(hyper.samples),
        _uniforms(key, shape, pool),
        classes,
        pool.examples,
        spans,
    )


def exhibit(
    key: jax.Array,
    slots: Slots,
    pool: PoolData,
    shape: Shape,
    image_shape: tuple[int, int, int] | None,
) -> Exhibit:
    """Return what a run with this key and these slots may be shown."""
    rendering = any(catalogue("biases")[name].render for name in shape.biases)
    uniforms = _uniforms(key, shape, pool) if rendering else jnp.zeros((0, 3, 0))
    keys = tuple(stream(stream(key, f"bias/{name}"), "render") for name in shape.biases)
    return Exhibit(slots, pool, shape, image_shape, uniforms, keys)


def show(exhibit: Exhibit, batch: Slots) -> jax.Array:
    """Return the inputs [batch, d] of some of the run's slots, as they are shown."""
    pool, shape = exhibit.pool, exhibit.shape
    x = jnp.asarray(pool.x)[batch.index]
    if pool.stamps is not None:
        x = x + jnp.asarray(pool.stamps)[batch.attribute]
    return biases.render(
        x,
        batch.marks,
        batch.index,
        shape.biases,
        shape.bias_settings,
        tuple(exhibit.uniforms),
        exhibit.keys,
        exhibit.image_shape,
    )


def _uniforms(key: jax.Array, shape: Shape, pool: PoolData) -> jax.Array:
    size = len(pool.examples.label)
    draws = [jax.random.uniform(stream(key, f"bias/{name}"), (3, size)) for name in shape.biases]
    return jnp.stack(draws)
