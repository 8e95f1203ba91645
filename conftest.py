"""Test set-up: the checkout comes last on the path, so an installed wheel is what is tested.

Tests import ``theory`` and ``benchmarks`` from the checkout and ``jaxuim`` from wherever it is
installed; ``python -m pytest`` needs ``-P`` for that, since it puts this folder first otherwise.
"""

import os
import sys
from pathlib import Path

# Before NumPy is imported: on small matrices more threads than one only wait for each other, and
# test processes share the cores already.
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")
os.environ.setdefault("JAX_PLATFORMS", "cpu")

from hypothesis import HealthCheck, settings  # noqa: E402

sys.path.append(str(Path(__file__).parent))

settings.register_profile(
    "jaxuim",
    deadline=None,  # the first example pays for a compilation
    max_examples=25,
    derandomize=bool(os.environ.get("CI")),
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("jaxuim")
