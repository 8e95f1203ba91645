"""``--set key=value``."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jaxuim.sweep import Spec, SpecError
from jaxuim.sweep.check import axes_of
from jaxuim.sweep.overrides import apply_overrides

Raw = dict[str, Any]


@pytest.mark.parametrize(
    ("override", "key", "values"),
    [
        ("bias.level=0.3", "bias.level", (0.0, 0.3)),
        ("bias.level={linspace=[0,1,5]}", "bias.level", (0.0, 0.25, 0.5, 0.75, 1.0)),
        ("model.width=[8, 16]", "model.width", (8, 16)),
        (" pretrain.optimizer = sgd ", "pretrain.optimizer", ("sgd",)),
        ("pretrain.optimizer='sgd'", "pretrain.optimizer", ("sgd",)),
        ("world.kind=tfds:mnist", "world.kind", ("tfds:mnist",)),
        ("world.shortcut=true", "world.shortcut", (True,)),
    ],
)
def test_a_value_is_toml_or_a_bare_word(
    raw: Raw, override: str, key: str, values: tuple[object, ...]
) -> None:
    assert axes_of(Spec.from_dict(raw, [override]))[key] == values


def test_the_last_override_of_a_key_counts(raw: Raw) -> None:
    spec = Spec.from_dict(raw, ["seeds.count=4", "seeds.count=5"])
    assert spec.seeds.count == 5


def test_overrides_come_before_the_checks(raw: Raw) -> None:
    raw["bias"]["level"] = 7
    assert Spec.from_dict(raw, ["bias.level=0.5"])


def test_the_second_bias_is_bias2(raw: Raw) -> None:
    with pytest.raises(SpecError, match="no second"):
        Spec.from_dict(raw, ["bias2.level=0.5"])
    raw["bias"] = [raw["bias"], {"kind": "long_tail", "level": 0.1}]
    found = axes_of(Spec.from_dict(raw, ["bias2.level=0.5", "bias.level=0.2"]))
    assert found["bias2.level"] == (0.0, 0.5)
    assert found["bias.level"] == (0.0, 0.2)


@pytest.mark.parametrize(
    ("override", "words"),
    [
        ("bias.level", "must have the form KEY=VALUE"),
        ("=3", "must have the form KEY=VALUE"),
        ("bias..level=3", "must have the form KEY=VALUE"),
        ("a b=3", "must have the form KEY=VALUE"),
        ("bias.level=[1", "is not a TOML value"),
        ("bias.level=", "is not a TOML value"),
        ("seeds.count=1\nroot=2", "is not a TOML value"),
        ("name.x=3", "name is no table"),
        ("bias.level=1.5", "key 'bias.level' = 1.5: must be between 0 and 1"),
        ("seeds.rot=1", "did you mean 'root'?"),
    ],
)
def test_bad_overrides_are_refused_as_such(raw: Raw, override: str, words: str) -> None:
    with pytest.raises(SpecError) as refused:
        Spec.from_dict(raw, [override], source="a.toml")
    assert str(refused.value).startswith("--set: ")
    assert words in str(refused.value)


def test_an_error_elsewhere_still_names_the_file(raw: Raw) -> None:
    raw["seeds"]["count"] = 0
    with pytest.raises(SpecError, match=r"^a\.toml: key 'seeds.count' = 0"):
        Spec.from_dict(raw, ["bias.level=0.3"], source="a.toml")


@given(st.lists(st.text(max_size=30), max_size=3), st.integers(0, 3))
def test_no_override_raises_anything_else(texts: list[str], form: int) -> None:
    keys = ["", "bias.level=", "x.", "bias"]
    given_raw = {"bias": {"level": 0.1}, "world": [1]}
    try:
        apply_overrides(given_raw, [keys[form] + text for text in texts])
    except SpecError as error:
        assert len(str(error).splitlines()) == 1
