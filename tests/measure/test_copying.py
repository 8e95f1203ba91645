"""Copy rate against scikit-learn's neighbours and at known copies."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.neighbors import NearestNeighbors

from jaxuim.measure import copy_rate
from jaxuim.measure.neighbours import nearest_distances

seeds = st.integers(0, 2**32 - 1)


@given(seeds, st.sampled_from([1, 2, 8]), st.floats(0.05, 0.95))
def test_the_rule_over_neighbours_of_scikit_learn(seed: int, dims: int, factor: float) -> None:
    rng = np.random.default_rng(seed)
    made, known = rng.standard_normal((30, dims)), rng.standard_normal((20, dims))
    near = NearestNeighbors(n_neighbors=3).fit(known).kneighbors(made)[0]
    assert np.allclose(nearest_distances(made, known, 3), near)
    found = copy_rate(made, known, factor=factor)
    assert np.array_equal(found.copied, near[:, 0] <= factor * near[:, 1])
    assert found.rate == found.copied.mean() and found.low <= found.rate <= found.high


def test_copies_are_copies_even_of_duplicates() -> None:
    known = np.random.default_rng(0).standard_normal((50, 8))
    repeated = np.concatenate([known, known[:25]])
    assert copy_rate(known, repeated).rate == 1.0
    assert copy_rate(known + 1e-3, repeated).rate == 1.0


def test_new_samples_of_many_dimensions_are_none() -> None:
    rng = np.random.default_rng(1)
    found = copy_rate(rng.standard_normal((100, 32)), rng.standard_normal((100, 32)))
    assert found.rate == found.low == 0.0 and found.high < 0.04


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(2)
    made, known = rng.standard_normal((30, 4)), rng.standard_normal((20, 4))
    whole = nearest_distances(made, known, 2)
    monkeypatch.setattr("jaxuim.measure.neighbours.ENTRIES", 70)
    assert np.array_equal(nearest_distances(made, known, 2), whole)


def test_bad_input_is_refused() -> None:
    with pytest.raises(ValueError, match="training holds one different example"):
        copy_rate([[1.0]], [[2.0], [2.0]])
    with pytest.raises(ValueError, match=r"factor = 1.0; allowed is \(0, 1\)"):
        copy_rate([[1.0]], [[2.0], [3.0]], factor=1.0)
    with pytest.raises(ValueError, match=r"training has shape \(2, 1\); .* d = 2"):
        copy_rate([[1.0, 2.0]], [[2.0], [3.0]])
