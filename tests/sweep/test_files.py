"""Every sweep that ships with the repository, and the starter, can be planned."""

import math
from pathlib import Path

import pytest

from jaxuim.cli.starter import STARTER
from jaxuim.sweep import Spec, make_plan
from jaxuim.sweep.collection import collection_from_dict, is_collection
from jaxuim.sweep.spec import read_toml

_FOLDER = Path(__file__).parents[2] / "sweeps"
FILES = sorted(_FOLDER.glob("*.toml"))


def test_the_sweeps_are_found() -> None:
    assert {"label_noise", "long_tail", "spurious", "smoke"} <= {path.stem for path in FILES}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_shipped_sweep_is_planned_and_introduces_itself(path: Path) -> None:
    raw = read_toml(path)
    found = collection_from_dict(raw) if is_collection(raw) else Spec.from_dict(raw)
    assert found.name == path.stem
    assert all([found.question, found.expectation, found.source, found.cost])
    variants = found.variants.values() if is_collection(raw) else [found]
    runs = 0
    for spec in variants:
        plan = make_plan(spec)
        assert plan.runs
        assert spec.analysis.axis in plan.axes
        runs += len(plan.runs)
    text = path.read_text()
    opening = text[: text.index("\nname =")].splitlines()
    assert all(line.startswith("#") for line in opening if line)
    for word in ("Question:", "Expected:", "Source:", "Cost:", f"jaxuim run sweeps/{path.name}"):
        assert sum(word in line for line in opening) == 1
    assert text.count(f"{runs} models") == 2 or runs < 10  # in the header and in the sweep


def test_the_main_job_is_the_one_that_was_agreed() -> None:
    plan = make_plan(Spec.load(_FOLDER / "label_noise.toml"))
    assert len(plan.runs) == 11 * 2 * 2 * 16 == 704
    assert len(plan.groups) == 2
    assert set(plan.tasks) == {"id", "near_ood", "far_ood"}
    assert set(plan.adaptations) == {"linear_probe", "finetune"}
    classes = 7
    assert math.isclose(float("0.857"), (classes - 1) / classes, abs_tol=5e-4)
    assert "6/7 = 0.857" in plan.spec.expectation


def test_the_starter_is_a_valid_sweep_with_every_section(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(STARTER.replace("{name}", "mine"))
    spec = Spec.load(path)
    assert spec.name == "mine"
    assert make_plan(spec).runs
    for section in Spec.model_fields:
        assert section in STARTER
