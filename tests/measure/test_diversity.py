"""Vendi score, mode entropy, precision and recall: formulas, gold cases, invariances."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics.pairwise import cosine_similarity
from sklearn.neighbors import NearestNeighbors

from jaxuim.measure import mode_entropy, precision_recall, vendi_score

seeds = st.integers(0, 2**32 - 1)


@given(seeds, st.sampled_from([(20, 5), (6, 30)]))
def test_vendi_is_the_entropy_of_the_similarities(seed: int, shape: tuple[int, int]) -> None:
    x = np.random.default_rng(seed).standard_normal(shape)
    values = np.linalg.eigvalsh(cosine_similarity(x) / shape[0])
    expected = np.exp(stats.entropy(np.maximum(values, 0.0)))
    assert vendi_score(x) == pytest.approx(expected)
    assert vendi_score(np.concatenate([x, 3.0 * x])) == pytest.approx(expected)  # copies add none


def test_vendi_at_its_ends() -> None:
    assert vendi_score(np.eye(7)) == pytest.approx(7.0)
    assert vendi_score(np.ones((7, 3))) == pytest.approx(1.0)
    x = np.arange(1.0, 7.0).reshape(2, 3)
    vendi_score(x)
    assert x.tolist() == [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]  # the caller's array is left alone
    with pytest.raises(ValueError, match=r"features\[1\] has length 0"):
        vendi_score([[1.0], [0.0]])


@given(st.lists(st.integers(0, 4), min_size=1, max_size=50))
def test_mode_entropy_is_scipys(modes: list[int]) -> None:
    expected = stats.entropy(np.bincount(modes, minlength=5))
    assert mode_entropy(modes, 5) == pytest.approx(expected, abs=1e-12)


def test_mode_entropy_refuses_what_is_no_mode() -> None:
    assert mode_entropy(np.arange(5), 5) == pytest.approx(np.log(5))
    with pytest.raises(ValueError, match=r"assignments\[0\] = 5"):
        mode_entropy([5], 5)


def within(points: np.ndarray, centres: np.ndarray, k: int) -> float:
    radius = NearestNeighbors(n_neighbors=k).fit(centres).kneighbors()[0][:, -1]
    inside = [
        any(np.linalg.norm(p - c) <= r for c, r in zip(centres, radius, strict=True))
        for p in points
    ]
    return float(np.mean(inside))


@given(seeds, st.integers(1, 5))
def test_precision_and_recall_equal_the_loop(seed: int, k: int) -> None:
    rng = np.random.default_rng(seed)
    real, made = rng.standard_normal((20, 3)), 0.7 * rng.standard_normal((15, 3)) + 0.3
    found = precision_recall(real, made, k)
    assert found == (within(made, real, k), within(real, made, k))


def test_precision_tells_fidelity_and_recall_coverage() -> None:
    rng = np.random.default_rng(0)
    left, right = rng.standard_normal((2, 60, 2)) + np.array([[[0.0, 0.0]], [[50.0, 0.0]]])
    both = np.concatenate([left, right])
    assert precision_recall(both, both) == (1.0, 1.0)
    dropped = precision_recall(both, left)  # one mode is missing
    assert dropped.precision == 1.0 and dropped.recall == 0.5
    invented = precision_recall(left, both)
    assert invented.precision == 0.5 and invented.recall == 1.0
    with pytest.raises(ValueError, match="k = 60; allowed are 1 to 59"):
        precision_recall(left, both, k=60)
