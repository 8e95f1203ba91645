"""Shortcuts that were planted raise an alarm, real features and chance do not."""

import numpy as np
import pytest

from jaxuim.audit import cross_validated_probabilities, outliers, shortcuts


def planted(x: np.ndarray, y: np.ndarray, agreement: float, seed: int = 0) -> np.ndarray:
    """Overwrite feature 5 with the label, or with a random one where it does not agree."""
    rng = np.random.default_rng(seed)
    shown = np.where(rng.random(len(y)) < agreement, y, rng.integers(0, 10, len(y)))
    x = x.copy()
    x[:, 5] = 4.0 * shown
    return x


@pytest.fixture(scope="module")
def natural(digits):
    """Candidates among the pixels of the digits as they are."""
    guess = cross_validated_probabilities(digits.x, digits.y).argmax(axis=1)
    return shortcuts(digits.x, digits.y, guess)


def test_pixels_of_digits_predict_but_are_no_shortcuts(natural):
    assert natural.alarms == ()
    assert all(found.p_value == 0.005 for found in natural.ranked)
    assert natural.ranked[0].accuracy.lower > natural.null > natural.chance
    accuracies = [found.accuracy.value for found in natural.ranked]
    assert accuracies == sorted(accuracies, reverse=True)


def test_a_planted_shortcut_is_found_and_the_model_leans_on_it(digits):
    x = planted(digits.x, digits.y, 0.8)
    guess = cross_validated_probabilities(x, digits.y).argmax(axis=1)
    found = shortcuts(x, digits.y, guess)
    assert [f.column for f in found.alarms] == [5]
    best = found.ranked[0]
    expected = 0.8 + 0.2 / 10
    assert abs(best.accuracy.value - expected) < 4 * np.sqrt(expected * (1 - expected) / 1797)
    assert best.misleads
    assert best.model_disagreeing.upper < best.model_agreeing.lower
    assert best.information > 1.0


def test_a_group_that_tells_the_label_is_found(digits, natural):
    groups = np.where(np.random.default_rng(0).random(1797) < 0.9, digits.y, 0)
    found = shortcuts(digits.x, digits.y, digits.y, groups)
    assert [(f.column, f.name) for f in found.alarms] == [(-1, "groups")]
    assert [f.column for f in found.ranked if f.column >= 0][:5] == [
        f.column for f in natural.ranked[:5]
    ]


def test_features_without_information_give_no_more_small_p_values_than_stated():
    rng = np.random.default_rng(0)
    found = [
        shortcuts(rng.normal(size=(60, 3)), y := rng.permutation(60) % 2, y, seed=i)
        for i in range(40)
    ]
    small = np.mean([f.ranked[0].p_value <= 0.05 for f in found])
    assert small < 0.05 + 4 * np.sqrt(0.05 * 0.95 / 40)
    assert np.mean([f.ranked[0].p_value for f in found]) > 0.35


def test_wrong_labels_can_be_left_out_where_the_model_is_judged(digits, corrupted):
    y = corrupted(digits.y, 0.3)
    x = planted(digits.x, digits.y, 1.0)
    found = shortcuts(x, y, digits.y, label_issues=y != digits.y).ranked[0]
    assert found.model_agreeing.value == 1.0
    assert found.model_disagreeing is None
    assert not found.misleads


def test_a_constant_feature_is_worth_no_more_than_chance():
    y = np.arange(60) % 3
    found = shortcuts(np.zeros((60, 2)), y, np.zeros(60, int))
    assert all(f.accuracy.value <= 0.4 and not f.alarm for f in found.ranked)


def test_a_model_without_skill_hides_no_shortcut():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 300)
    x = rng.normal(size=(300, 9))
    x[:, 4] += 3 * y
    found = shortcuts(x, y, rng.integers(0, 2, 300))
    assert [f.column for f in found.alarms] == [4]
    assert np.isnan(found.ranked[0].share)


def test_outliers_that_were_injected_are_found(digits):
    noise = np.random.default_rng(0).uniform(0, 40, (60, 64))
    found = outliers(np.concatenate([digits.x, noise]))
    assert found.flags[-60:].all()
    assert not found.flags[:-60].any()
    assert found.share.lower < 60 / 1857 < found.share.upper


@pytest.mark.parametrize("d", [2, 10, 50])
def test_even_data_have_few_outliers(d):
    x = np.random.default_rng(d).uniform(size=(1500, d))
    assert outliers(x).share.value < 0.01


def test_copies_do_not_hide_outliers():
    x = np.random.default_rng(0).normal(size=(300, 3))
    x[:40] = 50.0
    assert outliers(x).flags[:40].all()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((np.eye(20), np.arange(20) % 2, np.zeros(19)), r"predicted has shape \(19,\)"),
        ((np.eye(20), np.arange(19) % 2, np.zeros(20)), r"y has shape \(19,\)"),
        ((np.eye(20), np.arange(20) % 2, np.full(20, np.nan)), "predicted holds nan"),
        ((np.eye(20), np.arange(20) % 2, np.full(20, 2)), "predicted holds 2"),
        ((np.eye(20), np.arange(20) % 2, np.array(["a"] * 20)), "predicted has type <U1"),
        ((np.eye(20), np.zeros(20, int), np.zeros(20)), "1 of 1 classes"),
        ((np.eye(20), np.arange(20) % 2, np.zeros(20), np.arange(19)), r"groups has shape"),
    ],
)
def test_refusals(arguments, said):
    with pytest.raises(ValueError, match=said):
        shortcuts(*arguments)
