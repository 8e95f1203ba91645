"""Probe, forgetting, adapters, classification and gradient descent, each by another route."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory.transfer import (
    Mixtures,
    Tasks,
    adapter_residual,
    alignment,
    best_share,
    end_of_two_layers,
    interpolated,
    mixed_error,
    refined_alignment,
    refined_error,
    remaining,
    remaining_modes,
    remaining_refined,
    single_pass_residual,
    stopped,
    two_layers,
)
from theory.transfer.overlay import inherited_share, overlay, tipping_level

_refined = jax.jit(refined_error)
_stopped = jax.jit(stopped)
_aligned = jax.jit(lambda rate, tasks: (refined_alignment(rate, tasks), alignment(rate, tasks)))
_left = jax.jit(
    lambda t, a, b, modes: (
        remaining_modes(t, 0.5, a, modes**-b),
        remaining_refined(t, 0.5, a, b),
        remaining(t, 0.5, a, b),
    )
)


@settings(max_examples=10)
@given(st.floats(0.0, 0.45), st.floats(0.1, 1.0))
def test_refined_alignment_has_the_leading_limit(rate: float, cosine: float) -> None:
    tasks = Tasks(cosine, 100_000, 600_000, 0.2)
    refined, leading = _aligned(rate, tasks)
    assert float(refined) == pytest.approx(float(leading), abs=2e-4)


@given(st.floats(1.1, 2.5), st.floats(1.3, 3.0))
def test_forgetting_is_the_sum_over_modes(a: float, b: float) -> None:
    modes, t = jnp.arange(1, 20_001, dtype=float), 400.0
    tail = 20_000.5 ** (1.0 - b) / (b - 1.0)
    finite, refined, leading = _left(t, a, b, modes)
    exact = finite + tail * (1.0 - t * 20_000.0**-a)
    assert float(refined) == pytest.approx(float(exact), rel=2e-3)
    assert float(leading) > float(refined)


@given(st.integers(0, 2**16), st.integers(0, 4))
def test_no_adapter_of_the_rank_does_better(seed: int, rank: int) -> None:
    rng = np.random.default_rng(seed)
    difference = rng.normal(size=(6, 5))
    left, values, right = np.linalg.svd(difference, full_matrices=False)
    best = (left[:, :rank] * values[:rank]) @ right[:rank]
    least = float(adapter_residual(difference, rank))
    assert least == pytest.approx(np.sum((difference - best) ** 2), abs=1e-9)
    other = best + 0.1 * rng.normal(size=(6, rank)) @ rng.normal(size=(rank, 5))
    keep = np.linalg.svd(other, full_matrices=False)
    update = (keep[0][:, :rank] * keep[1][:rank]) @ keep[2][:rank]
    assert np.sum((difference - update) ** 2) >= least - 1e-9


@settings(max_examples=10)
@given(st.floats(0.0, 0.5), st.floats(0.0, 1.0), st.floats(0.1, 1.0))
def test_classification_limits(rate: float, share: float, cosine: float) -> None:
    tasks = Mixtures(4.0, cosine, 200, 400, 40)
    scratch = float(mixed_error(0.0, rate, tasks))
    assert scratch == pytest.approx(float(mixed_error(0.0, 0.0, tasks)))
    best = best_share(rate, tasks)
    assert float(mixed_error(best, rate, tasks)) <= float(mixed_error(share, rate, tasks)) + 1e-12
    many = tasks._replace(samples1=4e9, samples2=4e8, dimension=2e9)
    assert float(_refined(share, rate, many)) == pytest.approx(
        float(mixed_error(share, rate, many)), abs=1e-4
    )


def test_alone_the_pretrained_classifier_is_the_mean_classifier() -> None:
    from theory.label_noise.mean_classifier import mean_error, mean_error_refined

    tasks = Mixtures(4.0, 1.0, 400, 200, 50)
    for rate in (0.0, 0.2):
        leading = mean_error(rate, 200.0, 400.0, 4.0)
        assert float(mixed_error(1.0, rate, tasks)) == pytest.approx(float(leading), rel=1e-9)
        refined = mean_error_refined(rate, 200.0, 400.0, 4.0)
        assert float(_refined(1.0, rate, tasks)) == pytest.approx(float(refined), rel=2e-3)


def test_single_pass_against_the_recursion_of_second_moments() -> None:
    tasks, step, rate = Tasks(0.7, 4, 25, 0.3), 0.1, 0.2
    beta1, beta2 = np.eye(4)[0], np.array([0.7, np.sqrt(0.51), 0.0, 0.0])
    mean, second, s = np.zeros(4), np.zeros((4, 4)), 0.6
    unit = np.outer(beta1, beta1)
    for _ in range(25):
        # E of (w + step (y - x'w) x)(...)' by Isserlis' theorem, with y = xi (x'beta_1 + noise).
        cross = s * np.outer(mean, beta1)
        error = second - cross - cross.T + unit
        square = 2.0 * error + np.trace(error) * np.eye(4) + 0.3 * np.eye(4)
        drift = cross - second
        second = second + step * (drift + drift.T) + step**2 * square
        mean = mean + step * (s * beta1 - mean)
    expected = np.trace(second) - 2.0 * mean @ beta2 + 1.0
    assert float(single_pass_residual(rate, tasks, step)) == pytest.approx(expected, rel=1e-10)


def test_small_steps_of_one_pass_end_at_the_task() -> None:
    tasks = Tasks(0.6, 10, 2_000_000, 1.0)
    assert float(single_pass_residual(0.0, tasks, 1e-5)) == pytest.approx(0.8, abs=1e-3)


def test_stopping_begins_at_the_residual_and_ends_at_the_interpolant() -> None:
    assert float(_stopped(0.8, 200, 100, 0.5, 0.0, 0.1)) == pytest.approx(0.8, rel=1e-9)
    end = _stopped(0.8, 2000, 1000, 0.5, 4000.0, 0.15)
    assert float(end) == pytest.approx(float(interpolated(0.8, 2000, 1000, 0.5)), rel=2e-3)


@given(st.floats(0.1, 3.0), st.floats(0.0, 1.0), st.floats(0.1, 3.0))
def test_two_layers_conserve_their_potential(before: float, share: float, fitted: float) -> None:
    outside = share * before
    g = float(end_of_two_layers(jnp.array([before, outside]), fitted))
    after = np.hypot(fitted, g * outside)
    assert g == pytest.approx(np.sqrt(after / before), rel=1e-9)


def test_two_layers_inherit_as_one_where_the_norm_does_not_change() -> None:
    tasks = Tasks(1.0, 100, 10**9)
    assert float(two_layers(0.0, tasks, 40, 0.0)) == pytest.approx(0.0, abs=1e-6)


def test_flow_of_two_layers_moves_its_potential_within_the_data() -> None:
    rng = np.random.default_rng(0)
    x = np.linalg.qr(rng.normal(size=(6, 3)))[0].T * np.array([[1.0], [1.5], [2.0]])
    target, w = rng.normal(size=3), rng.normal(size=6)
    start = w.copy()
    for _ in range(10_000):
        slope = x.T @ (x @ w - target)
        size = np.linalg.norm(w)
        w = w - 2e-3 * (size * slope + w * (w @ slope) / size)
    span = np.linalg.pinv(x) @ x
    inside, outside = span @ w, start - span @ start
    norms = jnp.array([np.linalg.norm(start), np.linalg.norm(outside)])
    g = float(end_of_two_layers(norms, np.linalg.norm(inside)))
    np.testing.assert_allclose(x @ w, target, atol=1e-6)
    np.testing.assert_allclose(w - inside, g * outside, atol=2e-3)


def test_inherited_share_peaks_at_the_population_tipping_point() -> None:
    levels = jnp.linspace(0.0, 1.0, 1401)
    share = inherited_share(levels, 7, 11.0, 512)
    assert float(levels[jnp.argmax(share)]) == pytest.approx(6 / 7, abs=1e-3)
    assert 0.8 < tipping_level(7, 11.0, 512) < 6 / 7


def test_overlay_is_read_by_the_report() -> None:
    from jaxuim.report.overlay import read_overlay

    rows = read_overlay(overlay([0.0, 0.5, 1.0]), ("bias.level", "pretrain.samples"))
    assert len(rows) == 18 and rows["value"].between(0.0, 1.0).all()
