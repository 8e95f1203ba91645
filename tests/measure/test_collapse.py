"""Neural collapse against the published formulas, at collapse and away from it."""

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxuim.measure import nc1, nc2, nc3

N, D, K = 60, 7, 4
seeds = st.integers(0, 2**32 - 1)
compiled = jax.jit(nc1)


def draw(seed: int, spread: float = 0.5) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features around class means, unbalanced labels with every class, unused logits."""
    rng = np.random.default_rng(seed)
    labels = np.concatenate([np.arange(K), rng.choice(K, N - K, p=[0.5, 0.2, 0.2, 0.1])])
    means = rng.standard_normal((K, D)) + 3.0
    x = means[labels] + spread * rng.standard_normal((N, D))
    return x.astype(np.float32), labels, np.zeros((N, K), np.float32)


def by_covariances(x: np.ndarray, labels: np.ndarray) -> float:
    x = x.astype(float)
    means = np.stack([x[labels == k].mean(0) for k in range(K)])
    within = (x - means[labels]).T @ (x - means[labels]) / len(x)
    between = (means - x.mean(0)).T @ (means - x.mean(0)) / K
    return float(np.trace(within @ np.linalg.pinv(between, rcond=1e-9)) / K)


@given(seeds, st.floats(0.01, 3.0))
def test_nc1_is_the_trace_of_the_quotient(seed: int, spread: float) -> None:
    x, labels, logits = draw(seed, spread)
    assert compiled(x, labels, logits) == pytest.approx(by_covariances(x, labels), rel=2e-2)


@given(seeds, st.integers(-30, 30), st.permutations(range(K)))
def test_rotation_scale_shift_and_names_do_not_matter(
    seed: int, exponent: int, names: list[int]
) -> None:
    x, labels, logits = draw(seed)
    turn = np.linalg.qr(np.random.default_rng(seed).standard_normal((D, D)))[0]
    moved = ((x @ turn - 1.0) * 2.0**exponent).astype(np.float32)
    renamed = np.array(names)[labels]
    expected = pytest.approx(float(compiled(x, labels, logits)), rel=2e-2)
    assert compiled(moved, renamed, logits) == expected


def test_absent_classes_do_not_count() -> None:
    x, labels, _ = draw(0)
    alone = nc1(x, labels)
    assert compiled(x, labels, np.zeros((N, 9))) == pytest.approx(float(alone), rel=1e-5)


def test_full_collapse_is_zero_throughout() -> None:
    simplex = np.eye(K) - 1.0 / K
    labels = np.arange(N) % K
    x = (simplex[labels] + 5.0).astype(np.float32)
    assert nc1(x, labels) == pytest.approx(0.0, abs=1e-9)
    assert np.allclose(nc2(x, labels), 0.0, atol=1e-5)
    assert nc3(x, labels, 3.0 * simplex) == pytest.approx(0.0, abs=1e-9)
    assert nc3(x, labels, -simplex) == pytest.approx(4.0, rel=1e-4)


def test_nc2_tells_lengths_from_angles() -> None:
    corners = np.eye(3)
    x = np.concatenate([corners, corners])
    lengths = nc2(x, [0, 1, 2] * 2)
    assert np.allclose(lengths, 0.0, atol=1e-5)
    line = np.array([[1.0], [-1.0], [2.0], [-2.0]])
    found = nc2(line, [0, 1, 2, 3])
    assert found.equinorm == pytest.approx(1.0 / 3.0, rel=1e-5)  # norms 1, 1, 2, 2
    cosines = np.array([-1, 1, -1, -1, 1, -1])
    assert found.equiangular == pytest.approx(cosines.std(), rel=1e-5)
    assert found.maximal_angle == pytest.approx(np.abs(cosines + 1 / 3).mean(), rel=1e-5)


def test_classes_that_coincide_are_not_collapsed() -> None:
    x = np.array([[1.0], [-1.0], [1.0], [-1.0]])
    assert nc1(x, [0, 0, 1, 1]) == np.inf
    assert np.isnan(nc1(np.ones((4, 2)), [0, 0, 1, 1]))


def test_bad_input_is_refused() -> None:
    x, labels, logits = draw(0)
    with pytest.raises(ValueError, match="labels hold one class, 2; at least two must occur"):
        nc1(x, np.full(N, 2))
    with pytest.raises(ValueError, match=r"labels\[0\] = 9; allowed are whole numbers from 0 to 3"):
        nc1(x, np.where(np.arange(N) == 0, 9, labels), logits)
    with pytest.raises(ValueError, match="class 1 of 3 has no example"):
        nc2(x, np.where(labels > 1, 2, 0))
    with pytest.raises(ValueError, match=r"weights has shape \(7, 4\)"):
        nc3(x, labels, np.ones((D, K)))
    with pytest.raises(ValueError, match="unknown under jit"):
        compiled(x, labels)
    assert np.isnan(compiled(x, np.full(N, 2), logits))
    x[0, 0] = np.nan
    assert np.isnan(compiled(x, labels, logits))


def test_labels_may_be_any_int32_and_nothing_else() -> None:
    x, labels, logits = draw(0)
    alone = float(nc1(x, labels))
    assert nc1(x, 500_000_000 * labels) == pytest.approx(alone, rel=1e-5)
    for bad in (2**31, 2**40, np.nan):
        with pytest.raises(ValueError, match=r"labels\[0\] = .* from 0 to 2147483647"):
            nc1(x, np.where(np.arange(N) == 0, bad, labels))
    with pytest.raises(ValueError, match="class 4 of 1000000001 has no example"):
        nc2(x, np.where(np.arange(N) == 0, 1_000_000_000, labels))
    # labels that are known while features are traced
    for given_logits in (None, logits):
        found = jax.jit(lambda f, given=given_logits: nc1(f, labels, given))(x)
        assert found == pytest.approx(alone, rel=1e-5)
