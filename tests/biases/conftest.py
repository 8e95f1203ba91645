"""A random run for the tests of biases: a pool, a further source, and all that is known of them."""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from jaxuim.biases import Examples, Facts, Slots, clean

SOURCE = 40  # examples of the further source
SUBGROUPS = 3


class RandomRun(NamedTuple):
    slots: Slots
    uniforms: np.ndarray
    labels: np.ndarray


@pytest.fixture(scope="session")
def random_run() -> Callable[..., RandomRun]:
    """A function from a seed to clean slots, uniforms f32[3, n] and the pool's labels."""

    def draw(seed: int, n: int = 120, classes: int = 7) -> RandomRun:
        rng = np.random.default_rng(seed)
        labels = rng.integers(0, classes, n).astype(np.int32)
        attribute = rng.integers(0, classes, n).astype(np.int32)
        uniforms = rng.random((3, n), np.float32)
        return RandomRun(clean(rng.permutation(n), labels, attribute), uniforms, labels)

    return draw


@pytest.fixture(scope="session")
def random_facts(random_run) -> Callable[..., tuple[Slots, Facts]]:
    """A function from a seed to clean slots and all that a bias may know, a source included."""

    def draw(seed: int, n: int = 120, classes: int = 7, dial: float = 3.0) -> tuple[Slots, Facts]:
        slots, uniforms, labels = random_run(seed, n, classes)
        rng, size = np.random.default_rng(seed), n + SOURCE
        every = np.concatenate([labels, rng.integers(0, classes, SOURCE)]).astype(np.int32)
        known = Examples(
            jnp.asarray(every),
            group=rng.integers(0, SUBGROUPS, size).astype(np.int32),
            rank=(rng.permutation(size) / size).astype(np.float32),
            runner_up=((every + rng.integers(1, max(classes, 2), size)) % classes).astype(np.int32),
        )
        known = jax.tree.map(jnp.asarray, known)
        more = np.concatenate([uniforms, rng.random((3, SOURCE), np.float32)], axis=1)
        dial_now = jnp.float32(dial)
        facts = Facts(
            jnp.int32(n), jnp.asarray(more), classes, known, dial=dial_now, start=n, size=SOURCE
        )
        return slots, facts

    return draw


@pytest.fixture(scope="session")
def compiled() -> Callable[..., Callable[..., Slots]]:
    """A function that compiles a bias: its slots from clean slots, level and the run's facts."""
    done: dict[object, Callable[..., Slots]] = {}

    def build(bias: Callable[..., Slots], **settings: object) -> Callable[..., Slots]:
        key = (bias, tuple(settings.items()))
        if key not in done:

            def now(slots: Slots, level: jax.Array, traced: Facts, static: tuple) -> Slots:
                classes, bit, start, size = static
                facts = traced._replace(classes=classes, bit=bit, start=start, size=size)
                return bias(slots, level, facts, **settings)

            inner = jax.jit(now, static_argnums=3)

            def outer(slots: Slots, level: float, facts: Facts) -> Slots:
                static = (facts.classes, facts.bit, facts.start, facts.size)
                return inner(slots, jnp.float32(level), facts, static)

            done[key] = outer
        return done[key]

    return build
