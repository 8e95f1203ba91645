"""Comparison: excess risk of linear and rectified random features at given width and ridge."""

from functools import partial

import jax
import numpy as np
from numpy.typing import NDArray

from theory.numerics.repeat import mean_error
from theory.random_features.activations import relu_kernel
from theory.random_features.prediction import feature_risk
from theory.random_features.simulation import FeatureFits, linear_features, relu_features
from theory.study.claim import Outcome, Row
from theory.study.size import Size

Array = NDArray[np.float64]
D, N, A, B = 300, 120, 1.4, 1.8
REASON = "leaves out terms of the order of one over the degrees of freedom: 3 % at some thirty"
NONLINEAR = "tail modes count as white noise and degrees of freedom as many: up to 3 % at d = 100"
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


def _row(name: str, predicted: float, fits: FeatureFits, noise: float, reason: str) -> Row:
    mean, error = mean_error(fits.excess(noise))
    return Row(name, predicted, float(mean), float(error), allowance=0.03, reason=reason)


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
            predicted = float(solve(float(p), ridge, noise).excess)
            name = f"linear features, n = {N}, p = {p}, ridge {ridge:g}, noise {noise}"
            own = FeatureFits(fits.bias[:, k, 0], fits.variance[:, k, 0])
            rows.append(_row(name, predicted, own, noise, REASON))
    return Outcome(rows=tuple(rows))


def run_rectified(size: Size) -> Outcome:
    """Compare rectified features with their Gaussian equivalent, quadratic targets included."""
    kernel, signal = relu_kernel(RELU_D), np.full(RELU_D, 1.0 / RELU_D)
    solve = jax.jit(partial(feature_risk, kernel.spectrum, signal, float(RELU_N)))
    rows = []
    for p, ridge, noise, quadratic, repetitions in RELU_CASES:
        predicted = float(solve(float(p), ridge, noise, kernel.tail, quadratic).excess)
        more = f", quadratic part {quadratic}" if quadratic else ""
        name = f"rectified features, n = {RELU_N}, d = {RELU_D}, p = {p}, ridge {ridge:g}{more}"
        fits = relu_features(
            size.rng(name), size.repetitions(repetitions, 6), RELU_D, RELU_N, p, ridge, quadratic
        )
        rows.append(_row(name, predicted, fits, noise, NONLINEAR))
    return Outcome(rows=tuple(rows))
