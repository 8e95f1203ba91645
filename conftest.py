"""Test set-up: the checkout comes last on the path, so an installed wheel is what is tested.

Tests import ``theory`` and ``benchmarks`` from the checkout and ``jaxuim`` from wherever it is
installed; ``python -m pytest`` needs ``-P`` for that, since it puts this folder first otherwise.
"""

import os
import sys
from pathlib import Path

from hypothesis import HealthCheck, settings

os.environ.setdefault("JAX_PLATFORMS", "cpu")
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
