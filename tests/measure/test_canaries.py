"""Exposure by rank and by fit: exact small cases, the null, intervals that hold, extrapolation."""

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import ArrayLike
from scipy import stats

from jaxuim.measure import exposure, exposure_by_fit, exposure_by_rank

R = 63
seeds = st.integers(0, 2**32 - 1)
program = jax.jit(exposure)


def compiled(canaries: ArrayLike, references: ArrayLike) -> float:
    return float(program(np.asarray(canaries), np.asarray(references)))


def test_the_lowest_the_middle_and_the_highest_rank() -> None:
    references = np.arange(1.0, R + 1.0)
    assert compiled(np.zeros(3), references) == 6.0  # log2 of 64
    assert compiled([31.5], references) == 1.0  # rank 32
    assert compiled([99.0], references) == 0.0
    assert compiled([0.0, 99.0], references) == 3.0
    assert compiled([5.0], np.full(R, 5.0)) == pytest.approx(np.log2(64 / 32.5))  # all tied


@given(seeds, st.integers(1, 40))
def test_it_is_the_mean_of_log_ranks(seed: int, values: int) -> None:
    rng = np.random.default_rng(seed)
    canaries, references = rng.integers(0, values, 5), rng.integers(0, values, R)
    ranks = [stats.rankdata(np.append(references, c))[-1] for c in canaries]
    # a tie shares ranks with the canary itself among them: (less + 1 + less + equal + 1) / 2
    assert compiled(canaries, references) == pytest.approx(np.log2(64 / np.array(ranks)).mean())
    found = exposure_by_rank(canaries, references)
    assert found.value.mean() == pytest.approx(compiled(canaries, references), rel=1e-5)
    assert np.all(found.low <= found.value + 1e-9) and np.all(found.value <= found.high + 1e-9)


@given(seeds, st.permutations(range(R)))
def test_only_the_order_of_losses_matters(seed: int, order: list[int]) -> None:
    rng = np.random.default_rng(seed)
    canaries, references = rng.standard_normal(5), rng.standard_normal(R)
    expected = compiled(canaries, references)
    assert compiled(canaries, references[order]) == expected
    assert compiled(np.exp(canaries), np.exp(references)) == expected


@given(seeds, st.integers(1, 5))
def test_canaries_that_were_not_shown_do_not_count(seed: int, shown: int) -> None:
    rng = np.random.default_rng(seed)
    canaries, references = rng.standard_normal(5), rng.standard_normal(R)
    marks = np.arange(5) < shown
    alone = np.mean([compiled(one, references) for one in canaries[:shown, None]])
    assert float(program(canaries, references, marks)) == pytest.approx(alone, abs=1e-5)
    none = float(program(canaries, references, np.zeros(5, bool)))
    assert none == pytest.approx(compiled(canaries, references), abs=1e-5)


def test_without_learning_it_is_log2_e_on_average() -> None:
    rng = np.random.default_rng(0)
    values = np.array([compiled(rng.random(5), rng.random(R)) for _ in range(400)])
    ranks = np.arange(1, R + 2)
    expected = np.log2((R + 1) / ranks).mean()
    error = values.std(ddof=1) / 20.0
    assert error < 0.05 and abs(values.mean() - expected) < 4 * error
    assert abs(expected - np.log2(np.e)) < 0.1


def test_rank_intervals_hold_the_true_exposure() -> None:
    rng = np.random.default_rng(1)
    quantiles = rng.random(2000)
    truth = -np.log2(quantiles)
    held = []
    for q, t in zip(quantiles, truth, strict=True):
        found = exposure_by_rank([q], rng.random(R))
        held.append(bool(found.low[0] <= t <= found.high[0]))
    error = np.sqrt(0.05 * 0.95 / 2000)
    assert np.mean(held) > 0.95 - 3 * error  # exact intervals hold at least as often as they say


def test_the_space_bounds_what_a_sample_leaves_open() -> None:
    references = np.arange(1.0, 1001.0)
    assert exposure_by_rank([0.0], references).high[0] == np.inf
    assert exposure_by_rank([0.0], references, space=2**20).high[0] == 20.0
    with pytest.raises(ValueError, match="space = 10; allowed is a finite number from 1001"):
        exposure_by_rank([0.0], references, space=10)


@pytest.mark.parametrize("family", ["normal", "skew_normal"])
def test_a_fit_extrapolates_the_tail(family: str) -> None:
    law = stats.norm(5.0, 2.0) if family == "normal" else stats.skewnorm(3.0, 5.0, 2.0)
    references = law.ppf((np.arange(2000) + 0.5) / 2000)
    canaries = law.ppf(np.array([0.5, 2.0**-8, 2.0**-20]))
    found = exposure_by_fit(canaries, references, family)
    assert np.allclose(found.value, [1.0, 8.0, 20.0], rtol=0.05)
    assert found.distance < 0.01
    far = exposure_by_fit([law.mean() - 40.0], references, family).value[0]
    assert 100.0 < far < np.inf  # scipy's own distribution function is 0 here


def test_a_bad_fit_says_so() -> None:
    two = np.concatenate([np.zeros(500), np.full(500, 9.0)]) + np.linspace(0.0, 1.0, 1000)
    assert exposure_by_fit([0.0], two, "normal").distance > 0.2


def test_bad_input_is_refused() -> None:
    with pytest.raises(ValueError, match=r"canary_losses has shape \(0,\)"):
        exposure([], [1.0])
    with pytest.raises(ValueError, match=r"reference_losses\[1\] = nan"):
        exposure([1.0], [1.0, np.nan])
    assert np.isnan(compiled([1.0], [1.0, np.nan])) and np.isnan(compiled([np.inf], [1.0, 2.0]))
    with pytest.raises(ValueError, match="reference_losses hold 9 losses, 1 different"):
        exposure_by_fit([1.0], np.ones(9))
    with pytest.raises(ValueError, match="family = 'gamma'; allowed are"):
        exposure_by_fit([1.0], np.arange(9.0), "gamma")


def test_losses_are_compared_in_float64_and_the_space_must_hold_the_canary() -> None:
    assert exposure([1.0 - 1e-9], [1.0 - 1e-10] * 7) == 3.0
    assert exposure([1e300], [2e300]) == 1.0
    found = exposure_by_rank([0.5], [1.0] * 99, space=100)
    assert found.value[0] <= found.high[0] + 1e-12
    for space in (99, np.inf, np.nan):
        with pytest.raises(ValueError, match=r"space = .*; allowed is a finite number from 100"):
            exposure_by_rank([0.5], [1.0] * 99, space=space)
