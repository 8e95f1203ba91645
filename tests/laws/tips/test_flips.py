"""Seeds: size of the sign-flip test with correlated and unequal errors, its invariances."""

import numpy as np
import pytest

from jaxuim.laws.checks import sample
from jaxuim.laws.tips import flips
from jaxuim.laws.tips.tipping import tipping_point

LEVELS = np.linspace(0.0, 1.0, 11)


def flat_noise(rng, shape):
    return 0.05 * rng.standard_normal(shape)


def unequal_noise(rng, shape):
    return 0.05 * rng.standard_normal(shape) * (0.2 + 3.0 * LEVELS**2)


def walking_noise(rng, shape):
    return np.cumsum(0.03 * rng.standard_normal(shape), axis=1)


def seeds_data(rng, mean, seeds, noise):
    """Curves of several seeds, each with its own line: x, y, groups."""
    line = 0.1 * rng.standard_normal((2, seeds, 1))
    y = mean + line[0] + line[1] * LEVELS + noise(rng, (seeds, len(LEVELS)))
    return np.tile(LEVELS, seeds), y.ravel(), np.repeat(np.arange(seeds), len(LEVELS))


@pytest.mark.parametrize("noise", [flat_noise, unequal_noise, walking_noise])
@pytest.mark.parametrize("seeds", [5, 10])
def test_size_for_seeds_with_correlated_or_unequal_errors(noise, seeds):
    replicas, rng, alarms = 60, np.random.default_rng(4), 0
    for _ in range(replicas):
        data = sample(*seeds_data(rng, 0.2 + 0.3 * LEVELS**2, seeds, noise)[:2], None, None)
        groups = np.repeat(np.arange(seeds), len(LEVELS))
        alarms += flips.flip_test(data._replace(groups=groups), "auto", 2, 0)[1] <= 0.05
    assert alarms / replicas < 0.05 + 3 * np.sqrt(0.05 * 0.95 / replicas)


def test_ignoring_the_seeds_would_raise_false_alarms():
    rng, alarms = np.random.default_rng(5), 0
    for _ in range(40):
        x, y, _ = seeds_data(rng, 0.3 * LEVELS, 1, walking_noise)
        alarms += tipping_point(np.tile(x, 3), np.tile(y, 3), null_degree=1).detected
    assert alarms / 40 > 0.2


def test_every_seed_may_have_its_own_parabola():
    rng = np.random.default_rng(6)
    x, y, groups = seeds_data(rng, 0.3 * LEVELS, 9, flat_noise)
    base = flips.flip_test(sample(x, y, None, groups), "auto", 2, 0)
    bent = y + np.repeat(rng.standard_normal(9), 11) * x**2
    moved = flips.flip_test(sample(x, bent, None, groups), "auto", 2, 0)
    assert moved[0] == pytest.approx(base[0], rel=1e-6)
    assert moved[1] == pytest.approx(base[1])


def test_few_seeds_simulate_and_many_flip():
    rng = np.random.default_rng(7)
    for seeds, method in ((4, "simulated_t"), (8, "sign_flip")):
        data = sample(*seeds_data(rng, np.maximum(LEVELS - 0.5, 0), seeds, flat_noise)[:2], None)
        groups = np.repeat(np.arange(seeds), 11)
        assert flips.flip_test(data._replace(groups=groups), "kink", 2, 0)[2] == method


def test_a_strong_point_is_seen_by_every_kind():
    x, y, groups = seeds_data(np.random.default_rng(8), 1.0 * (LEVELS > 0.45), 10, flat_noise)
    data = sample(x, y, None, groups)
    for kind in ("auto", "kink", "jump", "sigmoid"):
        assert flips.flip_test(data, kind, 2, 0)[1] < 0.02


def test_informative_counts_levels_of_each_group():
    data = sample([0, 1, 2, 3, 0, 1, 1], np.zeros(7), None, [0, 0, 0, 0, 1, 1, 1])
    assert flips.informative(data, 2).tolist() == [0]
    assert flips.informative(data, 1).tolist() == [0]
    assert flips.informative(data._replace(groups=None), 2).tolist() == []
