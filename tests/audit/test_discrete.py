"""Features of few values, classes that overlap, features that say nothing: noise is not made up."""

import numpy as np
import pandas as pd
import pytest

from jaxuim.audit import Audit, audit, cross_validated_probabilities, repair

RULES = {
    "first": lambda x: x[:, 0],
    "xor": lambda x: x[:, 0] ^ x[:, 1],
    "and": lambda x: x[:, 0] & x[:, -1],
}


def binary(rule: str, d: int, rate: float, n: int = 400) -> tuple[np.ndarray, np.ndarray]:
    """Draw binary features [n, d] and labels of a rule, a share of them flipped."""
    rng = np.random.default_rng(d)
    x = rng.integers(0, 2, (n, d))
    y = RULES[rule](x)
    return x, np.where(rng.random(n) < rate, 1 - y, y)


@pytest.mark.parametrize("rule", RULES)
@pytest.mark.parametrize("d", [2, 6])
def test_clean_labels_of_discrete_features_are_clean(rule, d):
    found = audit(*binary(rule, d, 0.0))
    assert found.accuracy > 0.99  # a row of its own kind cannot be predicted
    assert (found.noise.rate, found.noise.lower) == (0.0, 0.0)
    assert not found.label_issues.any()
    assert 0 < found.noise.upper < 0.02  # no error in 400 does not say that there are none


def test_noise_of_discrete_features_is_found():
    x, y = binary("xor", 3, 0.1)
    found = audit(x, y)
    wrong = y != RULES["xor"](x)
    assert found.noise.lower <= wrong.mean() <= found.noise.upper
    assert wrong[found.label_issues].mean() > 0.95
    assert found.predictor == "other examples of equal features"


def test_one_feature_that_is_the_label():
    y = np.random.default_rng(0).integers(0, 3, 300)
    found = audit(np.eye(3)[y], y)
    assert found.noise.rate == 0
    assert found.accuracy == 1


def test_many_copies_of_real_examples_do_not_vote():
    """Random labels cannot be predicted from five copies of each of 30 real rows."""
    rng = np.random.default_rng(0)
    x, y = np.repeat(rng.normal(size=(30, 4)), 5, axis=0), np.repeat(np.arange(30) % 2, 5)
    p = cross_validated_probabilities(x, y)
    assert np.mean(p.argmax(axis=1) == y) < 0.5 + 4 * np.sqrt(0.25 / 30)


@pytest.fixture(scope="module")
def chance() -> Audit:
    """Labels that have nothing to do with the features."""
    rng = np.random.default_rng(0)
    return audit(rng.normal(size=(200, 2)), rng.integers(0, 2, 200))


def test_features_that_predict_nothing_leave_noise_unknown(chance):
    noise = chance.noise
    assert not noise.known
    assert np.isnan([noise.rate, noise.lower, noise.upper, *noise.class_rates]).all()
    assert not chance.label_issues.any()
    row = chance.table()[0]
    assert (row.bias, row.alarm) == ("label noise", False)
    assert row.method == "the features do not predict the labels; noise cannot be estimated"
    assert np.isnan(chance.scores.wrong).all()
    for method in ("drop", "relabel"):
        fixed = repair(chance, method)
        assert fixed.keep.all()
        assert np.array_equal(fixed.labels, chance.labels)
        assert np.isnan(fixed.expected["noise_rate"])


@pytest.mark.parametrize(("distance", "rate"), [(2.0, 0.0), (2.0, 0.1), (5.0, 0.0)])
def test_the_interval_holds_the_rate_where_classes_overlap(distance, rate):
    """Of 5 samples 95 % intervals miss two or more with a probability of 0.02."""
    missed = 0
    for seed in range(5):
        rng = np.random.default_rng(seed)
        true = rng.integers(0, 3, 200)
        x = distance * np.eye(3)[true] + rng.normal(size=(200, 3))
        flipped = rng.random(200) < rate
        found = audit(x, (true + flipped * rng.integers(1, 3, 200)) % 3, seed=seed).noise
        missed += not found.lower <= flipped.mean() <= found.upper
        assert found.upper > found.lower
    assert missed <= 1


def test_labels_of_data_frames_are_labels():
    rng = np.random.default_rng(0)
    true = np.repeat([0, 1], 30)
    x = rng.normal(size=(60, 2)) + 6 * true[:, None]
    wanted = audit(x, np.array(["cat", "dog"])[true]).to_json()
    for dtype in (object, "string", "category"):
        y = pd.Series(np.array(["cat", "dog"])[true], dtype=dtype)
        assert audit(x, y).to_json() == wanted
    assert audit(x, pd.Series(true, dtype=object)).classes.tolist() == [0, 1]
    with pytest.raises(ValueError, match="type object; one integer or text"):
        audit(x, np.array([None, *true[1:]], dtype=object))


@pytest.mark.parametrize(
    ("x", "y", "said"),
    [
        (np.ones((30, 2)), np.arange(30) % 2, "x holds 1 distinct row; at least 2 are needed"),
        (np.eye(30), np.zeros(30, int), "1 distinct label"),
        (np.eye(19), np.arange(19) % 2, "at least 20 rows"),
    ],
)
def test_what_cannot_be_audited_is_a_value_error(x, y, said):
    with pytest.raises(ValueError, match=said):
        audit(x, y)
