"""Area under the ROC curve and rates at few false alarms against scikit-learn and by counting."""

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score, roc_curve

from jaxuim.measure import roc_auc, true_positive_rate
from jaxuim.measure.roc import area

N = 60
seeds = st.integers(0, 2**32 - 1)
auc, among = jax.jit(roc_auc), jax.jit(area)


def draw(seed: int, values: int) -> tuple[np.ndarray, np.ndarray]:
    """Scores with ties, if ``values`` is small, and some of each group."""
    rng = np.random.default_rng(seed)
    positive = rng.permutation(np.arange(N) < rng.integers(1, N))
    return rng.integers(0, values, N).astype(np.float32) + positive, positive


@given(seeds, st.integers(1, 100))
def test_auc_is_that_of_scikit_learn(seed: int, values: int) -> None:
    scores, positive = draw(seed, values)
    assert auc(scores, positive) == pytest.approx(roc_auc_score(positive, scores), abs=1e-6)


@given(seeds, st.integers(1, 100), st.permutations(range(N)))
def test_monotone_transforms_and_order_do_not_matter(
    seed: int, values: int, order: list[int]
) -> None:
    scores, positive = draw(seed, values)
    expected = auc(scores, positive)
    assert auc(np.sqrt(scores), positive) == expected
    assert auc(scores[order], positive[order]) == expected
    assert auc(-scores, positive) == pytest.approx(1.0 - float(expected), abs=1e-6)
    assert auc(-scores, ~positive) == pytest.approx(float(expected), abs=1e-6)


@given(seeds, st.integers(1, 100), st.floats(0.0, 0.99))
def test_the_rate_is_the_best_point_of_the_curve(seed: int, values: int, at: float) -> None:
    scores, positive = draw(seed, values)
    fpr, tpr, _ = roc_curve(positive, scores, drop_intermediate=False)
    found = true_positive_rate(scores, positive, at=at)
    assert found.rate == pytest.approx(tpr[fpr <= at + 1e-9].max())
    assert found.false_positive_rate <= at + 1e-9
    assert found.low <= found.rate <= found.high
    assert found.rate == pytest.approx((scores[positive] > found.threshold).mean())


def test_gold_cases() -> None:
    positive = np.arange(10) < 5
    assert auc(np.ones(10), positive) == 0.5
    assert auc(positive, positive) == 1.0 and auc(~positive, positive) == 0.0
    assert true_positive_rate(positive, positive).rate == 1.0
    assert true_positive_rate(np.ones(10), positive).rate == 0.0  # one threshold, all or none


def test_unusable_examples_do_not_count() -> None:
    scores, positive = draw(0, 5)
    usable = np.arange(N) % 3 > 0
    junk = np.where(usable, scores, np.nan)
    expected = roc_auc_score(positive[usable], scores[usable])
    assert among(junk, positive, usable) == pytest.approx(expected, abs=1e-6)


def test_bad_input_is_refused() -> None:
    scores, positive = draw(0, 5)
    with pytest.raises(ValueError, match="positive holds 60 of 60 examples; some, but not all"):
        roc_auc(scores, np.ones(N, bool))
    with pytest.raises(ValueError, match=r"positive has shape \(59,\)"):
        roc_auc(scores, positive[1:])
    with pytest.raises(ValueError, match=r"at = 1.0; allowed is a false positive rate in \[0, 1\)"):
        true_positive_rate(scores, positive, at=1.0)
    assert np.isnan(auc(scores, np.ones(N, bool)))
    assert np.isnan(auc(np.where(np.arange(N) == 0, np.nan, scores), positive))


def test_float64_scores_are_compared_as_they_are() -> None:
    rng = np.random.default_rng(0)
    positive = np.arange(2000) % 2 == 0
    normal = rng.standard_normal(2000) + positive
    for scores in (
        np.exp(-100.0 + 5.0 * normal),  # below float32's smallest
        1.0 - np.exp(-25.0 - normal),  # all 1 in float32
        1e6 + 0.01 * normal,
    ):
        expected = roc_auc_score(positive, scores)
        assert abs(expected - 0.5) > 0.1
        assert roc_auc(scores, positive) == pytest.approx(expected, abs=1e-6)
        found = true_positive_rate(scores, positive, at=0.01)
        fpr, tpr, _ = roc_curve(positive, scores, drop_intermediate=False)
        assert found.rate == tpr[fpr <= 0.01].max()
        assert found.false_positive_rate <= 0.01
        assert found.rate == (scores[positive] > found.threshold).mean()


def test_concrete_groups_may_meet_traced_scores() -> None:
    scores, positive = draw(0, 5)
    found = jax.jit(lambda s: roc_auc(s, positive))(scores)
    assert found == pytest.approx(roc_auc_score(positive, scores), abs=1e-6)
