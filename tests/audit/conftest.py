"""Fixtures: the digits, and labels of them with noise of a known rate."""

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pytest
from sklearn.datasets import load_digits

from jaxuim.audit import NoiseEstimate, estimate_noise
from jaxuim.audit.predictions import layout, predict


class Digits(NamedTuple):
    """Images x f32[1797, 64] and true labels y i32[1797]."""

    x: np.ndarray
    y: np.ndarray


class Noisy(NamedTuple):
    """Given labels of the digits, out-of-sample probabilities, and the estimate from them."""

    y: np.ndarray
    probabilities: np.ndarray
    found: NoiseEstimate


@pytest.fixture(scope="session")
def digits() -> Digits:
    """The handwritten digits of scikit-learn."""
    x, y = load_digits(return_X_y=True)
    return Digits(x.astype(np.float32), y.astype(np.int32))


@pytest.fixture(scope="session")
def corrupted() -> Callable[..., np.ndarray]:
    """Replace labels by another class at a rate: any other ("symmetric") or the next ("pair")."""

    def replaced(y: np.ndarray, rate: float, kind: str = "symmetric", seed: int = 0) -> np.ndarray:
        rng = np.random.default_rng(seed)
        hit = rng.random(len(y)) < rate
        shift = rng.integers(1, 10, len(y)) if kind == "symmetric" else 1
        return np.where(hit, (y + shift) % 10, y).astype(np.int32)

    return replaced


@pytest.fixture(scope="session")
def noisy(digits: Digits, corrupted: Callable[..., np.ndarray]) -> Callable[..., Noisy]:
    """Estimate the noise of the digits at a rate; the same arguments are computed once."""

    @lru_cache
    def estimated(rate: float, kind: str, seed: int) -> Noisy:
        y = corrupted(digits.y, rate, kind, seed)
        made = predict(y, 10, layout(digits.x, y, 10))
        found = estimate_noise(y, made.probabilities, refit=made.refit)
        return Noisy(y, made.probabilities, found)

    return lambda rate, kind="symmetric", seed=0: estimated(rate, kind, seed)
