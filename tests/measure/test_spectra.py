"""Participation ratio and decay exponent against NumPy, power laws and degenerate features."""

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxuim.measure import alpha_req, participation_ratio, power_law_exponent

seeds = st.integers(0, 2**32 - 1)
shapes = st.sampled_from([(20, 6), (5, 12)])
ratio, alpha = jax.jit(participation_ratio), jax.jit(alpha_req)


def draw(seed: int, shape: tuple[int, int]) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return (rng.standard_normal(shape) + 3.0 * rng.standard_normal(shape[1])).astype(np.float32)


def eigenvalues(x: np.ndarray) -> np.ndarray:
    return np.linalg.eigvalsh(np.atleast_2d(np.cov(x.astype(float).T)))[::-1]


def fitted(values: np.ndarray, first: int, last: int) -> float:
    rank = np.arange(first, last + 1)
    kept = np.log(values[first - 1 : last])
    return -float(np.polyfit(np.log(rank), kept, 1, w=np.sqrt(1.0 / rank))[0])


@given(seeds, shapes)
def test_both_follow_from_the_covariance(seed: int, shape: tuple[int, int]) -> None:
    x = draw(seed, shape)
    values = eigenvalues(x)
    assert ratio(x) == pytest.approx(values.sum() ** 2 / (values**2).sum(), rel=1e-4)
    rank = min(shape[0] - 1, shape[1])
    assert alpha(x) == pytest.approx(fitted(values, 1, max(rank // 2, 3)), rel=1e-3, abs=1e-4)


@given(seeds, shapes, st.integers(-40, 40), st.floats(-50.0, 50.0))
def test_rotation_scale_and_shift_do_not_matter(
    seed: int, shape: tuple[int, int], exponent: int, shift: float
) -> None:
    x = draw(seed, shape)
    rng = np.random.default_rng(seed)
    turn = np.linalg.qr(rng.standard_normal((shape[1], shape[1])))[0]
    moved = ((x @ turn + shift) * 2.0**exponent).astype(np.float32)
    assert ratio(moved) == pytest.approx(float(ratio(x)), rel=1e-3)
    assert alpha(moved) == pytest.approx(float(alpha(x)), rel=1e-2, abs=1e-3)


@pytest.mark.parametrize("exponent", [0.5, 2.0])
def test_a_power_law_gives_its_exponent(exponent: float) -> None:
    rng = np.random.default_rng(0)
    u = np.linalg.qr(rng.standard_normal((600, 100)))[0]
    u -= u.mean(axis=0)
    u = np.linalg.qr(u)[0]  # centred and orthonormal: the covariance has exactly this spectrum
    x = (u * np.arange(1, 101) ** (-exponent / 2)).astype(np.float32)
    assert alpha(x) == pytest.approx(exponent, abs=1e-3)
    assert power_law_exponent(eigenvalues(x), 1, 50) == pytest.approx(exponent, abs=1e-3)


def test_isotropic_features_use_every_dimension_and_do_not_decay() -> None:
    x = np.concatenate([np.eye(8), -np.eye(8)]).astype(np.float32)
    assert ratio(x) == pytest.approx(8.0, rel=1e-6)
    assert alpha(x) == pytest.approx(0.0, abs=1e-4)


def test_collapsed_features_have_one_dimension_and_no_exponent() -> None:
    x = np.outer(np.arange(20.0), np.arange(1.0, 7.0)).astype(np.float32)
    assert ratio(x) == pytest.approx(1.0, rel=1e-5)
    assert np.isnan(alpha(x))
    assert ratio(np.full((20, 6), 0.1, np.float32)) == 1.0
    assert np.isnan(alpha_req([[1.0], [2.0]]))  # one eigenvalue is no curve


@pytest.mark.parametrize("scale", [1e-30, 1e38])
def test_extreme_magnitudes_are_safe(scale: float) -> None:
    x = np.concatenate([np.eye(3), -np.eye(3)]).astype(np.float32) * np.float32(scale)
    assert ratio(x) == pytest.approx(3.0, rel=1e-5)


def test_bad_numbers_are_refused_alone_and_nan_in_a_program() -> None:
    x = draw(0, (20, 6))
    x[1, 2] = np.nan
    assert np.isnan(ratio(x)) and np.isnan(alpha(x))
    for measure in (participation_ratio, alpha_req):
        with pytest.raises(ValueError, match=r"features\[1, 2\] = nan"):
            measure(x)
    with pytest.raises(ValueError, match=r"eigenvalues\[1\] = nan"):
        power_law_exponent([1.0, np.nan, 0.2, 0.1], 1, 4)
    assert np.isnan(jax.jit(lambda v: power_law_exponent(v, 1, 4))(np.float32([1, np.inf, 1, 1])))
    with pytest.raises(ValueError, match="ranks 3 to 3; allowed is 1 <= first < last <= 4"):
        power_law_exponent([4.0, 3.0, 2.0, 1.0], 3, 3)


@pytest.mark.parametrize("scale", [1e-300, 1e-40, 1e300])
def test_the_scale_of_eigenvalues_does_not_matter(scale: float) -> None:
    values = scale * np.arange(1.0, 50.0) ** -2
    assert power_law_exponent(values, 1, 49) == pytest.approx(2.0, rel=1e-5)
    assert np.isnan(power_law_exponent(-values, 1, 49))
