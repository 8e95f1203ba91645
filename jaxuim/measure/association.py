"""Association tests of embeddings: whether two sets of words differ in what they are close to."""

from itertools import combinations
from math import comb
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from jaxuim.measure.numbers import Array, real

EXACT = 200_000  # partitions that are tried one by one; more are sampled
_BATCH = 20_000


class AssociationTest(NamedTuple):
    """Result of an association test.

    ``effect_size`` is in standard deviations, ``statistic`` the sum of associations of X less that
    of Y, ``p_value`` one-sided (X is the set that goes with A), ``partitions`` how many were looked
    at and ``exact`` whether these were all.
    """

    effect_size: float
    statistic: float
    p_value: float
    partitions: int
    exact: bool


def weat(
    x: ArrayLike,
    y: ArrayLike,
    a: ArrayLike,
    b: ArrayLike,
    *,
    partitions: int = 100_000,
    seed: int = 0,
    ddof: int = 1,
) -> AssociationTest:
    """Return the word embedding association test of targets X, Y with attributes A, B.

    The association of a word is ``s(w) = mean_a cos(w, a) - mean_b cos(w, b)``; the effect size
    ``(mean_X s - mean_Y s) / std_{X and Y} s``. The p-value is the share of the partitions of X and
    Y together, into sets of their sizes, whose statistic is at least the observed one (the
    observed partition included): all of them where there are at most 200,000, else
    ``(1 + hits) / (1 + partitions)`` of random ones.

    Args:
        x: f64[nx, D], embeddings of the target words X, e.g. science; not zero.
        y: f64[ny, D], those of Y, e.g. arts.
        a: f64[na, D], embeddings of the attribute words A, e.g. male terms.
        b: f64[nb, D], those of B, e.g. female terms.
        partitions: random ones where there are too many to try all.
        seed: of the random partitions.
        ddof: 1 divides by the number of words less 1 in the standard deviation, as the code of
            SEAT does; 0 by their number, as some others do.

    Returns:
        Test; the effect size lies in [-2, 2] with ``ddof=0`` and equal set sizes, and is NaN where
        all associations are equal.

    Raises:
        ValueError: sets of different dimension, an empty set, a zero vector, a value that is not
            finite.

    Source: Caliskan, Bryson and Narayanan 2017.

    >>> found = weat([[1, 0], [2, 0]], [[0, 1], [0, 3]], [[1, 0]], [[0, 1]])
    >>> round(found.effect_size, 3), round(found.p_value, 3), found.partitions
    (1.732, 0.167, 6)
    """
    sets = [_unit(name, part, (2,)) for name, part in zip("xyab", (x, y, a, b), strict=True)]
    return _tested(sets, partitions, seed, ddof)


def seat(
    x: ArrayLike,
    y: ArrayLike,
    a: ArrayLike,
    b: ArrayLike,
    *,
    partitions: int = 100_000,
    seed: int = 0,
    ddof: int = 1,
) -> AssociationTest:
    """Return the sentence encoder association test: :func:`weat` on embeddings of sentences.

    Each word is put into several sentence templates. Given as [sentences, D] every sentence counts
    as a unit of its own, which is the published test; its p-value is too small, because sentences
    of one word are alike. Given as [words, templates, D] the associations are averaged over the
    templates of a word, and words are what is permuted.

    Args:
        x: f64[nx, D] or f64[nx, T, D], embeddings of sentences with the target words X.
        y: the same for Y.
        a: the same for the attributes A.
        b: the same for B.
        partitions: random ones where there are too many to try all.
        seed: of the random partitions.
        ddof: of the standard deviation in the effect size.

    Raises:
        ValueError: as :func:`weat`.

    Source: May et al. 2019; words as units: derived here.

    >>> one = [[[1.0, 0.0], [1.0, 0.0]], [[1.0, 0.0], [1.0, 0.0]]]
    >>> two = [[[0.0, 1.0], [0.0, 1.0]], [[0.0, 1.0], [0.0, 1.0]]]
    >>> seat(one, two, one, two).partitions
    6
    """
    sets = [_unit(name, part, (2, 3)) for name, part in zip("xyab", (x, y, a, b), strict=True)]
    return _tested(sets, partitions, seed, ddof)


def _unit(name: str, vectors: ArrayLike, axes: tuple[int, ...]) -> Array:
    """Return vectors of length 1, averaged over templates where there is an axis of them."""
    found = real(name, vectors)
    if found.ndim not in axes or 0 in found.shape:
        allowed = " or ".join({2: "[n, D]", 3: "[n, T, D]"}[count] for count in axes)
        raise ValueError(f"{name} has shape {found.shape}; allowed is {allowed}, no axis empty")
    largest = np.abs(found).max(axis=-1, keepdims=True)
    if not largest.all():
        place = np.unravel_index(int(np.argmin(largest)), largest.shape)[:-1]
        raise ValueError(f"{name}[{', '.join(map(str, place))}] is zero; it has no direction")
    unit = found / largest  # before the norm, whose squares would overflow or vanish
    unit = unit / np.linalg.norm(unit, axis=-1, keepdims=True)
    return np.asarray(unit.mean(axis=1) if unit.ndim == 3 else unit)


def _tested(sets: list[Array], draws: int, seed: int, ddof: int) -> AssociationTest:
    if len({part.shape[1] for part in sets}) > 1:
        shapes = ", ".join(f"{n} {part.shape[1]}" for n, part in zip("xyab", sets, strict=True))
        raise ValueError(f"all sets need vectors of one length D, they have {shapes}")
    if draws < 1:
        raise ValueError(f"partitions = {draws} must be at least 1")
    words, nx = np.concatenate(sets[:2]), len(sets[0])
    s: Array = words @ (sets[2].mean(axis=0) - sets[3].mean(axis=0))
    spread = s.std(ddof=ddof)
    level = 1e-12 * max(1.0, float(np.abs(s).max()))
    effect = (s[:nx].mean() - s[nx:].mean()) / spread if spread > level else np.nan
    total = comb(len(s), nx)
    exact = total <= EXACT
    at_least = s[:nx].sum() - level * len(s)  # equal partitions may differ by rounding
    if exact:
        chosen = np.array(list(combinations(range(len(s)), nx)))
        hits, looked = int((s[chosen].sum(axis=1) >= at_least).sum()), total
        p_value = hits / total
    else:
        hits, looked = _sampled(s, nx, at_least, draws, np.random.default_rng(seed)), draws
        p_value = (1 + hits) / (1 + draws)
    statistic = float(s[:nx].sum() - s[nx:].sum())
    return AssociationTest(float(effect), statistic, p_value, looked, exact)


def _sampled(s: Array, nx: int, at_least: float, draws: int, rng: np.random.Generator) -> int:
    """Return how many random partitions reach the observed sum of X."""
    hits = 0
    for start in range(0, draws, _BATCH):
        size = min(_BATCH, draws - start)
        chosen: NDArray[np.int64] = np.argpartition(rng.random((size, len(s))), nx - 1, axis=1)
        hits += int((s[chosen[:, :nx]].sum(axis=1) >= at_least).sum())
    return hits
