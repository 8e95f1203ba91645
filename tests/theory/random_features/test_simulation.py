"""The shortcuts of the simulations against fits written out."""

import numpy as np
import pytest

from theory.random_features.simulation import (
    linear_features,
    noise_amplification,
    relu_features,
)

D, N = 20, 12
SPECTRUM = np.arange(1.0, D + 1) ** -1.2
BETA = np.sin(np.arange(D) + 1.0)


def test_linear_features() -> None:
    widths, ridges = [5, 12, 30], [0.0, 1e-2, 0.3]
    fits = linear_features(np.random.default_rng(2), 1, SPECTRUM, BETA, N, widths, ridges)
    rng = np.random.default_rng(2)
    x = rng.standard_normal((1, N, D), dtype=np.float32)[0] * np.sqrt(SPECTRUM)
    features = rng.standard_normal((1, D, 30), dtype=np.float32)[0].astype(float)
    for k, p in enumerate(widths):
        f = features[:, :p] / np.sqrt(p)
        phi = x @ f
        for j, ridge in enumerate(ridges):
            total = phi.T @ phi + N * ridge * np.eye(p)
            solve = f @ (np.linalg.solve(total, phi.T) if ridge else np.linalg.pinv(phi))
            bias = SPECTRUM @ (solve @ (x @ BETA) - BETA) ** 2
            variance = np.sum(SPECTRUM[:, None] * solve**2)
            assert fits.bias[0, k, j] == pytest.approx(bias, rel=1e-6)
            assert fits.variance[0, k, j] == pytest.approx(variance, rel=1e-6)
    np.testing.assert_allclose(fits.excess(2.0), fits.bias + 2.0 * fits.variance)


def test_batches_change_nothing_in_law() -> None:
    one = linear_features(np.random.default_rng(0), 40, SPECTRUM, BETA, N, [6], [0.1])
    assert one.bias.shape == (40, 1, 1)
    assert len(np.unique(one.bias)) == 40


def test_noise_amplification_in_law() -> None:
    n, most = 20, 8
    quick = noise_amplification(np.random.default_rng(0), 4000, n, most)
    rng = np.random.default_rng(1)
    z = rng.standard_normal((4000, n, most))
    for p in (1, 5, 8):
        own = z[:, :, :p]
        direct = np.trace(np.linalg.inv(own.mT @ own), axis1=1, axis2=2)
        error = np.hypot(direct.std(), quick[:, p - 1].std()) / np.sqrt(4000)
        assert abs(direct.mean() - quick[:, p - 1].mean()) < 4 * error
        assert abs(direct.mean() - p / (n - p - 1)) < 4 * direct.std() / np.sqrt(4000)
    assert (np.diff(quick, axis=1) > 0).all()


@pytest.mark.parametrize("quadratic", [0.0, 0.5])
def test_rectified_features_against_a_test_set(quadratic: float) -> None:
    d, n, p, ridge, draws = 6, 30, 20, 0.02, 3
    fits = relu_features(np.random.default_rng(5), 1, d, n, p, ridge, quadratic, draws)
    rng = np.random.default_rng(5)
    w = rng.standard_normal((d, p), dtype=np.float32).astype(float)
    w /= np.linalg.norm(w, axis=0)
    x = rng.standard_normal((n, d))
    noise = rng.standard_normal((n, draws))
    new = np.random.default_rng(9).standard_normal((400_000, d))
    bend = np.sqrt(quadratic / 3)

    def target(u: np.ndarray) -> np.ndarray:
        product = u[:, 0] * u[:, 3] + u[:, 1] * u[:, 4] + u[:, 2] * u[:, 5]
        return u[:, :draws] + bend * product[:, None]

    phi, seen = (np.maximum(u @ w, 0.0) - 1 / np.sqrt(2 * np.pi) for u in (x, new))
    phi, seen = phi / np.sqrt(p), seen / np.sqrt(p)
    total = phi.T @ phi + n * ridge * np.eye(p)
    missed = seen @ np.linalg.solve(total, phi.T @ target(x)) - target(new)
    wrong = seen @ np.linalg.solve(total, phi.T @ noise)
    assert fits.bias[0] == pytest.approx(np.mean(missed**2), rel=0.02)
    assert fits.variance[0] == pytest.approx(np.mean(wrong**2), rel=0.02)
