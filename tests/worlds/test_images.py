"""Images: area averages, translation, border stamps."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxuim.worlds.images import area_average, border_stamps, translate

seeds = st.integers(0, 2**32 - 1)


@given(seeds, st.sampled_from([(8, 2), (8, 4), (9, 3), (6, 6)]), st.integers(1, 3))
def test_area_average_is_pooling_where_sides_divide(seed: int, sides, channels: int) -> None:
    side, size = sides
    x = np.random.default_rng(seed).random((side, side, channels))
    k = side // size
    pooled = x.reshape(size, k, size, k, channels).mean((1, 3))
    assert np.allclose(area_average(x, size), pooled, atol=1e-6)


@given(seeds, st.integers(1, 12), st.integers(1, 12), st.integers(1, 12))
def test_area_average_keeps_the_mean_of_the_central_square(
    seed: int, height: int, width: int, size: int
) -> None:
    x = np.random.default_rng(seed).random((height, width, 2))
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    square = x[top : top + side, left : left + side]
    small = area_average(x, size)
    assert small.shape == (size, size, 2)
    assert np.allclose(small.mean((0, 1)), square.mean((0, 1)), atol=1e-5)
    assert square.min() - 1e-6 <= small.min() and small.max() <= square.max() + 1e-6


def test_translation_moves_by_a_sixteenth() -> None:
    x = np.zeros((1, 32, 3, 2), np.float32)
    x[0, 5, 1, 1] = 1.0
    moved = translate(x.reshape(1, -1), (32, 3, 2)).reshape(x.shape)
    assert moved[0, 7, 1, 1] == 1.0 and moved.sum() == 1.0
    small = np.zeros((1, 8, 1, 1), np.float32)
    small[0, 3] = small[0, 7] = 1.0
    half = translate(small.reshape(1, -1), (8, 1, 1))[0]
    assert half.tolist() == [0, 0, 0, 0.5, 0.5, 0, 0, 0.5]  # what leaves below is lost


@given(st.integers(1, 6), st.integers(1, 6), st.integers(1, 3))
def test_stamps_are_different_border_pixels(height: int, width: int, channels: int) -> None:
    inner = max(height - 2, 0) * max(width - 2, 0)
    count = height * width - inner
    stamps = border_stamps(count, (height, width, channels)).reshape(count, height, width, channels)
    lit = stamps > 0
    assert np.all(lit.sum((1, 2)) == 1)
    where = lit.any((0, 3))
    assert where.sum() == count and not where[1:-1, 1:-1].any()
    with pytest.raises(ValueError, match=f"of {height} x {width} pixels have {count}"):
        border_stamps(count + 1, (height, width, channels))


def test_the_first_stamps_stand_in_the_left_column() -> None:
    lit = border_stamps(7, (8, 8, 1)).reshape(7, 8, 8) > 0
    assert np.argwhere(lit).tolist() == [[k, k, 0] for k in range(7)]
