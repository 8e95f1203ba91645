"""Extraction rate: whole sequences only, exact interval, bad input."""

import numpy as np
import pytest

from jaxuim.measure import clopper_pearson, extraction_rate


def test_a_sequence_counts_only_if_every_token_agrees() -> None:
    truths = np.arange(40).reshape(8, 5)
    ours = truths.copy()
    ours[np.arange(5), np.arange(5)] = 99  # one wrong token each in five sequences
    found = extraction_rate(ours, truths)
    assert found.value == 3 / 8
    assert (found.low, found.high) == tuple(map(float, clopper_pearson(3, 8)))
    assert extraction_rate(truths, truths).value == 1.0
    assert extraction_rate(truths + 1, truths)[:2] == (0.0, 0.0)


def test_bad_input_is_refused() -> None:
    with pytest.raises(ValueError, match=r"truths has shape \(2, 3\); .* with n = 2, k = 2"):
        extraction_rate([[1, 2], [3, 4]], [[1, 2, 3], [3, 4, 5]])
    with pytest.raises(ValueError, match=r"continuations has shape \(0, 5\)"):
        extraction_rate(np.zeros((0, 5), int), np.zeros((0, 5), int))
    with pytest.raises(ValueError, match="truths has dtype float64"):
        extraction_rate([[1]], [[1.5]])
