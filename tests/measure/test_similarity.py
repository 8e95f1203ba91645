"""CKA against kernels written out, its invariances, and its bias with many dimensions."""

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxuim.measure import cka_to_clean, debiased_cka, linear_cka

N, D = 20, 9
seeds = st.integers(0, 2**32 - 1)
cka, debiased = jax.jit(linear_cka), jax.jit(debiased_cka)


def draw(seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((N, D)) + 2.0
    y = x @ rng.standard_normal((D, D)) + 2.0 * rng.standard_normal((N, D))
    return x.astype(np.float32), y.astype(np.float32)


def by_kernels(x: np.ndarray, y: np.ndarray) -> float:
    centre = np.eye(N) - 1.0 / N
    k, l = (centre @ (z.astype(float) @ z.astype(float).T) @ centre for z in (x, y))
    return float((k * l).sum() / np.sqrt((k * k).sum() * (l * l).sum()))


def unbiased_hsic(x: np.ndarray, y: np.ndarray) -> float:
    """Song et al. 2012, equation 5, with n x n kernels."""
    k, l = (z.astype(float) @ z.astype(float).T for z in (x, y))
    np.fill_diagonal(k, 0.0)
    np.fill_diagonal(l, 0.0)
    product = k @ l
    total = np.trace(product) + k.sum() * l.sum() / ((N - 1) * (N - 2))
    return float((total - 2.0 * product.sum() / (N - 2)) / (N * (N - 3)))


@given(seeds)
def test_both_equal_the_kernel_formulas(seed: int) -> None:
    x, y = draw(seed)
    assert cka(x, y) == pytest.approx(by_kernels(x, y), rel=1e-4)
    expected = unbiased_hsic(x, y) / np.sqrt(unbiased_hsic(x, x) * unbiased_hsic(y, y))
    assert debiased(x, y) == pytest.approx(expected, rel=1e-3, abs=1e-4)


@given(seeds, st.integers(-30, 30), st.permutations(range(N)))
def test_rotation_isotropic_scale_shift_and_order_do_not_matter(
    seed: int, exponent: int, order: list[int]
) -> None:
    x, y = draw(seed)
    turn = np.linalg.qr(np.random.default_rng(seed).standard_normal((D, D)))[0]
    moved = ((x @ turn + 1.0) * 2.0**exponent).astype(np.float32)
    for measure in (cka, debiased):
        expected = pytest.approx(float(measure(x, y)), rel=1e-3, abs=1e-4)
        assert measure(moved, y) == expected
        assert measure(x[order], y[order]) == expected
        assert measure(x, moved) == pytest.approx(1.0, abs=1e-4)
    assert cka(y, x) == pytest.approx(float(cka(x, y)), rel=1e-5)
    assert 0.0 <= cka(x, y) <= 1.0


def test_only_the_debiased_one_is_near_zero_for_independent_features() -> None:
    rng = np.random.default_rng(0)
    pairs = rng.standard_normal((100, 2, N, D), np.float32)
    plain = np.array([cka(x, y) for x, y in pairs])
    fair = np.array([debiased(x, y) for x, y in pairs])
    error = fair.std(ddof=1) / 10.0
    assert error < 0.02 and abs(fair.mean()) < 4 * error
    assert plain.mean() > 0.25  # 9 dimensions, 20 examples


def test_features_that_do_not_vary_have_no_similarity() -> None:
    x, y = draw(0)
    assert np.isnan(cka(x, np.full_like(y, 0.3))) and np.isnan(debiased(np.zeros_like(x), y))
    assert cka_to_clean(x, x) == 1.0


def test_bad_input_is_refused() -> None:
    x, y = draw(0)
    with pytest.raises(ValueError, match=r"other has shape \(19, 9\); .* with n = 20"):
        linear_cka(x, y[1:])
    with pytest.raises(ValueError, match="n = 3 examples; debiased CKA needs at least 4"):
        debiased_cka(x[:3], y[:3])
    y[0, 0] = np.inf
    with pytest.raises(ValueError, match=r"clean_features\[0, 0\] = inf"):
        cka_to_clean(x, y)
    assert np.isnan(cka(x, y)) and np.isnan(debiased(y, x))
