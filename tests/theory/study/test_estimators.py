"""Studies of estimators count what they should."""

import numpy as np
import pytest

from theory.study.exponents import study_exponent
from theory.study.timing import study_speed
from theory.study.tipping import root, study_collapse, study_crossing, study_tip

X = np.linspace(0.0, 1.0, 21)


def test_a_jump_is_found_and_covered():
    rng = np.random.default_rng(1)
    curves = (X > 0.52) + 0.05 * rng.normal(size=(30, len(X)))
    tip = study_tip("jump", "jump", X, curves, 0.52, asymptotic=0.5)
    assert tip.detected == tip.repetitions == 30
    assert tip.covered >= 24
    assert sum(tip.kinds.values()) == 30
    assert tip.kinds["jump"] >= 20
    assert tip.asymptotic == 0.5


def test_a_wrong_location_is_not_covered():
    rng = np.random.default_rng(1)
    curves = (X > 0.52) + 0.05 * rng.normal(size=(10, len(X)))
    assert study_tip("jump", "jump", X, curves, 0.9).covered == 0


def test_nothing_detected_is_nothing_covered():
    rng = np.random.default_rng(2)
    tip = study_tip("flat", "kink", X, rng.normal(size=(20, len(X))), 0.5)
    assert tip.detected <= 6
    assert tip.covered <= tip.detected


def test_crossings_are_paired_by_seed():
    """Offsets of a seed that are the same at all levels are part of the difference's error."""
    rng = np.random.default_rng(3)
    noise = 0.1 * rng.normal(size=(40, 12, 1)) + 0.02 * rng.normal(size=(40, 12, len(X)))
    tip = study_crossing("zero", X, X - 0.4 + noise, 0.4)
    assert tip.kind == "crossing"
    assert tip.covered >= 30
    assert 0.02 < tip.width < 0.3


def test_collapse():
    rng = np.random.default_rng(4)
    sizes = np.repeat([50.0, 100.0, 200.0], len(X))
    levels = np.tile(X, 3)
    clean = 1 / (1 + np.exp(-(levels - 0.6) * np.sqrt(sizes)))
    curves = np.clip(clean + 0.01 * rng.normal(size=(10, len(levels))), 0.0, 1.0)
    tip, window = study_collapse(
        "collapse", levels, curves, sizes, clean, asymptotic=0.6, predicted=0.6
    )
    assert window.repetitions == len(curves)
    assert abs(window.effective - 0.5) < 0.01
    assert tip.covered >= 6


def test_exponents_with_and_without_seeds():
    rng = np.random.default_rng(5)
    n = 2.0 ** np.arange(5, 12)
    noise = 1 + 0.03 * rng.normal(size=(30, 10, len(n)))
    found = study_exponent("power", n, n**-0.5, n**-0.5 * noise, asymptotic=0.5)
    assert np.isclose(found.effective, 0.5)
    assert found.interval[0] < found.fitted < found.interval[1]
    assert found.covered >= 22
    alone = study_exponent("power", n, n**-0.5, n**-0.5 * noise[:, 0], y_err=0.03 * n**-0.5)
    assert alone.covered >= 22


def test_a_wrong_exponent_is_not_covered():
    rng = np.random.default_rng(6)
    n = 2.0 ** np.arange(5, 12)
    noise = 1 + 0.03 * rng.normal(size=(20, 10, len(n)))
    assert study_exponent("wrong", n, n**-0.6, n**-0.5 * noise).covered == 0
    wrong = study_exponent("wrong", n, n**-0.6, n**-0.5 * noise[:, 0], y_err=0.03 * n**-0.5)
    assert wrong.covered == 0


def test_the_effective_exponent_does_not_depend_on_the_data():
    rng = np.random.default_rng(7)
    n = 2.0 ** np.arange(5, 12)
    theory = 0.1 + n**-0.5
    noisy = theory * (1 + 0.2 * rng.normal(size=(3, len(n))))
    each = [study_exponent("x", n, theory, row[None], y_err=0.2 * theory) for row in noisy]
    assert len({found.effective for found in each}) == 1


def test_root_of_a_prediction():
    assert np.isclose(root(lambda x: x**3 - 8.0, 0.0, 5.0), 2.0)
    with pytest.raises(ValueError, match="different signs"):
        root(lambda x: x**2 + 1.0, 0.0, 1.0)


def test_speed_counts_repetitions():
    calls = []
    found = study_speed("nothing", lambda n: calls.append(n), lambda rng: rng.normal(), 7)
    assert set(calls) == {7}
    assert found.loop > 0
    assert found.vectorised > 0
