"""The exact test: uniform p-values under every polynomial, agreement with direct simulation."""

import numpy as np
import pytest
from scipy import stats

from jaxuim.laws.checks import sample
from jaxuim.laws.tips import rotations
from jaxuim.laws.tips.designs import independent

X = np.linspace(0.0, 1.0, 17)


def p_values(mean, replicas, seed, x=X, y_err=None, degree=2, kind="auto"):
    rng = np.random.default_rng(seed)
    errors = 1.0 if y_err is None else y_err
    found = []
    for _ in range(replicas):
        y = mean + 0.1 * errors * rng.standard_normal(len(x))
        design, curve = independent(sample(x, y, y_err))
        found.append(rotations.p_value(rotations.null(design, kind, degree, 0), curve)[1])
    return np.array(found)


@pytest.mark.parametrize("mean", [0 * X, 3 * X, 40 * X**2 - 7 * X], ids=["flat", "line", "bend"])
def test_p_values_are_uniform_under_any_polynomial(mean):
    found = p_values(mean, 500, 1)
    for level in (0.05, 0.1, 0.25):
        spread = np.sqrt(level * (1 - level) * (1 / 500 + 1 / 500))
        assert abs(np.mean(found <= level) - level) < 3.5 * spread


@pytest.mark.parametrize("kind", ["kink", "jump", "sigmoid"])
def test_size_of_every_kind_against_lines(kind):
    found = p_values(0.3 + X, 300, 2, degree=1, kind=kind)
    assert abs(np.mean(found <= 0.05) - 0.05) < 3.5 * np.sqrt(0.05 * 0.95 * (1 / 300 + 1 / 500))


def test_weights_and_repeated_rows_keep_the_size():
    x = np.repeat(X, 2)
    found = p_values(x**2, 300, 3, x=x, y_err=np.linspace(0.2, 3.0, 34))
    assert abs(np.mean(found <= 0.05) - 0.05) < 3.5 * np.sqrt(0.05 * 0.95 * (1 / 300 + 1 / 500))


def test_a_bend_is_not_a_line():
    assert np.mean(p_values(2 * X**2, 60, 4, degree=1) <= 0.05) > 0.8


def test_power_grows_with_the_change():
    rates = [np.mean(p_values(c * np.maximum(X - 0.5, 0), 60, 5) <= 0.05) for c in (1, 4, 10)]
    assert rates[0] < rates[1] < rates[2]
    assert rates[2] == 1.0


def test_draws_of_a_design_are_remembered():
    design, _ = independent(sample(X, X, None))
    scaled, _ = independent(sample(50.0 * X - 3.0, -X, np.full(17, 4.0)))
    assert rotations.null(design, "auto", 2, 0) is rotations.null(scaled, "auto", 2, 0)
    assert rotations.null(design, "auto", 2, 1) is not rotations.null(design, "auto", 2, 0)


def test_double_and_single_precision_agree():
    y = np.maximum(X - 0.5, 0) + 0.1 * np.random.default_rng(6).standard_normal(17)
    design, curve = independent(sample(X, y, None))
    null = rotations.null(design, "auto", 2, 0)
    fitted = curve.y @ null.basis
    exact, single = (
        rotations._odds(null, null.products(0, 100, part), fitted, curve.power)
        for part in (True, False)
    )
    assert np.allclose(exact, single, atol=1e-3)
    assert stats.spearmanr(exact, single).statistic > 0.999
