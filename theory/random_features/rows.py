"""Comparison: excess risk of linear and rectified random features at given width and ridge."""

from functools import partial

import jax
import numpy as np
from numpy.typing import NDArray

from theory.numerics.repeat import mean_error
from theory.random_features.activations import relu_kernel
from theory.random_features.prediction import FeatureRisk, feature_risk
from theory.random_features.simulation import FeatureFits, linear_features, relu_features
from theory.study.claim import Outcome, Row
from theory.study.size import Size

Array = NDArray[np.float64]
D, N, A, B = 300, 120, 1.4, 1.8
CAP = 0.03
REASON = "leaves out terms of order 1/z + 1/(n - q) + 1/(p - q), here capped at 3 %"
NONLINEAR = REASON + "; tail modes count as white noise: 1/d more"
# Widths, ridge, noise, repetitions at standard size.
LINEAR_CASES = (
    ((30, 100, 120, 250, 1000), 1e-3, 0.2, 240),
    ((60,), 0.0, 0.2, 400),
    ((400,), 0.0, 0.5, 160),
)
# Width, ridge, noise, quadratic power, repetitions at standard size.
RELU_CASES = (
    (60, 1e-3, 0.2, 0.0, 200),
    (150, 1e-3, 0.2, 0.0, 200),
    (300, 1e-3, 0.2, 0.0, 150),
    (600, 1e-3, 0.2, 0.0, 80),
    (2000, 1e-3, 0.2, 0.0, 12),
    (600, 1e-6, 0.2, 0.0, 60),
    (150, 1e-6, 0.2, 0.0, 150),
    (300, 1e-2, 0.1, 0.25, 100),
    (1200, 1e-3, 0.1, 0.25, 24),
)
RELU_D, RELU_N = 100, 300


def linear_problem() -> tuple[Array, Array, Array]:
    """Return eigenvalues, coefficients and signal power of the linear problem, shape (d,)."""
    i = np.arange(1.0, D + 1)
    return i**-A, i ** ((A - B) / 2), i**-B


def finite_size(found: FeatureRisk, n: float, p: float, more: float = 0.0) -> float:
    """Return the relative size of what the equivalent leaves out, at most 3 %."""
    z, q = float(found.z), float(found.q)
    return min(CAP, 1.0 / z + 1.0 / (n - q) + 1.0 / (p - q) + more)


def _row(
    name: str, found: FeatureRisk, fits: FeatureFits, noise: float, allowance: float, reason: str
) -> Row:
    mean, error = mean_error(fits.excess(noise))
    return Row(name, float(found.excess), float(mean), float(error), allowance, reason=reason)


def run_linear(size: Size) -> Outcome:
    """Compare linear features of power-law inputs, with and without ridge."""
    spectrum, beta, signal = linear_problem()
    solve = jax.jit(partial(feature_risk, spectrum, signal, float(N)))
    rows = []
    for widths, ridge, noise, repetitions in LINEAR_CASES:
        fits = linear_features(
            size.rng(f"linear {widths} {ridge}"), size.repetitions(repetitions), spectrum, beta, N,
            widths, [ridge],
        )  # fmt: skip
        for k, p in enumerate(widths):
            found = solve(float(p), ridge, noise)
            name = f"linear features, n = {N}, p = {p}, ridge {ridge:g}, noise {noise}"
            own = FeatureFits(fits.bias[:, k, 0], fits.variance[:, k, 0])
            rows.append(_row(name, found, own, noise, finite_size(found, N, p), REASON))
    return Outcome(rows=tuple(rows))


def run_rectified(size: Size) -> Outcome:
    """Compare rectified features with their Gaussian equivalent, quadratic targets included."""
    kernel, signal = relu_kernel(RELU_D), np.full(RELU_D, 1.0 / RELU_D)
    solve = jax.jit(partial(feature_risk, kernel.spectrum, signal, float(RELU_N)))
    rows = []
    for p, ridge, noise, quadratic, repetitions in RELU_CASES:
        found = solve(float(p), ridge, noise, kernel.tail, quadratic)
        more = f", quadratic part {quadratic}" if quadratic else ""
        name = f"rectified features, n = {RELU_N}, d = {RELU_D}, p = {p}, ridge {ridge:g}{more}"
        fits = relu_features(
            size.rng(name), size.repetitions(repetitions, 6), RELU_D, RELU_N, p, ridge, quadratic
        )
        allowance = finite_size(found, RELU_N, p, 1.0 / RELU_D)
        rows.append(_row(name, found, fits, noise, allowance, NONLINEAR))
    return Outcome(rows=tuple(rows))
