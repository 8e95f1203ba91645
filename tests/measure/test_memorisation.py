"""Memorisation and influence against loops, at known answers, with errors that hold."""

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxuim.measure import example_memorisation, influence, memorisation_score

R, N, T = 12, 20, 7
seeds = st.integers(0, 2**32 - 1)
score = jax.jit(memorisation_score)


def draw(seed: int, runs: int = R) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    member = rng.permuted(np.arange(runs)[:, None] % 2 * np.ones((1, N)), axis=0) > 0
    return rng.random((runs, N)), rng.random((runs, T)), member


@given(seeds)
def test_each_example_equals_the_loop(seed: int) -> None:
    outcomes, _, member = draw(seed)
    found = example_memorisation(outcomes, member)
    for i in range(N):
        a, b = outcomes[member[:, i], i], outcomes[~member[:, i], i]
        assert found.value[i] == pytest.approx(a.mean() - b.mean())
        assert found.error[i] ** 2 == pytest.approx(a.var(ddof=1) / len(a) + b.var(ddof=1) / len(b))


@given(seeds)
def test_each_influence_equals_the_loop(seed: int) -> None:
    _, tests, member = draw(seed)
    found = influence(tests, member)
    assert found.value.shape == (N, T)
    for i in (0, N - 1):
        a, b = tests[member[:, i]], tests[~member[:, i]]
        assert np.allclose(found.value[i], a.mean(0) - b.mean(0))
        error = np.sqrt(a.var(0, ddof=1) / len(a) + b.var(0, ddof=1) / len(b))
        assert np.allclose(found.error[i], error)


@given(seeds)
def test_influence_on_itself_is_memorisation(seed: int) -> None:
    outcomes, _, member = draw(seed)
    both = influence(outcomes, member), example_memorisation(outcomes, member)
    assert np.allclose(np.diag(both[0].value), both[1].value)
    assert np.allclose(np.diag(both[0].error), both[1].error)


@given(seeds)
def test_each_run_equals_the_loop(seed: int) -> None:
    outcomes, _, member = draw(seed)
    phi = np.log(outcomes / (1.0 - outcomes))
    expected = []
    for r in range(R):
        gains = [outcomes[r, i] - outcomes[~member[:, i], i].mean() for i in np.where(member[r])[0]]
        expected.append(np.mean(gains))
    assert np.allclose(score(phi, member), expected, atol=1e-5)


def test_gold_cases() -> None:
    _, _, member = draw(0)
    assert np.array_equal(example_memorisation(member, member).value, np.ones(N))
    assert np.array_equal(example_memorisation(member, member).error, np.zeros(N))
    assert np.allclose(score(np.where(member, 99.0, -99.0), member), 1.0)
    assert np.allclose(score(np.ones(member.shape), member), 0.0, atol=1e-6)
    assert np.allclose(influence(np.ones((R, T)), member).value, 0.0)


def test_errors_are_those_of_repeated_experiments() -> None:
    found = [example_memorisation(*draw(seed, runs=20)[::2]) for seed in range(200)]
    values = np.stack([one.value for one in found])  # the truth is 0: 4000 independent estimates
    stated = np.sqrt(np.mean([one.error**2 for one in found]))
    assert stated == pytest.approx(values.std(), rel=4.0 / np.sqrt(2 * values.size))


def test_what_cannot_be_known_is_nan() -> None:
    outcomes, tests, member = draw(0)
    member[:, 0], member[:, 1] = True, np.arange(R) == 0
    for found in (example_memorisation(outcomes, member), influence(tests, member)):
        assert np.isnan(found.value[0]).all() and np.isnan(found.error[:2]).all()
        assert np.isfinite(found.value[1:]).all() and np.isfinite(found.error[2:]).all()
    phi = np.log(outcomes / (1.0 - outcomes))
    assert np.isfinite(score(phi, member)).all()
    assert np.isnan(score(phi, np.ones_like(member))).all()


def test_bad_input_is_refused() -> None:
    outcomes, tests, member = draw(0)
    with pytest.raises(ValueError, match=r"member has shape \(11, 20\); .* runs = 12"):
        influence(tests, member[1:])
    with pytest.raises(ValueError, match="scores hold 1 runs; at least 2 are needed"):
        memorisation_score(outcomes[:1], member[:1])
    outcomes[2, 3] = np.nan
    with pytest.raises(ValueError, match=r"outcomes\[2, 3\] = nan"):
        example_memorisation(outcomes, member)
    assert np.isnan(score(outcomes, member)).all()
