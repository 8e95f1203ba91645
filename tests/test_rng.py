"""Tests for jaxuim/rng.py."""

import jax
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from jaxuim.rng import run_key, stream

words = st.integers(0, 2**32 - 1)


@given(words, words, words)
def test_a_run_key_depends_on_root_and_seed_alone(root, one, other):
    same = np.array_equal(
        jax.random.key_data(run_key(root, one)), jax.random.key_data(run_key(root, other))
    )
    assert same == (one == other)


def test_streams_of_one_key_are_independent():
    """Uniforms of different streams and of split keys have no rank correlation beyond noise."""
    key = run_key(3, 5)
    names = ("init", "order", "batches", "attribute", "bias/symmetric_label_noise", "task/id")
    draws = np.stack([jax.random.uniform(stream(key, name), (4000,)) for name in names])
    correlation = np.corrcoef(draws) - np.eye(len(names))
    assert np.abs(correlation).max() < 5 / np.sqrt(4000)


def test_a_traced_seed_gives_the_same_key():
    traced = jax.jit(lambda seed: jax.random.key_data(run_key(7, seed)))(np.uint32(11))
    assert np.array_equal(traced, jax.random.key_data(run_key(7, 11)))
