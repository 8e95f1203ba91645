"""Whatever a sweep file holds, the answer is a sweep or one sentence."""

import contextlib
import copy
import datetime
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jaxuim.sweep import Spec, SpecError, make_plan
from jaxuim.sweep.check import axes_of

_VALID: dict[str, Any] = {
    "name": "small",
    "question": "?",
    "world": {"kind": "digits", "shortcut": True, "shots": 3},
    "bias": {"kind": "long_tail", "level": {"linspace": [0.0, 1.0, 3]}},
    "model": {"kind": "mlp", "width": [16, 32], "depth": 1},
    "pretrain": {"samples": [64], "steps": 20, "learning_rate": 0.1, "measure_at": [1, 5]},
    "downstream": {
        "tasks": ["id", "far_ood"],
        "adaptations": ["linear_probe", "finetune"],
        "finetune": {"steps": 3},
        "linear_probe": {"l2": 0.1},
    },
    "measures": {"names": ["error", "effective_rank"]},
    "seeds": {"count": 3, "root": 1},
    "output": {"save_models": False},
    "analysis": {"response": "error", "axis": "bias.level", "laws": ["power"], "tipping": True},
}
_WORDS = ["bias", "world", "kind", "level", "linspace", "digits", "long_tail", "mlp", "names"]
scalars = st.one_of(
    st.booleans(),
    st.integers(-3, 100),
    st.integers(),
    st.just(10**400),
    st.floats(),
    st.floats(0, 1),
    st.text(max_size=8),
    st.sampled_from(_WORDS),
    st.just(datetime.datetime(2024, 1, 1)),
    st.just(datetime.time(1)),
)
keys = st.one_of(st.sampled_from([*_VALID, *_WORDS]), st.text(max_size=6))
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=8,
)


def _paths(table: Any, prefix: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    found = []
    for name, value in table.items():
        found.append((*prefix, name))
        if isinstance(value, dict):
            found += _paths(value, (*prefix, name))
    return found


_PATHS = _paths(_VALID)


def _answers(raw: dict[str, Any]) -> None:
    """Check that the answer is a sweep that can be stored and planned, or one sentence."""
    try:
        spec = Spec.from_dict(raw, source="a.toml")
    except SpecError as error:
        text = str(error)
        assert text.startswith("a.toml: ")
        assert len(text.splitlines()) == 1
        assert len(text) < 1000
        return
    assert Spec.from_dict(spec.resolved()).resolved() == spec.resolved()
    points = spec.seeds.count
    for spread in axes_of(spec).values():
        points *= len(spread)
    if points < 500:
        assert len(make_plan(spec).runs) == points


@settings(max_examples=150)
@given(st.dictionaries(keys, values, max_size=6))
def test_any_tables(raw: dict[str, Any]) -> None:
    _answers(raw)


@settings(max_examples=300)
@given(st.lists(st.tuples(st.sampled_from(_PATHS), st.integers(0, 3), keys, values), max_size=3))
def test_mutations_of_a_valid_sweep(
    mutations: list[tuple[tuple[str, ...], int, str, Any]],
) -> None:
    raw = copy.deepcopy(_VALID)
    for path, action, key, value in mutations:
        table: Any = raw
        for name in path[:-1]:
            table = table.get(name) if isinstance(table, dict) else None
        if not isinstance(table, dict):
            continue
        if action == 0:
            table.pop(path[-1], None)
        elif action == 1:
            table[key] = value
        elif action == 2:
            table[path[-1]] = [table.get(path[-1], 0), copy.deepcopy(value)]
        else:
            table[path[-1]] = copy.deepcopy(value)
    _answers(raw)


@settings(max_examples=100)
@given(st.one_of(st.binary(max_size=60), st.text(max_size=60).map(str.encode)))
def test_any_bytes(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "a.toml"
        path.write_bytes(content)
        with contextlib.suppress(SpecError):
            Spec.load(path)


def test_the_valid_sweep_is_valid() -> None:
    assert make_plan(Spec.from_dict(_VALID)).runs


def test_a_grid_too_large_to_list_is_refused_at_once() -> None:
    raw = copy.deepcopy(_VALID)
    raw["bias"]["level"] = {"linspace": [0, 1, 100_000]}
    raw["seeds"]["count"] = 1_000_000
    with pytest.raises(SpecError, match="at most 10000000 are allowed"):
        make_plan(Spec.from_dict(raw))
