"""Gaussian mixture: stated means, held-out subclasses, the stated Bayes error is attained."""

import numpy as np
import pytest

from jaxuim.worlds.gaussian_mixture import build


def classify(world, task_name: str, signal: tuple[float, float], s: int, j: int) -> float:
    """Return the error of the rule argmax a z_s + b z_(s,j), from inputs alone."""
    task = world.tasks[task_name]
    subclasses = [j - 1] if task_name == "far_ood" else range(j - 1)
    rows = [(k, s + k * j + m) for k in range(s) for m in subclasses]
    scores = np.stack(
        [signal[0] * task.test_x[:, k] + signal[1] * task.test_x[:, m] for k, m in rows]
    )
    return np.mean(scores.argmax(0) != task.test_y)


@pytest.mark.parametrize(
    "given",
    [
        {"examples": 20_000},
        {"examples": 20_000, "superclasses": 3, "subclasses": 4, "super_signal": 1.0, "noise": 0.8},
        {"examples": 20_000, "sub_signal": 0.7, "dimension": 30, "shortcut": True},
    ],
)
def test_the_best_rule_attains_the_stated_error(given: dict[str, float]) -> None:
    world = build(**given)
    s, j = given.get("superclasses", 4), given.get("subclasses", 3)
    signal = given.get("super_signal", 2.0), given.get("sub_signal", 2.0)
    for task, key in (("id", ""), ("near_ood", "_near_ood"), ("far_ood", "_far_ood")):
        p = world.info[f"bayes_error{key}"]
        n = len(world.tasks[task].test_y)
        assert abs(classify(world, task, signal, s, j) - p) < 5 * np.sqrt(p * (1 - p) / n)


def test_means_and_noise_are_those_stated() -> None:
    world = build(examples=40_000, super_signal=4.0, sub_signal=2.0, noise=1.0, dimension=20)
    n = 40_000 // 8
    for label in range(8):
        x = 4.0 * world.pool_x[world.pool_y == label]  # inputs are divided by the largest signal
        expected = np.zeros(20)
        expected[label // 2], expected[4 + 3 * (label // 2) + label % 2] = 4.0, 2.0
        assert len(x) == n
        assert np.all(np.abs(x.mean(0) - expected) < 5 / np.sqrt(n))
        assert np.all(np.abs(x.std(0) - 1.0) < 5 / np.sqrt(2 * n))


def test_parts_are_independent_draws() -> None:
    world = build()
    own = world.tasks["id"]
    for x in (own.train_x, own.test_x):
        m = min(len(x), len(world.pool_x))
        correlation = np.corrcoef(x[:m, 13], world.pool_x[:m, 13])[0, 1]
        assert abs(correlation) < 5 / np.sqrt(m)


def test_impossible_settings_are_refused() -> None:
    with pytest.raises(ValueError, match=r"world.dimension = 15 .* give 0 or at least 16"):
        build(dimension=15)
    with pytest.raises(ValueError, match=r"world.examples = 50 .* at least 64 are needed"):
        build(examples=50)
    with pytest.raises(ValueError, match=r"world.shots = 400 .* at most 125 are allowed"):
        build(shots=400)
