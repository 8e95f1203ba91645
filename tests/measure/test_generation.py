"""Measures of generated samples: against 64-bit host measures, closed forms, and known copies."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxuim.measure import copy_rate, frechet_distance, frechet_from_samples
from jaxuim.measure.generation import (
    class_frechet,
    nearest_copy_rate,
    sample_frechet,
    sample_spread,
)

seeds = st.integers(0, 2**32 - 1)
FRECHET, BY_CLASS = jax.jit(sample_frechet), jax.jit(class_frechet)
COPIES, SPREAD = jax.jit(nearest_copy_rate), jax.jit(sample_spread)


def two(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x, y = rng.standard_normal((40, 5)), rng.standard_normal((30, 5))
    return x @ rng.standard_normal((5, 5)), y + rng.standard_normal(5)


@given(seeds)
def test_distance_of_samples_is_that_of_the_host(seed: int) -> None:
    x, y = two(seed)
    assert FRECHET(x, y) == pytest.approx(frechet_from_samples(x, y), rel=1e-4)


def test_a_small_distance_survives_32_bit() -> None:
    """Traces of 20 against a distance of 2e-5, where the sum of traces would keep one digit."""
    covariance, nearer = np.eye(20), 1.002 * np.eye(20)
    zero = np.zeros((3, 20))
    expected = frechet_distance(zero[0], covariance, zero[0], nearer)
    assert expected < 3e-5
    assert BY_CLASS(zero, covariance, zero, nearer) == pytest.approx(expected, rel=1e-2)


@given(seeds)
def test_classes_add_the_squares_of_their_shifts(seed: int) -> None:
    rng = np.random.default_rng(seed)
    made, true = rng.standard_normal((2, 3, 4))
    a, b = rng.standard_normal((2, 4, 6))
    expected = [frechet_distance(made[k], a @ a.T, true[k], b @ b.T) for k in range(3)]
    assert BY_CLASS(made, a @ a.T, true, b @ b.T) == pytest.approx(np.mean(expected), rel=1e-4)


@given(seeds, st.floats(0.1, 10.0))
def test_spread_is_that_of_distances_between_pairs(seed: int, factor: float) -> None:
    x, y = two(seed)

    def pairs(z: np.ndarray) -> float:
        return float(np.square(z[:, None] - z).sum(-1).sum() / (len(z) * (len(z) - 1)))

    assert SPREAD(x, y) == pytest.approx(np.sqrt(pairs(x) / pairs(y)), rel=1e-4)
    assert SPREAD(factor * y, y) == pytest.approx(factor, rel=1e-4)


@given(seeds)
def test_copies_are_those_of_the_host_among_what_was_shown(seed: int) -> None:
    rng = np.random.default_rng(seed)
    known, used = rng.standard_normal((25, 5)), rng.random(25) < 0.6
    used[:2] = True
    copied = known[rng.integers(25, size=20)] + 0.1 * rng.standard_normal((20, 5))
    made = np.concatenate([copied, rng.standard_normal((20, 5))]).astype(np.float32)
    expected = copy_rate(made, known[used].astype(np.float32)).rate
    assert COPIES(made, known, used) == pytest.approx(expected)


def test_too_little_to_tell_is_nan_or_refused() -> None:
    x = jnp.ones((3, 2))
    assert np.isnan(COPIES(x, x, jnp.array([True, False, False])))
    with pytest.raises(ValueError, match="have 1 and 3 examples; allowed is at least 2"):
        sample_frechet(x[:1], x)
