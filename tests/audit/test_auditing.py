"""A whole audit: its table, its repairs with their predictions, its invariances, its refusals."""

import json

import numpy as np
import pytest

from jaxuim.audit import Audit, audit, class_weights, inverse_duplicate_weights, repair
from jaxuim.audit.repairs import METHODS


@pytest.fixture(scope="module")
def biased(digits, corrupted):
    """Digits with noise, an imbalance, 120 copies, dependent groups, 30 leaked test examples."""
    rng = np.random.default_rng(3)
    keep = np.flatnonzero(rng.random(1797) < 0.85**digits.y)
    left = np.setdiff1d(np.arange(1797), keep)
    index = np.concatenate([keep, keep[:120]])
    y = corrupted(digits.y, 0.2)
    groups = np.where(rng.random(1797) < 0.2 + 0.6 * (digits.y < 4), "north", "south")
    tests = np.concatenate([digits.x[left], digits.x[keep[200:230]]])
    found = audit(
        digits.x[index],
        y[index],
        groups=groups[index],
        test_x=tests,
        test_y=np.concatenate([digits.y[left], y[keep[200:230]]]),
    )
    return index, found


@pytest.fixture(scope="module")
def clean(digits) -> Audit:
    """The digits as they are, with groups that mean nothing and a test half of its own."""
    groups = np.random.default_rng(0).integers(0, 2, 1000)
    return audit(digits.x[:1000], digits.y[:1000], groups=groups, test_x=digits.x[1000:])


def alarms(found: Audit) -> set[str]:
    return {row.bias for row in found.table() if row.alarm}


def test_every_injected_bias_raises_its_alarm_and_no_other(biased):
    wanted = {"label noise", "duplication", "imbalance", "groups", "contamination"}
    assert alarms(biased[1]) == wanted


def test_clean_data_raise_no_alarm(clean):
    assert alarms(clean) == set()
    assert clean.noise.upper < 0.02


def test_what_was_injected_is_what_is_found(digits, biased):
    index, found = biased
    bad = found.labels != digits.y[index]
    assert found.noise.lower <= bad.mean() <= found.noise.upper
    assert found.duplicates.exact_share == pytest.approx(120 / len(index))
    assert found.contamination.near.hits == 30
    assert found.contamination.agreement.value == 1.0
    counts = np.bincount(found.labels)
    assert found.balance.ratio == counts.max() / counts.min()


def test_the_table_has_intervals_around_its_values(biased):
    for row in biased[1].table():
        assert row.method
        if np.isfinite(row.lower):
            assert row.lower <= row.value <= row.upper


def test_noise_left_after_drop_and_relabel_is_as_predicted(digits, biased):
    index, found = biased
    true = digits.y[index]
    before = np.mean(found.labels != true)
    for method in ("drop", "relabel"):
        fixed = repair(found, method)
        after = np.mean(fixed.labels[fixed.keep] != true[fixed.keep])
        assert after < before / 4
        error = np.sqrt(fixed.expected["noise_rate"] / fixed.expected["n"])
        assert abs(after - fixed.expected["noise_rate"]) < 4 * error


def test_counted_predictions_are_what_a_second_audit_finds(digits, biased):
    index, found = biased
    fixed = repair(found, "deduplicate")
    again = audit(digits.x[index][fixed.keep], fixed.labels[fixed.keep])
    assert again.n == fixed.expected["n"] == len(np.unique(index))
    assert again.duplicates.near_share == fixed.expected["duplicate_share"] == 0
    assert again.balance.ratio == pytest.approx(fixed.expected["imbalance_ratio"])
    assert again.duplicates.effective == pytest.approx(fixed.expected["effective"])
    assert again.noise.lower <= fixed.expected["noise_rate"] <= again.noise.upper


def test_decontaminated_data_hold_no_test_example(biased):
    index, found = biased
    fixed = repair(found, "decontaminate")
    assert fixed.expected["contamination"] == 0
    leaked = index[200:230]
    assert not np.isin(index[fixed.keep], leaked).any()
    assert fixed.keep.sum() == len(index) - np.isin(index, leaked).sum()


def test_weights_balance_what_they_are_for(biased):
    _, found = biased
    by_class = repair(found, "balance_classes")
    assert np.bincount(found.labels, by_class.weights) == pytest.approx(found.n / 10)
    assert by_class.weights == pytest.approx(class_weights(found.labels))
    assert by_class.expected["imbalance_ratio"] == pytest.approx(1)
    by_group = repair(found, "balance_groups")
    assert by_group.expected["smallest_group_share"] == pytest.approx(0.5)
    assert by_group.expected["cramers_v"] < 0.01
    copies = inverse_duplicate_weights(found)
    per_image = np.bincount(found.duplicates.near, copies)
    assert per_image == pytest.approx(np.full(len(per_image), per_image[0]))


def test_every_repair_keeps_its_promises_of_shape(biased):
    _, found = biased
    for method in METHODS:
        fixed = repair(found, method)
        assert fixed.keep.shape == fixed.labels.shape == fixed.weights.shape == (found.n,)
        assert fixed.labels.dtype == np.int32
        assert fixed.expected["n"] == fixed.keep.sum()
        assert np.all((fixed.weights > 0) == fixed.keep)
        assert fixed.weights[fixed.keep].mean() == pytest.approx(1)
        assert fixed.expected["effective"] <= fixed.expected["n"] + 1e-6


def test_issues_name_what_to_do(biased):
    index, found = biased
    issues = found.issues()
    reasons = {issue.reason for issue in issues}
    assert reasons >= {"label", "exact copy", "in the test data"}
    labels = [issue for issue in issues if issue.reason == "label"]
    assert [issue.example for issue in labels] == np.flatnonzero(found.label_issues).tolist()
    relabel = [issue for issue in labels if issue.action == "relabel"]
    assert len(relabel) > 0.9 * len(labels)
    assert all(issue.suggested not in (None, issue.label) for issue in relabel)
    assert all(issue.score > 0.3 for issue in relabel)
    copied = [issue.example for issue in issues if issue.reason == "exact copy"]
    assert copied == list(range(len(index) - 120, len(index)))
    assert all(0 <= issue.score <= 1 for issue in issues)


def test_json_is_strict_and_complete(biased, clean):
    for found in (biased[1], clean):
        card = json.loads(found.to_json(), parse_constant=lambda text: pytest.fail(text))
        assert card["n"] == found.n
        assert len(card["table"]) == len(found.table())
        assert card["noise"]["rate"] == found.noise.rate
        assert np.asarray(card["noise"]["transition"]).shape == (10, 10)
    assert "decontaminate" in card["repairs"]


def test_order_and_names_do_not_matter(digits, corrupted):
    x, y = digits.x[:400], corrupted(digits.y, 0.2)[:400]
    order = np.random.default_rng(0).permutation(400)
    names = np.array(list("abcdefghij"))
    first, second = audit(x, y), audit(x[order], names[y[order]])
    assert first.scores.margin[order] == pytest.approx(second.scores.margin)
    differ = first.label_issues[order] != second.label_issues
    assert (
        differ.mean() < 0.03
    )  # examples of equal scores are taken in the order in which they come
    assert first.noise.raw == pytest.approx(second.noise.raw)
    assert first.duplicates.distinct == second.duplicates.distinct
    assert first.outliers.score[order] == pytest.approx(second.outliers.score, abs=1e-4)
    assert second.classes.tolist() == names.tolist()


def test_the_seed_decides_everything_random(digits):
    x, y = digits.x[:300], digits.y[:300]
    assert audit(x, y, seed=1).to_json() == audit(x, y, seed=1).to_json()


def test_given_probabilities_are_used(digits):
    x, y = digits.x[:300], digits.y[:300]
    found = audit(x, y, probabilities=np.eye(10)[y])
    assert found.accuracy == 1
    assert found.noise.rate == 0
    assert not found.noise.calibrated


X, Y = np.random.default_rng(0).normal(size=(30, 3)), np.arange(30) % 2


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"y": Y[:29]}, r"y has shape \(29,\)"),
        ({"y": np.zeros(30, int)}, "1 distinct label"),
        ({"groups": np.zeros(30, int)}, "groups holds 1 distinct"),
        ({"x": X[:10], "y": Y[:10]}, "at least 20 rows"),
        ({"x": np.where(X[3, 1] == X, np.nan, X)}, "nan in row 3"),
        ({"test_y": Y}, "test_y is given without test_x"),
        ({"test_x": X[:, :2]}, "3 features but test_x 2"),
        ({"test_x": X, "test_y": Y[:3]}, "test_y has shape"),
        ({"probabilities": np.ones((30, 3)) / 3}, r"\[30, 2\]"),
        ({"confidence": 1.0}, "confidence is 1.0"),
    ],
)
def test_refusals(arguments, said):
    with pytest.raises(ValueError, match=said):
        audit(**{"x": X, "y": Y, **arguments})


def test_repairs_that_cannot_be_made_are_refused():
    found = audit(X, Y)
    with pytest.raises(ValueError, match="balance_groups needs groups"):
        repair(found, "balance_groups")
    with pytest.raises(ValueError, match="decontaminate needs test_x"):
        repair(found, "decontaminate")
    with pytest.raises(ValueError, match="method is 'pray'"):
        repair(found, "pray")
