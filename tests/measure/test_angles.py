"""Principal angles against scipy, at known angles, and where no subspace is determined."""

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.linalg import subspace_angles

from jaxuim.measure import principal_angle_to_clean, principal_angles

seeds = st.integers(0, 2**32 - 1)
shapes = st.sampled_from([(30, 6, 8), (6, 9, 20)])
angles = jax.jit(principal_angles, static_argnames="k")
to_clean = jax.jit(principal_angle_to_clean)


def leading(x: np.ndarray, k: int) -> np.ndarray:
    return np.linalg.svd(x.astype(float), full_matrices=False)[0][:, :k]


@given(seeds, shapes)
def test_they_are_those_of_scipy(seed: int, shape: tuple[int, int, int]) -> None:
    rng = np.random.default_rng(seed)
    n, d, other = shape
    # a clear gap after the third singular value: without one the span hangs on rounding
    x = rng.standard_normal((n, d)) * np.where(np.arange(d) < 3, 10.0, 0.1)
    y = rng.standard_normal((n, other)) * np.where(np.arange(other) < 3, 10.0, 0.1)
    x, y = x.astype(np.float32), y.astype(np.float32)
    expected = np.sort(subspace_angles(leading(x, 3), leading(y, 3)))
    assert np.allclose(angles(x, y, k=3), expected, atol=2e-4)


@given(seeds, st.floats(0.0, 1.5))
def test_a_known_angle_is_found_in_any_basis(seed: int, turn: float) -> None:
    rng = np.random.default_rng(seed)
    axes = np.linalg.qr(rng.standard_normal((30, 3)))[0]
    tilted = np.cos(turn) * axes[:, 1] + np.sin(turn) * axes[:, 2]
    x = axes[:, :2] @ rng.standard_normal((2, 6))
    y = np.stack([axes[:, 0], tilted], axis=1) @ rng.standard_normal((2, 8))
    if min(np.linalg.cond(z[:, :2]) for z in (x, y)) > 100.0:
        return  # nearly one direction: its angle is ill-conditioned
    found = angles(x.astype(np.float32), y.astype(np.float32), k=2)
    assert np.allclose(found, [0.0, turn], atol=2e-4)


def test_a_twin_is_at_angle_zero_whatever_its_basis_and_scale() -> None:
    rng = np.random.default_rng(0)
    x = rng.standard_normal((200, 16)).astype(np.float32)
    turned = (1e-3 * x @ np.linalg.qr(rng.standard_normal((16, 16)))[0]).astype(np.float32)
    assert to_clean(x, x) < 1e-5
    assert angles(x, turned, k=16).max() < 1e-5


def test_disjoint_directions_are_at_a_right_angle() -> None:
    x, y = np.eye(20, dtype=np.float32)[:, :6], np.eye(20, dtype=np.float32)[:, 6:12]
    assert to_clean(x, y) == pytest.approx(np.pi / 2, abs=1e-6)


def test_a_span_below_rank_k_is_not_determined() -> None:
    x = np.random.default_rng(0).standard_normal((30, 4)).astype(np.float32)
    flat = np.repeat(x[:, :1], 4, axis=1)
    assert np.isnan(angles(x, flat, k=2)).all()


def test_bad_input_is_refused() -> None:
    x = np.ones((5, 3), np.float32)
    with pytest.raises(ValueError, match="k = 4 directions; allowed are 1 to 3"):
        principal_angles(x, x, k=4)
    with pytest.raises(ValueError, match=r"clean_features has shape \(4, 3\)"):
        principal_angle_to_clean(x, x[1:])
    bad = x.copy()
    bad[0, 0] = np.nan
    assert np.isnan(to_clean(bad, x))


def test_without_k_there_are_ten_or_as_many_as_there_can_be() -> None:
    x = np.random.default_rng(0).standard_normal((30, 12)).astype(np.float32)
    assert principal_angles(x, x).shape == (10,)
    assert principal_angles(x, x[:, :3]).shape == (3,)
