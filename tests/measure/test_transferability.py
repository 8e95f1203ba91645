"""LogME against the evidence written out and maximised by scipy, and by its fixed point."""

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import optimize, stats

from jaxuim.measure import logme

K = 3
seeds = st.integers(0, 2**32 - 1)
compiled = jax.jit(logme)


def draw(seed: int, n: int, d: int, signal: float) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    labels = rng.permutation(np.arange(n) % K)
    x = signal * np.eye(K, d)[labels] + rng.standard_normal((n, d)) + 0.5
    return x.astype(np.float32), labels


def by_optimiser(x: np.ndarray, labels: np.ndarray) -> float:
    """The log density of y under N(0, FF'/alpha + I/beta), maximised over alpha and beta."""
    n = len(x)
    gram = x.astype(float) @ x.astype(float).T
    total = []
    for k in range(K):
        y = (labels == k).astype(float)
        loss = lambda u, y=y: (
            -stats.multivariate_normal.logpdf(
                y, np.zeros(n), np.exp(-u[0]) * gram + np.exp(-u[1]) * np.eye(n)
            )
        )
        starts = [(0.0, 0.0), (4.0, 2.0), (8.0, 2.0)]
        total.append(min(optimize.minimize(loss, s, method="Nelder-Mead").fun for s in starts))
    return -float(np.mean(total)) / n


def by_fixed_point(x: np.ndarray, labels: np.ndarray) -> float:
    """You et al. 2021, algorithm 1, run to the end."""
    n, d = x.shape
    u, s, _ = np.linalg.svd(x.astype(float), full_matrices=False)
    found = []
    for k in range(K):
        y = (labels == k).astype(float)
        z = u.T @ y
        alpha, beta = 1.0, 1.0
        for _ in range(500):
            gamma = (beta * s**2 / (alpha + beta * s**2)).sum()
            m = beta * s * z / (alpha + beta * s**2)
            rest = ((y - u @ (s * m)) ** 2).sum()
            alpha, beta = gamma / (m**2).sum(), (n - gamma) / rest
        logdet = np.log(alpha + beta * s**2).sum() + (d - len(s)) * np.log(alpha)
        log_evidence = d * np.log(alpha) + n * np.log(beta) - n * np.log(2 * np.pi) - logdet
        found.append((log_evidence - beta * rest - alpha * (m**2).sum()) / (2 * n))
    return float(np.mean(found))


@pytest.mark.parametrize(("n", "d", "signal"), [(40, 6, 1.5), (40, 6, 4.0), (12, 20, 3.0)])
def test_it_is_the_evidence_that_an_optimiser_finds(n: int, d: int, signal: float) -> None:
    x, labels = draw(n + d, n, d, signal)
    assert compiled(x, labels, np.zeros((n, K))) == pytest.approx(by_optimiser(x, labels), abs=1e-4)


@given(seeds)
def test_it_is_the_published_fixed_point(seed: int) -> None:
    x, labels = draw(seed, 40, 6, signal=3.0)
    got = float(compiled(x, labels, np.zeros((40, K))))
    assert got == pytest.approx(by_fixed_point(x, labels), abs=1e-4)


@given(seeds, st.integers(-40, 40))
def test_rotation_scale_and_names_do_not_matter(seed: int, exponent: int) -> None:
    x, labels = draw(seed, 40, 6, 2.0)
    turn = np.linalg.qr(np.random.default_rng(seed).standard_normal((6, 6)))[0]
    moved = ((x @ turn) * 2.0**exponent).astype(np.float32)
    expected = pytest.approx(float(compiled(x, labels, np.zeros((40, K)))), abs=1e-4)
    assert compiled(moved, (labels + 1) % K, np.zeros((40, K))) == expected


def test_better_separated_classes_have_more_evidence() -> None:
    values = [float(logme(*draw(0, 40, 6, signal))) for signal in (0.0, 2.0, 4.0, 8.0)]
    assert values == sorted(values)


def test_absent_classes_do_not_count_and_dead_features_say_nothing() -> None:
    x, labels = draw(1, 40, 6, 2.0)
    wide = logme(x, labels, np.zeros((40, 9)))
    assert wide == pytest.approx(float(logme(x, labels)), abs=1e-5)
    counts = np.bincount(labels)  # no signal: y ~ N(0, mean of y^2)
    expected = -0.5 * (np.log(2 * np.pi * counts / 40) + 1.0).mean()
    assert logme(np.zeros_like(x), labels) == pytest.approx(expected, abs=1e-5)


def test_bad_input_is_refused() -> None:
    x, labels = draw(0, 40, 6, 2.0)
    with pytest.raises(ValueError, match="labels hold one class, 0"):
        logme(x, np.zeros(40, int))
    with pytest.raises(ValueError, match=r"labels has shape \(39,\); allowed is \[n\] with n = 40"):
        logme(x, labels[1:])
    x[3, 3] = np.nan
    assert np.isnan(compiled(x, labels, np.zeros((40, K))))
