"""Figures of laws: points, curve, band, extrapolation; isolines and agreement for two inputs."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from jaxuim import laws
from jaxuim.report.drawing import write_figure
from jaxuim.report.law_figure import REACH, law_figure
from jaxuim.report.points import Points, Predicted
from jaxuim.report.scales import compact, decades

SIZES = np.array([16.0, 64.0, 256.0, 1024.0, 4096.0])


def _curve(groups: bool = False) -> Points:
    x = np.tile(SIZES, 3)
    y = 2 * x**-0.5 * np.repeat([0.98, 1.0, 1.03], 5)
    labels = np.repeat([0, 1, 2], 5)
    return Points(("n",), "loss", x[:, None], y, groups=labels if groups else None, by="seed")


@cache
def _fitted() -> laws.BootstrapResult:
    data = _curve()
    return laws.bootstrap("power", data.x[:, 0], data.y, replicas=20)


@cache
def _surface() -> tuple[Points, laws.FitResult]:
    n, d = (m.ravel() for m in np.meshgrid(np.geomspace(1e7, 1e10, 7), np.geomspace(1e9, 1e12, 7)))
    y = 1.7 + 400 * n**-0.34 + 410 * d**-0.28
    data = Points(("N", "D"), "loss", np.column_stack([n, d]), y)
    return data, laws.fit("chinchilla", data.x, y, scale="log")


def test_a_curve_goes_on_beyond_the_data_on_a_shade() -> None:
    figure = law_figure(_curve(), _fitted().fit, _fitted())
    (axes,) = figure.axes
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("", "loss")
    assert any(text.get_text() == "n" for text in figure.texts)
    assert axes.get_xscale() == axes.get_yscale() == "log"
    assert axes.get_xlim()[1] == pytest.approx(REACH * SIZES[-1])
    caption = " ".join(text.get_text().replace("\n", " ") for text in figure.texts)
    assert "dashed on grey: extrapolation" in caption
    assert "band: 95 % interval of the law, residual bootstrap" in caption


def test_predictions_widen_the_axis() -> None:
    at = np.array([[1e6]])
    mean = _fitted().fit.predict(at)
    found = Predicted("prediction", at, mean, mean / 2, mean * 2)
    (axes,) = law_figure(_curve(), _fitted().fit, _fitted(), predicted=(found,)).axes
    assert axes.get_xlim()[1] > 1e6
    low, high = axes.get_ylim()
    assert low < mean[0] / 2 < high


def test_seeds_are_thin_lines_with_their_mean() -> None:
    data = _curve(groups=True)
    (axes,) = law_figure(data, _fitted().fit).axes
    thin = [line for line in axes.lines if line.get_linewidth() == 0.6]
    assert len(thin) == 3
    x, mean, lower, upper = data.means(0.95)
    assert x.tolist() == SIZES.tolist()
    assert mean == pytest.approx(data.y.reshape(3, 5).mean(axis=0))
    assert np.all((lower < mean) & (mean < upper))


def test_two_inputs_give_isolines_and_agreement() -> None:
    data, fitted = _surface()
    left, right = law_figure(data, fitted).axes
    assert (left.get_xlabel(), left.get_ylabel()) == ("N", "loss")
    assert [line.get_label()[:4] for line in left.lines] == ["D = "] * 5
    assert right.get_title().startswith("median error ")
    assert right.get_xlabel() == "loss, measured"


def test_more_inputs_give_residuals_against_each() -> None:
    data, _ = _surface()
    x = np.column_stack([np.linspace(0, 0.5, len(data.x)), data.x])
    three = Points(("level", "samples", "width"), "error", x, data.y)
    form = laws.Form(
        name="plane",
        formula="y = a + b level",
        coefficients=(laws.Coefficient("a", linear=True), laws.Coefficient("b", linear=True)),
        function=lambda level, samples, width, a, b: a + b * level,
        starts=lambda level, samples, width, y: {},
        inputs=("level", "samples", "width"),
    )
    panels = law_figure(three, laws.fit(form, x, data.y)).axes
    assert [axes.get_xlabel() for axes in panels[:3]] == ["level", "samples", "width"]
    assert len(panels) == 4


def test_a_failed_fit_shows_the_points_and_why(tmp_path: Path) -> None:
    data, _ = _surface()
    same = Points(("N", "D"), "loss", np.ones_like(data.x), data.y)
    failed = laws.fit("chinchilla", same.x, same.y)
    assert failed.status == "failed"
    path = tmp_path / "a.png"
    write_figure(lambda: law_figure(same, failed), path)
    assert path.stat().st_size > 1000
    one = Points(("n",), "loss", np.ones((9, 1)), np.ones(9))
    write_figure(lambda: law_figure(one, laws.fit("power", one.x[:, 0], one.y)), path)


def test_the_same_figure_has_the_same_bytes(tmp_path: Path) -> None:
    for suffix in ("svg", "pdf"):
        paths = [tmp_path / f"{i}.{suffix}" for i in range(2)]
        for path in paths:
            write_figure(lambda: law_figure(_curve(), _fitted().fit), path)
        assert paths[0].read_bytes() == paths[1].read_bytes()


def test_a_figure_that_cannot_be_written_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot be written: no such file or directory"):
        write_figure(lambda: law_figure(_curve(), _fitted().fit), tmp_path / "none" / "a.png")


def test_axes_are_logarithmic_only_over_decades() -> None:
    assert decades(np.array([1.0, 9.0]))
    assert not decades(np.array([1.0, 7.0]))
    assert not decades(np.array([0.0, 1e6]))
    assert not decades(np.array([np.nan]))


def test_large_numbers_are_powers_of_ten() -> None:
    assert [compact(v) for v in (0.0, 0.25, 4096.0, 1e9, -2.5e-5)] == [
        *("0", "0.25", "4096", "$10^{9}$", r"$-2.5\times10^{-5}$")
    ]
