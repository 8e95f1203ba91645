"""Slots: clean pointers and the two counts."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from jaxuim.biases.slots import Slots, clean, count_distinct, count_per_class, in_use

N, K = 12, 4


@given(st.permutations(range(N)), st.lists(st.integers(0, K - 1), min_size=N, max_size=N))
def test_clean_slot_holds_the_ordered_example(order: list[int], labels: list[int]) -> None:
    slots = clean(np.array(order), np.array(labels), np.array(labels[::-1]))
    assert slots.index.tolist() == order
    assert slots.label.tolist() == [labels[e] for e in order]
    assert slots.attribute.tolist() == [labels[::-1][e] for e in order]
    assert {str(field.dtype) for field in slots} == {"int32"}


@given(
    st.lists(st.integers(0, N - 1), min_size=N, max_size=N),
    st.lists(st.integers(0, K - 1), min_size=N, max_size=N),
    st.integers(0, N),
)
def test_counts_are_those_of_python(index: list[int], label: list[int], samples: int) -> None:
    slots = Slots(np.array(index), np.array(label), np.array(label), np.zeros(N, int))
    assert int(count_distinct(slots, samples)) == len(set(index[:samples]))
    expected = [label[:samples].count(k) for k in range(K)]
    assert count_per_class(slots, samples, K).tolist() == expected
    assert int(in_use(slots, samples).sum()) == samples
