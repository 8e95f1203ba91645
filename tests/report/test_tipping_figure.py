"""The figure of a tipping point, the shape drawn in it, and the sentence beside it."""

import dataclasses

import numpy as np
import pytest

from jaxuim import laws
from jaxuim.report import labels
from jaxuim.report.points import Points
from jaxuim.report.shapes import fitted_shape
from jaxuim.report.tipping_figure import tipping_figure
from jaxuim.report.verdicts import law_sentence, tipping_sentence

X = np.linspace(0.0, 1.0, 41)


def _data(y: np.ndarray) -> Points:
    return Points(("level",), "error", X[:, None], y)


@pytest.mark.parametrize(
    "y",
    [
        0.3 - 0.2 * X + np.maximum(X - 0.6, 0.0),
        0.2 + 0.5 * (X > 0.61),
        0.1 + 0.8 / (1 + np.exp(-(X - 0.5) / 0.06)),
        0.2 + 0.7 * (1 - np.exp(-np.maximum(X - 0.4, 0.0) / 0.15)),
        0.2 + 0.1 * X + 0.3 * X**2,
    ],
    ids=["kink", "jump", "sigmoid", "saturating", "none"],
)
def test_the_shape_passes_through_its_own_points(y: np.ndarray) -> None:
    at, curve = fitted_shape(laws.tipping_point(X, y), X, y)
    assert np.interp(X, at, curve) == pytest.approx(y, abs=0.02)
    assert np.all(np.diff(at) >= 0)


def test_weights_decide_between_points() -> None:
    y = np.where(X == 0.5, 5.0, X)
    weight = np.where(X == 0.5, 1e-6, 1.0)
    at, curve = fitted_shape(laws.tipping_point(X, X), X, y, weight)
    assert curve == pytest.approx(at, abs=1e-3)


def test_the_title_names_place_interval_and_p() -> None:
    data = _data(0.2 + np.maximum(X - 0.6, 0.0) + 0.01 * np.sin(40 * X))
    found = laws.tipping_point(X, data.y)
    figure = tipping_figure(data, found, fitted_shape(found, X, data.y))
    (axes,) = figure.axes
    assert " at 0.6" in axes.get_title()
    assert axes.get_title().startswith("kink at ")
    assert labels.p_value(found.p_value) in axes.get_title()
    sentence = tipping_sentence(data, found)
    assert sentence.startswith("Error tips at level = 0.6")
    assert ", a kink (probability " in sentence


def test_none_is_told_as_none() -> None:
    data = _data(0.2 + 0.5 * X + 0.02 * np.cos(55 * X))
    found = laws.tipping_point(X, data.y)
    assert not found.detected
    (axes,) = tipping_figure(data, found).axes
    assert axes.get_title().startswith("no tipping point detected (p = ")
    assert tipping_sentence(data, found).startswith("No tipping point: ")


def test_a_law_is_told_with_its_limit_and_its_doubts() -> None:
    n = np.array([16.0, 64.0, 256.0, 1024.0, 4096.0, 16384.0])
    y = 0.1 + 2 * n**-0.5 + 1e-4 * np.cos(n)
    data = Points(("n",), "loss", n[:, None], y)
    fitted = laws.fit("saturating_power", n, y)
    text = law_sentence(data, fitted, fitted.interval(0.9), 0.9)
    assert text.startswith("Loss falls from 0.6 to 0.116 as n grows over the data, towards e = 0.0")
    assert "(90 % 0.0" in text
    doubtful = dataclasses.replace(fitted, status="not_converged", reason="why")
    text = law_sentence(data, doubtful, fitted.interval(0.9), 0.9)
    assert text.startswith("Not to be relied on, the fit did not converge (why). ")
    failed = dataclasses.replace(fitted, status="failed", reason="why")
    assert law_sentence(data, failed, {}, 0.9) == "No saturating power law could be fitted: why."


def test_a_law_that_hardly_moves_is_told_as_flat() -> None:
    n = np.array([1.0, 2.0, 4.0, 8.0])
    data = Points(("n",), "e_val", n[:, None], np.ones(4))
    fitted = laws.fit("power", n, data.y)
    text = law_sentence(data, fitted, fitted.interval(0.9), 0.9)
    assert text.startswith("e_val stays near 1 as n grows over the data")
