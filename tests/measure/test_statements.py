"""Statements: probabilities of pairs against their closed form, errors on facts, refusals."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxuim.measure.statements import fact_error, pair_probability, rare_fact_error

compiled = jax.jit(pair_probability)


@given(st.lists(st.floats(0.01, 0.99), min_size=4, max_size=4), st.floats(0.01, 0.5))
def test_it_is_the_probability_of_the_first_given_one_of_the_two(first, second) -> None:
    p, q = np.array(first), np.full(4, second)
    found = compiled(-np.log(p).astype(np.float32), -np.log(q).astype(np.float32))
    np.testing.assert_allclose(found, np.mean(p / (p + q)), rtol=1e-5)


@given(st.integers(0, 2**32 - 1))
def test_pairs_swap_and_shift(seed: int) -> None:
    a, b = np.random.default_rng(seed).normal(size=(2, 5)).astype(np.float32)
    np.testing.assert_allclose(compiled(a, b), 1 - compiled(b, a), atol=1e-6)
    np.testing.assert_allclose(compiled(a + 1, b + 1), compiled(a, b), atol=1e-6)


def test_facts_are_counted_and_the_rare_ones_are_the_last_half() -> None:
    hits = jnp.array([True, True, False, True, False, False])
    assert float(fact_error(hits)) == 0.5
    np.testing.assert_allclose(rare_fact_error(hits), 2 / 3, rtol=1e-6)


def test_bad_input_is_refused_and_nan_inside_jit() -> None:
    assert np.isnan(compiled(np.array([np.nan, 0.0]), np.zeros(2)))
    with pytest.raises(ValueError, match=r"losses\[1\] = nan"):
        pair_probability([0.0, np.nan], [0.0, 0.0])
    with pytest.raises(ValueError, match=r"others has shape \(1,\)"):
        pair_probability([0.0, 1.0], [0.0])
    with pytest.raises(ValueError, match=r"none of them empty"):
        fact_error([])
    with pytest.raises(ValueError, match=r"hits\[0\] = 3"):
        rare_fact_error([3])
