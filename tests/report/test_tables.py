"""Tables: numbers by hand, CSV files that parse, escaping."""

from pathlib import Path

import pandas as pd
import pytest

from jaxuim.report.analysis import analyse
from jaxuim.report.findings import findings
from jaxuim.report.markup import html_table
from jaxuim.report.tables import failed_frame, frames, write_csv
from jaxuim.sweep import Results


def test_csv_files_hold_the_numbers_of_the_analysis(small: Results, tmp_path: Path) -> None:
    analysis = analyse(small)
    paths = write_csv(frames(analysis, findings(analysis)), tmp_path)
    tables = {path.stem: pd.read_csv(path, keep_default_na=False, na_values=[""]) for path in paths}
    rows = small.frame.query("task == 'id' and adaptation == 'finetune' and measure == 'nll'")
    expected = rows.groupby("bias.level")["value"].mean()
    found = tables["responses"].query(
        "task == 'id' and adaptation == 'finetune' and measure == 'nll'"
    )
    assert found.set_index("bias.level")["mean"].to_dict() == pytest.approx(expected.to_dict())
    assert len(tables["tipping_points"]) == 7
    assert tables["tipping_points"]["theory"].unique().tolist() == pytest.approx([6 / 7])
    assert tables["grid"]["value"].tolist() == [0.0, 0.25, 0.5, 0.75, 1.0]
    assert tables["failed_runs"].empty
    assert not tables["findings"].empty


def test_failed_runs_are_counted_by_run(small: Results) -> None:
    frame = small.frame.copy()
    run = frame["run_id"].iloc[0]
    bad = frame["run_id"] == run
    frame.loc[bad, ["value", "status"]] = [float("nan"), "diverged"]
    small_spec = {**small.spec, "analysis": {**small.spec["analysis"], "tipping": False}}
    analysis = analyse(Results(small.directory, frame, small_spec, small.provenance, small.shards))
    table = failed_frame(analysis)
    assert table[["run_id", "rows"]].values.tolist() == [[run, int(bad.sum())]]
    assert analysis.progress.failed == 1


def test_cells_of_a_table_are_escaped() -> None:
    assert "<script>" not in html_table(["<script>"], [["<script>"]], caption="<script>")
