"""Verdicts: what agrees, what does not, and what is known to fail."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from theory.study import verdict
from theory.study.claim import Row

finite = st.floats(-1e6, 1e6)


def test_bound_is_a_family_wise_error():
    tail = 2 * stats.norm.sf(verdict.bound())
    assert np.isclose(tail * verdict.FAMILY, verdict.FAMILY_ERROR)


@given(finite, st.floats(1e-6, 1e3), st.floats(-10, 10))
def test_rows_are_judged_in_standard_errors(predicted, error, score):
    row = Row("x", predicted, predicted + score * error, error)
    if abs(abs(score) - verdict.bound()) > 1e-3:
        assert verdict.row_agrees(row) == (abs(score) < verdict.bound())


@given(st.floats(0.1, 10), st.floats(0.0, 0.2), st.floats(-0.3, 0.3))
def test_allowances_are_relative(predicted, allowance, shift):
    row = Row("x", predicted, predicted * (1 + shift), allowance=allowance)
    if abs(abs(shift) - allowance) > 1e-9:
        assert verdict.row_agrees(row) == (abs(shift) < allowance)


def test_rows_known_to_fail_must_fail():
    assert verdict.row_agrees(Row("x", 1.0, 2.0, holds=False))
    assert not verdict.row_agrees(Row("x", 1.0, 1.0, holds=False))


@pytest.mark.parametrize("value", [np.nan, np.inf])
def test_numbers_that_are_not_finite_never_agree(value):
    for holds in (True, False):
        assert not verdict.row_agrees(Row("x", 1.0, value, 1.0, holds=holds))
        assert not verdict.row_agrees(Row("x", value, 1.0, 1.0, holds=holds))


@pytest.mark.parametrize(
    ("covered", "repetitions", "agrees"),
    [(340, 400, True), (339, 400, False), (380, 400, True), (381, 400, False), (0, 40, False)],
)
def test_coverage_bounds(covered, repetitions, agrees):
    assert verdict.covers(covered, repetitions) == agrees


def test_small_studies_allow_for_counting():
    """With 40 data sets, a true coverage of 90 % is hardly ever called wrong."""
    chance = sum(
        stats.binom.pmf(k, 40, 0.9) for k in range(41) if not verdict.covers(k, 40)
    )  # fmt: skip
    assert chance < 0.001
    assert not verdict.covers(24, 40)
