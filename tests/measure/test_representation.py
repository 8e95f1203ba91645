"""Singular value measures against closed forms, with invariances and degenerate features."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxuim.measure import (
    effective_rank,
    largest_singular_value_ratio,
    rankme,
    singular_value_entropy,
)

seeds = st.integers(0, 2**32 - 1)
shapes = st.sampled_from([(20, 6), (5, 12), (8, 8), (9, 1), (1, 4), (3, 20)])
MEASURES = singular_value_entropy, largest_singular_value_ratio, effective_rank
compiled_rankme = jax.jit(rankme)
three = jax.jit(lambda x: jnp.stack([measure(x) for measure in MEASURES]))


def draw(seed: int, shape: tuple[int, int]) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape, np.float32)


def rotation(seed: int, n: int) -> np.ndarray:
    return np.linalg.qr(np.random.default_rng(seed).standard_normal((n, n)))[0].astype(np.float32)


@given(seeds, shapes)
def test_all_three_follow_from_numpy_singular_values(seed: int, shape: tuple[int, int]) -> None:
    x = draw(seed, shape)
    p = np.linalg.svd(x.astype(float), compute_uv=False)
    p = p / p.sum()
    expected = -(p * np.log(np.where(p > 0, p, 1.0))).sum()
    entropy, ratio, rank = three(x)
    assert entropy == pytest.approx(expected, abs=1e-5)
    assert rank == pytest.approx(np.exp(expected), rel=1e-5)
    assert ratio == pytest.approx(-np.log(p[0]), abs=1e-5)


@given(seeds, st.sampled_from([(30, 7), (7, 30)]))
def test_orthogonal_features_use_every_dimension(seed: int, shape: tuple[int, int]) -> None:
    d = min(shape)
    u = rotation(seed, max(shape))[: shape[0], : shape[1]]
    assert np.allclose(three(u), [np.log(d), np.log(d), d], rtol=1e-5)


@given(seeds, shapes)
def test_rank_one_features_use_one(seed: int, shape: tuple[int, int]) -> None:
    x = np.outer(draw(seed, (shape[0], 1)), draw(seed + 1, (1, shape[1])))
    entropy, ratio, rank = three(x)
    assert 0.0 <= entropy < 2e-4  # rounding leaves singular values of about 1e-7
    assert 0.0 <= ratio < 1e-5
    assert 1.0 <= rank < 1.0002


@given(seeds, shapes, st.integers(-60, 60), st.integers(0, 2**31))
def test_scale_rotation_and_order_do_not_matter(
    seed: int, shape: tuple[int, int], exponent: int, turn: int
) -> None:
    x = draw(seed, shape)
    value = np.asarray(three(x))
    for other in (
        x * np.float32(2.0**exponent),
        x @ rotation(turn, shape[1]),
        x[np.random.default_rng(turn).permutation(shape[0])],
    ):
        assert np.allclose(three(other), value, rtol=2e-5, atol=2e-5)
    entropy, ratio, rank = value
    assert 0.0 <= ratio <= entropy + 1e-6  # -log of the largest share is at most the mean
    assert entropy <= np.log(min(shape)) + 1e-6 and 1.0 <= rank <= min(shape) + 1e-4


@pytest.mark.parametrize("shape", [(20, 6), (5, 12), (9, 1), (1, 4)])
def test_dead_features_count_as_collapsed(shape: tuple[int, int]) -> None:
    assert three(np.zeros(shape, np.float32)).tolist() == [0.0, 0.0, 1.0]


@pytest.mark.parametrize("scale", [2e-38, 1e-20, 1e20, 3e38])
def test_extreme_magnitudes_are_safe(scale: float) -> None:
    x = np.eye(3, dtype=np.float32) * np.float32(scale)
    assert np.allclose(three(x), [np.log(3), np.log(3), 3], rtol=1e-5)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_one_bad_feature_makes_the_number_nan(bad: float) -> None:
    x = draw(0, (8, 8))
    x[2, 1] = bad
    assert np.isnan(three(x)).all()


@given(seeds, shapes)
def test_rankme_is_its_published_formula(seed: int, shape: tuple[int, int]) -> None:
    x = draw(seed, shape)
    p = np.linalg.svd(x.astype(float), compute_uv=False)
    p = p / p.sum() + 1e-7
    assert compiled_rankme(x) == pytest.approx(np.exp(-(p * np.log(p)).sum()), rel=1e-5)


def test_many_examples_lose_no_accuracy() -> None:
    x = draw(0, (4000, 12)) * 10.0 ** -np.arange(12, dtype=np.float32)  # down to 1e-11
    p = np.linalg.svd(x.astype(float), compute_uv=False)
    p = p / p.sum()
    entropy, ratio, _ = three(x)
    assert entropy == pytest.approx(-(p * np.log(p)).sum(), abs=2e-5)
    assert ratio == pytest.approx(-np.log(p[0]), abs=1e-5)
    assert three(np.outer(draw(1, (4000,)), draw(2, (12,))))[0] < 1e-4


def test_what_is_no_matrix_of_finite_numbers_is_refused() -> None:
    with pytest.raises(ValueError, match=r"features has shape \(3,\); allowed is \[n, D\]"):
        effective_rank([1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match=r"features has shape \(0, 2\)"):
        rankme(np.zeros((0, 2)))
    with pytest.raises(ValueError, match=r"features\[0, 1\] = inf; every value must be finite"):
        singular_value_entropy([[1.0, np.inf]])
