"""Expected calibration error against a loop, at perfect calibration and at the worst."""

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxuim.measure import expected_calibration_error

N, K = 60, 4
ece = jax.jit(expected_calibration_error)
seeds = st.integers(0, 2**32 - 1)


def by_loop(logits: np.ndarray, labels: np.ndarray) -> float:
    """The textbook algorithm, bin by bin, in float64."""
    p = np.exp(logits.astype(float) - logits.max(1, keepdims=True))
    confidence = (p / p.sum(1, keepdims=True)).max(1)
    right = logits.argmax(1) == labels
    total = 0.0
    for b in range(15):
        inside = (confidence > b / 15) & (confidence <= (b + 1) / 15)
        if inside.any():
            total += inside.mean() * abs(right[inside].mean() - confidence[inside].mean())
    return total


@given(seeds, st.floats(0.1, 10.0))
def test_it_equals_the_loop(seed: int, scale: float) -> None:
    rng = np.random.default_rng(seed)
    logits = scale * rng.standard_normal((N, K), np.float32)
    labels = rng.integers(0, K, N)
    got = float(ece(logits, labels))
    assert 0.0 <= got <= 1.0
    assert got == pytest.approx(by_loop(logits, labels), abs=2e-6)


def logits_of(confidence: np.ndarray) -> np.ndarray:
    """Logits of 2 classes whose softmax gives class 0 this probability."""
    return np.stack([np.log(confidence), np.log1p(-confidence)], axis=1).astype(np.float32)


def test_perfect_calibration_gives_zero() -> None:
    # confidence k/10 for 10 examples each, of which k are right
    confidence = np.repeat(np.arange(6, 10) / 10, 10)
    labels = np.concatenate([np.arange(10) >= k for k in range(6, 10)]).astype(int)
    assert ece(logits_of(confidence), labels) == pytest.approx(0.0, abs=1e-6)
    assert ece(np.zeros((4, 4), np.float32), np.arange(4)) == 0.0


def test_the_gap_of_one_bin_is_the_error() -> None:
    confidence = np.full(10, 0.9)
    labels = (np.arange(10) >= 4).astype(int)  # right 4 times of 10 at confidence 0.9
    assert ece(logits_of(confidence), labels) == pytest.approx(0.5, abs=1e-6)


def test_bins_do_not_cancel() -> None:
    confidence = np.array([0.6, 0.6, 0.9, 0.9])
    labels = np.array([0, 0, 1, 0])  # +0.4 in one bin, -0.4 in the other
    assert ece(logits_of(confidence), labels) == pytest.approx(0.4, abs=1e-6)


def test_calibrated_predictions_approach_zero_as_examples_grow() -> None:
    rng = np.random.default_rng(0)
    n = 100_000
    confidence = rng.uniform(0.5, 0.999, n)
    labels = (rng.random(n) > confidence).astype(int)
    # each of 8 bins is off by about sqrt(p(1-p)/n_b)
    assert ece(logits_of(confidence), labels) < 5 * np.sqrt(8 * 0.25 / n)


def test_no_example_gives_nan() -> None:
    assert np.isnan(expected_calibration_error(np.zeros((0, K)), np.zeros(0, np.int32)))
