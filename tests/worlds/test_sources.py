"""Further sources and what is known of examples: generated ones, canaries, boundary, shortcuts."""

import numpy as np
import pytest

from jaxuim.worlds import build
from jaxuim.worlds.boundary import boundary
from jaxuim.worlds.sources import CANARIES, canaries, source
from jaxuim.worlds.synthetic import RIDGE, generated, ridge


def of(**settings: object):
    return build(tuple({"kind": "digits", **settings}.items()))


@pytest.mark.parametrize("width", [3, 600])
def test_generated_examples_have_the_moments_of_their_class(width: int) -> None:
    rng, n = np.random.default_rng(0), 400  # more examples than features, and fewer
    y = np.arange(2 * n) % 2
    x = rng.exponential(size=(2 * n, width)) * (1 + y)[:, None]
    made, extra = generated(x, y, 2), ridge(x, y, 2)
    assert np.array_equal(made.y, y) and made.x.dtype == np.float32
    assert extra == pytest.approx(RIDGE * np.mean([x[y == k].var(axis=0).mean() for k in (0, 1)]))
    for k in (0, 1):
        own, new = x[y == k], made.x[y == k].astype(float)
        variance = own.var(axis=0, ddof=1) + extra
        assert np.all(np.abs(new.mean(0) - own.mean(0)) < 5 * np.sqrt(variance / n))
        assert np.all(np.abs(new.var(axis=0, ddof=1) / variance - 1) < 5 * np.sqrt(2 / n))
        skew = ((new - new.mean(0)) ** 3).mean(0) / new.std(0) ** 3
        assert np.all(np.abs(skew) < 5 * np.sqrt(6 / n))  # exponential ones have skewness 2


def test_generated_covariances_are_those_of_the_class() -> None:
    rng, n = np.random.default_rng(1), 20_000
    x = rng.normal(size=(n, 3)) @ np.array([[1.0, 0.8, 0.0], [0.0, 0.5, 0.3], [0.0, 0.0, 2.0]])
    y = np.zeros(n, int)
    made = generated(x, y, 1).x.astype(float)
    expected = np.cov(x.T) + ridge(x, y, 1) * np.eye(3)
    deviation = np.sqrt(np.diag(expected))
    error = np.sqrt((expected**2 + np.outer(deviation, deviation) ** 2) / n)
    assert np.all(np.abs(np.cov(made.T) - expected) < 5 * error)


def test_one_example_of_a_class_is_enough_and_tokens_are_refused() -> None:
    x = np.array([[0.0, 1.0], [1.0, 3.0], [5.0, 5.0]])
    assert np.isfinite(generated(x, np.array([0, 0, 1]), 2).x).all()
    with pytest.raises(ValueError, match="real inputs, not tokens"):
        generated(np.zeros((3, 2), int), np.zeros(3, int), 1)


def test_canaries_are_random_with_the_values_of_the_pool() -> None:
    world = of()
    part = source(world, "canary")
    assert part.x.shape == (2 * CANARIES, 64) and part.x.dtype == world.pool_x.dtype
    assert set(np.unique(part.y)) == set(range(world.classes))
    for column in (10, 30, 50):
        assert set(part.x[:, column]) <= set(world.pool_x[:, column])
    rows = {row.tobytes() for row in world.pool_x}
    assert not rows & {row.tobytes() for row in part.x}
    assert len(canaries(np.zeros((3, 2)), 2).y) == 2


def test_the_test_source_is_the_test_part_without_its_shortcut() -> None:
    plain, marked = of(), of(shortcut=True)
    for world in (plain, marked):
        part = source(world, "test")
        assert np.array_equal(part.x, plain.tasks["id"].test_x)
        assert np.array_equal(part.y, plain.tasks["id"].test_y)
    assert not np.array_equal(marked.tasks["id"].test_x, plain.tasks["id"].test_x)
    assert not source(marked, "test").x.flags.writeable
    with pytest.raises(ValueError, match="'digits' has no source of examples called 'dust'"):
        source(plain, "dust")


def test_boundary_ranks_the_pool_and_places_further_examples_among_it() -> None:
    x = np.array([[0.0], [0.9], [2.0], [2.2], [1.05], [-9.0]])
    y = np.array([0, 0, 1, 1, 0, 0])
    rank, other = boundary(x, y, 2, pool=4)
    alone, _ = boundary(x[:4], y[:4], 2)
    assert np.array_equal(rank[:4], alone) and sorted(alone) == [0, 0.25, 0.5, 0.75]
    assert np.argmin(alone) == 1  # the nearest to the middle between the means
    assert rank[4] == 0 and rank[5] == 0.75 and rank.max() < 1
    assert other.tolist() == [1, 1, 0, 0, 1, 1]


@pytest.mark.parametrize("kind", ["digits", "gaussian_mixture"])
def test_two_shortcuts_stand_side_by_side(kind: str) -> None:
    one, two = (of(kind=kind, shortcut=True, second_shortcut=both) for both in (None, True))
    k = one.classes
    assert two.stamps.shape == (k * k, two.pool_x.shape[1])
    first, second = two.stamps[:k] - two.stamps[0], two.stamps[::k] - two.stamps[0]
    for a1, a2 in ((0, 0), (1, 2), (k - 1, k - 1)):
        assert np.array_equal(two.stamps[a1 + k * a2], two.stamps[0] + first[a1] + second[a2])
    assert len({stamp.tobytes() for stamp in two.stamps}) == k * k
    assert np.all((two.stamps > 0).sum(axis=1) == 2)
    task, plain = two.tasks["id"], of(kind=kind).tasks["id"]
    core = plain.test_x.shape[1]
    added = task.test_x[:, :core] - plain.test_x, task.test_x[:, core:]
    stamps = np.concatenate(added, axis=1)
    attribute = np.array([np.flatnonzero((two.stamps == row).all(axis=1))[0] for row in stamps])
    agree = (attribute % k == task.test_y) + 2 * (attribute // k == task.test_y)
    assert np.array_equal(task.test_groups, agree) and task.groups == 4
    assert two.tasks["far_ood"].groups == k and two.tasks["far_ood"].test_groups.max() == k - 1
    with pytest.raises(ValueError, match="second_shortcut = true needs"):
        of(kind=kind, second_shortcut=True)


def test_subgroups_are_ink_and_superclass() -> None:
    digits, mixture = of(), of(kind="gaussian_mixture")
    for x, y, thick in (
        (digits.pool_x, digits.pool_y, digits.pool_groups),
        (digits.tasks["far_ood"].test_x, digits.tasks["far_ood"].test_y, None),
    ):
        groups = digits.tasks["far_ood"].test_groups if thick is None else thick
        for label in np.unique(y):
            ink = x[y == label].sum(axis=1)
            own = groups[y == label]
            assert ink[own == 0].max() <= ink[own == 1].min()
            assert 0.3 < own.mean() < 0.7
    assert np.array_equal(mixture.pool_groups, mixture.pool_y // 2)
    far = mixture.tasks["far_ood"]
    assert np.array_equal(far.test_groups, far.test_y)
