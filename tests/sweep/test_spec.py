"""The checked sweep: defaults, what is refused and with which words."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from jaxuim.audit.checks import FEWEST
from jaxuim.sweep import Spec, SpecError, make_plan
from jaxuim.types.laws import LAWS

Raw = dict[str, Any]


def _set(raw: Raw, key: str, value: object) -> Raw:
    *path, last = key.split(".")
    table = raw
    for name in path:
        table = table.setdefault(name, {})
    table[last] = value
    return raw


def _refusal(raw: Raw) -> str:
    with pytest.raises(SpecError) as refused:
        Spec.from_dict(raw, source="a.toml")
    text = str(refused.value)
    assert text.startswith("a.toml: ")
    assert "\n" not in text
    return text


def test_defaults_are_filled_in(raw: Raw) -> None:
    for section in ("downstream", "measures", "seeds", "analysis"):
        del raw[section]
    resolved = Spec.from_dict(raw).resolved()
    assert resolved["pretrain"]["batch_size"] == [64]
    assert resolved["pretrain"]["optimizer"] == "adam"
    assert resolved["model"]["depth"] == [2]
    assert resolved["downstream"]["finetune"]["steps"] == 100
    assert resolved["seeds"] == {"count": 8, "root": 0}
    assert "worst_group_error" in resolved["measures"]["names"]  # the world has subgroups
    world = {"kind": "digits", "shortcut": False, "shots": 5}
    world |= {"second_shortcut": None, "downstream_tie": None}
    assert resolved["world"] == world


def test_measures_default_to_all_that_the_world_allows(raw: Raw) -> None:
    del raw["measures"]
    names = Spec.from_dict(_set(raw, "world.shortcut", True)).resolved()["measures"]["names"]
    assert "worst_group_error" in names


def test_what_is_stored_reads_back_as_the_same_sweep(raw: Raw) -> None:
    _set(raw, "pretrain.learning_rate", {"logspace": [-4, -2, 3]})
    spec = Spec.from_dict(raw)
    again = Spec.from_dict(spec.resolved())
    assert again.resolved() == spec.resolved()
    assert [run.id for run in make_plan(again).runs] == [run.id for run in make_plan(spec).runs]


def test_a_sweep_is_frozen(spec: Spec) -> None:
    with pytest.raises(ValidationError):
        spec.name = "other"  # type: ignore[misc]
    with pytest.raises(ValidationError):
        spec.world.kind = "other"  # type: ignore[attr-defined]


def test_reading_does_not_change_what_is_given(raw: Raw) -> None:
    before = repr(raw)
    Spec.from_dict(raw, ["bias.level=0.3", "seeds.count=2"])
    assert repr(raw) == before


def _flip(**classes: int) -> Raw:
    return {"kind": "label_flip_poisoning", "level": 0.5, **classes}


def _matrix(text: str) -> Raw:
    return {"kind": "class_conditional_label_noise", "level": 0.5, "matrix": text}


@pytest.mark.parametrize(
    ("key", "value", "words"),
    [
        ("bias.level", 1.3, "'bias.level' = 1.3: must be between 0 and 1"),
        ("bias.level", [0.1, -0.2], "'bias.level' = -0.2: must be between 0 and 1"),
        ("bias.level", "0.5", "'bias.level' = '0.5': must be a number"),
        ("bias.level", True, "'bias.level' = true: must be a number"),
        ("bias.level", float("nan"), "must be a finite number"),
        ("bias.level", [], "'bias.level' = []: must not be empty"),
        ("bias.level", {"linspace": [0, 1]}, "linspace takes [start, stop, count]"),
        ("bias.levl", 0.5, "'bias.levl': is unknown; did you mean 'level'?"),
        ("bais", {}, "'bais': is unknown; did you mean 'bias'?"),
        ("bias", [], "'bias' = []: must be one table or a list of two"),
        ("bias.kind", "label_noise", "did you mean 'symmetric_label_noise'?"),
        ("bias.kind", 3, "'bias.kind' = 3: must be text"),
        ("bias.kind", "spurious_correlation", "set world.shortcut = true"),
        ("world", 3, "'world' = 3: must be a table"),
        ("world.kind", "digit", "did you mean 'digits'?"),
        ("world.kind", "tfds:", "must name a data set, as in 'tfds:mnist'"),
        ("world.kind", "tfds", "must name a data set"),
        ("world.kind", "digits:x", "'world.kind' = 'digits:x': is not known"),
        ("world.shortcut", 1, "'world.shortcut' = 1: must be true or false"),
        ("world.held_out", 0.3, "'world.held_out': is unknown"),
        ("model.width", 1.5, "'model.width' = 1.5: must be a whole number"),
        ("model.width", [16, 0], "'model.width' = 0: must be between 1 and 65536"),
        ("pretrain.samples", [64, 900], "'pretrain.samples' = 900: must be at most 800"),
        ("pretrain.optimizer", "adma", "must be one of sgd, momentum, adam, adamw"),
        ("pretrain.warmup", 21, "'pretrain.warmup' = 21: must be at most pretrain.steps = 20"),
        ("pretrain.measure_at", [5, 21], "'pretrain.measure_at' = 21: must be between 1 and"),
        ("pretrain.measure_at", [0], "'pretrain.measure_at' = 0: must be between 1 and"),
        ("pretrain.learning_rate", -1, "must be between 0 and 1000"),
        ("downstream.tasks", ["id", "ood"], "'downstream.tasks' = 'ood': must be one of"),
        ("downstream.tasks", [], "must not be empty"),
        ("downstream.adaptations", ["lora"], "must be one of linear_probe, finetune"),
        ("downstream.finetune.steps", 0, "'downstream.finetune.steps' = 0: must be between 1"),
        ("downstream.finetune.stepz", 5, "did you mean 'steps'?"),
        ("downstream.linear_probe", 5, "'downstream.linear_probe' = 5: must be a table"),
        ("measures.names", ["eror"], "'measures.names' = 'eror': is not known; did you mean"),
        ("seeds.count", 0, "'seeds.count' = 0: must be between 1 and 1000000"),
        ("seeds.root", 2**32, "must be between 0 and 4294967295"),
        ("output.save_models", "yes", "must be true or false"),
        ("analysis.response", "nll", "'analysis.response' = 'nll': is not among the measures"),
        ("analysis.axis", "pretrain.steps", "is no axis of this sweep"),
        ("analysis.laws", ["cubic"], "must be one of power"),
        ("analysis.confidence", 95, "must be between 0.5 and 0.999"),
        ("name", "../x", "must be 1 to 100 letters"),
        ("name", "", "must be 1 to 100 letters"),
        ("question", ["a"], "'question' = ['a']: must be text"),
    ],
)
def test_bad_values_are_refused_by_name(raw: Raw, key: str, value: object, words: str) -> None:
    assert words in _refusal(_set(raw, key, value))


def test_a_misspelt_section_is_told_before_a_missing_one(raw: Raw) -> None:
    raw["bais"] = raw.pop("bias")
    assert "'bais': is unknown; did you mean 'bias'?" in _refusal(raw)


@pytest.mark.parametrize(
    "key",
    [
        "name",
        "world",
        "world.kind",
        "bias",
        "bias.kind",
        "bias.level",
        "model",
        "model.kind",
        "model.width",
        "pretrain",
        "pretrain.samples",
        "pretrain.steps",
    ],
)
def test_what_is_required_is_asked_for(raw: Raw, key: str) -> None:
    *path, last = key.split(".")
    table = raw
    for name in path:
        table = table[name]
    del table[last]
    assert f"key {key!r}: is required but missing" in _refusal(raw)


def test_two_biases_are_named_bias_and_bias2(raw: Raw) -> None:
    raw["bias"] = [raw["bias"], {"kind": "long_tail", "level": [0.5, 2.0]}]
    assert "'bias2.level' = 2.0: must be between 0 and 1" in _refusal(raw)
    raw["bias"][1]["level"] = 0.5
    assert len(Spec.from_dict(raw).bias) == 2
    raw["bias"][1] = {"kind": "long_tail", "level": 0.5, "levels": 1}
    assert "'bias2.levels': is unknown; did you mean 'level'?" in _refusal(raw)
    raw["bias"][1] = {**raw["bias"][0]}
    assert "'symmetric_label_noise': the two biases must be of different kinds" in _refusal(raw)
    raw["bias"] *= 2
    assert "must be one table or a list of two" in _refusal(raw)


def test_a_convolutional_network_needs_images(raw: Raw) -> None:
    _set(raw, "model.kind", "cnn")
    assert Spec.from_dict(raw)
    raw["world"] = {"kind": "gaussian_mixture"}
    assert "'model.kind' = 'cnn': needs images" in _refusal(raw)


def test_the_pool_may_be_a_setting_of_the_world(raw: Raw) -> None:
    raw["world"] = {"kind": "gaussian_mixture", "examples": 100}
    assert Spec.from_dict(_set(raw, "pretrain.samples", 100))
    assert "must be at most 100" in _refusal(_set(raw, "pretrain.samples", 101))


@pytest.mark.parametrize(
    ("changes", "key", "words"),
    [
        ({"pretrain.samples": 19}, "pretrain.repair", "at least 20, not 19"),
        (
            {"pretrain.objective": "contrastive"},
            "pretrain.repair",
            "pretrain.objective = 'contrastive' uses none",
        ),
        (
            {"world": {"kind": "language"}, "model": {"kind": "transformer", "width": 8}}
            | {"pretrain.objective": "next_token"},
            "pretrain.repair",
            "language has tokens",
        ),
        ({"bias.group": 2}, "bias.group", "digits has 2 groups"),
        (
            {"world": {"kind": "gaussian_mixture"}, "bias.group": 4},
            "bias.group",
            "must be at most 3: gaussian_mixture has 4 groups",
        ),
        ({"bias": _flip(source_class=7)}, "bias.source_class", "digits has 7 classes"),
        ({"bias": _flip(target_class=9)}, "bias.target_class", "at most 6"),
        ({"bias": _flip(source_class=0)}, "bias.source_class", "must differ from target_class"),
        ({"bias": _matrix("1 0; 0 1")}, "bias.matrix", "has rows of [2, 2], not 7 rows of 7"),
        ({"bias": _matrix("often")}, "bias.matrix", "is neither 'nearest' nor"),
        (
            {"world": {"kind": "arrays", "path": "a.npz"}, "bias": _matrix("1 0; 1 1")},
            "bias.matrix",
            "that sum to 1 by row",
        ),
    ],
)
def test_what_a_run_could_not_do_is_refused_when_it_is_planned(
    raw: Raw, changes: Raw, key: str, words: str
) -> None:
    raw["bias"] = {"kind": "underrepresented_subgroup", "level": 0.5}
    raw["pretrain"]["repair"] = ["none", "relabel"]
    for name, value in changes.items():
        _set(raw, name, value)
    text = _refusal(raw)
    assert f"{key!r} = " in text and words in text


def test_settings_at_the_edge_are_allowed(raw: Raw) -> None:
    raw["bias"] = {"kind": "underrepresented_subgroup", "level": 0.5, "group": 1}
    raw["pretrain"] |= {"repair": ["none", "drop"], "samples": FEWEST}
    assert Spec.from_dict(raw)
    raw["pretrain"] |= {"objective": "contrastive", "repair": "deduplicate"}
    assert Spec.from_dict(raw)
    for bias in (_flip(source_class=6), _matrix("nearest")):
        assert Spec.from_dict({**raw, "bias": bias, "pretrain": {"samples": 64, "steps": 20}})


def test_few_shot_does_not_ask_for_far_ood(raw: Raw) -> None:
    assert Spec.from_dict(_set(raw, "downstream.tasks", ["few_shot"]))


def test_a_data_set_of_tfds_is_a_kind(raw: Raw) -> None:
    raw["world"] = {"kind": "tfds:mnist", "image_size": 8}
    spec = Spec.from_dict(_set(raw, "pretrain.samples", 5000))
    assert spec.resolved()["world"]["kind"] == "tfds:mnist"
    assert spec.resolved()["world"]["data_dir"] is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"name = ", "is not valid TOML"),
        (b"\xff\xfe", "is not UTF-8 text"),
        (b"a = 1\na = 2", "is not valid TOML"),
        (b"a = " + b"[" * 5000, "is not valid TOML"),
        (b"a = " + b"9" * 5000, "is not valid TOML"),
        (b"", "'world': is required but missing"),
    ],
)
def test_files_that_are_no_sweep_are_refused(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "a.toml"
    path.write_bytes(content)
    with pytest.raises(SpecError) as refused:
        Spec.load(path)
    assert str(refused.value).startswith(f"{path}: ")
    assert words in str(refused.value)


def test_a_missing_file_and_a_directory_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SpecError, match="no such file"):
        Spec.load(tmp_path / "a.toml")
    with pytest.raises(SpecError, match="is a directory"):
        Spec.load(tmp_path)


def test_the_declared_names_of_laws_are_those_that_can_be_fitted() -> None:
    from jaxuim.laws import FORMS

    assert set(LAWS) <= set(FORMS)


def test_an_axis_that_was_left_out_may_be_left_out_again(raw: Raw) -> None:
    stored = Spec.from_dict(_set(raw, "world.shortcut", True)).resolved()
    assert stored["world"]["downstream_tie"] is None
    assert Spec.from_dict(stored).resolved() == stored
