"""Tests of the bounds against brute force, determinants, limits and their own inequalities."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from theory.bounds import (
    benign_bound,
    benign_index,
    binary_kl,
    effective_ranks,
    error_bound,
    gibbs_error,
    information_bound,
    interpolation_variance,
    kl_inverse,
    label_information,
    location_information,
    mean_maximum,
    point_information,
    selection_gap,
)
from theory.bounds.simulation import plain_variance, spiked_variance, wishart

quick = settings(max_examples=20, deadline=None)
ranks_of, index_of, inverse, gap_of = (
    jax.jit(f) for f in (effective_ranks, benign_index, kl_inverse, selection_gap)
)
falling = arrays(np.float64, 12, elements=st.floats(1e-3, 1e3)).map(lambda v: np.sort(v)[::-1])


@quick
@given(falling)
def test_effective_ranks_are_ordered_and_match_sums(spectrum: np.ndarray) -> None:
    small, large = (np.asarray(ranks) for ranks in ranks_of(spectrum))
    for k in range(12):
        tail = spectrum[k:]
        assert small[k] == pytest.approx(tail.sum() / tail[0], rel=1e-10)
        assert large[k] == pytest.approx(tail.sum() ** 2 / np.sum(tail**2), rel=1e-10)
    slack = 1 + 1e-9
    assert np.all(small * slack >= 1.0)
    assert np.all(small <= large * slack)
    assert np.all(large <= np.minimum(small**2, 12 - np.arange(12)) * slack)


@quick
@given(falling, st.integers(1, 11))
def test_benign_index_is_the_first(spectrum: np.ndarray, n: int) -> None:
    small = np.array([spectrum[k:].sum() / spectrum[k] for k in range(12)])
    assume(np.all(np.abs(small - n) > 1e-9 * n))
    enough = np.flatnonzero(small >= n)
    assert int(index_of(spectrum, n)) == (enough[0] if len(enough) else 12)


def test_flat_spectrum_has_the_known_variance_and_bound() -> None:
    assert float(benign_bound(jnp.ones(500), 100.0)) == pytest.approx(0.2)
    assert float(interpolation_variance(jnp.ones(500), 100.0)) == pytest.approx(0.25, rel=1e-9)


def test_wishart_and_reduced_variance_have_the_right_law() -> None:
    rng = np.random.default_rng(0)
    drawn = wishart(rng, 4000, 3, 7)
    error = drawn.std(0) / np.sqrt(len(drawn))
    assert np.all(np.abs(drawn.mean(0) - 7 * np.eye(3)) < 4.5 * error)
    spectrum = np.concatenate([np.full(3, 5.0), np.full(40, 0.1)])
    plain = np.array([plain_variance(rng, 8, spectrum) for _ in range(2000)])
    short = spiked_variance(rng, 4000, 8, 3, 5.0, 40, 0.1)
    spread = np.hypot(plain.std() / np.sqrt(2000), short.std() / np.sqrt(4000))
    assert abs(plain.mean() - short.mean()) < 4.5 * spread


@pytest.mark.parametrize(("count", "known"), [(1, 0.0), (2, np.pi**-0.5), (3, 1.5 * np.pi**-0.5)])
def test_mean_maximum_of_few(count: int, known: float) -> None:
    assert float(mean_maximum(count)) == pytest.approx(known, abs=1e-9)


@quick
@given(st.floats(2.0, 1e7), st.integers(2, 10_000))
def test_selection_gap_is_below_the_information_bound(models: float, n: int) -> None:
    gap = float(gap_of(models, n))
    assert 0.0 < gap < float(information_bound(np.log(models), n))
    assert gap < float(gap_of(1.5 * models, n))


@quick
@given(st.integers(2, 200), st.floats(0.01, 10.0), st.floats(1e-3, 10.0))
def test_points_tell_less_than_the_whole(n: int, noise: float, release: float) -> None:
    whole = float(location_information(n, noise, release))
    point = float(point_information(n, noise, release))
    assert 0.0 < n * point <= whole * (1 + 1e-9)


def test_label_information_matches_its_determinant() -> None:
    x = np.random.default_rng(0).standard_normal((9, 4))
    b = np.linalg.solve(x.T @ x + 0.7 * np.eye(4), x.T)
    known = 0.5 * np.linalg.slogdet(np.eye(4) + 2.0 / 0.3 * b @ b.T)[1]
    assert float(label_information(x, 0.7, 2.0, 0.3)) == pytest.approx(known, rel=1e-10)


@quick
@given(st.floats(0.0, 1.0), st.floats(0.0, 3.0))
def test_kl_inverse_spends_its_budget(q: float, budget: float) -> None:
    p = float(inverse(q, budget))
    assert q <= p <= 1.0
    assert float(binary_kl(q, p)) <= budget + 1e-9
    if p < 1 - 1e-6:
        assert float(binary_kl(q, p)) == pytest.approx(budget, abs=1e-7)


def test_error_bound_moves_the_right_way() -> None:
    base = float(error_bound(0.1, 2.0, 500, 0.05))
    assert base > 0.1
    assert float(error_bound(0.1, 4.0, 500, 0.05)) > base > float(error_bound(0.1, 2.0, 2000, 0.05))


def test_gibbs_error_is_the_mean_over_the_posterior() -> None:
    rng = np.random.default_rng(0)
    w, x = np.array([0.3, -0.2, 0.5]), np.array([1.0, 2.0, -0.5])
    wrong = ((w + rng.standard_normal((200_000, 3))) @ x * -1.0 < 0).mean()
    assert abs(wrong - float(gibbs_error(w, x, -1.0))) < 4.5 * np.sqrt(0.25 / 200_000)


@pytest.mark.parametrize(
    ("function", "at"),
    [
        (mean_maximum, 7.0),
        (lambda s: label_information(jnp.eye(3), 0.5, s, 0.2), 1.3),
        (lambda t: location_information(20, 1.0, t), 0.1),
    ],
)
def test_gradients(function, at: float) -> None:  # type: ignore[no-untyped-def]
    step = 1e-5
    slope = float(function(at + step) - function(at - step)) / (2 * step)
    assert float(jax.grad(function)(at)) == pytest.approx(slope, rel=1e-5)
