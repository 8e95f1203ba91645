"""Association tests against loops over all partitions, at no and at full association."""

from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxuim.measure import seat, weat

seeds = st.integers(0, 2**32 - 1)
Sets = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def draw(seed: int, nx: int = 4, ny: int = 4, d: int = 6) -> Sets:
    rng = np.random.default_rng(seed)
    part = lambda n: rng.standard_normal((n, d))
    return part(nx), part(ny), part(3), part(5)


def association(w: np.ndarray, a: np.ndarray, b: np.ndarray) -> float:
    cosine = lambda u, v: u @ v / np.sqrt(u @ u) / np.sqrt(v @ v)
    return float(np.mean([cosine(w, v) for v in a]) - np.mean([cosine(w, v) for v in b]))


@given(seeds, st.sampled_from([(4, 4), (3, 5), (1, 4)]), st.integers(0, 1))
def test_it_equals_the_loop_over_all_partitions(
    seed: int, sizes: tuple[int, int], ddof: int
) -> None:
    x, y, a, b = draw(seed, *sizes)
    s = np.array([association(w, a, b) for w in (*x, *y)])
    found = weat(x, y, a, b, ddof=ddof)
    nx = len(x)
    assert found.statistic == pytest.approx(s[:nx].sum() - s[nx:].sum())
    effect = (s[:nx].mean() - s[nx:].mean()) / s.std(ddof=ddof)
    assert found.effect_size == pytest.approx(effect)
    sums = [s[list(chosen)].sum() for chosen in combinations(range(len(s)), nx)]
    assert found.exact and found.partitions == len(sums)
    assert found.p_value == pytest.approx(np.mean(np.array(sums) >= s[:nx].sum() - 1e-9))


@given(seeds, st.floats(0.01, 100.0))
def test_lengths_rotations_and_order_do_not_matter(seed: int, scale: float) -> None:
    x, y, a, b = draw(seed)
    rng = np.random.default_rng(seed)
    turn = np.linalg.qr(rng.standard_normal((6, 6)))[0]
    found = weat(x, y, a, b)
    for other in (
        weat(scale * x, y / scale, scale * a, b),
        weat(x @ turn, y @ turn, a @ turn, b @ turn),
        weat(x[::-1], y[::-1], a[::-1], b[::-1]),
    ):
        assert other[:3] == pytest.approx(found[:3])
    turned = weat(y, x, a, b)
    assert turned.effect_size == pytest.approx(-found.effect_size)


def test_full_association_has_the_smallest_p_value_and_none_the_largest() -> None:
    x, y = np.tile([1.0, 0.0], (8, 1)), np.tile([0.0, 1.0], (8, 1))
    found = weat(x, y, x[:2], y[:2], ddof=0)
    assert found.effect_size == pytest.approx(2.0)  # the largest there is
    assert found.p_value == pytest.approx(1 / 12870) and found.partitions == 12870
    nothing = weat(x, x, x[:2], y[:2])
    assert np.isnan(nothing.effect_size) and nothing.p_value == 1.0


def test_sampled_partitions_approach_the_exact_share() -> None:
    x, y, a, b = draw(3, 9, 9)  # 48,620 partitions
    exact = weat(x, y, a, b)
    more = draw(3, 14, 14)  # 40 million
    sampled = [weat(*more, partitions=20_000, seed=seed) for seed in (0, 0, 1)]
    assert exact.exact and not sampled[0].exact and sampled[0].partitions == 20_000
    assert sampled[0] == sampled[1]
    p = sampled[0].p_value
    assert sampled[2].p_value == pytest.approx(p, abs=5 * np.sqrt(2 * p * (1 - p) / 20_000))


def test_p_values_of_unrelated_words_are_uniform() -> None:
    found = np.array([weat(*draw(seed)).p_value for seed in range(400)])
    for level in (0.1, 0.5):  # of 70 partitions: exactly uniform on k/70
        assert (found <= level).mean() == pytest.approx(
            level, abs=5 * np.sqrt(level * (1 - level) / 400)
        )


def test_sentences_count_one_by_one_or_by_word() -> None:
    rng = np.random.default_rng(0)
    sets: Any = [
        rng.standard_normal((4, 1, 6)) + 0.1 * rng.standard_normal((4, 3, 6)) for _ in "xyab"
    ]
    flat: Any = [part.reshape(12, 6) for part in sets]
    assert seat(*flat, partitions=1000) == weat(*flat, partitions=1000)
    by_word = seat(*sets)
    assert by_word.partitions == 70
    s = [
        np.mean([association(w, flat[2], flat[3]) for w in word])
        for part in sets[:2]
        for word in part
    ]
    assert by_word.statistic == pytest.approx(np.sum(s[:4]) - np.sum(s[4:]))


@pytest.mark.parametrize(
    ("name", "bad", "words"),
    [
        ("x", np.zeros((0, 6)), r"x has shape \(0, 6\); allowed is \[n, D\], no axis empty"),
        ("a", np.ones(6), r"a has shape \(6,\); allowed is \[n, D\]"),
        ("y", np.ones((4, 5)), "all sets need vectors of one length D, they have x 6, y 5"),
        ("b", np.eye(6) * np.r_[1, 0, 1, 1, 1, 1], r"b\[1\] is zero; it has no direction"),
        ("x", np.full((4, 6), np.inf), "x = inf must be finite"),
    ],
)
def test_vectors_without_direction_are_refused(name: str, bad: np.ndarray, words: str) -> None:
    sets = dict(zip("xyab", draw(0), strict=True)) | {name: bad}
    with pytest.raises(ValueError, match=words):
        weat(**sets)
    with pytest.raises(ValueError, match="partitions = 0 must be at least 1"):
        weat(*draw(0), partitions=0)


@pytest.mark.parametrize("scale", [1e-200, 1e200])
def test_lengths_do_not_matter_however_extreme(scale: float) -> None:
    sets = draw(0)
    expected, found = weat(*sets), weat(*(scale * part for part in sets))
    assert found.effect_size == pytest.approx(expected.effect_size)
    assert found.p_value == expected.p_value
