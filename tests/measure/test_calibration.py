"""Calibration errors against loops, at perfect calibration and at the worst."""

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxuim.measure import (
    classwise_calibration_error,
    equal_mass_calibration_error,
    expected_calibration_error,
    maximum_calibration_error,
)

N, K = 60, 4
ece = jax.jit(expected_calibration_error, static_argnames="bins")
equal_mass = jax.jit(equal_mass_calibration_error, static_argnames="bins")
maximum = jax.jit(maximum_calibration_error, static_argnames="bins")
classwise = jax.jit(classwise_calibration_error, static_argnames="bins")
BINS = st.sampled_from([1, 7, 15])
seeds = st.integers(0, 2**32 - 1)


def softmax(logits: np.ndarray) -> np.ndarray:
    p = np.exp(logits.astype(float) - logits.max(1, keepdims=True))
    return p / p.sum(1, keepdims=True)


def gaps(probability: np.ndarray, event: np.ndarray, bins: int) -> tuple[np.ndarray, np.ndarray]:
    """The textbook algorithm, bin by bin, in float64: shares of examples, frequency - mean."""
    share, gap = np.zeros(bins), np.zeros(bins)
    for b in range(bins):
        inside = (probability > b / bins) & (probability <= (b + 1) / bins)
        if inside.any():
            share[b], gap[b] = inside.mean(), event[inside].mean() - probability[inside].mean()
    return share, np.abs(gap)


def draw(seed: int, scale: float) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return scale * rng.standard_normal((N, K), np.float32), rng.integers(0, K, N)


@given(seeds, st.floats(0.1, 10.0), BINS)
def test_bins_of_equal_width_equal_the_loop(seed: int, scale: float, bins: int) -> None:
    logits, labels = draw(seed, scale)
    p, right = softmax(logits), logits.argmax(1) == labels
    share, gap = gaps(p.max(1), right, bins)
    assert ece(logits, labels, bins=bins) == pytest.approx(share @ gap, abs=2e-6)
    assert maximum(logits, labels, bins=bins) == pytest.approx(gap.max(), abs=2e-6)
    each = [np.dot(*gaps(p[:, k], labels == k, bins)) for k in range(K)]
    assert classwise(logits, labels, bins=bins) == pytest.approx(np.mean(each), abs=2e-6)


@given(seeds, st.floats(0.1, 10.0), st.sampled_from([1, 7, 60, 90]))
def test_bins_of_equal_mass_equal_the_loop(seed: int, scale: float, bins: int) -> None:
    logits, labels = draw(seed, scale)
    confidence, right = softmax(logits).max(1), logits.argmax(1) == labels
    parts = np.array_split(np.argsort(confidence), bins)
    expected = sum(abs((right[i] - confidence[i]).sum()) for i in parts) / N
    found = float(equal_mass(logits, labels, bins=bins))
    assert found == pytest.approx(expected, abs=2e-6)
    if bins == 1:
        assert found == pytest.approx(float(ece(logits, labels, bins=1)), abs=2e-6)


@given(seeds, st.permutations(range(10)))
def test_order_among_equal_confidences_does_not_matter(seed: int, order: list[int]) -> None:
    labels = np.random.default_rng(seed).integers(0, 2, 10)
    logits = np.tile(np.float32([0, 1]), (10, 1))
    expected = abs(labels.mean() - 1 / (1 + np.exp(-1)))
    found = equal_mass(logits, labels[order], bins=3)
    assert found == pytest.approx(expected, abs=1e-6)


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


def test_the_worst_bin_counts_however_few_its_examples() -> None:
    confidence = np.append(np.full(9, 0.9), 0.55)
    labels = np.append(np.zeros(9, int), 1)  # 0.1 below in nine, 0.55 above in one
    assert maximum(logits_of(confidence), labels) == pytest.approx(0.55, abs=1e-6)


def test_an_overconfident_class_shows_where_the_top_class_does_not() -> None:
    # two of three classes are mixed up, in expectation rightly so; the third never occurs
    logits = np.log(np.tile(np.float32([0.5, 0.3, 0.2]), (10, 1)))
    labels = np.repeat([0, 1], 5)
    assert ece(logits, labels) == pytest.approx(0.0, abs=1e-6)
    assert classwise(logits, labels) == pytest.approx((0 + 0.2 + 0.2) / 3, abs=1e-6)


@pytest.mark.parametrize("measure", [ece, equal_mass, maximum, classwise])
def test_all_are_zero_for_certain_and_right_and_refuse_no_bins(measure: object) -> None:
    assert callable(measure)
    assert measure(100 * np.eye(3, dtype=np.float32), np.arange(3)) == 0.0
    with pytest.raises(ValueError, match="bins = 0 must be at least 1"):
        measure(np.eye(3, dtype=np.float32), np.arange(3), bins=0)


def test_many_examples_lose_no_digits() -> None:
    rng = np.random.default_rng(0)
    logits = np.stack([np.zeros(200_000), rng.normal(3, 0.01, 200_000)], 1).astype(np.float32)
    labels = (rng.random(200_000) < 0.9).astype(int)
    p, right = softmax(logits), labels == 1
    expected = np.dot(*gaps(p.max(1), right, 15))
    assert ece(logits, labels) == pytest.approx(expected, abs=2e-5)
    assert classwise(logits, labels) == pytest.approx(expected, abs=2e-5)
