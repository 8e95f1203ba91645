"""Tests for jaxuim/train/balance.py: groups as frequent as each other, fewer examples or not."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxuim.biases import Slots
from jaxuim.train.balance import balance

N, K, A = 400, 3, 2


@partial(jax.jit, static_argnums=0)
def balanced(kind, slots, samples, uniforms):
    return balance(kind, slots, samples, uniforms, K, A)


def draw(seed, n=N):
    rng = np.random.default_rng(seed)
    label = rng.choice(K, n, p=[0.7, 0.2, 0.1]).astype(np.int32)
    attribute = (rng.random(n) < 0.2).astype(np.int32)
    slots = Slots(*(jnp.asarray(a, jnp.int32) for a in (np.arange(n), label, attribute, 0 * label)))
    return slots, rng.random(n, np.float32)


def groups(slots, samples):
    return np.asarray(slots.label * A + slots.attribute)[:samples]


@given(st.integers(0, 2**31), st.integers(1, N), st.sampled_from(["reweight", "subsample"]))
def test_only_slots_in_use_are_drawn_and_labels_stay_with_their_examples(seed, samples, kind):
    slots, u = draw(seed)
    after = balanced(kind, slots, samples, u)
    assert np.asarray(after.index)[:samples].max() < samples
    np.testing.assert_array_equal(after.label, np.asarray(slots.label)[after.index])
    np.testing.assert_array_equal(after.index[samples:], slots.index[samples:])
    assert set(groups(after, samples)) <= set(groups(slots, samples))


@pytest.mark.parametrize("kind", ["reweight", "subsample"])
def test_every_group_is_equally_frequent(kind):
    n = 60_000
    slots, u = draw(1, n)
    share = np.bincount(groups(balanced(kind, slots, n, u), n), minlength=K * A) / n
    p = 1 / (K * A)
    assert np.abs(share - p).max() < 5 * np.sqrt(p * (1 - p) / n)


def test_subsampling_leaves_as_many_examples_of_each_group_as_the_smallest_has():
    slots, _ = draw(2)
    smallest = np.bincount(groups(slots, N), minlength=K * A).min()
    seen = [balanced("subsample", slots, N, draw(s)[1]).index for s in range(40)]
    assert len(np.unique(np.concatenate(seen))) <= K * A * smallest
    all_seen = [balanced("reweight", slots, N, draw(s)[1]).index for s in range(40)]
    assert len(np.unique(np.concatenate(all_seen))) > 0.9 * N


def test_none_changes_nothing():
    slots, u = draw(3)
    assert balance("none", slots, jnp.int32(N), u, K, A) is slots
