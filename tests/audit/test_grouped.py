"""Groups: dependence is measured and tested; independent groups give no alarm."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2_contingency
from sklearn.metrics import mutual_info_score

from jaxuim.audit import (
    cramers_v,
    effective_number,
    group_balance,
    group_weights,
    mutual_information,
)
from jaxuim.audit.grouped import chi_square


def test_independent_groups_give_no_more_alarms_than_stated():
    rng = np.random.default_rng(0)
    found = [
        group_balance(rng.integers(0, 3, 200), rng.integers(0, 4, 200), seed=i) for i in range(300)
    ]
    alarms = np.mean([f.p_value <= 0.05 for f in found])
    assert abs(alarms - 0.05) < 4 * np.sqrt(0.05 * 0.95 / 300)
    assert np.mean([f.cramers_v for f in found]) < 0.06
    assert np.mean([f.information for f in found]) < 0.02


def test_dependent_groups_are_found():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 2000)
    groups = np.where(rng.random(2000) < 0.3, y, rng.integers(0, 2, 2000))
    found = group_balance(np.array(["a", "b"])[groups], y)
    assert found.p_value == 0.001
    assert found.cramers_v == pytest.approx(0.3, abs=4 / np.sqrt(2000))
    assert found.names.tolist() == ["a", "b"]


def test_the_smallest_group_is_named_with_an_interval():
    groups = np.array(["many"] * 90 + ["few"] * 10)
    found = group_balance(groups, np.arange(100) % 2)
    assert found.name == "few"
    assert found.smallest.lower < 0.1 < found.smallest.upper
    assert found.counts.sum() == 100


tables = st.lists(st.lists(st.integers(1, 30), min_size=3, max_size=3), min_size=2, max_size=4)


@given(tables)
def test_table_statistics_are_those_of_others(rows):
    table = np.array(rows)
    assert chi_square(table) == pytest.approx(chi2_contingency(table, correction=False).statistic)
    g, k = (np.repeat(i, table.ravel()) for i in map(np.ravel, np.indices(table.shape)))
    bias = (table.shape[0] - 1) * (table.shape[1] - 1) / (2 * table.sum())
    plain = mutual_info_score(g, k)
    assert mutual_information(table) == pytest.approx(max(0.0, plain - bias), abs=1e-9)
    assert 0 <= cramers_v(table) <= 1


@given(tables, st.randoms(use_true_random=False))
def test_order_of_rows_and_columns_does_not_matter(rows, random):
    table = np.array(rows)
    order = random.sample(range(len(table)), len(table))
    assert cramers_v(table[order][:, ::-1]) == pytest.approx(cramers_v(table))
    assert cramers_v(table.T) == pytest.approx(cramers_v(table))
    assert mutual_information(table[order][:, ::-1]) == pytest.approx(mutual_information(table))


def test_empty_rows_and_columns_do_not_matter():
    table = np.array([[5, 2, 0], [0, 0, 0], [1, 7, 0]])
    assert cramers_v(table) == cramers_v([[5, 2], [1, 7]])
    assert mutual_information(table) == mutual_information([[5, 2], [1, 7]])


def test_tables_that_cannot_differ_have_no_dependence():
    assert np.isnan(cramers_v([[1, 0], [0, 1]]))


@pytest.mark.parametrize("statistic", [cramers_v, mutual_information])
@pytest.mark.parametrize(
    ("table", "said"),
    [
        ([[1, np.nan], [2, 3]], "hold nan"),
        ([[1, np.inf], [2, 3]], "hold inf"),
        ([[1, -1], [2, 3]], "hold -1"),
        ([1, 2, 3], r"shape \(3,\)"),
        ([[0, 0], [0, 0]], "0 rows and 0 columns"),
        ([[1, 0], [2, 0]], "2 rows and 1 columns"),
    ],
)
def test_tables_are_refused(statistic, table, said):
    with pytest.raises(ValueError, match=said):
        statistic(table)


@pytest.mark.parametrize("weights", [[1, -1], [1, np.nan], [[1.0]]])
def test_weights_are_refused(weights):
    with pytest.raises(ValueError, match="numbers of at least 0"):
        effective_number(weights)


def test_group_weights_make_groups_equal_and_independent_of_the_label():
    rng = np.random.default_rng(0)
    y = rng.integers(0, 3, 600)
    groups = (rng.random(600) < 0.1 + 0.3 * (y == 0)).astype(int)
    w = group_weights(groups, y)
    cells = np.bincount(groups * 3 + y, weights=w, minlength=6).reshape(2, 3)
    assert cells.sum(axis=1) == pytest.approx([300, 300])
    assert cells[0] == pytest.approx(cells[1])
    assert cells.sum(axis=0) == pytest.approx(np.bincount(y))


@pytest.mark.parametrize(
    ("groups", "y", "said"),
    [
        ([0, 0, 0], [0, 1, 1], "only 0"),
        ([0, 1, 1], [2, 2, 2], "only 2"),
        ([0, 1], [0, 1, 1], r"y has shape \(3,\)"),
        ([0.5, 1.0], [0, 1], "float64"),
        (3, [0, 1], r"shape \(\)"),
    ],
)
def test_refusals(groups, y, said):
    with pytest.raises(ValueError, match=said):
        group_balance(groups, y)
