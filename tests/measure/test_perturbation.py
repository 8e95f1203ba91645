"""Sensitivity is the difference of two log losses."""

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import log_loss

from jaxuim.measure import sensitivity

N, K = 30, 4
seeds = st.integers(0, 2**32 - 1)
compiled = jax.jit(sensitivity)


def probabilities(logits: np.ndarray) -> np.ndarray:
    p = np.exp(logits.astype(float) - logits.max(1, keepdims=True))
    return p / p.sum(1, keepdims=True)


@given(seeds)
def test_it_is_the_difference_of_log_losses(seed: int) -> None:
    rng = np.random.default_rng(seed)
    before, after = rng.standard_normal((2, N, K)).astype(np.float32)
    labels = rng.integers(0, K, N)
    losses = [log_loss(labels, probabilities(z), labels=range(K)) for z in (before, after)]
    assert compiled(before, after, labels) == pytest.approx(losses[1] - losses[0], abs=1e-5)
    assert compiled(before, before, labels) == 0.0


def test_bad_input_is_refused() -> None:
    good = np.zeros((N, K), np.float32)
    with pytest.raises(ValueError, match=r"perturbed_logits has shape \(30, 3\); .* K = 4"):
        sensitivity(good, good[:, :3], np.zeros(N, int))
    bad = good.copy()
    bad[0, 0] = np.nan
    assert np.isnan(compiled(good, bad, np.zeros(N, int)))
