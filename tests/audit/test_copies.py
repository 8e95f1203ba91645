"""Injected copies and leaked test examples are found exactly; clean data give no alarm."""

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_iris, load_wine

from jaxuim.audit import contamination, duplicates, exact_groups, outliers


def test_injected_exact_copies_are_found_exactly(digits):
    rng = np.random.default_rng(0)
    chosen = rng.choice(len(digits.x), 150, replace=False)
    source = np.concatenate([np.arange(len(digits.x)), np.repeat(chosen[:50], 2), chosen[50:]])
    order = rng.permutation(len(source))
    found = duplicates(digits.x[source[order]])
    assert np.array_equal(
        found.exact[:, None] == found.exact[None], source[order][:, None] == source[order][None]
    )
    assert np.array_equal(found.exact, found.near)
    assert found.exact_share == pytest.approx(200 / len(source))
    assert found.distinct == len(digits.x)
    sizes = np.bincount(source)
    assert found.effective == pytest.approx(len(source) ** 2 / np.sum(sizes**2))


def test_injected_near_copies_are_found(digits):
    noise = np.random.default_rng(0).normal(size=(200, 64)) * 0.1
    found = duplicates(np.concatenate([digits.x, digits.x[:200] + noise]))
    assert found.exact_share == 0
    assert np.array_equal(found.near[:200], found.near[len(digits.x) :])
    assert found.distinct == len(digits.x)


@pytest.mark.parametrize("load", [load_iris, load_wine, load_breast_cancer])
@pytest.mark.parametrize("scaling", ["common", "feature"])
def test_real_data_without_copies_give_no_near_copies(load, scaling):
    found = duplicates(load().data, scaling=scaling)
    assert found.near_share == found.exact_share  # iris holds one flower twice


@pytest.mark.parametrize("d", [1, 3, 10, 40, 200])
def test_false_alarms_are_as_rare_as_stated(d):
    """0.05 false pairs are expected in a data set: at most 3 in 12 of even density."""
    rng = np.random.default_rng(d)
    x = rng.uniform(size=(12, 400, d))
    assert sum(len(rows) - duplicates(rows).distinct for rows in x) <= 3


def test_order_and_scale_do_not_matter(digits):
    rng = np.random.default_rng(0)
    x = np.concatenate([digits.x[:300], digits.x[:40] + rng.normal(size=(40, 64)) * 0.05])
    order = rng.permutation(len(x))
    first, second = duplicates(x), duplicates(4 * x[order] + 8)
    assert first.distinct == second.distinct == 300
    same = first.near[order]
    assert np.array_equal(same[:, None] == same[None], second.near[:, None] == second.near[None])


def test_zeros_of_either_sign_are_equal():
    assert exact_groups([[0.0, 1.0], [-0.0, 1.0], [0.0, 2.0]]).tolist() == [0, 0, 1]


def test_injected_leaks_are_found_exactly(digits):
    rng = np.random.default_rng(0)
    x, y, tests = digits.x[:1200], digits.y[:1200], digits.x[1200:1400]
    near = x[40:70] + rng.normal(size=(30, 64)) * 0.1
    labels = np.concatenate([digits.y[1200:1400], y[:40], (y[40:70] + 1) % 10])
    found = contamination(x, np.concatenate([tests, x[:40], near]), y, labels)
    assert found.exact.hits == 40
    assert found.near.hits == 70
    assert found.partner.tolist() == [-1] * 200 + list(range(70))
    assert np.flatnonzero(found.train).tolist() == list(range(70))
    assert found.agreement is not None
    assert (found.agreement.hits, found.agreement.n) == (40, 70)
    assert found.exact.lower < 40 / 270 < found.exact.upper


def test_a_copy_that_stands_twice_in_training_is_flagged_twice(digits):
    x = np.concatenate([digits.x[:100], digits.x[:1]])
    found = contamination(x, digits.x[:1])
    assert np.flatnonzero(found.train).tolist() == [0, 100]
    assert found.partner.tolist() == [0]


def test_separate_halves_share_nothing(digits):
    found = contamination(digits.x[:900], digits.x[900:])
    assert found.near.hits == 0
    assert found.agreement is None
    assert not found.train.any()


@pytest.mark.parametrize(
    ("x", "said"),
    [
        (np.zeros(30), r"shape \(30,\)"),
        (np.zeros((5, 2)), "at least 20 rows"),
        (np.zeros((30, 0)), "one feature"),
        (np.full((30, 2), np.inf), "inf in row 0"),
        (np.array([["a"]] * 30), "real numbers"),
    ],
)
def test_refusals(x, said):
    with pytest.raises(ValueError, match=said):
        duplicates(x)
    with pytest.raises(ValueError, match=said):
        contamination(x, np.zeros((1, 2)))


def test_equal_rows_are_told_apart_in_the_type_in_which_they_are_given():
    x = 1e8 + np.arange(60.0)[:, None]
    assert duplicates(x).distinct == 60
    assert len(np.unique(exact_groups(x.astype(np.float32)))) < 20
    assert exact_groups(np.array([[2**60], [2**60 + 1], [2**60]])).tolist() == [0, 1, 0]
    found = contamination(x[:40], x[30:])
    assert found.exact.hits == 10
    assert found.partner[:10].tolist() == list(range(30, 40))


def test_data_kept_in_two_precisions_are_compared_in_the_lower():
    x = np.random.default_rng(0).normal(size=(40, 3))
    for train, tests in ((x, x.astype(np.float32)), (x.astype(np.float32), x)):
        assert contamination(train, tests[:7]).exact.hits == 7


def test_one_distinct_row_is_refused():
    with pytest.raises(ValueError, match="x holds 1 distinct row; at least 2 are needed"):
        duplicates(np.ones((30, 2)))
    with pytest.raises(ValueError, match="x holds 1 distinct row"):
        outliers(np.ones((30, 2)))


def test_test_data_must_fit():
    x = np.eye(20)
    with pytest.raises(ValueError, match="20 features but test_x 3"):
        contamination(x, np.zeros((4, 3)))
    with pytest.raises(ValueError, match="test_y has shape"):
        contamination(x, x[:4], np.zeros(20), np.zeros(3))
    for labels, alone in (({"y": np.zeros(20)}, "y is"), ({"test_y": np.zeros(4)}, "test_y is")):
        with pytest.raises(ValueError, match=f"{alone} given without"):
            contamination(x, x[:4], **labels)
