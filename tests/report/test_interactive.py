"""The data of the charts: the same numbers as the tables, nothing that JSON or HTML cannot hold."""

import json
from collections.abc import Callable

import pandas as pd
import pytest

from jaxuim.report.analysis import analyse
from jaxuim.report.interactive import payload, to_json
from jaxuim.sweep import Results


@pytest.fixture(scope="module")
def data(make: Callable[..., Results], frame: Callable[..., pd.DataFrame]) -> dict:
    rows = frame(levels=(0.0, 0.5, 1.0), seeds=3)
    return payload(analyse(make(rows, laws=[], tipping=False)))


def test_rows_of_the_charts_equal_those_by_hand(
    data: dict, frame: Callable[..., pd.DataFrame]
) -> None:
    wanted = {"bias.level": 0.5, "model.width": 128, "pretrain.samples": 512}
    wanted |= {"task": "near_ood", "adaptation": "finetune", "measure": "ece"}
    rows, dims = data["rows"], data["dims"]
    codes = {name: dims[name]["values"].index(value) for name, value in wanted.items()}
    found = [i for i in range(len(rows["mean"])) if all(rows[n][i] == c for n, c in codes.items())]
    assert len(found) == 1
    table = frame(levels=(0.0, 0.5, 1.0), seeds=3)
    part = table[(table[list(wanted)] == pd.Series(wanted)).all(axis=1)]
    assert rows["mean"][found[0]] == pytest.approx(part["value"].mean(), rel=1e-5)
    assert rows["seeds"][found[0]] == 3


def test_representation_and_output_measures_are_told_apart(data: dict) -> None:
    assert "effective_rank" in data["feature_measures"]
    assert data["output_measures"] == ["error", "nll", "ece", "worst_class_error"]


def test_rows_without_adaptation_agree_with_any(data: dict) -> None:
    rows, dims = data["rows"], data["dims"]
    upstream = dims["task"]["values"].index("upstream")
    codes = {a for t, a in zip(rows["task"], rows["adaptation"], strict=True) if t == upstream}
    assert codes == {-1}
    assert dims["adaptation"]["values"] == ["linear_probe", "finetune"]


def test_one_seed_has_null_intervals(sweep: Callable[..., Results]) -> None:
    rows = sweep(levels=(0.0, 1.0), widths=(8,), samples=(64,), seeds=1)
    data = payload(analyse(rows))
    assert set(data["rows"]["lower"]) == {None}
    assert json.loads(to_json(data))["rows"]["mean"] == data["rows"]["mean"]


def test_chance_values_travel_with_their_task(data: dict) -> None:
    rows, dims = data["rows"], data["dims"]
    far, error = dims["task"]["values"].index("far_ood"), dims["measure"]["values"].index("error")
    chance = {
        c
        for t, m, c in zip(rows["task"], rows["measure"], rows["chance"], strict=True)
        if (t, m) == (far, error)
    }
    assert chance == {0.666667}


def test_predictions_are_embedded_with_wildcards(small: Results) -> None:
    spec = {**small.spec, "analysis": {**small.spec["analysis"], "tipping": False}}
    rows = pd.DataFrame({"bias.level": [0.0, 1.0], "measure": "error", "value": [0.1, 0.9]})
    results = Results(small.directory, small.frame, spec, small.provenance, small.shards)
    overlay = payload(analyse(results, rows))["overlay"]
    assert [row["value"] for row in overlay] == [0.1, 0.9]
    assert overlay[0]["task"] is None and overlay[0]["bias.level"] == 0.0
