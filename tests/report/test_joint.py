"""One law of level, samples and width on the page: what is left out, scored and said."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from jaxuim.report.analysis import Analysis, analyse
from jaxuim.report.findings import findings
from jaxuim.report.joint_section import joint_section
from jaxuim.report.tables import frames
from jaxuim.sweep import Results, Spec
from jaxuim.sweep.errors import SpecError

LEVELS = (0.0, 0.3, 0.6)
WIDTHS = (8, 16, 32, 64, 256)


def _law(rows: pd.DataFrame) -> pd.Series:
    clean = rows["pretrain.samples"] * (1 - rows["bias.level"]) ** 2
    return 0.1 + (clean + 5.0) ** -0.5 + 0.8 / rows["model.width"]


def _analysis(
    make: Callable[..., Results], frame: Callable[..., pd.DataFrame], surprise: float
) -> Analysis:
    """Return a sweep that obeys a law, but for what the largest width does of its own."""
    rows = frame(LEVELS, WIDTHS, (50, 200, 800), 4, ("far_ood",), ("linear_probe",))
    rows = rows[(rows["measure"] == "error") & (rows["task"] == "far_ood")].copy()
    noise = np.random.default_rng(0).normal(0, 0.003, len(rows))
    rows["value"] = _law(rows) + noise + surprise * (rows["model.width"] == WIDTHS[-1])
    return analyse(make(rows, laws=[], tipping=False, joint=True))


@pytest.fixture(scope="module")
def kept(make: Callable[..., Results], frame: Callable[..., pd.DataFrame]) -> Analysis:
    return _analysis(make, frame, 0.0)


def test_the_largest_width_is_forecast_from_the_others(kept: Analysis) -> None:
    (test,) = kept.joint
    assert (test.task, test.width, test.fitted_widths) == (
        "far_ood",
        256.0,
        (8.0, 16.0, 32.0, 64.0),
    )
    assert test.forecast.cells == 3 * 3 * 4
    assert len(test.table) == 9
    assert test.inside == 9
    assert test.error < 0.01
    assert test.no_change == pytest.approx(0.8 / 64 - 0.8 / 256, abs=0.004)
    # FLOPs of an MLP step with a head of 7 classes: 2 * 64 w + 3 (w^2 + 7 w)
    flops = lambda w: 2 * 64 * w + 3 * (w**2 + 7 * w)
    assert test.compute == pytest.approx(flops(256) / flops(64))


def test_a_kept_forecast_is_the_headline(kept: Analysis) -> None:
    first = findings(kept)[0]
    assert (first.verdict, first.tag) == ("holds", "forecast kept")
    assert first.text.startswith("Laws fitted to widths up to 64 forecast far-OOD error at ")
    assert "9 of 9 cells lie inside" in first.text
    assert "90 % interval" in first.text


def test_the_section_holds_figure_scores_and_laws(kept: Analysis) -> None:
    html = joint_section(kept)
    assert '<section id="joint">' in html
    assert "<svg" in html
    assert "9 of 9" in html
    assert html.count("fewer samples") + html.count("Fewer samples") >= 2
    table = frames(kept, [])["width_forecast"]
    assert list(table["task"].unique()) == ["far_ood"]


def test_a_missed_forecast_is_red(
    make: Callable[..., Results], frame: Callable[..., pd.DataFrame]
) -> None:
    missed = _analysis(make, frame, 0.3)
    assert missed.joint[0].inside == 0
    first = findings(missed)[0]
    assert (first.verdict, first.tag) == ("fails", "forecast missed")
    assert '<span class="bad">0 of 9</span>' in joint_section(missed)


def test_a_sweep_that_does_not_ask_has_none(
    make: Callable[..., Results], frame: Callable[..., pd.DataFrame]
) -> None:
    rows = frame(LEVELS, (32, 64, 128), (128,), 2, ("far_ood",), ("linear_probe",))
    plain = analyse(make(rows, laws=[], tipping=False))
    assert plain.joint == ()
    assert joint_section(plain) == ""
    assert "width_forecast" not in frames(plain, [])


def test_it_needs_three_widths_and_one_bias() -> None:
    raw = {
        "name": "few",
        "world": {"kind": "digits"},
        "bias": {"kind": "symmetric_label_noise", "level": [0.0, 0.5]},
        "model": {"kind": "mlp", "width": [16, 32]},
        "pretrain": {"samples": [128], "steps": 50},
        "downstream": {"tasks": ["id"], "adaptations": ["linear_probe"]},
        "analysis": {"joint": True},
    }
    with pytest.raises(SpecError, match="needs one bias and at least three"):
        Spec.from_dict(raw)
