"""Tests for jaxuim/report/variant_tips.py: tipping points side by side, and none said as none."""

import pandas as pd
import pytest

from jaxuim.report.variant_tips import TABLE, tips_section


@pytest.fixture
def variants(tmp_path):
    """Two variants with a table each, and one without."""
    rows = {"wide": (True, 0.6125, 0.5, 0.7, 0.01), "narrow": (False, None, None, None, 0.4)}
    for name, (detected, *numbers, p) in rows.items():
        common = {"model.width": 8, "task": "upstream", "adaptation": "none"}
        tip = dict(zip(("location", "lower", "upper"), numbers, strict=True))
        table = pd.DataFrame(
            [{**common, "detected": detected, **tip, "p_value": p, "theory": 0.857}]
        )
        path = tmp_path / name / TABLE
        path.parent.mkdir(parents=True)
        table.to_csv(path, index=False)
    return tmp_path, {"wide": {}, "narrow": {}, "absent": {}}


def test_every_variant_has_its_row(variants):
    page = tips_section(*variants)
    assert page.count("<tr>") == 3
    assert "0.61<small>0.50 to 0.70</small>" in page and '<td class="number">none</td>' in page
    assert "Width" in page and "0.857" in page and "absent" not in page


def test_nothing_is_shown_where_no_variant_looked_for_one(tmp_path):
    assert tips_section(tmp_path, {"one": {}}) == ""
