"""Axis values: scalars, lists and ranges."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import PydanticCustomError

from jaxuim.sweep.axes import between, expand, expand_whole, unique

ends = st.floats(-1e3, 1e3)
counts = st.integers(2, 50)


@given(ends, ends, counts)
def test_linspace_is_numpys_up_to_its_rounding(start: float, stop: float, count: int) -> None:
    found = expand({"linspace": [start, stop, count]})
    wanted = np.linspace(start, stop, count)
    scale = max(abs(start), abs(stop))
    np.testing.assert_allclose(found, wanted, rtol=1e-11, atol=1e-11 * scale)


@given(st.floats(-8, 8), st.floats(-8, 8), counts)
def test_logspace_is_numpys_up_to_its_rounding(start: float, stop: float, count: int) -> None:
    found = expand({"logspace": [start, stop, count]})
    np.testing.assert_allclose(found, np.logspace(start, stop, count), rtol=1e-10)


@pytest.mark.parametrize("factor", [2, 4, 10])
def test_a_finer_grid_holds_the_very_numbers_of_a_coarser_one(factor: int) -> None:
    coarse = expand({"linspace": [0, 1, 11]})
    fine = expand({"linspace": [0, 1, 10 * factor + 1]})
    assert set(coarse) <= set(fine)
    assert coarse == tuple(number / 10 for number in range(11))


@pytest.mark.parametrize(("low", "high"), [(0, 9), (1, 9), (2, 8), (0, 3), (1, 10)])
def test_a_range_holds_the_numbers_that_a_person_would_write(low: int, high: int) -> None:
    found = expand({"linspace": [low / 10, high / 10, high - low + 1]})
    assert found == tuple(number / 10 for number in range(low, high + 1))
    assert expand({"logspace": [-4, -1, 4]}) == (1e-4, 1e-3, 1e-2, 1e-1)


def test_a_range_of_whole_numbers_is_rounded_and_a_list_is_not() -> None:
    assert expand_whole({"logspace": [0, 2, 4]}) == (1, 5, 22, 100)
    assert expand_whole([1.5]) == (1.5,)  # refused afterwards by the strict type


@pytest.mark.parametrize(
    "value",
    [
        [],
        {},
        {"linspace": [0, 1]},
        {"linspace": [0, 1, 1]},
        {"linspace": [0, 1, 2.0]},
        {"linspace": [0, 1, True]},
        {"linspace": [False, 1, 3]},
        {"linspace": [0, float("nan"), 3]},
        {"linspace": [0, float("inf"), 3]},
        {"linspace": [0, 10**400, 3]},
        {"linspace": [0, 1, 10**9]},
        {"linspace": "abc"},
        {"logspace": [0, 400, 3]},
        {"linspace": [0, 1, 3], "logspace": [0, 1, 3]},
        {"linsapce": [0, 1, 3]},
        list(range(100_001)),
    ],
)
def test_impossible_axes_are_refused(value: object) -> None:
    with pytest.raises(PydanticCustomError):
        expand(value)


@given(st.lists(st.one_of(st.floats(-2, 2), st.sampled_from([0.0, -0.0]))))
def test_unique_keeps_the_order_and_the_set(values: list[float]) -> None:
    found = unique(tuple(values))
    assert len(set(found)) == len(found)
    assert set(found) == set(values)
    assert list(found) == sorted(found, key=[v + 0.0 for v in values].index)
    assert not any(np.signbit(v) for v in found if v == 0)


@pytest.mark.parametrize(
    ("low", "high", "inside", "outside", "text"),
    [
        (0.0, 1.0, (0.0, 1.0), 1.3, "between 0 and 1"),
        (0.0, 1.0, (0.5,), -1e-9, "between 0 and 1"),
        (2, None, (2, 9), 1, "at least 2"),
        (None, 0.5, (0.5,), 0.6, "at most 0.5"),
    ],
)
def test_between_is_closed_and_says_what_is_allowed(
    low: float | None, high: float | None, inside: tuple[float, ...], outside: float, text: str
) -> None:
    check = between(low, high)
    assert check(inside) == inside
    with pytest.raises(PydanticCustomError, match=text) as refused:
        check((*inside, outside))
    assert (refused.value.context or {})["value"] == outside
