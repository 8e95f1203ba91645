"""Alignment and capacity: traces against slopes and draws, deletions against raw data."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from theory import model_collapse
from theory import unlearning as theory
from theory.numerics.spectra import power_law
from theory.unlearning.simulation import alignments, ascents, deletions

FEW = settings(max_examples=15, deadline=None)
_traces = jax.jit(theory.resolvent_traces)
_slope = jax.jit(jax.grad(lambda ridge, s, n: theory.resolvent_traces(s, n, ridge)[0]))
_alignment = jax.jit(theory.alignment)


@FEW
@given(ridge=st.floats(0.01, 10.0), n=st.integers(5, 300), decay=st.floats(0.0, 2.0))
def test_second_trace_is_minus_the_slope_of_the_first(ridge: float, n: int, decay: float) -> None:
    spectrum = power_law(20, decay)
    _, twice = _traces(spectrum, n, ridge)
    assert float(twice) == pytest.approx(-float(_slope(ridge, spectrum, float(n))), rel=1e-7)
    step = 1e-6 * ridge
    ends = [float(_traces(spectrum, n, ridge + sign * step)[0]) for sign in (1, -1)]
    assert float(twice) == pytest.approx((ends[1] - ends[0]) / (2 * step), rel=1e-5)


@FEW
@given(ridge=st.floats(0.01, 10.0), n=st.integers(50, 300))
def test_alignment_is_a_squared_cosine_that_grows_with_the_ridge(ridge: float, n: int) -> None:
    spectrum = jnp.ones(20)
    weak, strong = (float(_alignment(spectrum, n, r)) for r in (ridge, 2 * ridge))
    assert 0 < weak < strong <= 1
    assert float(_alignment(spectrum, n, 1e6)) == pytest.approx(1.0, abs=1e-5)


def test_traces_and_alignment_agree_with_draws() -> None:
    rng, d, n, ridge = np.random.default_rng(0), 80, 160, 0.3
    x = rng.standard_normal((300, n, d))
    values = np.linalg.eigvalsh(x.transpose(0, 2, 1) @ x / n) + ridge
    found = np.stack([(1 / values).sum(axis=1), (1 / values**2).sum(axis=1)])
    for trace, sample in zip(_traces(jnp.ones(d), n, ridge), found, strict=True):
        error = sample.std() / np.sqrt(len(values))
        assert abs(sample.mean() - float(trace)) < 4 * error + 0.01 * float(trace)
    cosines = alignments(rng, 40, np.ones(d), n, ridge)
    predicted = float(theory.alignment(jnp.ones(d), n, ridge))
    error = cosines.std() / np.sqrt(len(cosines))
    assert abs(cosines.mean() - predicted) < 4 * error + predicted / d


def test_expected_matching_steps_tend_to_those_of_the_mean() -> None:
    gaps = []
    for d in (50, 500):
        spectrum, n, step = jnp.ones(d), 4.0 * d, 0.2 / d
        once, _ = _traces(spectrum, n, 0.1)
        h = once / n / (1 + once / n)  # of a point among the others
        limit = float(theory.matching_steps(h, step, float(d)))
        gaps.append(abs(float(theory.expected_matching_steps(spectrum, n, 0.1, step)) - limit))
    assert gaps[1] < 0.2 * gaps[0]
    rng, steps = np.random.default_rng(1), np.array([0.0, 1.0, 2.0])
    found = ascents(rng, 600, steps, d=30, n=120, ridge=0.1, step=0.01)
    growth = found[:, 1] - found[:, 0]
    place = -found[:, 0].mean() / growth.mean()
    residual = (found[:, 0] + place * growth) / growth.mean()
    predicted = float(theory.expected_matching_steps(jnp.ones(30), 120.0, 0.1, 0.01))
    assert abs(place - predicted) < 4 * residual.std() / np.sqrt(600) + 0.005 * predicted


@FEW
@given(d=st.integers(1, 40), spare=st.integers(3, 200), factor=st.floats(1.0, 50.0))
def test_capacity_multiplies_the_risk(d: int, spare: int, factor: float) -> None:
    n = d + 1 + spare
    k = theory.capacity(factor, d, n)
    before, after = (float(theory.risk_after_deletion(0.7, d, n, j)) for j in (0, k))
    assert after == pytest.approx(factor * before, rel=1e-9)
    assert float(theory.capacity(np.inf, d, n)) == spare


def test_deletions_have_the_law_of_refits() -> None:
    rng, d, n, deleted = np.random.default_rng(2), 4, 30, np.array([0, 8, 16])
    found = deletions(rng, 8000, d=d, n=n, deleted=deleted)
    x = rng.standard_normal((8000, n, d))
    for level, k in enumerate(deleted):
        kept = x[:, k:]
        raw = np.trace(np.linalg.inv(kept.transpose(0, 2, 1) @ kept), axis1=1, axis2=2)
        for fast, slow in ((found[:, level], raw), (found[:, level] ** 2, raw**2)):
            error = np.hypot(fast.std(), slow.std()) / np.sqrt(8000)
            assert abs(fast.mean() - slow.mean()) < 4.5 * error


@FEW
@given(biased=st.integers(5, 60), bias=st.floats(0.01, 5.0))
def test_deleting_biased_samples_pays_beyond_the_tipping_bias(biased: int, bias: float) -> None:
    d, clean, noise = 10, 60, 0.5
    without = float(theory.risk_after_deletion(noise, d, clean + biased, biased))
    pooled = float(model_collapse.pooled_risk(d, clean, biased, noise, bias))
    tip = float(model_collapse.tipping_bias(d, clean, biased, noise))
    assert (without < pooled) == (bias > tip)
