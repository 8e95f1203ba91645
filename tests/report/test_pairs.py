"""Two biases on the page: additive ones are said to add up, others are not."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from jaxuim.report.analysis import analyse
from jaxuim.report.findings import findings
from jaxuim.report.grid import arrange
from jaxuim.report.pair_section import pair_finding, pair_section
from jaxuim.report.pairs import pair_tests
from jaxuim.sweep import Results, Spec

LEVELS = (0.0, 0.5, 1.0)


def _rows(frame: Callable[..., pd.DataFrame], interaction: float) -> pd.DataFrame:
    """Return a sweep with effects of 0.2 and 0.1 at level 1, and what both do together."""
    base = frame(LEVELS, (32,), (128,), 6, ("far_ood",), ("linear_probe",))
    base = base[(base["measure"] == "error") & (base["task"] == "far_ood")]
    parts = []
    for level in LEVELS:
        part = base.assign(**{"bias2.level": level, "bias2.kind": "long_tail"})
        parts.append(part.assign(run_id=part["run_id"] + f"-{level}"))
    rows = pd.concat(parts, ignore_index=True)
    a, b = rows["bias.level"], rows["bias2.level"]
    noise = np.random.default_rng(0).normal(0, 0.005, len(rows)) + 0.02 * rows["seed"]
    rows["value"] = 0.1 + 0.2 * a + 0.1 * b + interaction * a * b + noise
    return rows


def _two(make: Callable[..., Results], rows: pd.DataFrame) -> Results:
    """Return the results with the second bias in their spec."""
    results = make(rows, laws=[], tipping=False)
    raw = {k: v for k, v in results.spec.items() if k != "measures"}
    raw["bias"] = [*raw["bias"], {"kind": "long_tail", "level": list(LEVELS)}]
    spec = Spec.from_dict(raw | {"measures": {"names": ["error"]}})
    return replace(results, spec=spec.resolved())


def test_effects_and_interaction_of_every_pair(frame: Callable[..., pd.DataFrame]) -> None:
    (test,) = pair_tests(arrange(_rows(frame, 0.3), "bias.level", "error"), 0.95)
    assert test.levels == ("bias.level", "bias2.level")
    assert len(test.table) == 4
    row = test.strongest
    assert (row["first"], row["second"], row["seeds"]) == (1.0, 1.0, 6)
    error = 0.005 * np.sqrt(4 / 6)
    assert row["effect_first"] == pytest.approx(0.2, abs=4 * error)
    assert row["joint"] == pytest.approx(0.6, abs=4 * error)
    assert row["interaction"] == pytest.approx(0.3, abs=4 * error)
    assert row["lower"] < 0.3 < row["upper"]
    assert test.holm < 1e-3


@pytest.mark.parametrize(("interaction", "verdict"), [(0.0, "holds"), (0.3, "fails")])
def test_the_finding_says_whether_they_add_up(
    interaction: float,
    verdict: str,
    make: Callable[..., Results],
    frame: Callable[..., pd.DataFrame],
) -> None:
    analysis = analyse(_two(make, _rows(frame, interaction)))
    found = pair_finding(analysis)
    assert found in findings(analysis)
    assert found.verdict == verdict
    assert ("adds up" in found.text) == (verdict == "holds")
    assert ("exceeds the sum" in found.text) == (verdict == "fails")
    html = pair_section(analysis)
    assert "Do the biases add up?" in html
    assert ('class="bad"' in html) == (verdict == "fails")


def test_one_bias_has_no_pairs(frame: Callable[..., pd.DataFrame]) -> None:
    rows = frame(LEVELS, (32,), (128,), 2, ("far_ood",), ("linear_probe",))
    assert pair_tests(arrange(rows, "bias.level", "error"), 0.95) == ()
