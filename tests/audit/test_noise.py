"""Injected label noise of known rate and transition is recovered within the stated intervals."""

import numpy as np
import pytest

from jaxuim.audit import confident_joint, estimate_noise

SETTINGS = [
    (rate, kind, seed)
    for rate in (0.0, 0.1, 0.2, 0.4)
    for kind in ("symmetric", "pair")
    for seed in (0, 1)[: 2 if rate == 0.2 else 1]
]


@pytest.mark.parametrize(("rate", "kind", "seed"), SETTINGS)
def test_the_interval_holds_the_injected_rate(digits, noisy, rate, kind, seed):
    y, _, found = noisy(rate, kind, seed)
    realised = np.mean(y != digits.y)
    assert found.lower <= realised <= found.upper
    assert found.lower <= found.rate <= found.upper
    assert found.calibrated
    if rate < 0.4:  # pair flips of 0.4 are nearly undecidable, and the interval says so
        assert found.rate == pytest.approx(realised, abs=0.015)
        assert found.upper - found.lower < 0.07


@pytest.mark.parametrize("kind", ["symmetric", "pair"])
@pytest.mark.parametrize("rate", [0.1, 0.2])
def test_the_transition_matrix_is_recovered_with_its_orientation(digits, noisy, rate, kind):
    y, _, found = noisy(rate, kind)
    true = np.array([[np.mean(y[digits.y == t] == g) for g in range(10)] for t in range(10)])
    assert np.all(found.joint.transition.sum(axis=1) == pytest.approx(1.0))
    z = (found.joint.transition - true) / found.transition_error
    assert np.abs(z).max() < 4.5
    assert np.mean(np.abs(z) < 2) > 0.9
    own = 1 - np.diag(true)
    assert np.mean((found.class_lower <= own) & (own <= found.class_upper)) >= 0.9
    if kind == "pair":  # an asymmetric matrix: the transpose does not fit
        wrong = (found.joint.transition.T - true) / found.transition_error
        assert np.abs(wrong).max() > 4.5


def test_shares_of_true_classes_and_both_transitions_make_one_joint(noisy):
    joint = noisy(0.2, "pair").found.joint
    assert joint.joint.sum() == pytest.approx(1.0)
    assert joint.prior[:, None] * joint.transition == pytest.approx(joint.joint.T)
    given = joint.joint.sum(axis=1)
    assert given[:, None] * joint.inverse_transition == pytest.approx(joint.joint)


def test_given_probabilities_get_a_bootstrap_interval(digits, noisy):
    y, p, _ = noisy(0.2)
    found = estimate_noise(y, p)
    assert not found.calibrated
    assert found.rate == found.raw
    assert found.lower <= np.mean(y != digits.y) <= found.upper


def test_confidence_widens_the_interval(noisy):
    y, p, _ = noisy(0.1)
    wide, narrow = (estimate_noise(y, p, confidence=c) for c in (0.99, 0.5))
    assert wide.upper - wide.lower > 2 * (narrow.upper - narrow.lower)


def test_a_small_case_by_hand():
    """Thresholds 0.85 and 0.6: example 2, labelled 1, is confidently 0; example 1 is neither."""
    p = np.array([[0.9, 0.1], [0.8, 0.2], [0.95, 0.05], [0.2, 0.8], [0.05, 0.95]])
    found = confident_joint([0, 0, 1, 1, 1], p)
    assert found.thresholds == pytest.approx([0.85, 0.6])
    assert found.guess.tolist() == [0, -1, 0, 1, 1]
    assert found.counts.tolist() == [[1, 0], [1, 2]]
    assert found.joint == pytest.approx(np.array([[0.4, 0.0], [0.2, 0.4]]))
    assert found.noise_rate == pytest.approx(0.2)
    assert found.transition == pytest.approx(np.array([[2 / 3, 1 / 3], [0.0, 1.0]]))


@pytest.mark.parametrize(
    ("labels", "probabilities", "said"),
    [
        ([0, 1], [[0.5, 0.5]], r"shape \(1, 2\)"),
        ([0, 0], [[1.0, 0.0], [0.0, 1.0]], "1 of 1 classes"),
        ([0, 2], np.eye(3)[:2], "2 of 3 classes"),
        ([0, -1], np.eye(2), "from -1 to 0"),
        ([0, 1], [[0.5, 0.6], [0.5, 0.5]], "sums to 1.1"),
        ([0, 1], [[1.5, -0.5], [0.5, 0.5]], "row 0 leaves"),
        ([0, 1], [[np.nan, 0.5], [0.5, 0.5]], "row 0 leaves"),
        ([0.5, 1], np.eye(2), "float64"),
    ],
)
def test_refusals(labels, probabilities, said):
    with pytest.raises(ValueError, match=said):
        confident_joint(labels, probabilities)
    with pytest.raises(ValueError, match=said):
        estimate_noise(np.asarray(labels), np.asarray(probabilities))
