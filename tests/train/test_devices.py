"""Tests for jaxuim/train/devices.py and for results on several devices (own processes)."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from jaxuim.train import devices

PROGRAM = """
import sys
from jaxuim.train.devices import configure
assert "jax" not in sys.modules
configure(devices=int(sys.argv[1]))
import jax, json, numpy as np
from jaxuim.train.ensemble import Ensemble
from jaxuim.train.hyper import stack
from jaxuim.types.shape import Shape
from jaxuim.worlds import build
world = (("kind", "digits"),)
shape = Shape(
    world, ("symmetric_label_noise",), ((),), "mlp", 8, 1,
    "supervised", "adam", "cosine", 2, 8, 10, (10,),
)
ensemble = Ensemble(shape, build(world), block=1)
((_, chunk),) = ensemble.train(stack(np.arange(13), np.linspace(0, 1, 13), 100, 1e-2))
kernel = np.asarray(chunk.state.params["layers"][0]["kernel"])[:13]
print(json.dumps({"devices": ensemble.mesh.size, "kernel": kernel.tolist()}))
"""


def run_on(count, tmp_path):
    environment = {k: v for k, v in os.environ.items() if k != "XLA_FLAGS"}
    environment |= {"JAX_PLATFORMS": "cpu", devices.CACHE: str(tmp_path / "cache")}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(count)],
        capture_output=True, text=True, env=environment, check=True, timeout=300,
    )  # fmt: skip
    return json.loads(done.stdout)


@pytest.mark.slow
def test_eight_devices_equal_one(tmp_path):
    """13 runs on 8 devices are padded to 16; with blocks of 1 the numbers are the same bits."""
    one, eight = run_on(1, tmp_path), run_on(8, tmp_path)
    assert (one["devices"], eight["devices"]) == (1, 8)
    np.testing.assert_array_equal(one["kernel"], eight["kernel"])


def test_configure_after_jax_checks_the_number_of_devices():
    import jax

    devices.configure(devices=jax.local_device_count())
    with pytest.raises(ValueError, match="JAX is running already"):
        devices.configure(devices=jax.local_device_count() + 1)
