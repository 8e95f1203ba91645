"""Tests of the reduced draws of feature learning against dense linear algebra."""

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.feature_learning.bidiagonal import components, kept, spiked, top_pair
from theory.feature_learning.overlap_study import dense
from theory.feature_learning.pipeline import pretrained
from theory.feature_learning.pipeline_study import best_hinge

jitted = jax.jit(top_pair)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.floats(0.1, 5.0))
def test_top_pair_matches_dense(seed: int, lift: float) -> None:
    rng = np.random.default_rng(seed)
    down, across = rng.chisquare(np.arange(12, 4, -1)), rng.chisquare(np.arange(8, 1, -1))
    down[0] *= lift
    matrix = np.diag(np.sqrt(down)) + np.diag(np.sqrt(across), 1)
    levels, vectors = np.linalg.eigh(matrix.T @ matrix)
    bulk = down[1:] + across
    found = jitted(down[0], down[0] * across[0], bulk, down[1:-1] * across[1:])
    assert float(found[0]) == pytest.approx(levels[-1], rel=1e-10)
    assert float(found[1]) == pytest.approx(vectors[0, -1] ** 2, rel=1e-6, abs=1e-12)


def test_what_is_cut_off_does_not_matter() -> None:
    rng, m = np.random.default_rng(0), 1500
    down, across = rng.chisquare(m - np.arange(m)), rng.chisquare(m - 1 - np.arange(m - 1))
    found = []
    for size in (m, kept(m)):
        d, a = down[:size], across[: size - 1]
        head = 0.9 * d[0] + 2.0 * m  # near the threshold
        found.append(jax.jit(top_pair)(head, head * a[0], d[1:] + a, d[1:-1] * a[1:]))
    np.testing.assert_allclose(found[0], found[1], rtol=1e-8)


def test_reduced_draws_have_the_law_of_dense_ones() -> None:
    ratios = np.array([0.3, 1.0])
    out = spiked(np.random.default_rng(0), 4000, ratios, 12, 7)
    rng = np.random.default_rng(1)
    whole = np.stack([dense(rng, ratios, 12, 7) for _ in range(3000)])
    for k, name in enumerate(("left", "right", "value")):
        for power in (1, 2):
            one, two = out[name] ** power, whole[:, k] ** power
            error = np.hypot(one.std(0) / np.sqrt(len(one)), two.std(0) / np.sqrt(len(two)))
            assert np.all(np.abs(one.mean(0) - two.mean(0)) < 4.5 * error)


def test_components_have_the_law_of_dense_ones() -> None:
    strengths, rng, found = np.array([0.5, 4.0]), np.random.default_rng(1), []
    for _ in range(2000):
        x = rng.standard_normal((15, 6))
        row = []
        for s in strengths:
            y = x * np.sqrt(1.0 + s * (np.arange(6) == 0))
            row.append(np.linalg.eigh(y.T @ y)[1][0, -1] ** 2)
        found.append(row)
    two = np.array(found)
    one = components(np.random.default_rng(0), 4000, strengths, 15, 6)
    error = np.hypot(one.std(0) / np.sqrt(len(one)), two.std(0) / np.sqrt(len(two)))
    assert np.all(np.abs(one.mean(0) - two.mean(0)) < 4.5 * error)


def test_pretrained_is_least_squares() -> None:
    rng, n, d, m, noise, found = np.random.default_rng(3), 14, 4, 3, 0.8, []
    truth = np.zeros((d, m))
    truth[0, 0] = 1.0
    for _ in range(2500):
        weights = np.empty((d, m))
        for j in range(m):
            x = rng.standard_normal((n, d))
            y = x @ truth[:, j] + np.sqrt(noise) * rng.standard_normal(n)
            weights[:, j] = np.linalg.lstsq(x, y, rcond=None)[0]
        found.append(np.linalg.svd(weights)[0][0, 0] ** 2)
    one = pretrained(np.random.default_rng(0), 4000, [noise], n, d, m)[:, 0]
    error = np.hypot(one.std() / np.sqrt(len(one)), np.std(found) / np.sqrt(len(found)))
    assert abs(one.mean() - np.mean(found)) < 4.5 * error


def test_best_hinge_and_bad_input() -> None:
    x = np.linspace(0.5, 1.5, 21)
    assert best_hinge(x, 3.0 - 2 * x + 1.5 * np.maximum(x - 0.91, 0)) == pytest.approx(
        0.91, abs=1e-3
    )
    with pytest.raises(ValueError, match="transpose"):
        spiked(np.random.default_rng(0), 1, [0.5], 4, 8)
    with pytest.raises(ValueError, match="samples"):
        components(np.random.default_rng(0), 1, [0.5], 4, 8)
