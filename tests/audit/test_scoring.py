"""Label scores and issues: they find injected noise and do not depend on order or names."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxuim.audit import (
    confident_joint,
    cross_validated_probabilities,
    label_issues,
    label_scores,
    margin,
    self_confidence,
)

RULES = ("prune_by_noise_rate", "prune_by_class", "both", "confident")


@pytest.mark.parametrize("rule", RULES)
def test_issues_are_the_corrupted_labels(digits, noisy, rule):
    y, p, _ = noisy(0.2)
    bad, flagged = y != digits.y, label_issues(y, p, by=rule)
    assert bad[flagged].mean() > 0.95
    assert flagged[bad].mean() > 0.85


def test_both_is_the_intersection(noisy):
    y, p, _ = noisy(0.2)
    first, second, both = (label_issues(y, p, by=rule) for rule in RULES[:3])
    assert np.array_equal(both, first & second)


def test_scores_rank_corrupted_labels_below_others(digits, noisy):
    y, p, _ = noisy(0.2, "pair")
    bad, scores = y != digits.y, label_scores(y, p)
    for score in (scores.self_confidence, scores.margin, -scores.wrong):
        assert np.mean(score[bad, None] < score[None, ~bad]) > 0.95  # the area under the curve


def test_wrong_is_a_probability_that_is_calibrated(digits, noisy):
    y, p, _ = noisy(0.4)
    scores = label_scores(y, p)
    bad = y != digits.y
    for low, high, off in ((0.0, 0.1, 0.04), (0.9, 1.0, 0.04)):
        used = (scores.wrong >= low) & (scores.wrong <= high)
        assert used.sum() > 500
        assert bad[used].mean() == pytest.approx(scores.wrong[used].mean(), abs=off)
    assert scores.wrong.mean() == pytest.approx(bad.mean(), abs=0.03)
    assert np.mean(scores.suggested[bad] == digits.y[bad]) > 0.9


@st.composite
def labelled(draw):
    """Probabilities of 40 examples in 3 classes and labels that name every class."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    y = rng.permutation(np.arange(40) % 3)
    sharpness = draw(st.floats(0.1, 5.0))
    p = rng.dirichlet(np.ones(3), 40) + sharpness * np.eye(3)[(y + (rng.random(40) < 0.2)) % 3]
    return y, p / p.sum(axis=1, keepdims=True), rng


@given(labelled())
def test_order_of_examples_does_not_matter(data):
    y, p, rng = data
    order = rng.permutation(len(y))
    assert np.array_equal(confident_joint(y, p).counts, confident_joint(y[order], p[order]).counts)
    for rule in RULES:
        assert np.array_equal(
            label_issues(y, p, by=rule)[order], label_issues(y[order], p[order], by=rule)
        )
    assert label_scores(y, p).wrong[order] == pytest.approx(label_scores(y[order], p[order]).wrong)


@given(labelled())
def test_names_of_classes_do_not_matter(data):
    y, p, rng = data
    name = rng.permutation(3)  # class c is now called name[c]
    renamed = np.empty_like(p)
    renamed[:, name] = p
    first, second = confident_joint(y, p), confident_joint(name[y], renamed)
    assert np.array_equal(first.counts, second.counts[np.ix_(name, name)])
    assert first.noise_rate == pytest.approx(second.noise_rate)
    for rule in RULES:
        found = label_issues(name[y], renamed, by=rule)
        assert np.array_equal(label_issues(y, p, by=rule), found)


@given(labelled())
def test_ranges(data):
    y, p, _ = data
    scores = label_scores(y, p)
    assert scores.self_confidence == pytest.approx(self_confidence(y, p))
    assert scores.margin == pytest.approx(margin(y, p))
    assert np.all((margin(y, p) >= -1) & (margin(y, p) <= 1))
    assert np.all((scores.wrong >= 0) & (scores.wrong <= 1))
    assert np.all(scores.suggestion_wrong <= scores.wrong + 1e-9)
    for rule in RULES:
        flagged = label_issues(y, p, by=rule)
        assert not (flagged & (p.argmax(axis=1) == y)).any()
        assert len(np.unique(y[~flagged])) == 3


def test_an_unknown_rule_is_refused():
    with pytest.raises(ValueError, match="by is 'magic'"):
        label_issues([0, 1], np.eye(2), by="magic")


@pytest.mark.parametrize("method", ["knn", "logistic", "auto"])
def test_probabilities_are_out_of_sample(method):
    """Labels that are pure chance cannot be predicted, even where examples stand there twice."""
    rng = np.random.default_rng(0)
    x = np.repeat(rng.normal(size=(150, 5)), 2, axis=0)
    y = np.repeat(rng.integers(0, 2, 150), 2)
    p = cross_validated_probabilities(x, y, method=method)
    assert p.shape == (300, 2)
    assert p.sum(axis=1) == pytest.approx(1.0)
    right = np.mean(p.argmax(axis=1) == y)
    assert abs(right - 0.5) < 4 * np.sqrt(0.25 / 150)


def test_linear_classes_in_many_dimensions_are_left_to_the_regression():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(400, 60))
    y = (x @ np.ones(60) > 0).astype(int)
    auto, linear, near = (
        np.mean(cross_validated_probabilities(x, y, method=m).argmax(axis=1) == y)
        for m in ("auto", "logistic", "knn")
    )
    assert auto == linear > near + 0.1


def test_unknown_methods_and_unequal_lengths_are_refused():
    x = np.eye(20)
    with pytest.raises(ValueError, match="method is 'forest'"):
        cross_validated_probabilities(x, np.arange(20) % 2, method="forest")
    with pytest.raises(ValueError, match="20 rows but y 19"):
        cross_validated_probabilities(x, np.arange(19) % 2)
