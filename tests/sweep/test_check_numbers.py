"""Tests for jaxuim/sweep/check_numbers.py: what is declared is what is built, and it is checked."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jaxuim import worlds
from jaxuim.sweep import Spec, SpecError, Store, make_plan
from jaxuim.sweep.check import declared_world, settings
from jaxuim.sweep.check_numbers import declared_counts
from jaxuim.sweep.run import run

Raw = dict[str, Any]


@pytest.mark.parametrize(
    "world",
    [
        {"kind": "digits"},
        {"kind": "gaussian_mixture", "superclasses": 3, "subclasses": 4, "examples": 200},
        {"kind": "language", "topics": 5, "examples": 100, "length": 16},
    ],
)
def test_declared_counts_are_those_of_the_built_world(raw: Raw, world: Raw) -> None:
    raw |= {"world": world, "bias": {"kind": "duplication", "level": 0.5}}
    if world["kind"] == "language":
        raw["model"]["kind"] = "transformer"
        raw["pretrain"]["objective"] = "next_token"
    plan = make_plan(Spec.from_dict(raw))
    built = worlds.build(plan.groups[0].shape.world)
    found = declared_counts(declared_world(plan.spec).name, settings(plan.spec.world))
    assert built.pool_groups is not None
    assert found == (built.classes, built.pool_groups.max() + 1)


@pytest.mark.parametrize(
    ("bias", "words"),
    [
        ({"kind": "underrepresented_subgroup", "group": 2}, "'bias.group' = 2: must be at most 1"),
        ({"kind": "label_flip_poisoning", "source_class": 9}, "'bias.source_class' = 9"),
        ({"kind": "class_conditional_label_noise", "matrix": "1 0; 0 1"}, "'bias.matrix' = "),
    ],
)
def test_a_world_that_tells_only_when_it_is_read_refuses_by_key(
    raw: Raw, tmp_path: Path, bias: Raw, words: str
) -> None:
    rng = np.random.default_rng(0)
    path, y = tmp_path / "a.npz", np.arange(400) % 8
    np.savez(path, x=rng.normal(size=(400, 3)), y=y, groups=np.arange(400) % 2)
    raw |= {"world": {"kind": "arrays", "path": str(path)}, "bias": {"level": 0.5, **bias}}
    raw["downstream"]["tasks"] = ["id"]
    spec = Spec.from_dict(raw)
    with Store.open(tmp_path / "out", spec) as store, pytest.raises(SpecError) as refused:
        run(make_plan(spec), store, progress=False)
    assert words in str(refused.value)
