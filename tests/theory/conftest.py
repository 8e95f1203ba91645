"""Tests of theory compute with 64-bit numbers."""

from collections.abc import Iterator

import jax
import pytest


@pytest.fixture(autouse=True, scope="module")
def wide() -> Iterator[None]:
    """Predictions and simulations are held against each other in float64."""
    with jax.enable_x64(True):
        yield
