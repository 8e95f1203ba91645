"""Tipping formulas: exact values, and nothing but arithmetic."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxuim.report.formula import evaluate, expected_tipping
from jaxuim.types.registry import catalogue


@given(st.integers(2, 1000))
def test_symmetric_noise_tips_where_the_true_class_loses_its_majority(classes: int) -> None:
    theory = expected_tipping("symmetric_label_noise", classes)
    assert theory is not None
    level = theory.value
    assert level / (classes - 1) == pytest.approx(1 - level)  # any other class is as likely


@pytest.mark.parametrize(
    "formula", ["__import__('os')", "K.real", "K[0]", "L + 1", "K +", "(lambda: 1)()", "'a'"]
)
def test_anything_but_arithmetic_is_refused(formula: str) -> None:
    with pytest.raises(ValueError, match="no arithmetic formula"):
        evaluate(formula, {"K": 7.0})


def test_every_declared_tipping_point_evaluates() -> None:
    for name, bias in catalogue("biases").items():
        assert (expected_tipping(name, 7) is None) == (not bias.tipping)


def test_unknown_class_count_gives_no_prediction() -> None:
    assert expected_tipping("symmetric_label_noise", None) is None
