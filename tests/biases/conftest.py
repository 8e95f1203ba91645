"""A random run for the tests of biases."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest

from jaxuim.biases import Slots, clean


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
