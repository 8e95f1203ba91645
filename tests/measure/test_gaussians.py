"""Distances of Gaussians against scipy's matrix root, one dimension, and singular covariances."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import sqrtm

from jaxuim.measure import frechet_distance, frechet_from_samples, wasserstein2_gaussian

seeds = st.integers(0, 2**32 - 1)
dims = st.sampled_from([1, 3, 8])


def draw(seed: int, d: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    a, b = rng.standard_normal((2, d, d + 2))
    return rng.standard_normal(d), a @ a.T, rng.standard_normal(d), b @ b.T


@given(seeds, dims)
def test_it_is_the_published_formula(seed: int, d: int) -> None:
    m1, c1, m2, c2 = draw(seed, d)
    root = np.atleast_2d(sqrtm(c1 @ c2)).real
    expected = ((m1 - m2) ** 2).sum() + np.trace(c1 + c2 - 2.0 * root)
    assert frechet_distance(m1, c1, m2, c2) == pytest.approx(expected, rel=1e-6, abs=1e-6)
    assert wasserstein2_gaussian(m1, c1, m2, c2) ** 2 == pytest.approx(expected, rel=1e-6, abs=1e-6)


@given(seeds, dims)
def test_it_is_a_distance_that_rotations_do_not_change(seed: int, d: int) -> None:
    m1, c1, m2, c2 = draw(seed, d)
    m3, c3, _, _ = draw(seed + 1, d)
    there = wasserstein2_gaussian(m1, c1, m2, c2)
    assert wasserstein2_gaussian(m2, c2, m1, c1) == pytest.approx(there)
    assert wasserstein2_gaussian(m1, c1, m1, c1) == pytest.approx(0.0, abs=1e-5)
    by = wasserstein2_gaussian(m1, c1, m3, c3) + wasserstein2_gaussian(m3, c3, m2, c2)
    assert there <= by + 1e-9
    q = np.linalg.qr(np.random.default_rng(seed).standard_normal((d, d)))[0]
    turned = q @ m1, q @ c1 @ q.T, q @ m2, q @ c2 @ q.T
    assert wasserstein2_gaussian(*turned) == pytest.approx(there)


def test_closed_forms() -> None:
    diagonal = np.diag([1.0, 4.0]), np.diag([9.0, 0.0])  # the second is singular
    assert frechet_distance([0, 0], diagonal[0], [3, 4], diagonal[1]) == pytest.approx(
        25 + (3 - 1) ** 2 + 2**2
    )
    zero = np.zeros((2, 2))
    assert frechet_distance([0, 0], zero, [0, 2], zero) == 4.0
    line = np.array([[1.0, 1.0], [1.0, 1.0]])
    assert frechet_distance([0, 0], line, [0, 0], np.eye(2)) == pytest.approx(4 - 2 * np.sqrt(2))


def test_samples_come_near_the_law_they_are_from() -> None:
    m1, c1, m2, c2 = draw(3, 3)
    rng = np.random.default_rng(0)
    truth = frechet_distance(m1, c1, m2, c2)
    found = [
        frechet_from_samples(
            rng.multivariate_normal(m1, c1, 2000), rng.multivariate_normal(m2, c2, 2000)
        )
        for _ in range(20)
    ]
    error = np.std(found, ddof=1) / np.sqrt(20)
    assert error < 0.05 * truth and abs(np.mean(found) - truth) < 4 * error + 0.01 * truth


def test_one_dimension_is_means_and_deviations() -> None:
    x, y = np.array([0.0, 2.0, 4.0]), np.array([1.0, 1.0, 7.0])
    expected = (x.mean() - y.mean()) ** 2 + (x.std(ddof=1) - y.std(ddof=1)) ** 2
    assert frechet_from_samples(x[:, None], y[:, None]) == pytest.approx(expected)
    few = np.random.default_rng(0).standard_normal((3, 10))  # fewer samples than dimensions
    assert frechet_from_samples(few, few) == pytest.approx(0.0, abs=1e-9)


def test_bad_input_is_refused() -> None:
    with pytest.raises(ValueError, match="cov2 has eigenvalue -1; allowed are at least 0"):
        frechet_distance([0.0], [[1.0]], [0.0], [[-1.0]])
    with pytest.raises(ValueError, match="cov is not symmetric"):
        frechet_distance([0, 0], [[1, 2], [0, 1]], [0, 0], np.eye(2))
    with pytest.raises(ValueError, match=r"cov has shape \(2, 2\); .* d = 1"):
        wasserstein2_gaussian([0.0], np.eye(2), [0.0], [[1.0]])
    with pytest.raises(ValueError, match="other holds one sample; at least two are needed"):
        frechet_from_samples([[0.0], [1.0]], [[0.0]])
