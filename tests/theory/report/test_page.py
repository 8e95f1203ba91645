"""The page says what agrees, shows in red what does not, and escapes what it is given."""

import re
from dataclasses import replace

import pytest
from matplotlib.figure import Figure

from theory.report import page, tables
from theory.report.summary import summarise
from theory.runner.run import Failure
from theory.runner.store import folder_of
from theory.study.claim import Claim, Exponent, Outcome, Part, Row, Speed, Tip
from theory.study.size import Size

GOOD = Row("good <row>", 1.0, 1.05, 0.1, 0.02, reason="finite size")
BAD = Row("bad row", 1.0, 3.0, 0.1)
TIP = Tip("where", "kink", 0.5, 0.4, 0.45, (0.4, 0.6), 37, 40, 40, 0.2, kinds={"kink": 40})
LOST = Tip("lost", "jump", 0.5, None, None, None, 0, 0, 40, float("nan"), kinds={"none": 40})
EXPONENT = Exponent("how", 0.465, 0.5, 0.47, (0.45, 0.49), 36, 40)


def claim(*parts: str) -> Claim:
    made = tuple(Part(name, lambda size: Outcome()) for name in parts)
    return Claim(
        id="M1", name="made_up", title="A & B", statement="It is <so>.", formula=r"$x^2$",
        source="derived here", limits="nowhere", parts=made, figure=lambda outcomes: Figure(),
    )  # fmt: skip


def summary(*rows: Row, tips=(), exponents=(), speeds=(), lacking=()):
    outcome = Outcome(rows=rows, tips=tips, exponents=exponents, speeds=speeds)
    return summarise(claim("a", *lacking), {"a": outcome}, ["a", *lacking], 1.0)


def test_verdicts():
    assert summary(GOOD, tips=(TIP,), exponents=(EXPONENT,)).verdict == "agrees"
    assert summary(GOOD, BAD).disagreements == ["bad row"]
    assert summary(GOOD, tips=(LOST,)).disagreements == ["lost"]
    assert summary(GOOD, lacking=("b",)).verdict == "incomplete"
    assert "1 of 2 agree; not: bad row" in summary(GOOD, BAD).sentence


def test_disagreements_are_red_and_come_first():
    table = tables.row_table([GOOD] * 20 + [BAD])
    assert table.index("bad row") < table.index("good &lt;row&gt;")
    assert '<strong class="bad">disagrees</strong>' in table
    assert "good <row>" not in table
    assert table.count("<details>") == 1


def test_rows_name_their_allowance():
    assert "4.3 s.e. + 2 %" in tables.row_table([GOOD])
    assert "finite size" in tables.row_table([GOOD])


def test_estimates_show_limit_interval_and_coverage():
    table = tables.estimate_table([TIP, LOST], [EXPONENT])
    for text in ("0.45 (0.4 to 0.6)", "37 of 40 (92 %)", "none found", "0.465", "0.5"):
        assert text in table


def test_speed_below_the_target_is_red():
    assert "bad" in tables.speed_table([Speed("slow", 1.0, 2.0)])
    assert "bad" not in tables.speed_table([Speed("fast", 1.0, 30.0)])


@pytest.fixture(scope="module")
def html(tmp_path_factory) -> str:
    out = tmp_path_factory.mktemp("out")
    folder = folder_of(out, Size("quick"), "figures")
    folder.mkdir(parents=True)
    (folder / "M1-made_up.svg").write_text('<?xml?><svg><g id="a"/></svg>')
    found = summary(GOOD, BAD, tips=(TIP,), lacking=("b",))
    return page.render([found], [Failure("M1 b", "it <broke>")], Size("quick"), out)


def test_page_is_one_file_that_loads_nothing(html):
    assert not re.search(r'(src|href)="https?://', html)
    assert "<script" not in html


def test_page_escapes(html):
    assert "It is &lt;so&gt;." in html
    assert "it &lt;broke&gt;" in html
    assert "A &amp; B" in html


def test_page_says_what_disagrees(html):
    assert "1 of 2 simulated numbers, 1 of 1 tipping points; 1 disagree, in red" in html
    assert '<g id="M1a"/>' in html


def test_the_same_run_gives_the_same_page(html, tmp_path):
    """Ids do not depend on the process: Python hashes text differently in each."""
    assert 'id="M1law' in html or "M1law" in html


def test_deterministic_rows_are_counted_apart():
    found = summary(GOOD, Row("root", 1.0, 1.0, allowance=1e-9))
    assert len(found.simulated) == len(found.computed) == 1


def test_where_a_location_comes_from_is_said():
    piloted = replace(TIP, origin="a pilot simulation")
    assert "predicted by a pilot simulation" in tables.estimate_table([piloted], [])


def test_records_are_plain():
    record = tables.records(summary(GOOD, BAD))
    assert [row["agrees"] for row in record["rows"]] == [True, False]
    assert record["verdict"] == "disagrees"
