"""Findings: sentences that say what the data say, also where a claim fails."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from jaxuim.report.analysis import Analysis, analyse
from jaxuim.report.findings import findings
from jaxuim.report.fits import Tipping
from jaxuim.sweep import Results

LEVELS = (0.0, 0.25, 0.5, 0.75, 1.0)


@pytest.fixture(scope="module")
def plain(make: Callable[..., Results], frame: Callable[..., pd.DataFrame]) -> Analysis:
    rows = frame(levels=LEVELS, widths=(32,), samples=(128,), seeds=4)
    return analyse(make(rows, laws=[], tipping=True))


def test_the_first_finding_gives_effect_interval_and_seeds(plain: Analysis) -> None:
    first = findings(plain)[0]
    row = plain.effects.query(
        "task == 'far_ood' and adaptation == 'linear_probe' and measure == 'error'"
    ).iloc[-1]
    assert first.verdict == "holds"
    assert first.text.startswith("Far-OOD error with a linear probe rises by ")
    assert "4 seeds" in first.text
    rise = float(first.text.split("rises by ")[1].split()[0])
    assert rise == pytest.approx(row["mean"], abs=0.01)
    lower, upper = first.text.split("interval ")[1].split(",")[0].split(" to ")
    assert [float(lower), float(upper)] == pytest.approx([row["lower"], row["upper"]], abs=0.01)


def test_the_second_finding_is_of_the_nearer_shift(plain: Analysis) -> None:
    second = findings(plain)[1]
    row = plain.effects.query(
        "task == 'near_ood' and adaptation == 'linear_probe' and measure == 'error'"
    ).iloc[-1]
    assert second.text.startswith("Near-OOD error with a linear probe rises by ")
    rise = float(second.text.split("rises by ")[1].split()[0])
    assert rise == pytest.approx(row["mean"], abs=0.01)


def test_no_effect_is_said_plainly(small: Results, make: Callable[..., Results]) -> None:
    rows = small.frame.copy()
    flat = np.random.default_rng(0).normal(0.3, 0.05, len(rows))
    rows["value"] = np.where(rows["measure"] == "error", flat, rows["value"])
    first = findings(analyse(make(rows, laws=[], tipping=False)))[0]
    assert first.verdict == "fails"
    assert "no detectable effect" in first.text


def test_an_improvement_is_not_sold_as_inheritance(
    small: Results, make: Callable[..., Results]
) -> None:
    rows = small.frame.assign(value=1 - small.frame["value"])
    first = findings(analyse(make(rows, laws=[], tipping=False)))[0]
    assert (first.verdict, first.tag) == ("fails", "improved instead")
    assert " falls by " in first.text


@pytest.mark.parametrize(
    ("lower", "upper", "verdict"), [(0.8, 0.9, "holds"), (0.3, 0.5, "fails"), (0.9, 1.0, "fails")]
)
def test_the_tipping_point_is_held_against_theory(
    plain: Analysis, lower: float, upper: float, verdict: str
) -> None:
    tip = Tipping(True, (lower + upper) / 2, lower, upper, 0.001, "")
    for curve in plain.fits:
        object.__setattr__(curve, "tipping", tip)
    found = next(f for f in findings(plain) if "Theory expects" in f.text)
    assert found.verdict == verdict
    assert "0.857" in found.text


def test_adaptations_are_compared_seed_by_seed(plain: Analysis) -> None:
    found = next(f for f in findings(plain) if "inherits" in f.text)
    assert found.text.startswith("Fine-tuning inherits less than a linear probe")
    assert "4 pairs of seeds" in found.text


def test_one_seed_claims_nothing(sweep: Callable[..., Results]) -> None:
    rows = sweep(levels=(0.0, 1.0), widths=(32,), samples=(128,), seeds=1)
    first = findings(analyse(rows))[0]
    assert first.verdict == "open"
    assert "no interval" in first.text


def test_clean_runs_alone_have_no_effect(sweep: Callable[..., Results]) -> None:
    rows = sweep(levels=(0.0,), widths=(32,), samples=(128,), seeds=2)
    assert "Only clean runs" in findings(analyse(rows))[0].text


def test_a_sweep_over_another_axis_without_bias_says_what_its_curves_are(
    frame: Callable[..., pd.DataFrame], make: Callable[..., Results]
) -> None:
    rows = frame(levels=(0.0,), widths=(32, 128), samples=(128,), seeds=2)
    first = findings(analyse(make(rows, laws=[], axis="model.width")))[0]
    assert "the curves show what width changes" in first.text
    assert first.verdict == "open"
