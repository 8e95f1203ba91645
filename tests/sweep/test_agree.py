"""What may change in a directory that holds results."""

from typing import Any

import pytest

from jaxuim.sweep import Spec
from jaxuim.sweep.agree import disagreement

Raw = dict[str, Any]


def _problem(raw: Raw, *overrides: str) -> str | None:
    before = Spec.from_dict(raw).resolved()
    return disagreement(before, Spec.from_dict(raw, overrides).resolved())


def test_a_sweep_agrees_with_itself(raw: Raw) -> None:
    assert _problem(raw) is None


@pytest.mark.parametrize(
    "override",
    [
        "bias.level=[0.5, 0.75]",  # level 0 is implied
        "model.width=[64, 32, 16]",
        "pretrain.steps=[20, 40]",
        "pretrain.measure_at=[5]",
        "seeds.count=4",
        "downstream.tasks=['id', 'near_ood', 'far_ood']",
        "downstream.adaptations=['linear_probe', 'finetune']",
        "downstream.finetune.steps=7",  # nothing was fine-tuned yet
        "measures.names=['error', 'nll', 'effective_rank']",
        "analysis.tipping=false",
        "analysis.axis=model.width",
        "name=other",
        "question=other",
    ],
)
def test_additions_are_allowed(raw: Raw, override: str) -> None:
    assert _problem(raw, override) is None


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("bias.level=0.25", "key 'bias.level' was [0.0, 0.5] and is now [0.25]"),
        ("bias.kind=long_tail", "key 'bias.kind' was 'symmetric_label_noise' and is now"),
        ("model.width=16", "key 'model.width' was [16, 32] and is now [16]"),
        ("model.kind=cnn", "key 'model.kind' was 'mlp' and is now 'cnn'"),
        ("pretrain.samples=32", "key 'pretrain.samples' was [64] and is now [32]"),
        ("pretrain.warmup=1", "key 'pretrain.warmup' was 0 and is now 1"),
        ("seeds.count=2", "key 'seeds.count' was 3 and is now 2"),
        ("seeds.root=5", "key 'seeds.root' was 0 and is now 5"),
        ("world.shortcut=true", "key 'world.shortcut' was false and is now true"),
        ("downstream.tasks=id", "key 'downstream.tasks' was ['id', 'far_ood'] and is now ['id']"),
        ("downstream.linear_probe.l2=1", "key 'downstream.linear_probe.l2' was 0.01 and is now"),
        ("measures.names=error", "key 'measures.names' was"),
        ("output.save_models=true", "key 'output.save_models' was false and is now true"),
    ],
)
def test_changes_and_losses_are_named(raw: Raw, override: str, words: str) -> None:
    assert words in (_problem(raw, override) or "")


def test_other_settings_of_another_world_are_named(raw: Raw) -> None:
    before = Spec.from_dict(raw).resolved()
    raw["world"] = {"kind": "gaussian_mixture"}
    after = Spec.from_dict(raw).resolved()
    assert "key 'world.kind' was 'digits'" in (disagreement(before, after) or "")
    before["world"] = {**after["world"], "old": 1}
    assert disagreement(before, after) == "key 'world.old' was 1 and is now absent"


def test_the_number_of_biases_cannot_change(raw: Raw) -> None:
    one = Spec.from_dict(raw).resolved()
    raw["bias"] = [raw["bias"], {"kind": "long_tail", "level": 0.5}]
    two = Spec.from_dict(raw).resolved()
    assert "a second bias cannot be added" in (disagreement(one, two) or "")
    assert disagreement(two, one) == "key 'bias2.kind' was 'long_tail' and is now absent"
