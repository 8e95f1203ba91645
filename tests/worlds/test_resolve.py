"""From settings to a world: by the catalogue, kept for the process, refused in one sentence."""

import subprocess
import sys

import numpy as np
import pytest

from jaxuim import worlds


def test_the_catalogue_builds_and_keeps_worlds() -> None:
    settings = (("kind", "digits"), ("shortcut", True), ("shots", None))
    world = worlds.build(settings)
    assert world is worlds.build(settings)
    assert world.stamps is not None and world.tasks["few_shot"].shots == 5
    with pytest.raises(ValueError, match="read-only"):
        world.pool_x[0, 0] = 1.0


def test_tfds_takes_its_name_from_the_kind(tfds_dir: str) -> None:
    world = worlds.build((("data_dir", tfds_dir), ("kind", "tfds:blob_vectors")))
    assert world.name == "tfds:blob_vectors" and np.isfinite(world.pool_x).all()


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ((), "world.kind is missing"),
        ((("kind", "moon"),), "world.kind = 'moon' is unknown; allowed are arrays, digits"),
        ((("kind", "digits:3"),), "world.kind = 'digits:3' is unknown"),
        ((("kind", "tfds"),), "lacks a data set; write 'tfds:NAME'"),
        ((("kind", "tfds:"),), "lacks a data set; write 'tfds:NAME'"),
    ],
)
def test_bad_kinds_are_refused(settings, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        worlds.build(settings)


def test_importing_worlds_is_light() -> None:
    heavy = "{'jax', 'sklearn', 'tensorflow_datasets', 'scipy', 'pandas'}"
    code = f"import sys, jaxuim.worlds; sys.exit(bool({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
