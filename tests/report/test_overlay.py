"""Overlays: files of every kind, wildcards, and what is refused."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from jaxuim.report.overlay import read_overlay

AXES = ("bias.level", "model.width")
ROWS = pd.DataFrame(
    {
        "bias.level": [0.0, 1.0],
        "task": ["far_ood"] * 2,
        "measure": ["error"] * 2,
        "value": [0.1, 0.4],
    }
)


@pytest.mark.parametrize("suffix", ["parquet", "csv", "json"])
def test_every_format_gives_the_same_predictions(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"theory.{suffix}"
    writers = {"parquet": ROWS.to_parquet, "csv": lambda p: ROWS.to_csv(p, index=False)}
    writers.get(suffix, lambda p: ROWS.to_json(p, orient="records"))(path)
    found = read_overlay(path, AXES)
    assert found["value"].tolist() == [0.1, 0.4]
    assert found["model.width"].isna().all()
    assert set(found["label"]) == {"prediction"}


def test_values_that_are_not_finite_are_dropped() -> None:
    rows = ROWS.assign(value=[np.nan, 0.4])
    assert read_overlay(rows, AXES)["value"].tolist() == [0.4]


@pytest.mark.parametrize(
    ("rows", "message"),
    [(ROWS.drop(columns="value"), "'value' is missing"), (ROWS.drop(columns="bias.level"), "axes")],
)
def test_missing_columns_are_named(rows: pd.DataFrame, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        read_overlay(rows, AXES)


def test_bad_files_are_named_in_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="allowed are"):
        read_overlay(tmp_path / "x.txt", AXES)
    with pytest.raises(ValueError, match="cannot be read"):
        read_overlay(tmp_path / "absent.parquet", AXES)
