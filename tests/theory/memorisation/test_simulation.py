"""Tests of the simulations of memorisation against refits, whole data sets and plain ranks."""

import numpy as np
import pytest

from theory.memorisation.copies_study import finite_half
from theory.memorisation.membership_study import plain_scores
from theory.memorisation.simulation import (
    attacked,
    exposures,
    left_out,
    refitted,
    released_scores,
)


def test_left_out_is_leaving_out() -> None:
    """Rebuild the only repetition's data from the same random numbers and refit without points."""
    spectrum, beta, n, ridge = np.array([2.0, 1.0, 0.5]), np.array([1.0, -1.0, 0.3]), 7, 0.2
    left = left_out(np.random.default_rng(5), 1, spectrum, beta, n, ridge, 0.4)
    rng = np.random.default_rng(5)
    x = rng.standard_normal((n, 3)) * np.sqrt(spectrum)
    y = x @ beta + np.sqrt(0.4) * rng.standard_normal(n)
    for i in range(n):
        others = np.arange(n) != i
        gram = x[others].T @ x[others] + n * ridge * np.eye(3)
        weights = np.linalg.solve(gram, x[others].T @ y[others])
        assert left.residual[0, i] == pytest.approx(y[i] - x[i] @ weights, rel=1e-9)
        assert left.leverage[0, i] == pytest.approx(x[i] @ np.linalg.solve(gram, x[i]), rel=1e-9)
        for copies in (1, 3):
            found = refitted(x[others], y[others], x[i], y[i], copies, n * ridge)
            member = left.residual[0, i] / (1 + copies * left.leverage[0, i])
            assert y[i] - found == pytest.approx(member, rel=1e-9)
    whole = np.linalg.solve(x.T @ x + n * ridge * np.eye(3), x.T @ y)
    known = np.sqrt(0.4 + np.sum(spectrum * (whole - beta) ** 2))
    assert left.test[0] == pytest.approx(known, rel=1e-9)


def test_released_scores_have_the_law_of_whole_data() -> None:
    rng = np.random.default_rng(0)
    plain = np.array([plain_scores(rng, 5, 12, 3, 0.01) for _ in range(6000)])
    drawn = np.stack(released_scores(np.random.default_rng(1), 60_000, 5, 12, 3, 0.01), axis=1)
    for power in (1, 2):
        one, two = plain**power, drawn**power
        error = np.hypot(one.std(0) / np.sqrt(len(one)), two.std(0) / np.sqrt(len(two)))
        assert np.all(np.abs(one.mean(0) - two.mean(0)) < 4.5 * error)


def test_exposures_have_the_law_of_plain_ranks() -> None:
    rng = np.random.default_rng(0)
    scores = rng.standard_normal((6000, 63))
    canary = 1.0 + rng.standard_normal((6000, 1))
    plain = np.log2(64 / (1 + np.sum(scores > canary, axis=1)))
    drawn = exposures(np.random.default_rng(1), 30_000, 1.0, 64)
    error = np.hypot(plain.std() / np.sqrt(6000), drawn.std() / np.sqrt(30_000))
    assert abs(plain.mean() - drawn.mean()) < 4.5 * error


def test_attack_gains_nothing_where_nothing_is_learnt() -> None:
    spectrum = np.ones(4)
    left = left_out(np.random.default_rng(0), 300, spectrum, 0 * spectrum, 20, 1e6, 1.0)
    gain = attacked(left, np.array([1.0]))[:, 0]
    assert abs(gain.mean()) < 4.5 * gain.std() / np.sqrt(len(gain))


def test_finite_half_lies_above_that_of_the_mean_leverage() -> None:
    spread = np.array([0.5, 1.5])
    place = finite_half(np.array([-3.0, 3.0]), spread)
    assert 2.0**place == pytest.approx(1 / np.sqrt(0.75), rel=1e-6)
