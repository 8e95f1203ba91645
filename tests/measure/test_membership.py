"""LiRA against a plain loop over examples, at known answers, and in the order of its variants."""

from itertools import product

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from sklearn.metrics import roc_auc_score

from jaxuim.measure import (
    global_attack_auc,
    lira_offline_auc,
    lira_online_auc,
    lira_scores,
    lira_tpr,
)

R, N = 16, 30
VARIANTS = list(product(("online", "offline"), ("fixed", "example")))
seeds = st.integers(0, 2**32 - 1)
online, offline = jax.jit(lira_online_auc), jax.jit(lira_offline_auc)
tpr, threshold_auc = jax.jit(lira_tpr), jax.jit(global_attack_auc)


def draw(seed: int, runs: int = R, n: int = N, gap: float = 1.0) -> tuple[np.ndarray, np.ndarray]:
    """Examples of different difficulty; members' scores are higher by ``gap`` on average."""
    rng = np.random.default_rng(seed)
    member = rng.permuted(np.arange(runs)[:, None] % 2 * np.ones((1, n)), axis=0) > 0
    lift = gap * rng.exponential(size=n)
    scores = 3.0 * rng.standard_normal(n) + lift * member + rng.standard_normal((runs, n))
    return scores.astype(np.float32), member


def by_loop(phi: np.ndarray, member: np.ndarray, attack: str, variance: str) -> np.ndarray:
    """Every target, every example, with lists of shadows' scores in float64."""
    phi = phi.astype(float)
    result = np.zeros(phi.shape)
    for t in range(len(phi)):
        others = np.arange(len(phi)) != t
        parts = []
        for inside in (member, ~member):
            lists = [phi[others & inside[:, i], i] for i in range(phi.shape[1])]
            means = np.array([one.mean() for one in lists])
            squares = np.array([((one - one.mean()) ** 2).sum() for one in lists])
            free = np.array([len(one) - 1 for one in lists])
            pooled = squares.sum() / free.sum()
            spread = squares / free if variance == "example" else np.full(len(lists), pooled)
            parts.append((means, np.sqrt(spread)))
        (m1, s1), (m0, s0) = parts
        if attack == "online":
            result[t] = stats.norm.logpdf(phi[t], m1, s1) - stats.norm.logpdf(phi[t], m0, s0)
        else:
            result[t] = (phi[t] - m0) / s0
    return result


@pytest.mark.parametrize(("attack", "variance"), VARIANTS)
@given(seeds)
def test_scores_equal_the_loop(attack: str, variance: str, seed: int) -> None:
    phi, member = draw(seed)
    expected = by_loop(phi, member, attack, variance)
    found = lira_scores(phi, member, attack, variance)
    assert np.allclose(found, expected, rtol=1e-2, atol=1e-3)


@given(seeds)
def test_areas_are_those_of_the_scores(seed: int) -> None:
    phi, member = draw(seed)
    for attack, measure in (("online", online), ("offline", offline)):
        statistic = np.asarray(lira_scores(phi, member, attack))
        expected = [roc_auc_score(m, s) for m, s in zip(member, statistic, strict=True)]
        assert np.allclose(measure(phi, member), expected, atol=5e-3)
    expected = [roc_auc_score(m, s) for m, s in zip(member, phi, strict=True)]
    assert np.allclose(threshold_auc(phi, member), expected, atol=1e-6)


@given(seeds, st.permutations(range(R)), st.permutations(range(N)))
def test_order_shift_and_scale_do_not_matter(
    seed: int, runs: list[int], examples: list[int]
) -> None:
    phi, member = draw(seed)
    base = np.asarray(online(phi, member))
    assert np.allclose(online(phi[runs], member[runs]), base[runs], atol=5e-3)
    assert np.allclose(online(phi[:, examples], member[:, examples]), base, atol=5e-3)
    assert np.allclose(online(4.0 * phi + 8.0, member), base, atol=5e-3)
    assert np.allclose(threshold_auc(np.tanh(phi / 9.0), member), threshold_auc(phi, member))


def test_perfect_memorisation_is_found_by_every_attack() -> None:
    _, member = draw(0)
    phi = np.where(member, 10.0, -10.0).astype(np.float32)
    for measure in (online, offline, tpr, threshold_auc):
        assert np.array_equal(measure(phi, member), np.ones(R))


def test_scores_that_do_not_know_membership_give_one_half() -> None:
    phi, member = draw(1, runs=64, n=200, gap=0.0)
    for measure in (online, offline, threshold_auc):
        found = np.asarray(measure(phi, member))
        error = found.std(ddof=1) / 8.0
        assert error < 0.01 and abs(found.mean() - 0.5) < 4 * error
    caught = np.asarray(tpr(phi, member))
    error = caught.std(ddof=1) / 8.0
    assert error < 0.005 and abs(caught.mean() - 0.01) < 4 * error
    constant = np.zeros_like(phi)
    assert np.array_equal(online(constant, member), np.full(64, 0.5))


def test_online_beats_offline_beats_one_threshold() -> None:
    phi, member = draw(2, runs=64, n=200)
    ours, theirs = np.asarray(online(phi, member)), np.asarray(offline(phi, member))
    plain = np.asarray(threshold_auc(phi, member))
    for better, worse in ((ours, theirs), (theirs, plain)):
        difference = better - worse
        error = difference.std(ddof=1) / 8.0  # paired by target
        assert error < 0.01 and difference.mean() > -2 * error
    assert ours.mean() - plain.mean() > 0.05


def test_a_fixed_variance_wins_with_few_shadows() -> None:
    gains = []
    for seed in range(40):
        phi, member = draw(seed)
        member[:, :5] = np.arange(R)[:, None] < 3  # few trained on these
        own = np.asarray(lira_scores(phi, member, "online", "example"))
        areas = [roc_auc_score(m, s) for m, s in zip(member, own, strict=True)]
        gains.append(np.mean(online(phi, member)) - np.mean(areas))
    error = np.std(gains, ddof=1) / np.sqrt(40)
    assert error < 0.01 and np.mean(gains) > 3 * error


def test_examples_without_shadows_are_left_out() -> None:
    phi, member = draw(4)
    member[:, 0] = False
    member[0, 0] = True  # run 0 has no other run trained on example 0, nor has any other run two
    assert np.isnan(lira_scores(phi, member)[0, 0]) and np.isfinite(lira_scores(phi, member)[1, 0])
    rest = np.asarray(online(phi, member))
    assert np.isfinite(rest).all()


def test_bad_input_is_refused() -> None:
    phi, member = draw(0)
    with pytest.raises(ValueError, match="scores hold 2 runs; at least 3 are needed"):
        lira_scores(phi[:2], member[:2])
    with pytest.raises(ValueError, match=r"member has shape \(30, 16\); .* runs = 16, N = 30"):
        lira_online_auc(phi, member.T)
    with pytest.raises(ValueError, match="attack = 'both', variance = 'fixed'; allowed are"):
        lira_scores(phi, member, "both")
    phi[0, 0] = np.nan
    assert np.isnan(online(phi, member)).all() and np.isnan(threshold_auc(phi, member)).all()
    with pytest.raises(ValueError, match=r"scores\[0, 0\] = nan"):
        lira_tpr(phi, member)
