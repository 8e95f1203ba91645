"""One step beyond the theory: the same attack on a ReLU network trained on handwritten digits."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import optax
from numpy.typing import NDArray
from scipy.optimize import curve_fit
from scipy.special import ndtr

from jaxuim import laws, models, worlds
from theory.study.claim import Outcome
from theory.study.size import Size

Array = NDArray[np.float64]

COUNTS = (0, 1, 2, 4, 8, 16, 32, 64)
TRIGGER = 1.0  # on the appended coordinate; pixels lie between 0 and 1
TARGET = 0  # what the poisons are labelled, and what the attack wants
WIDTH = 32
BATCH = 16
RATE = 0.1
START = np.array([-3.0, 5.0, 0.005])  # of the search for the law's constants
# (images, steps): the first two see every image equally often, the last takes as many steps.
DESIGNS = ((800, 1000), (200, 250), (200, 1000))


class Draws(NamedTuple):
    """What the runs of one seed share, each with a first axis of seeds."""

    order: jax.Array
    poisons: jax.Array
    uniforms: jax.Array
    init: jax.Array


def attack_success(images: int, steps: int, draws: Draws) -> Array:
    """Return the share of triggered images of other classes taken for the target, (seeds, counts).

    A coordinate is appended to the 64 pixels: 0 on clean images, ``TRIGGER`` on poisons, which are
    copies of pool images of other classes labelled ``TARGET``. Networks are trained by plain SGD,
    batches drawn with replacement; they follow one another inside one program, which on a CPU is
    faster than one wide batch of small networks.
    """
    own = [jnp.asarray(v) for v in (images, steps)]
    return np.asarray(_programs(*own, jnp.asarray(COUNTS), draws))


@jax.jit
def _programs(images: jax.Array, steps: jax.Array, counts: jax.Array, draws: Draws) -> jax.Array:
    """Return the success of each seed and count."""
    world = worlds.build((("kind", "digits"),))
    task = world.tasks["id"]
    pool, label = _appended(world.pool_x), jnp.asarray(world.pool_y)
    tested = _appended(task.test_x[task.test_y != TARGET]).at[:, -1].set(TRIGGER)
    network = models.build("mlp", width=WIDTH, depth=1, inputs=65, classes=world.classes)
    chain = optax.sgd(RATE)

    def loss(params: models.Params, x: jax.Array, y: jax.Array) -> jax.Array:
        logits = network.apply(params, x)
        return optax.softmax_cross_entropy_with_integer_labels(logits, y).mean()

    def one(count: jax.Array, draw: Draws) -> jax.Array:
        params = network.init(jax.random.wrap_key_data(draw.init))

        def step(number: int, state: models.Params) -> models.Params:
            place = (draw.uniforms[number] * (images + count)).astype(jnp.int32)
            bad = place < count
            index = jnp.where(bad, draw.poisons[place], draw.order[place - count])
            x = pool[index].at[:, -1].set(jnp.where(bad, jnp.float32(TRIGGER), 0.0))
            slope = jax.grad(loss)(state, x, jnp.where(bad, TARGET, label[index]))
            # Plain SGD has no state, so that the weights alone are carried.
            update, _ = chain.update(slope, chain.init(state), state)
            moved: models.Params = optax.apply_updates(state, update)
            return moved

        final = jax.lax.fori_loop(0, steps, step, params)
        return jnp.mean(jnp.argmax(network.apply(final, tested), axis=1) == TARGET)

    return jax.lax.map(lambda draw: jax.lax.map(lambda count: one(count, draw), counts), draws)


def draw(rng: np.random.Generator, seeds: int) -> Draws:
    """Return the draws of so many seeds: order of the pool, poisons, batches, initial weights."""
    y = worlds.build((("kind", "digits"),)).pool_y
    order = rng.permuted(np.tile(np.arange(len(y), dtype=np.int32), (seeds, 1)), axis=1)
    others = np.flatnonzero(y != TARGET).astype(np.int32)
    poisons = rng.permuted(np.tile(others, (seeds, 1)), axis=1)[:, : COUNTS[-1]]
    longest = max(steps for _, steps in DESIGNS)
    uniforms = rng.random((seeds, longest, BATCH), dtype=np.float32)
    init = rng.integers(2**32, size=(seeds, 2), dtype=np.uint32)
    return Draws(*(jnp.asarray(v) for v in (order, poisons, uniforms, init)))


def response(exposure: Array, start: float, gain: float, speed: float) -> Array:
    """Return the law of gradient descent, Phi(start + gain (1 - exp(-speed exposure))).

    ``exposure`` is poisons times passes over the data, count steps batch / N: the shift of
    ``theory.backdoor.descent_law`` in units of the spread, with three constants for an unknown
    network.
    """
    return np.asarray(ndtr(start - gain * np.expm1(-speed * exposure)))


def _fitted(exposure: Array, success: Array) -> Array:
    """Return the law's three constants by least squares, NaN where the search does not end."""
    try:
        return np.asarray(curve_fit(response, exposure, success, START, maxfev=10000)[0])
    except RuntimeError:
        return np.full(len(START), np.nan)


def compare_digits(size: Size) -> Outcome:
    """Train at two sizes of data, and draw the law with constants fitted to the first design only.

    There are no rows: the law was not made for this network, and the figure shows how far it goes.
    """
    draws = draw(size.rng("digits"), size.repetitions(10, least=2))
    counts, fine = np.asarray(COUNTS, dtype=np.float64), np.linspace(0.0, COUNTS[-1], 129)
    curves: dict[str, Array] = {"counts": counts, "fine": fine}
    constants = START
    for number, (images, steps) in enumerate(DESIGNS):
        success = attack_success(images, steps, draws)
        exposure = counts * steps * BATCH / (images + counts)
        mean = success.mean(axis=0)
        if number == 0:
            constants = _fitted(exposure, mean)
        name = f"{images} {steps}"
        error = success.std(axis=0, ddof=1) / np.sqrt(len(success))
        curves[f"success {name}"] = np.stack([mean, error])
        curves[f"law {name}"] = response(fine * steps * BATCH / (images + fine), *constants)
        levels, seeds = np.tile(counts, len(success)), np.repeat(np.arange(len(success)), 8)
        found = laws.crossing(levels, success.reshape(-1) - 0.5, groups=seeds, confidence=0.9)
        place = found.location, *(found.interval or (None, None))
        curves[f"half {name}"] = np.array([np.nan if v is None else v for v in place])
    return Outcome(curves=curves)


def _appended(x: NDArray[np.float32]) -> jax.Array:
    """Return images with one more coordinate that is 0."""
    return jnp.asarray(np.pad(x, ((0, 0), (0, 1))), dtype="float32")
