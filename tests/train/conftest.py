"""A small world and shape that the trainer tests share."""

import numpy as np
import pytest

from jaxuim.types.shape import Shape
from jaxuim.worlds import WorldData

POOL, INPUTS, CLASSES = 60, 6, 3


@pytest.fixture(scope="session")
def tiny_world():
    """Three well separated classes; far from symmetric, so that sign errors show."""
    rng = np.random.default_rng(0)
    y = rng.integers(0, CLASSES, POOL).astype(np.int32)
    x = rng.normal(size=(POOL, INPUTS)).astype(np.float32) + 2 * np.eye(INPUTS, dtype=np.float32)[y]
    return WorldData("tiny", CLASSES, None, x, y, None, {}, {})


@pytest.fixture(scope="session")
def make_shape():
    """A function that returns a shape with some fields replaced."""

    def make(**changes):
        fields = {
            "world": (("kind", "tiny"),),
            "biases": ("symmetric_label_noise",),
            "bias_settings": ((),),
            "model": "mlp",
            "width": 8,
            "depth": 1,
            "objective": "supervised",
            "optimizer": "adam",
            "schedule": "constant",
            "warmup": 0,
            "batch_size": 8,
            "steps": 12,
            "measure_at": (12,),
        }
        return Shape(**{**fields, **changes})

    return make
