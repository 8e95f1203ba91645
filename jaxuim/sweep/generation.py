"""What measures may take of a run that generates: samples, and laws of single classes."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import jax
import jax.numpy as jnp

from jaxuim.rng import stream
from jaxuim.train.objectives.conditional_gaussian import class_moments
from jaxuim.train.objectives.objective import Gaussians, Seen
from jaxuim.train.showing import exhibit, show

if TYPE_CHECKING:
    from jaxuim.sweep.given import Given

SAMPLES = 512  # inputs that are generated, at most


def _generated(given: "Given") -> jax.Array | None:
    """Return f32[m, d] for the labels of the first test examples; draws are those of the seed."""
    ensemble, run = given.ensemble, given.run
    labels, key = _labels(given), stream(run.key, "generate")
    if ensemble.objective.sample is not None:
        return ensemble.objective.sample(ensemble.network, run.params, key, labels)
    law = _closed(given)
    if law is None:
        return None
    # a symmetric root, which exists for singular covariances too
    values, vectors = jnp.linalg.eigh(law.covariance)
    root = (vectors * jnp.sqrt(jnp.maximum(values, 0.0))) @ vectors.T
    noise = jax.random.normal(key, (len(labels), law.means.shape[1]))
    return law.means[labels] + noise @ root


def _made(given: "Given") -> Gaussians | None:
    """Return the law of what is generated: in closed form, or the moments of the samples."""
    law = _closed(given)
    if law is not None:
        return law
    x = given.array("generated", "upstream", "none")
    if x is None:
        return None
    labels = _labels(given)
    return _moments(Seen(x, labels, jnp.ones(labels.shape, bool)), given)


def _true(given: "Given") -> Gaussians | None:
    """Return the moments of the clean pool, what runs draw their examples from."""
    world = given.ensemble.world
    if world.vocabulary:
        return None
    size = len(world.pool_y)
    x, y = jnp.asarray(given.pool.x)[:size], given.pool.examples.label[:size]
    return _moments(Seen(x, y, jnp.ones((size,), bool)), given)


def _closed(given: "Given") -> Gaussians | None:
    ensemble, run = given.ensemble, given.run
    if ensemble.objective.law is None:
        return None
    used = given.array("pool_used", "upstream", "none")
    x = _pool_inputs(given)
    if used is None or x is None:
        return None
    return ensemble.objective.law(ensemble.network, run.params, Seen(x, run.slots.label, used))


def _moments(seen: Seen, given: "Given") -> Gaussians:
    """Return class means and the common covariance, which divides by m - K."""
    classes = given.ensemble.world.classes
    _, means, covariance = class_moments(seen, classes)
    count = len(seen.y)
    return Gaussians(means, covariance * (count / max(count - classes, 1)))


def _pool_inputs(given: "Given") -> jax.Array | None:
    run, ensemble = given.run, given.ensemble
    if ensemble.world.vocabulary:
        return None
    image_shape = ensemble.world.image_shape
    return show(exhibit(run.key, run.slots, given.pool, ensemble.shape, image_shape), run.slots)


def _labels(given: "Given") -> jax.Array:
    return jnp.asarray(given.arrays["id"].test_y)[:SAMPLES]


def _held_out(given: "Given") -> jax.Array | None:
    if given.ensemble.world.vocabulary:
        return None
    return jnp.asarray(given.arrays["id"].test_x)[:SAMPLES]


def _part(
    read: Callable[["Given"], Gaussians | None], place: int
) -> Callable[["Given"], jax.Array | None]:
    def part(given: "Given") -> jax.Array | None:
        law = read(given)
        return None if law is None else law[place]

    return part


# By the name that measures declare.
ARRAYS: dict[str, Callable[["Given"], jax.Array | None]] = {
    "generated": _generated,
    "held_out": _held_out,
    "pool_inputs": _pool_inputs,
    "made_means": _part(_made, 0),
    "made_covariance": _part(_made, 1),
    "true_means": _part(_true, 0),
    "true_covariance": _part(_true, 1),
}
