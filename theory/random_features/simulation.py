"""Random features simulated: population risks, noise integrated out, nested widths and samples."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from theory.random_features.activations import CONSTANT, LINEAR, QUADRATIC

Array = NDArray[np.float64]
BATCH_NUMBERS = 1_500_000  # entries of inputs and features that are held at once
ROUNDING = 1e-11  # of the largest eigenvalue; smaller ones are zero


class FeatureFits(NamedTuple):
    """Excess risk bias + noise * variance given drawn inputs and features."""

    bias: Array
    variance: Array

    def excess(self, noise: ArrayLike) -> Array:
        """Return the excess risk."""
        return self.bias + np.asarray(noise) * self.variance


def linear_features(
    rng: np.random.Generator,
    repetitions: int,
    spectrum: ArrayLike,
    beta: ArrayLike,
    n: int,
    widths: ArrayLike,
    ridges: ArrayLike,
) -> FeatureFits:
    """Return the risks of ridge regression on F'x / sqrt(p), shape (repetitions, widths, ridges).

    Widths are nested: the first p columns of one F, on the same samples. An eigendecomposition of
    the kernel serves all ridges and noise levels.

    Args:
        rng: generator.
        repetitions: independent draws of inputs and features.
        spectrum: eigenvalues of the inputs' covariance, shape (d,).
        beta: coefficients, shape (d,).
        n: samples.
        widths: p, rising, shape (w,).
        ridges: of the 1/n-normalised loss, shape (r,); 0 is the shortest solution.
    """
    spectrum, beta = np.asarray(spectrum, dtype=float), np.asarray(beta, dtype=float)
    penalties = n * np.asarray(ridges, dtype=float)
    widths = [int(p) for p in np.asarray(widths)]
    d = spectrum.size
    batch = max(1, BATCH_NUMBERS // (d * (n + widths[-1])))
    bias = np.empty((repetitions, len(widths), penalties.size))
    variance = np.empty_like(bias)
    for start in range(0, repetitions, batch):
        rows = slice(start, min(start + batch, repetitions))
        many = rows.stop - start
        # 32-bit draws take half the time and are far finer than any error here.
        x = rng.standard_normal((many, n, d), dtype=np.float32) * np.sqrt(spectrum)
        features = rng.standard_normal((many, d, widths[-1]), dtype=np.float32).astype(float)
        projected = x @ features
        for k, p in enumerate(widths):
            own, seen = features[:, :, :p], projected[:, :, :p]
            fit = _filtered(x @ beta, seen @ seen.mT / p, own @ seen.mT / p, spectrum, beta,
                            penalties)  # fmt: skip
            bias[rows, k], variance[rows, k] = fit
    return FeatureFits(bias, variance)


def _filtered(
    labels: Array, kernel: Array, readout: Array, spectrum: Array, beta: Array, penalties: Array
) -> FeatureFits:
    """Return the risks of coefficients readout (kernel + L)^-1 y, readout of shape (.., d, n)."""
    values, vectors = np.linalg.eigh(kernel)
    live = (values > ROUNDING * values[:, -1:])[:, None, :]
    total = values[:, None, :] + penalties[:, None]
    filters = np.where(live, 1.0 / np.where(live, total, 1.0), 0.0)
    turned = readout @ vectors
    metric = (turned.mT * spectrum) @ turned
    cross = turned.mT @ (spectrum * beta)
    fitted = filters * (vectors.mT @ labels[..., None]).mT
    met = (fitted @ cross[..., None])[..., 0]
    weights = np.diagonal(metric, axis1=1, axis2=2)[:, None, :]
    energy = float(np.sum(spectrum * beta**2))
    bias = energy - 2.0 * met + np.sum((fitted @ metric) * fitted, axis=-1)
    return FeatureFits(bias, np.sum(weights * np.square(filters), axis=-1))


def noise_amplification(rng: np.random.Generator, repetitions: int, n: int, most: int) -> Array:
    """Return tr (Z'Z)^-1 for p = 1..most Gaussian features of n samples, without ridge.

    Shape (repetitions, most), nested in p: the inverse of a leading block of the triangular factor
    is the leading block of the inverse. Z'Z is Wishart, its factor drawn by Bartlett's
    decomposition; the covariance of the features cancels.
    """
    lower = np.tril(rng.standard_normal((repetitions, most, most)), -1)
    places = np.arange(most)
    lower[:, places, places] = np.sqrt(rng.chisquare(n - places, (repetitions, most)))
    inverse = np.linalg.inv(lower)
    return np.cumsum(np.sum(np.square(inverse), axis=2), axis=1)


def relu_features(
    rng: np.random.Generator,
    repetitions: int,
    d: int,
    n: int,
    p: int,
    ridge: float,
    quadratic: float = 0.0,
    draws: int = 16,
) -> FeatureFits:
    """Return the risks of ridge regression on rectified features, each of shape (repetitions,).

    The target is a unit linear function, plus sqrt(quadratic) times a normalised sum of products
    of inputs. The population risk is exact: feature covariances are an arc-cosine kernel. Bias is
    averaged over ``draws`` orthogonal linear targets, variance over as many noise vectors.
    """
    found = [_relu(rng, d, n, p, ridge, quadratic, draws) for _ in range(repetitions)]
    bias, variance = zip(*found, strict=True)
    return FeatureFits(np.array(bias), np.array(variance))


def _relu(
    rng: np.random.Generator, d: int, n: int, p: int, ridge: float, quadratic: float, draws: int
) -> tuple[float, float]:
    w = rng.standard_normal((d, p), dtype=np.float32).astype(float)
    w /= np.linalg.norm(w, axis=0)
    x = rng.standard_normal((n, d))
    phi = (np.maximum(x @ w, 0.0) - CONSTANT) / np.sqrt(p)
    # Rotations change nothing in law, so that single coordinates are targets as good as any.
    scale = np.sqrt(quadratic / (d // 2))
    labels = x[:, :draws] + scale * _products(x)[:, None]
    sides = np.column_stack([labels, rng.standard_normal((n, draws))])
    fits = phi.T @ np.linalg.solve(phi @ phi.T + n * ridge * np.eye(n), sides)
    bent = np.sqrt(2.0) * QUADRATIC * scale * _products(w.T)
    cross = (LINEAR * w[:draws].T + bent[:, None]) / np.sqrt(p)
    risks = np.sum(fits * (_covariance(w) @ fits), axis=0) / p
    met = np.sum(cross * fits[:, :draws], axis=0)
    bias = 1.0 + quadratic + np.mean(risks[:draws] - 2.0 * met)
    return float(bias), float(risks[draws:].mean())


def _products(x: Array) -> Array:
    """Return the sum of products of coordinates, each in one pair, of every row."""
    half = x.shape[1] // 2
    return np.asarray(np.sum(x[:, :half] * x[:, half : 2 * half], axis=1))


def _covariance(w: Array) -> Array:
    """Return the covariance of rectified features of unit weights, shape (p, p)."""
    cosine = np.clip(w.T @ w, -1.0, 1.0)
    sine = np.sqrt(1.0 - np.square(cosine))
    return np.asarray((sine + np.arccos(-cosine) * cosine - 1.0) / (2.0 * np.pi))
